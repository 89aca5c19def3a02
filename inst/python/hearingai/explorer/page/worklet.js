// In the browser's audio thread: samples of the microphone as 16-bit numbers, a tenth of a second
// at a time.

class Sender extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = new Int16Array(Math.round(sampleRate / 10));
    this.n = 0;
  }

  process([input]) {
    const [sound] = input;
    if (!sound) return true;
    for (const value of sound) {
      this.samples[this.n] = Math.round(32767 * Math.max(-1, Math.min(1, value)));
      this.n += 1;
      if (this.n === this.samples.length) {
        this.port.postMessage(this.samples.slice().buffer);
        this.n = 0;
      }
    }
    return true;
  }
}

registerProcessor("sender", Sender);
