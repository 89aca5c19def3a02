// The controls of the event settings, and the query string for them.

const ID = (name) => document.getElementById(name);
const TIMES = ["smooth", "min_duration", "min_gap"];
const SHARES = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16];

const seconds = (value) => `${+value.toFixed(3)} s`;

export class Settings {
  // `changed` is called with whether the windows themselves have changed.
  constructor(about, changed) {
    this.touched = new Set();
    this.use(about);
    ID("threshold").oninput = () => this.touch("threshold", changed);
    for (const name of TIMES) ID(name).oninput = () => this.touch(name, changed);
    ID("hop").onchange = () => changed(true);
    ID("label-list").onchange = () => this.touch("labels", changed);
    ID("all").onclick = () => this.check(true, changed);
    ID("none").onclick = () => this.check(false, changed);
    ID("reset").onclick = () => {
      const hop = this.hop;
      this.touched.clear();
      this.fill();
      changed(hop !== this.hop);
    };
  }

  // Take those of another classifier; there may be none yet.
  use(about) {
    this.about = about;
    this.touched.clear();
    ID("settings").hidden = !about.labels.length;
    if (about.labels.length) this.fill();
  }

  fill() {
    const { about } = this;
    ID("threshold").value = about.threshold ?? 0.5;
    for (const name of TIMES) {
      const control = ID(name);
      control.step = Math.max(0.001, +(about.window / 40).toPrecision(1));
      control.max = Math.max(4 * about.window, 2 * about[name]);
      control.value = about[name];
    }
    this.fillSteps();
    this.fillLabels();
    this.tell();
  }

  fillSteps() {
    const { window, hop } = this.about;
    const steps = new Set([...SHARES.map((share) => window * share), hop]);
    const options = [...steps].sort((a, b) => b - a).map((step) => {
      const option = new Option(seconds(step), step);
      option.selected = step === hop;
      return option;
    });
    ID("hop").replaceChildren(...options);
  }

  fillLabels() {
    const boxes = this.about.labels.map((label, i) => {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = i;
      box.checked = this.about.reported.includes(i);
      const line = document.createElement("label");
      line.append(box, label);
      return line;
    });
    ID("label-list").replaceChildren(...boxes);
  }

  check(on, changed) {
    for (const box of ID("label-list").querySelectorAll("input")) box.checked = on;
    this.touch("labels", changed);
  }

  touch(name, changed) {
    this.touched.add(name);
    this.tell();
    changed(false);
  }

  tell() {
    const level = this.byLabel ? "by label" : (+ID("threshold").value).toFixed(2);
    this.show("threshold", level);
    for (const name of TIMES) this.show(name, seconds(this.time(name)));
    ID("labels-title").textContent = `Labels (${this.labels.length} of ${this.about.labels.length})`;
  }

  show(name, text) {
    ID(`${name}-value`).textContent = text;
    ID(name).setAttribute("aria-valuetext", text);
  }

  // The initial values are used exactly until a control is moved.
  time(name) {
    return this.touched.has(name) ? +ID(name).value : this.about[name];
  }

  get byLabel() {
    return this.about.threshold === null && !this.touched.has("threshold");
  }

  get hop() {
    return +ID("hop").value;
  }

  get labels() {
    const boxes = [...ID("label-list").querySelectorAll("input:checked")];
    return boxes.map((box) => +box.value);
  }

  // Thresholds of the reported labels, by position.
  get thresholds() {
    const { thresholds } = this.about;
    const common = this.touched.has("threshold") ? +ID("threshold").value : null;
    return Object.fromEntries(this.labels.map((i) => [i, common ?? thresholds[i] ?? this.about.threshold ?? 0.5]));
  }

  get query() {
    const query = new URLSearchParams({ hop: this.hop, classifier: this.about.number });
    if (this.touched.has("threshold")) query.set("threshold", ID("threshold").value);
    for (const name of TIMES) if (this.touched.has(name)) query.set(name, ID(name).value);
    if (this.touched.has("labels")) query.set("labels", this.labels.join(","));
    return query;
  }
}
