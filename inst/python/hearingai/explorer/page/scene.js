// Draws the open recording or the microphone's sound.

import { clock, drawPicture, drawRows } from "./draw.js";

const MOST_ROWS = 12;

const ID = (name) => document.getElementById(name);
const counted = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;

// `scene` has the range, view, levels, curves and events; `about` the labels.
export function drawScene(scene, about, settings) {
  const { range, view, levels, curves, events } = scene;
  const { labels } = about;
  drawPicture(ID("picture"), { range, view, levels, events, labels, highest: about.sample_rate / 2 });
  ID("picture").setAttribute(
    "aria-label",
    `Waveform and spectrogram from ${clock(range[0])} to ${clock(range[1])}; ` +
      `${counted(events.length, "event")}, listed in the table below`,
  );
  if (!curves) return;
  const rows = rowsOf(curves, settings.labels);
  drawRows(ID("rows"), { range, curves, events, labels, rows, thresholds: settings.thresholds });
  ID("rows").setAttribute("aria-label", sentence(curves, rows, labels));
}

const peak = (curves, i) => Math.max(0, ...curves.values[i]) / 1000;

// The labels that are shown: all of them, or the most probable ones where they are many.
function rowsOf(curves, chosen) {
  const note = ID("rows-note");
  note.hidden = chosen.length <= MOST_ROWS;
  if (chosen.length <= MOST_ROWS) return chosen;
  note.textContent = `The ${MOST_ROWS} most probable of ${chosen.length} labels in this part.`;
  const peaks = new Map(chosen.map((i) => [i, peak(curves, i)]));
  const most = [...chosen].sort((a, b) => peaks.get(b) - peaks.get(a)).slice(0, MOST_ROWS);
  return most.sort((a, b) => a - b);
}

function sentence(curves, rows, labels) {
  const peaks = rows.map((i) => `${labels[i]} up to ${peak(curves, i).toFixed(2)}`);
  return `Probabilities in time: ${peaks.join(", ")}`;
}
