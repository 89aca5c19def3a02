"""Inputs that are almost right: bytes of a good one, changed at random."""

import io
import json
import re
import struct
import zipfile

BOUNDARIES = (0, 1, 2**31 - 1, 2**32 - 1, 2**36 - 1)
_HEAD = 160  # bytes in which headers lie
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]+')
_TOKENS = (b"null", b"-1", b"0", b"1e999", b"NaN", b"-Infinity", b"[]", b"{}", b'""', b"true")
_TOKENS += (b"1" + b"0" * 12, b"9" * 30, b'"NA"', b'"\\u0000"', b'"\xff\xfe"', b"[[[[[[[[", b"0.5")
_TOKENS += (b"\n", b",", b"\t", b";", b'"', b"1,5", b"../../etc/passwd", b"=1+1")


def mutate(data, rng, other=b"", text=False, steady=False):
    """Change bytes: one to four changes, each of a kind drawn at random.

    Args:
        data: The bytes of a good input.
        rng: A `random.Random`.
        other: Those of another one, to splice with.
        text: Whether whole words and numbers are replaced too.
        steady: Whether all keeps its place.
    """
    kinds = [_flip, _number] if steady else [_flip, _cut, _insert, _double, _number]
    kinds += [_token] * (3 * text)
    for _ in range(rng.randint(1, 4)):
        if other and rng.random() < 0.05:
            data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]
        elif data:
            data = rng.choice(kinds)(data, rng)
    return data


def mutate_zip(data, rng, names):
    """Change one of the files in a zip, and pack it anew, so that its checksum is right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([name for name in names if name in parts])
    if name.endswith(".json") and rng.random() < 0.7:
        parts[name] = json.dumps(mutate_json(json.loads(parts[name]), rng)).encode()
    else:
        parts[name] = mutate(parts[name], rng, text=name.endswith(".json"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def mutate_json(value, rng):
    """Change one value of a document, somewhere in it; it stays one."""
    odd = (None, -1, 0, 1, 2**31, 10**12, 0.5, float("nan"), "", "NA", "x" * 300, [], {}, True)
    if isinstance(value, dict) and value and rng.random() < 0.95:
        key = rng.choice(list(value))
        if rng.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: mutate_json(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.95:
        i = rng.randrange(len(value))
        return [*value[:i], mutate_json(value[i], rng), *value[i + 1 :]]
    return rng.choice(odd)


def _flip(data, rng):
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(data, rng):
    begin = _place(data, rng)
    length = rng.choice((1, 2, 4, 16, len(data)))
    return data[:begin] + data[begin + length :]


def _insert(data, rng):
    at = _place(data, rng)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 4, 16, 300))) + data[at:]


def _double(data, rng):
    begin = rng.randrange(len(data))
    end = begin + rng.choice((1, 8, 64, len(data)))
    return data[:end] + data[begin:end] + data[end:]


def _number(data, rng):
    """Another whole number where a header may have one."""
    value, width = rng.choice(BOUNDARIES), rng.choice((2, 4, 4, 8))
    order = rng.choice("<>")
    packed = struct.pack(f"{order}Q", value & (1 << 8 * width) - 1)
    packed = packed[:width] if order == "<" else packed[-width:]
    at = _place(data, rng) & ~1
    return data[:at] + packed + data[at + width :]


def _token(data, rng):
    found = list(_TOKEN.finditer(data))
    if not found:
        return data
    token = rng.choice(found)
    return data[: token.start()] + rng.choice(_TOKENS) + data[token.end() :]


def _place(data, rng):
    """A place, in the head as likely as anywhere."""
    return rng.randrange(min(len(data), _HEAD) if rng.random() < 0.5 else len(data))
