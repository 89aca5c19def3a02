// Where sound comes from, and what hears it.

import { unavailable } from "./live.js";

const ID = (name) => document.getElementById(name);

// Recordings and the microphone can be used once there is a classifier.
export function allow(about) {
  const none = !about.labels.length;
  const blocked = unavailable();
  ID("file").disabled = none;
  ID("listen").disabled = none || blocked !== null;
  ID("listen-note").hidden = !none && !blocked;
  ID("listen-note").textContent = none ? "First, type words to listen for." : blocked;
  if (none) ID("words-box").open = true;
  ID("about").textContent = described(about);
}

function described({ recipe, labels, window, sample_rate: rate, body }) {
  if (!labels.length) return "no classifier yet";
  const what = `${recipe || "classifier"}: ${labels.length} labels, ${+window.toFixed(2)} s at ${rate} Hz`;
  return what + (body ? `, body ${body}` : "");
}

// A recording is dropped anywhere on the page.
export function onDrop(send) {
  document.ondragover = (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  };
  document.ondragleave = (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  };
  document.ondrop = (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    send(event.dataTransfer.files[0]);
  };
}
