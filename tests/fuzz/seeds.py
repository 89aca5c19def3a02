"""Good inputs of every kind, small, made on the spot."""

import importlib.util
import json
import struct
import tempfile
from pathlib import Path

import numpy as np
import soundfile

import hearingai
from av_files import CODED, coded
from hearingai.datasets._tfrecord import masked_crc32c

LABELS = 'index,mid,display_name\n0,/m/a,"Speech"\n1,/m/b,"Dog, bark"\n2,/m/c,Turkey\n'
_XING = (b"Xing", b"Info")
_AUDIO = {  # a name: (ending, rate, channels, format, subtype)
    "wav": ("wav", 8000, 1, "WAV", "PCM_16"),
    "wav-24": ("wav", 8000, 2, "WAV", "PCM_24"),
    "wav-float": ("wav", 8000, 1, "WAV", "FLOAT"),
    "wav-alaw": ("wav", 8000, 1, "WAV", "ALAW"),
    "wav-adpcm": ("wav", 8000, 1, "WAV", "IMA_ADPCM"),
    "wavex": ("wav", 8000, 2, "WAVEX", "PCM_16"),
    "w64": ("w64", 8000, 1, "W64", "PCM_16"),
    "rf64": ("rf64", 8000, 1, "RF64", "PCM_16"),
    "aiff": ("aiff", 8000, 1, "AIFF", "PCM_16"),
    "aiff-float": ("aiff", 8000, 1, "AIFF", "FLOAT"),
    "au": ("au", 8000, 1, "AU", "PCM_16"),
    "au-ulaw": ("au", 8000, 1, "AU", "ULAW"),
    "caf": ("caf", 8000, 1, "CAF", "PCM_16"),
    "caf-alac": ("caf", 8000, 1, "CAF", "ALAC_16"),
    "flac": ("flac", 8000, 1, "FLAC", "PCM_16"),
    "flac-24": ("flac", 8000, 2, "FLAC", "PCM_24"),
    "ogg": ("ogg", 8000, 1, "OGG", "VORBIS"),
    "opus": ("opus", 8000, 1, "OGG", "OPUS"),
    "mp3": ("mp3", 16000, 1, "MP3", "MPEG_LAYER_III"),
    "mp3-v1": ("mp3", 44100, 2, "MP3", "MPEG_LAYER_III"),
}


