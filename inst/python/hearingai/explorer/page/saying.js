// The page's messages: progress and errors.

const ID = (name) => document.getElementById(name);

// Screen readers read both aloud, so they are set only if the text changes.
export function say(text, error = "") {
  if (ID("status").textContent !== text) ID("status").textContent = text;
  if (ID("error").textContent !== error) ID("error").textContent = error;
}

export function work(share, far = "") {
  ID("work").hidden = share === null;
  ID("far").textContent = far;
  if (share === null) return;
  if (Number.isFinite(share)) ID("progress").value = Math.min(1, share);
  else ID("progress").removeAttribute("value");
}

export function fail(error) {
  work(null);
  if (error.name === "AbortError") say("Cancelled.");
  else say("", error.message);
}
