// What the page says: how far it is, what is wrong.

const ID = (name) => document.getElementById(name);

// Both are read out, so they change only where they say something else.
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
