"""Lengths that are read of files of many encoders and pipes, beside ffmpeg's.

    python benchmarks/lengths.py [--quick] [--out FILE]

Needs ffmpeg, lame, sox, vorbis-tools, opus-tools, flac, twolame, espeak-ng and GStreamer's tools;
an encoder that is missing is left out.
"""

import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import measure
import numpy as np

import hearingai

SOUNDS = [(8000, 1, 1.3), (16000, 1, 7.0), (22050, 2, 4.1), (44100, 1, 11.0), (44100, 2, 3.03)]
SOUNDS += [(48000, 1, 2.0), (48000, 2, 20.0)]  # Hz, channels, seconds
ENCODERS = {  # command from {a}, a wav, to {b}; what it needs; ending; samples a frame
    "lame, constant rate": ("lame --quiet -b 64 {a} {b}", "lame", "mp3", 1152),
    "lame, variable rate": ("lame --quiet -V4 {a} {b}", "lame", "mp3", 1152),
    "lame, no header": ("lame --quiet -t -b 64 {a} {b}", "lame", "mp3", 1152),
    "lame, average rate, no header": ("lame --quiet -t --abr 96 {a} {b}", "lame", "mp3", 1152),
    "lame, variable rate, piped": ("lame --quiet -V4 {a} - > {b}", "lame", "mp3", 1152),
    "ffmpeg, mp3, piped": ("ffmpeg -nostdin -v error -i {a} -f mp3 - > {b}", "ffmpeg", "mp3", 1152),
    "twolame": ("twolame --quiet -b 64 {a} {b}", "twolame", "mp2", 1152),
    "lame, one file after the other": (
        "(lame --quiet -V4 {a} -; lame --quiet -V4 {a} -) > {b}",
        "lame",
        "mp3",
        1152,
    ),
    "oggenc": ("oggenc -Q {a} -o {b}", "oggenc", "ogg", 1024),
    "ffmpeg, Vorbis, piped": (
        "ffmpeg -nostdin -v error -i {a} -c:a libvorbis -f ogg - > {b}",
        "ffmpeg",
        "ogg",
        1024,
    ),
    "opusenc": ("opusenc --quiet {a} {b}", "opusenc", "opus", 960),
    "ffmpeg, Opus, piped": (
        "ffmpeg -nostdin -v error -i {a} -c:a libopus -f ogg - > {b}",
        "ffmpeg",
        "opus",
        960,
    ),
    "flac": ("flac -s {a} -o {b}", "flac", "flac", 0),
    "flac, piped": ("cat {a} | flac -s - -c > {b} 2>/dev/null", "flac", "flac", 0),
    "ffmpeg, FLAC, piped": ("ffmpeg -nostdin -v error -i {a} -f flac - > {b}", "ffmpeg", "flac", 0),
    "sox, wav, piped": ("cat {a} | sox -t wav - -t wav - > {b} 2>/dev/null", "sox", "wav", 0),
    "sox, aiff, piped": ("cat {a} | sox -t wav - -t aiff - > {b} 2>/dev/null", "sox", "aiff", 0),
    "sox, au, piped": ("cat {a} | sox -t wav - -t au - > {b} 2>/dev/null", "sox", "au", 0),
    "sox, A-law wav": ("sox {a} -e a-law {b}", "sox", "wav", 0),
    "ffmpeg, wav, piped": ("ffmpeg -nostdin -v error -i {a} -f wav - > {b}", "ffmpeg", "wav", 0),
    "ffmpeg, w64": ("ffmpeg -nostdin -v error -i {a} {b}", "ffmpeg", "w64", 0),
    "ffmpeg, au, piped": ("ffmpeg -nostdin -v error -i {a} -f au - > {b}", "ffmpeg", "au", 0),
    "ffmpeg, float wav, piped": (
        "ffmpeg -nostdin -v error -i {a} -c:a pcm_f32le -f wav - > {b}",
        "ffmpeg",
        "wav",
        0,
    ),
    "sox, MS ADPCM wav": ("sox {a} -e ms-adpcm {b}", "sox", "wav", 2048),
    "ffmpeg, 24-bit wav": (
        "ffmpeg -nostdin -v error -i {a} -c:a pcm_s24le {b}",
        "ffmpeg",
        "wav",
        0,
    ),
    "GStreamer's wavenc": (
        "gst-launch-1.0 -q filesrc location={a} ! wavparse ! wavenc ! fdsink > {b}",
        "gst-launch-1.0",
        "wav",
        0,
    ),
    "espeak-ng, piped": (
        'espeak-ng --stdout "one two three four five six seven" > {b}',
        "espeak-ng",
        "wav",
        0,
    ),
    "a header of 4 GB": ("python", "", "wav", 0),
    "a recorder that was killed": ("python", "", "wav", 0),
}


def spoilt(name, source, path):
    """A wav whose header promises what is not there, or lacks what is."""
    content = bytearray(Path(source).read_bytes())
    at = content.find(b"data") + 4
    content[at : at + 4] = (0x7FFFF000 if "4 GB" in name else 0).to_bytes(4, "little")
    path.write_bytes(content)


def by_ffmpeg(path, rate, channels):
    """Samples of each channel that ffmpeg decodes; it knows Opus at 48 kHz alone."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-ar", str(rate), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return len(done.stdout) // 2 // channels


def read_each(folder, name, sounds):
    """How far the lengths of one encoder's files are from ffmpeg's, in samples."""
    command, _, ending, frame = ENCODERS[name]
    differences = []
    for i, source in enumerate(sounds):
        path = folder / f"{list(ENCODERS).index(name)}-{i}.{ending}"
        if command == "python":
            spoilt(name, source, path)
        elif subprocess.run(command.format(a=source, b=path), shell=True).returncode:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waveform, rate = hearingai.read_audio(path, mono=False)
        waveform = np.atleast_2d(waveform)
        reference = by_ffmpeg(source if command == "python" else path, rate, len(waveform))
        differences.append(abs(waveform.shape[1] - reference))
    return differences, frame


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    rows, rng = [], np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        folder, sounds = Path(folder), []
        for i, (rate, channels, seconds) in enumerate(SOUNDS[: 2 if options.quick else None]):
            sounds.append(folder / f"{i}.wav")
            loud = rng.normal(0, 0.2, (channels, round(rate * seconds)))
            loud[:, loud.shape[1] // 3 :] /= 1000  # a quiet part makes variable rates vary
            hearingai.write_audio(np.squeeze(loud), sounds[-1], rate)
        for name, (_, needed, _, _) in ENCODERS.items():
            if needed and shutil.which(needed) is None:
                print(f"{needed} is missing: no {name}")
                continue
            differences, frame = read_each(folder, name, sounds)
            row = {"encoder": name, "files": len(differences), "farthest": max(differences)}
            within = sum(d <= frame for d in differences)
            rows.append(row | {"a codec's frame": frame, "within it": within})
            print(row, flush=True)
    files, within = (sum(row[k] for row in rows) for k in ("files", "within it"))
    measure.report(
        options,
        "Lengths",
        rows,
        [
            measure.aim(
                "files whose length is ffmpeg's within a frame", within / files, at_least=1.0
            )
        ],
        f"{files} files; samples of each channel that are read, against those that ffmpeg decodes.",
    )


if __name__ == "__main__":
    main()