def audio_seeds():
    """`{name: (ending, bytes)}` of recordings of 0.2 s, each format that libsndfile writes."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (ending, rate, channels, kind, subtype) in _AUDIO.items():
            path = Path(folder) / f"a.{ending}"
            sound = np.random.default_rng(1).uniform(-0.4, 0.4, (rate // 5, channels))
            soundfile.write(path, sound, rate, format=kind, subtype=subtype)
            made[name] = (ending, path.read_bytes())
    for name in ("mp3", "mp3-v1"):
        made[f"{name}-plain"] = ("mp3", without_xing(made[name][1]))
    made |= av_seeds()
    for name in ("wav", "flac", "ogg", "mp3"):
        made[f"{name}-joined"] = (made[name][0], 2 * made[name][1])
    return made


def av_seeds():
    """`{name: (ending, bytes)}` of recordings that PyAV reads, where it is installed."""
    if importlib.util.find_spec("av") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: coded(Path(folder), name, seconds=0.3)[0] for name in CODED}
        return {f"av-{n}": (path.suffix[1:], path.read_bytes()) for n, path in paths.items()}


def without_xing(data):
    """An mp3 as it is written to a stream: without the first frame, which holds numbers."""
    first = data.find(b"\xff")
    second = data.find(data[first : first + 2], first + 4)
    assert any(name in data[first:second] for name in _XING)
    return data[second:]


def table_seeds():
    """`{name: (ending, bytes)}` of tables of clips and of events."""
    clips = "fname,class,speaker,fold,start,end\n"
    clips += "".join(f"{i}.wav,{'no' if i % 2 else 'yes'},s{i},{i},0.{i},1.5\n" for i in range(6))
    events = "fname,start,end,label,score\n"
    events += "".join(f"a.wav,{i}.5,{i + 1}.25,word {i},0.{i}\n" for i in range(5))
    audacity = "".join(f"{i}.5\t{i + 1}.25\tword {i}\n\\\t100.0\t200.0\n" for i in range(5))
    raven = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"
    raven += "\tBegin Path\tFile Offset (s)\tAnnotation\tScore\n"
    raven += "".join(
        f"{i}\tSpectrogram 1\t1\t{i}.5\t{i + 1}.25\t100\t2000\ta.wav\t{i}.5\tword {i}\t0.{i}\n"
        for i in range(1, 5)
    )
    kaleidoscope = "INDIR,FOLDER,IN FILE,CHANNEL,OFFSET,DURATION,Fmin,Fmean,Fmax,MANUAL ID\n"
    kaleidoscope += "".join(f"/d,e,a.wav,0,{i}.5,1.25,100,900,2000,word {i}\n" for i in range(4))
    return {
        "clips": ("csv", clips.encode()),
        "events": ("csv", events.encode()),
        "audacity": ("txt", audacity.encode()),
        "kaleidoscope": ("csv", kaleidoscope.encode()),
        "raven": ("txt", raven.encode()),
    }


def embedding_seeds():
    """`{name: (ending, bytes)}` of files of embeddings; the TFRecord's checksums are right."""
    records = [
        {
            "vid_id": f"v{i}",
            "start_time_seconds_youtube_clip": 0,
            "end_time_seconds_youtube_clip": 10,
            "audio_embedding": [[i] * 128] * 2,
            "is_turkey": i % 2,
        }
        for i in range(3)
    ]
    lines = "\n".join(map(json.dumps, records)) + "\n"
    return {
        "turkey": ("json", json.dumps(records).encode()),
        "turkey-lines": ("jsonl", lines.encode()),
        "tfrecord": ("tfrecord", tfrecord(example(), example(2))),
    }


def tfrecord(*messages):
    """A file of these messages."""
    parts = []
    for message in messages:
        size = struct.pack("<Q", len(message))
        parts += [size, struct.pack("<I", masked_crc32c(size))]
        parts += [message, struct.pack("<I", masked_crc32c(message))]
    return b"".join(parts)


def example(label=0):
    """A `SequenceExample` of two frames, as AudioSet has them."""
    context = {
        "video_id": _field(1, _field(1, b"abc")),
        "start_time_seconds": _field(2, _field(1, struct.pack("<f", 30.0))),
        "end_time_seconds": _field(2, _field(1, struct.pack("<f", 40.5))),
        "labels": _field(3, _field(1, bytes([label]))),
    }
    entries = [_field(1, _field(1, k.encode()) + _field(2, v)) for k, v in context.items()]
    frames = b"".join(_field(1, _field(1, _field(1, bytes([i]) * 128))) for i in range(2))
    lists = _field(1, _field(1, b"audio_embedding") + _field(2, frames))
    return _field(1, b"".join(entries)) + _field(2, lists)


def _field(number, content):
    """A field of a protocol buffer that holds bytes."""
    length, size = len(content), b""
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content


def classifier():
    """A small classifier, untrained."""
    return hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)


def model_seeds(formats=("onnx", "litert")):
    """`{name: (ending, bytes)}` of a saved classifier and what is exported of it."""
    model, made = classifier(), {}
    with tempfile.TemporaryDirectory() as folder:
        path = hearingai.save_classifier(model, Path(folder) / "a.keras")
        made["keras"] = ("keras", Path(path).read_bytes())
        for name, ending in {"onnx": "onnx", "litert": "tflite"}.items():
            if name in formats:
                path = hearingai.export(model, Path(folder) / f"a.{ending}", verify=False).path
                made[name] = (ending, Path(path).read_bytes())
    return made
