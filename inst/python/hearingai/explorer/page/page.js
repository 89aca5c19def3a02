// The page: its state and its event handlers.

import * as api from "./api.js";
import { clock } from "./draw.js";
import { Live } from "./live.js";
import { Player } from "./player.js";
import { fail, say, work } from "./saying.js";
import { drawScene } from "./scene.js";
import { Settings } from "./settings.js";
import { allow, onDrop } from "./sources.js";
import { Table } from "./table.js";
import { Words } from "./words.js";

const CLOSEST = 0.5; // seconds shown at least
const EVENT = 10; // seconds shown around an event of a long recording
const LOOK = 250; // milliseconds between two requests for progress

const ID = (name) => document.getElementById(name);
let about = await api.about();
const page = { key: null, told: null, range: [0, 1], picture: null, curves: null, events: [],
  total: 0, live: null, reason: "" };
let sending = null; // cancels an upload
let asking = null; // cancels outdated requests
let redrawing = false;

const player = new Player((time) => {
  const [start, end] = page.range;
  if (page.key && (time < start || time > end)) show(around(time, end - start));
  table.mark(time);
});
const table = new Table(about.labels, ([start, end]) => {
  const length = Math.max(EVENT, 2 * (end - start));
  const [from, to] = page.range;
  if (to - from > 3 * length || start < from || end > to) show(around((start + end) / 2, length));
  player.play([start, end]);
});
const settings = new Settings(about, (windows) => (windows ? analyse() : refresh(false)));
const words = new Words(async () => {
  about = await api.about();
  settings.use(about);
  table.labels = about.labels;
  allow(about);
  await analyse(true);
});

// --- a new recording ---

async function send(file) {
  if (!file || ID("file").disabled) return;
  if (page.live) page.live.close();
  await forget();
  if (file.size > about.max_bytes) {
    say("", `${file.name} is larger than ${about.max_bytes / 1e6} MB, the largest upload.`);
    return;
  }
  const mine = (sending = new AbortController());
  say(`Uploading ${file.name} …`);
  work(0);
  try {
    const told = await api.upload(file, settings.query, (share) => work(share), mine.signal);
    if (mine.signal.aborted) api.remove(told.key).catch(() => {});
    else await open(told.key);
  } catch (error) {
    if (mine === sending) fail(error);
  }
}

async function forget() {
  if (sending) sending.abort();
  sending = null;
  const { key } = page;
  page.key = null;
  shut();
  if (key) await api.remove(key).catch(() => {});
}

// `reason`, if any, says why it is not longer; it stays visible.
async function open(key, reason = "") {
  Object.assign(page, { key, told: null, picture: null, curves: null, events: [], total: 0, reason });
  await follow(key);
}

