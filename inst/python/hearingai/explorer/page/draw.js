// Drawing on canvases: waveform and spectrogram, and a row of probabilities for each label.

// The colour map magma, perceptually uniform, as in the package's plots.
const MAGMA = [
  [0, 0, 4], [10, 8, 34], [29, 17, 71], [54, 16, 107], [81, 18, 124], [106, 28, 129],
  [131, 38, 129], [156, 46, 127], [183, 55, 121], [208, 65, 111], [231, 82, 99], [245, 107, 92],
  [252, 137, 97], [254, 167, 114], [254, 196, 136], [253, 226, 163], [252, 253, 191],
];
const FONT = "12px system-ui, sans-serif";
const AXIS = 22; // pixels below the picture, for the time
const TAG = 17; // height of the name of an event
const LANES = 3;
const CROWDED = 30; // pixels that an event needs for a box and a name
const BAR = 5;
const ROW = 42;
const NAME = 15; // of a row, for its label

export function clock(seconds, digits = 1) {
  const sign = seconds < 0 ? "-" : "";
  const rounded = Math.abs(seconds).toFixed(digits);
  const whole = Math.floor(rounded);
  const rest = (rounded - 60 * Math.floor(whole / 60)).toFixed(digits);
  const padded = rest.padStart(digits ? 3 + digits : 2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${sign}${minutes}:${padded}`;
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${padded}`;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

function begin(canvas, height) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  if (height) canvas.style.height = `${height}px`;
  height = height || canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.font = FONT;
  pen.textBaseline = "middle";
  return [pen, width, height];
}

function place(range, width) {
  return (time) => ((time - range[0]) / (range[1] - range[0])) * width;
}

function shortened(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let letters = Array.from(text);
  while (letters.length && pen.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}

function drawAxis(pen, range, width, top) {
  const x = place(range, width);
  const length = range[1] - range[0];
  const most = Math.max(2, Math.floor(width / 80));
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    3600, 7200, 14400];
  const step = steps.find((s) => length / s <= most) || length;
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  pen.fillStyle = colour("soft");
  pen.textAlign = "center";
  for (let k = Math.ceil(range[0] / step - 1e-6); k * step <= range[1]; k += 1) {
    pen.fillRect(x(k * step), top, 1, 4);
    const text = clock(k * step, digits);
    const half = pen.measureText(text).width / 2 + 2;
    pen.fillText(text, Math.min(width - half, Math.max(half, x(k * step))), top + 13);
  }
  pen.textAlign = "left";
}

function drawWaveform(pen, view, x, top, height) {
  const middle = top + height / 2;
  const peak = Math.max(50, ...view.high, ...view.low.map((v) => -v));
  pen.fillStyle = colour("curve");
  view.low.forEach((low, k) => {
    const left = x(view.start + k * view.step);
    const upper = (view.high[k] / peak) * (height / 2 - 2);
    const lower = (low / peak) * (height / 2 - 2);
    const wide = Math.max(1, x(view.start + (k + 1) * view.step) - left);
    pen.fillRect(left, middle - upper, wide, Math.max(1, upper - lower));
  });
}

function paint(view, levels) {
  const n = view.low.length;
  const image = new ImageData(n, view.bands);
  const [low, high] = levels;
  for (let k = 0; k < n; k += 1) {
    for (let band = 0; band < view.bands; band += 1) {
      const share = (view.power[k * view.bands + band] - low) / (high - low);
      const at = Math.min(0.9999, Math.max(0, share)) * (MAGMA.length - 1);
      const [one, other] = [MAGMA[Math.floor(at)], MAGMA[Math.floor(at) + 1]];
      const pixel = 4 * ((view.bands - 1 - band) * n + k);
      for (let c = 0; c < 3; c += 1) {
        image.data[pixel + c] = one[c] + (other[c] - one[c]) * (at % 1);
      }
      image.data[pixel + 3] = 255;
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = n;
  canvas.height = view.bands;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function drawSpectrogram(pen, view, x, width, top, height, levels, highest) {
  pen.fillStyle = "#000004";
  pen.fillRect(0, top, width, height);
  if (view.low.length) {
    view.image = view.image || paint(view, levels);
    const left = x(view.start);
    pen.drawImage(view.image, left, top, x(view.start + view.low.length * view.step) - left, height);
  }
  pen.fillStyle = "#ffffff";
  pen.strokeStyle = "#000000";
  pen.lineWidth = 3;
  const text = `0–${+(highest / 1000).toFixed(1)} kHz`;
  pen.strokeText(text, 5, top + height - 9);
  pen.fillText(text, 5, top + height - 9);
}

// Boxes around events, their names in lanes so that none overlap; bars if there are many.
function drawEvents(pen, events, labels, x, width, top, height) {
  const seen = events.filter(([start, end]) => x(end) >= 0 && x(start) <= width);
  const crowded = seen.length * CROWDED > width;
  const free = new Array(LANES).fill(-1);
  for (const [start, end, label] of seen) {
    const left = x(start);
    const wide = Math.max(2, x(end) - left);
    if (crowded) {
      pen.fillStyle = "#ffffff";
      pen.fillRect(left, top + 1, wide, BAR);
      continue;
    }
    pen.lineWidth = 3;
    pen.strokeStyle = "#000000";
    pen.strokeRect(left, top + 1, wide, height - 2);
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#ffffff";
    pen.strokeRect(left, top + 1, wide, height - 2);
    const begins = Math.max(0, left);
    const lane = free.findIndex((place) => place <= begins);
    if (lane >= 0) free[lane] = drawTag(pen, labels[label], begins, width, top + 2 + lane * (TAG + 1));
  }
}

// The name of an event; returns where the next may be placed.
function drawTag(pen, label, left, width, top) {
  const text = shortened(pen, label, 140);
  const wide = pen.measureText(text).width + 8;
  const from = Math.min(left, width - wide);
  pen.fillStyle = "#ffffff";
  pen.fillRect(from, top, wide, TAG);
  pen.fillStyle = "#000000";
  pen.fillText(text, from + 4, top + TAG / 2 + 1);
  return from + wide + 2;
}

export function drawPicture(canvas, { view, range, events, labels, levels, highest }) {
  const [pen, width, height] = begin(canvas);
  const x = place(range, width);
  const wave = Math.round((height - AXIS) * 0.28);
  drawWaveform(pen, view, x, 0, wave);
  drawSpectrogram(pen, view, x, width, wave, height - AXIS - wave, levels, highest);
  drawEvents(pen, events, labels, x, width, wave, height - AXIS - wave);
  drawAxis(pen, range, width, height - AXIS);
}

export function drawRows(canvas, { curves, range, events, labels, rows, thresholds }) {
  const [pen, width] = begin(canvas, rows.length * ROW + 4);
  const x = place(range, width);
  rows.forEach((label, row) => {
    const top = row * ROW;
    const foot = top + ROW;
    const high = ROW - NAME - 6;
    pen.fillStyle = colour("line");
    if (row) pen.fillRect(0, top + 3, width, 1);
    pen.fillStyle = colour("event");
    for (const [start, end, which] of events) {
      if (which !== label || end < range[0] || start > range[1]) continue;
      pen.fillRect(x(start), foot - 1, Math.max(2, x(end) - x(start)), 4);
    }
    drawCurve(pen, curves, label, x, foot - 1, high);
    if (thresholds[label] !== undefined) {
      pen.strokeStyle = colour("soft");
      pen.lineWidth = 1;
      pen.setLineDash([5, 4]);
      pen.beginPath();
      pen.moveTo(0, foot - 1 - thresholds[label] * high);
      pen.lineTo(width, foot - 1 - thresholds[label] * high);
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.fillStyle = colour("ink");
    pen.fillText(shortened(pen, labels[label], width - 8), 4, top + 12);
  });
}

function drawCurve(pen, curves, label, x, foot, high) {
  const values = curves.values[label] || [];
  pen.strokeStyle = colour("curve");
  pen.fillStyle = colour("curve");
  pen.lineWidth = 1.5;
  pen.beginPath();
  values.forEach((value, k) => {
    pen.lineTo(x(curves.start + k * curves.step), foot - (value / 1000) * high);
  });
  pen.stroke();
  if (!values.length) return;
  pen.lineTo(x(curves.start + (values.length - 1) * curves.step), foot);
  pen.lineTo(x(curves.start), foot);
  pen.globalAlpha = 0.25;
  pen.fill();
  pen.globalAlpha = 1;
}
