// Requests to the server; all addresses are below the page's own.

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
    // A reply that is cancelled while it arrives is an AbortError, not an empty reply.
    if (response.ok) return response.status === 204 ? null : await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The page's server does not respond; it may have stopped.");
  }
  const told = await response.json().catch(() => ({}));
  throw new Error(told.error || `The server answers ${response.status}.`);
}

export const about = () => ask("about");

export const languages = () => ask("languages");

export const detector = () => ask("detector");

export const make = (words, language) =>
  ask(`detector?${new URLSearchParams({ words, language })}`, { method: "POST" });

export const cancel = () => ask("detector", { method: "DELETE" });

export const state = (key) => ask(`recordings/${key}`);

export const analyse = (key, query) => ask(`recordings/${key}/analyse?${query}`, { method: "POST" });

export const remove = (key) => ask(`recordings/${key}`, { method: "DELETE", keepalive: true });

export const view = (key, range, width, signal) =>
  ask(`recordings/${key}/view?${stretch(range, width)}`, { signal });

export const probabilities = (key, query, range, width, signal) =>
  ask(`recordings/${key}/probabilities?${stretch(range, width)}&${query}`, { signal });

export const events = (key, query, signal) => ask(`recordings/${key}/events?${query}`, { signal });

export const download = (key, format, query) => `recordings/${key}/events/${format}?${query}`;

export const sound = (key) => `recordings/${key}/sound.wav`;

function stretch([start, end], width) {
  return new URLSearchParams({ start, end, width: Math.round(Math.min(4000, width)) });
}

// Sends a file; `tell` is called with the share that is sent. Aborting `signal` cancels it.
export function upload(file, query, tell, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not report upload progress
    const address = `recordings?${new URLSearchParams({ name: file.name })}&${query}`;
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => tell(event.loaded / file.size);
    request.onload = () => {
      const told = request.response || {};
      if (request.status === 201) resolve(told);
      else reject(new Error(told.error || `The server answers ${request.status}.`));
    };
    request.onerror = () => reject(new Error("The recording could not be sent."));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export function microphone(query) {
  const address = new URL(`microphone?${query}`, location.href);
  address.protocol = "ws:";
  return new WebSocket(address);
}
