// Playing the recording, with a cursor over its picture.

import { clock } from "./draw.js";

const ID = (name) => document.getElementById(name);

export class Player {
  // `moved` is called with the time whenever the cursor moves.
  constructor(moved) {
    Object.assign(this, { moved, audio: ID("audio"), time: 0, range: [0, 1], seconds: 0 });
    this.until = null;
    ID("play").onclick = () => (this.audio.paused ? this.play() : this.audio.pause());
    ID("place").oninput = () => {
      const [start, end] = this.range;
      this.go(start + (ID("place").value / 1000) * (end - start));
    };
    ID("picture").onclick = (event) => {
      const box = ID("picture").getBoundingClientRect();
      const [start, end] = this.range;
      this.go(start + ((event.clientX - box.left) / box.width) * (end - start));
    };
    this.audio.onplay = () => this.follow();
    this.audio.onpause = () => this.show();
    this.audio.onended = () => this.show();
  }

  open(address, seconds) {
    this.seconds = seconds;
    this.audio.src = address;
    this.until = null;
    this.place(0);
  }

  shut() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  // Plays from the cursor, or a section.
  play(stretch) {
    this.until = stretch ? stretch[1] : null;
    if (stretch) this.place(stretch[0]);
    else if (this.time >= this.seconds - 0.01) this.place(0);
    this.audio.currentTime = this.time;
    this.audio.play().catch((error) => {
      if (error.name !== "AbortError") ID("error").textContent = "The sound cannot be played here.";
    });
  }

  go(time) {
    this.until = null;
    this.place(Math.max(0, Math.min(this.seconds, time)));
    this.audio.currentTime = this.time;
  }

  place(time) {
    this.time = time;
    this.moved(time);
    this.show();
  }

  follow() {
    if (this.audio.paused) return;
    const time = this.audio.currentTime;
    if (this.until !== null && time >= this.until) {
      this.audio.pause();
      this.until = null;
    }
    this.place(time);
    requestAnimationFrame(() => this.follow());
  }

  show(range = this.range) {
    this.range = range;
    const share = (this.time - range[0]) / (range[1] - range[0]);
    ID("cursor").hidden = share < 0 || share > 1;
    ID("cursor").style.left = `${100 * Math.max(0, Math.min(1, share))}%`;
    ID("place").value = Math.round(1000 * Math.max(0, Math.min(1, share)));
    ID("place").setAttribute("aria-valuetext", clock(this.time, 2));
    ID("time").textContent = `${clock(this.time)} of ${clock(this.seconds)}`;
    ID("play").textContent = this.audio.paused ? "Play" : "Pause";
  }
}
