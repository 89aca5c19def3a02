"""Wav files with the headers that recorders write."""

import struct


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def info(**texts):
    """A `LIST` chunk of texts, such as `ICMT`."""
    parts = [chunk(name.encode(), text.encode() + b"\0") for name, text in texts.items()]
    return chunk(b"LIST", b"INFO" + b"".join(parts))


def guano(text):
    return chunk(b"guan", text.encode())


def write_wav(path, *, before=b"", behind=b"", seconds=1.0, rate=1000):
    """A silent wav with chunks before and behind its samples; returns its path as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16))
    content = form + before + chunk(b"data", bytes(2 * round(seconds * rate))) + behind
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WAVE" + content)
    return str(path)
