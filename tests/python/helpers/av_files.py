"""Files in formats that libsndfile does not read, written by PyAV."""

import numpy as np

# A name: (ending, coding, rate, channels)
CODED = {
    "m4a": ("m4a", "aac", 44100, 2),
    "alac": ("m4a", "alac", 44100, 2),
    "mov": ("mov", "aac", 48000, 1),
    "aac": ("aac", "aac", 44100, 1),
    "ac3": ("ac3", "ac3", 48000, 2),
    "wma": ("wma", "wmav2", 44100, 2),
    "wv": ("wv", "wavpack", 22050, 1),
    "tta": ("tta", "tta", 44100, 2),
    "webm": ("webm", "libopus", 48000, 2),
    "mkv-flac": ("mkv", "flac", 32000, 1),
    "avi": ("avi", "mp3", 44100, 2),
    "ts": ("m2ts", "aac", 44100, 2),
    "amr": ("amr", "libopencore_amrnb", 8000, 1),
}
LOSSLESS = ("alac", "wv", "tta", "mkv-flac")


def music(rate, channels, seconds, seed=1):
    """int16 `(channels, samples)`: tones that come and go, of which no part is like another."""
    rng, t = np.random.default_rng(seed), np.arange(int(rate * seconds)) / rate
    made = [
        sum(
            0.2 * np.sin(2 * np.pi * (f + 40 * np.sin(2 * np.pi * rng.uniform(0.1, 0.3) * t)) * t)
            for f in rng.uniform(200, 1500, 3)
        )
        * (0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.2, 0.7) * t))
        for _ in range(channels)
    ]
    return np.rint(np.array(made) * 20000).astype("int16")


def encode(path, sound, rate, codec, *, film=0, movflags=None, tracks=1):
    """Write sound by PyAV, with `film` frames of picture beside it; returns the path."""
    import av

    options = {"movflags": movflags} if movflags else {}
    kind = {"m2ts": "mpegts", "wma": "asf"}.get(path.suffix[1:])
    with av.open(str(path), "w", format=kind, options=options) as out:
        streams = [_stream(out, codec, rate, len(sound)) for _ in range(tracks)]
        if film:
            _film(out, film)
        for stream in streams:
            for at in range(0, sound.shape[1], 4800):
                part = np.ascontiguousarray(sound[:, at : at + 4800])
                layout = "stereo" if len(part) == 2 else "mono"
                frame = av.AudioFrame.from_ndarray(part, format="s16p", layout=layout)
                frame.sample_rate, frame.pts = rate, at
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return path


def coded(folder, name, seconds=3.0, **options):
    """A file of a kind of `CODED` and its sound: `(path, int16 (channels, samples), rate)`."""
    ending, codec, rate, channels = CODED[name]
    sound = music(rate, channels, seconds)
    return encode(folder / f"{name}.{ending}", sound, rate, codec, **options), sound, rate


def _stream(out, codec, rate, channels):
    layout = "stereo" if channels == 2 else "mono"
    stream = out.add_stream(codec, rate=rate, layout=layout)
    stream.bit_rate = 12_200 if codec == "libopencore_amrnb" else 128_000
    formats = [f.name for f in stream.codec_context.codec.audio_formats or []]
    if "s16p" in formats or "s16" in formats:
        stream.codec_context.format = "s16p" if "s16p" in formats else "s16"
    return stream


def _film(out, n):
    import av

    stream = out.add_stream("mpeg4", rate=5)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for i in range(n):
        picture = np.full((48, 64, 3), i % 256, "uint8")
        out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    out.mux(stream.encode(None))
