// The table of events.

import { clock } from "./draw.js";

const AT_ONCE = 200; // rows

const ID = (name) => document.getElementById(name);

function cell(text, kind) {
  const td = document.createElement("td");
  td.textContent = text;
  if (kind) td.className = kind;
  return td;
}

export class Table {
  // `play` is called with an event whose button was pressed.
  constructor(labels, play) {
    Object.assign(this, { labels, play, events: [], shown: 0 });
    ID("more").onclick = () => {
      const next = this.shown;
      this.extend();
      ID("events").rows[next].querySelector("button").focus();
    };
  }

  fill(events, total, live = false) {
    this.events = events;
    this.live = live;
    this.shown = 0;
    ID("events").replaceChildren();
    ID("table").hidden = !events.length;
    ID("count").textContent = this.sentence(total);
    this.extend();
  }

  sentence(total) {
    if (!total) return this.live ? "None so far." : "None with these settings.";
    const counts = new Map();
    for (const [, , label] of this.events) counts.set(label, (counts.get(label) || 0) + 1);
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6);
    const named = most.map(([label, n]) => `${this.labels[label]} ${n}`).join(", ");
    const rest = counts.size > most.length ? ", …" : "";
    const over = total > this.events.length ? ` Shown: the first ${this.events.length}.` : "";
    return `${total} ${total === 1 ? "event" : "events"}: ${named}${rest}.${over}`;
  }

  extend() {
    const rows = this.events.slice(this.shown, this.shown + AT_ONCE);
    ID("events").append(...rows.map((event) => this.row(event)));
    this.shown += rows.length;
    ID("more").hidden = this.shown >= this.events.length;
  }

  row(event) {
    const [start, end, label, score] = event;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "▶";
    button.setAttribute("aria-label", `Play ${this.labels[label]} at ${clock(start, 2)}`);
    button.disabled = this.live;
    button.onclick = () => this.play(event);
    const first = cell("");
    first.append(button);
    const row = document.createElement("tr");
    row.append(first, cell(clock(start, 2), "number"), cell(clock(end, 2), "number"));
    row.append(cell(this.labels[label]), cell(score.toFixed(2), "number"));
    return row;
  }

  // Mark the events at a time.
  mark(time) {
    const { rows } = ID("events");
    for (let i = 0; i < rows.length; i += 1) {
      const [start, end] = this.events[i];
      rows[i].classList.toggle("current", time >= start && time < end);
    }
  }
}
