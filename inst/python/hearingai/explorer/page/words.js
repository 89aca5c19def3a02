// The form of words to listen for: the server makes a detector of them.

import * as api from "./api.js";

const LOOK = 250; // milliseconds between two requests for progress

const ID = (name) => document.getElementById(name);

// `made` is called when there is a new detector.
export class Words {
  constructor(made) {
    Object.assign(this, { made, live: false, busy: false, missing: true });
    ID("word-form").onsubmit = (event) => {
      event.preventDefault();
      this.make();
    };
    ID("word-cancel").onclick = () => api.cancel().catch((error) => this.say("", error.message));
    this.offer();
    this.resume();
  }

  // The microphone and the making exclude each other.
  listening(live) {
    this.live = live;
    this.enable();
  }

  enable() {
    ID("word-fields").disabled = this.missing || this.live || this.busy;
  }

  async offer() {
    try {
      const { languages, missing } = await api.languages();
      const choose = ([code, name]) => new Option(`${name} (${code})`, code, false, code === "en");
      ID("language").replaceChildren(...languages.map(choose));
      this.missing = missing !== null;
      this.enable();
      if (missing) this.say("", missing);
    } catch (error) {
      this.say("", error.message);
    }
  }

  // One may be in the making since before the page was loaded.
  async resume() {
    const told = await api.detector().catch(() => null);
    if (told?.busy) await this.follow();
    // Where there is none, what `offer` says is missing stays.
    else if (told && told.state !== "none") this.show(told);
  }

  async make() {
    try {
      await api.make(ID("words").value, ID("language").value);
      await this.follow();
    } catch (error) {
      this.say("", error.message);
    }
  }

  async follow() {
    try {
      for (;;) {
        const told = await api.detector();
        this.show(told);
        if (told.state === "ready") await this.made();
        if (told.state === "none") this.say("Cancelled.");
        if (!told.busy) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
    } catch (error) {
      this.show({ busy: false, error: error.message });
    }
  }

  show(told) {
    this.busy = told.busy;
    this.enable();
    ID("word-work").hidden = !told.busy;
    if (told.saved !== undefined) ID("word-saved").hidden = !told.saved || told.busy;
    if (told.share === null) ID("word-progress").removeAttribute("value");
    else if (told.busy) ID("word-progress").value = told.share;
    const doing = told.state === "waiting" ? "Waiting until the classifier is free" : told.doing;
    const ready = told.state === "ready" ? `The page listens for ${told.words.join(", ")}.` : "";
    this.say(told.busy ? `${doing} …` : `${ready}${told.note ? ` ${told.note}.` : ""}`, told.error);
  }

  say(text, error) {
    if (ID("word-status").textContent !== text) ID("word-status").textContent = text;
    if (ID("word-error").textContent !== (error || "")) ID("word-error").textContent = error || "";
  }
}
