// The microphone: its sound is sent to the server, which replies with the results.

import * as api from "./api.js";

export const LIVE = 20; // seconds shown
const SAMPLED = 2000; // values that determine the range of colours

export function unavailable() {
  if (navigator.mediaDevices && window.AudioWorkletNode) return null;
  return window.isSecureContext
    ? "This browser does not support microphones."
    : "Browsers allow the microphone only on pages of the same machine or of https.";
}

const REFUSED = {
  NotAllowedError: "The browser was not allowed to use the microphone.",
  NotFoundError: "There is no microphone.",
  NotReadableError: "Another program is using the microphone.",
};

// One microphone session. `changed` is called after each reply, `ended` with `{key, reason}` or
// `{error}` at its end.
export class Live {
  constructor(query, nLabels, changed, ended) {
    Object.assign(this, { query, changed, ended, seconds: 0, events: [], active: [] });
    this.curves = { start: 0, step: 1, values: Array.from({ length: nLabels }, () => []) };
    this.view = { start: 0, step: 0.01, bands: 1, low: [], high: [], power: new Uint8Array() };
    this.over = false;
  }

  async start(hop, window) {
    this.curves.start = window / 2;
    this.curves.step = hop;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false,
          autoGainControl: false },
      });
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("worklet.js");
    } catch (error) {
      this.close({ error: REFUSED[error.name] || `The microphone does not start: ${error.message}` });
      return;
    }
    if (this.over) return this.close();
    this.query.set("sample_rate", this.context.sampleRate);
    this.socket = api.microphone(this.query);
    this.socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.socket.onclose = () => this.close({ error: "The page's server closed the connection." });
  }

  // Sound is sent until `stop`; then the server sends the last results.
  stop() {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) {
      this.quiet();
      this.socket.send("stop");
    } else {
      this.close({ error: "" });
    }
  }

  send() {
    const source = this.context.createMediaStreamSource(this.stream);
    this.node = new AudioWorkletNode(this.context, "sender", { channelCount: 1,
      channelCountMode: "explicit", numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => {
      if (this.socket.readyState === WebSocket.OPEN && this.node) this.socket.send(data);
    };
    source.connect(this.node);
  }

  receive(told) {
    if (told.bands) {
      Object.assign(this.view, { bands: told.bands, step: told.step });
      this.send();
      this.changed();
    } else if (told.key || told.error !== undefined) {
      this.close(told);
    } else {
      this.take(told);
      this.changed();
    }
  }

  take(told) {
    this.seconds = told.seconds;
    this.events = this.events.concat(told.events);
    this.active = told.active;
    for (const row of told.rows) row.forEach((value, i) => this.curves.values[i].push(value));
    const { view } = this;
    const power = Uint8Array.from(atob(told.power), (c) => c.charCodeAt(0));
    view.low = view.low.concat(told.low);
    view.high = view.high.concat(told.high);
    view.power = joined(view.power, power);
    view.image = null;
    this.forget();
  }

  // Drop what is no longer shown.
  forget() {
    const { view, curves } = this;
    const from = Math.max(0, this.seconds - 1.2 * LIVE);
    const columns = Math.floor((from - view.start) / view.step);
    if (columns * view.step > 2) {
      view.low = view.low.slice(columns);
      view.high = view.high.slice(columns);
      view.power = view.power.slice(columns * view.bands);
      view.start += columns * view.step;
    }
    const rows = Math.floor((from - curves.start) / curves.step);
    if (rows > 0) {
      curves.values = curves.values.map((values) => values.slice(rows));
      curves.start += rows * curves.step;
    }
  }

  get range() {
    const end = Math.max(LIVE, this.seconds);
    return [end - LIVE, end];
  }

  // Events that have ended and those that have not.
  get all() {
    return this.events.concat(this.active);
  }

  // The range of bytes for the colours.
  get levels() {
    const { power } = this.view;
    const step = Math.max(1, Math.floor(power.length / SAMPLED));
    const some = [...power].filter((_, i) => i % step === 0).sort((a, b) => a - b);
    if (!some.length) return [0, 255];
    const low = some[Math.floor(0.05 * some.length)];
    return [low, Math.max(low + 40, some[Math.floor(0.998 * some.length)])];
  }

  quiet() {
    this.node = null;
    if (this.stream) this.stream.getTracks().forEach((track) => track.stop());
    if (this.context && this.context.state !== "closed") this.context.close();
  }

  close(told = { error: "" }) {
    this.quiet();
    if (this.over) return;
    this.over = true;
    if (this.socket) this.socket.close();
    this.ended(told);
  }
}

function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