// Wait until it is analysed, and show partial results meanwhile.
async function follow(key) {
  try {
    for (;;) {
      const told = await api.state(key);
      if (key !== page.key) return;
      if (told.state === "failed") throw new Error(told.error);
      if (told.levels && !(page.told && page.told.levels)) appear(told);
      page.told = told;
      if (told.state === "ready" && told.hop === settings.hop) break;
      const verb = { waiting: "Waiting", reading: "Reading", analysing: "Analysing" }[told.state];
      const whole = told.seconds ? ` of ${clock(told.seconds, 0)}` : "";
      say(`${verb} ${told.name} …`, page.reason);
      work(told.seconds ? told.done / told.seconds : NaN, `${clock(told.done, 0)}${whole}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    work(null);
    await refresh();
  } catch (error) {
    if (key === page.key) fail(error);
  }
}

function appear(told) {
  page.told = told;
  ID("name").textContent = told.name;
  ID("details").textContent = `${clock(told.seconds)} long; ${told.about}` +
    (told.note ? `. The recording ${told.note}.` : "");
  ID("result").hidden = false;
  player.open(api.sound(page.key), told.seconds);
  show([0, told.seconds]);
}

// Another step or, `anew`, another classifier: the recording is analysed again.
async function analyse(anew = false) {
  const { key } = page;
  if (!key) return;
  try {
    await api.analyse(key, settings.query);
    if (anew) shut();
    await (anew ? open(key) : follow(key));
  } catch (error) {
    fail(error);
  }
}

function shut() {
  if (asking) asking.abort();
  player.shut();
  ID("result").hidden = true;
  ID("found").hidden = true;
}

// --- the part shown ---

function around(time, length) {
  const most = page.told.seconds;
  length = Math.min(most, length);
  const start = Math.max(0, Math.min(most - length, time - length / 2));
  return [start, start + length];
}

function show(range) {
  page.range = range;
  player.show(range);
  refresh();
}

function zoom(factor) {
  const [start, end] = page.range;
  const length = Math.max(CLOSEST, factor * (end - start));
  const inside = player.time >= start && player.time <= end;
  show(around(inside ? player.time : (start + end) / 2, length));
}

function move(share) {
  const [start, end] = page.range;
  show(around((start + end) / 2 + share * (end - start), end - start));
}

// Request the part shown; the picture stays the same where only settings changed.
async function refresh(all = true) {
  if (!page.key || page.live || !ID("picture").clientWidth) return;
  if (asking) asking.abort();
  const { signal } = (asking = new AbortController());
  const [width, { key, range }, { query }] = [ID("picture").clientWidth, page, settings];
  try {
    if (all) {
      const picture = await api.view(key, range, width, signal);
      picture.power = Uint8Array.from(atob(picture.power), (c) => c.charCodeAt(0));
      page.picture = picture;
      redraw();
    }
    if (page.told.state !== "ready" || page.told.hop !== settings.hop) return;
    if (settings.labels.length) await ask(key, query, range, width, signal);
    else Object.assign(page, { events: [], total: 0 });
    found();
    redraw();
    const count = `${page.total} ${page.total === 1 ? "event" : "events"} in ${page.told.name}.`;
    say(settings.labels.length ? count : "Choose at least one label.", page.reason);
  } catch (error) {
    if (error.name !== "AbortError" && key === page.key) say("", error.message);
  }
}

async function ask(key, query, range, width, signal) {
  const [curves, events] = await Promise.all([
    api.probabilities(key, query, range, width, signal),
    api.events(key, query, signal),
  ]);
  Object.assign(page, { curves, events: events.events, total: events.total });
}

function found() {
  ID("found").hidden = false;
  ID("downloads").hidden = false;
  table.fill(page.events, page.total);
  table.mark(player.time);
  for (const format of ["csv", "audacity", "raven"]) {
    ID(format).href = api.download(page.key, format, settings.query);
  }
}

// --- drawing ---

function redraw() {
  if (redrawing) return;
  redrawing = true;
  requestAnimationFrame(() => {
    redrawing = false;
    draw();
  });
}

function draw() {
  const { live, range, picture, curves, events } = page;
  const scene = live
    ? { range: live.range, view: live.view, levels: live.levels, curves: live.curves, events: live.all }
    : { range, view: picture, levels: page.told?.levels, curves, events };
  if (scene.view) drawScene(scene, about, settings);
}

// --- the microphone ---

async function listen() {
  if (page.live) {
    page.live.stop();
    return;
  }
  await forget();
  work(null);
  say("Starting the microphone …");
  const live = new Live(settings.query, about.labels.length, () => showLive(live), endLive);
  page.live = live;
  ID("listen").textContent = "Stop listening";
  ID("fields").disabled = true;
  words.listening(true);
  await live.start(settings.hop, about.window);
}

function showLive(live) {
  ID("result").hidden = false;
  ID("found").hidden = false;
  ID("downloads").hidden = true;
  for (const name of ["controls", "place", "cursor"]) ID(name).hidden = true;
  ID("name").textContent = "Microphone";
  ID("details").textContent = `${clock(live.seconds)} analysed`;
  if (ID("status").dataset.count !== String(live.events.length) || !live.seconds) {
    ID("status").dataset.count = live.events.length;
    const last = live.events[live.events.length - 1];
    say(last ? `Listening: ${about.labels[last[2]]} at ${clock(last[0])}.` : "Listening …");
    table.fill([...live.events].reverse(), live.events.length, true);
  }
  redraw();
}

function endLive(told) {
  page.live = null;
  ID("listen").textContent = "Use the microphone";
  ID("fields").disabled = false;
  words.listening(false);
  for (const name of ["controls", "place", "cursor"]) ID(name).hidden = false;
  shut();
  say("", told.error || "");
  if (told.key) open(told.key, told.reason || "");
}

// --- user input ---

ID("file").onchange = () => {
  send(ID("file").files[0]);
  ID("file").value = "";
};
if (ID("file").files.length) ID("file").onchange(); // chosen before all was ready
ID("listen").onclick = listen;
ID("cancel").onclick = async () => {
  await forget();
  fail(new DOMException("", "AbortError"));
};
ID("earlier").onclick = () => move(-0.5);
ID("later").onclick = () => move(0.5);
ID("closer").onclick = () => zoom(0.5);
ID("wider").onclick = () => zoom(2);
ID("whole").onclick = () => show([0, page.told.seconds]);

onDrop(send);
window.addEventListener("pagehide", () => page.key && api.remove(page.key).catch(() => {}));
new ResizeObserver(() => (page.live ? redraw() : refresh())).observe(ID("pictures"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
allow(about);
