"""Wav files with wrong sizes: written to a stream, left by a crash, joined, or over 4 GiB."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ..runtime.remote_files import Source, open_binary, size_of
from ._sections import Layout, Part, Section

_STREAMED = 0x7FF0_0000  # bytes; larger sizes are placeholders of writers that could not seek
_ROUND = (0, 2_000_000_000)  # and these
_SLACK = 64  # bytes that a sloppy writer's header may declare too many
_NOTEWORTHY = 4096  # bytes after the sound that are worth a warning
_COPIED = (b"fmt ", b"fact")  # chunks that say how the samples are stored
_LONGEST_TEXT = 2**20  # bytes of a chunk that is read as text
_SPACE, _DELETE = 32, 127  # characters in names of chunks
_KNOWN = (
    *(b"LIST", b"INFO", b"id3 ", b"ID3 ", b"bext", b"iXML", b"axml", b"_PMX", b"cue ", b"smpl"),
    *(b"inst", b"PEAK", b"JUNK", b"junk", b"PAD ", b"FLLR", b"cart", b"wamd", b"guan", b"afsp"),
    *(b"fact", b"plst", b"acid", b"DISP", b"umid", b"chna", b"levl", b"minf", b"elm1", b"ds64"),
)


@dataclass
class _Wav:
    """One wav in a file, which begins at `begin`.

    Attributes:
        order: `"<"` or `">"`.
        chunks: The bytes of the chunks that say how the samples are stored.
        data: Where the samples begin.
        promised: Bytes of samples by the header.
        align: Bytes of one sample of all channels.
        rate: Bytes a second.
    """

    begin: int
    order: str
    chunks: list[bytes]
    data: int
    promised: int
    align: int
    rate: int


def layout_of_wav(path: Source, size: int) -> Layout | None:
    """Find where the samples of a wav begin and end; `None` where it is not a wav.

    Several wavs, one after the other, are separate sections.
    """
    sections: list[Section] = []
    doubts: list[str] = []
    loss: str | None = None
    at: int | None = 0
    true_size = True
    with open_binary(path) as file:
        while at is not None:
            wav = _open(file, at, size)
            if wav is None:
                break
            end, at, doubt, loss = _end(file, wav, size)
            doubts += [doubt] if doubt else []
            true_size = true_size and end == wav.data + wav.promised
            as_it_is = not sections and at is None and end <= wav.data + wav.promised
            sections.append(Section() if as_it_is else _section(wav, end))
    if not sections:
        return None
    if len(sections) > 1:
        doubts.append(
            f"holds {len(sections)} recordings, joined; they are read one after the other"
        )
    return Layout(
        tuple(sections), "; ".join(doubts) or None, loss, true_size and len(sections) == 1
    )


def end_of_sound(path: Source, begin: int = 0) -> tuple[int, int | None]:
    """Where the samples of a wav end by now, and where the next wav begins; bytes in the file.

    Args:
        path: The file.
        begin: Where in it the wav begins.

    Returns:
        The end, and the begin of a wav that is joined to it, else `None`.
    """
    with open_binary(path) as file:
        size = size_of(file)
        wav = _open(file, begin, size)
        return (size, None) if wav is None else _end(file, wav, size)[:2]


def chunks_of(path: Source, names: Sequence[bytes]) -> list[tuple[bytes, bytes]] | None:
    """The named chunks of a wav, before and behind its samples; `None` where it is not a wav.

    Args:
        path: The file.
        names: Chunks of text, such as `guan`; of each the first MiB is read.

    Returns:
        `(name, content)` of each in the order of the file.
    """
    with open_binary(path) as file:
        size = size_of(file)
        wav = _open(file, 0, size)
        if wav is None:
            return None
        behind = wav.data + wav.promised + wav.promised % 2
        found = []
        for at, end in ((12, wav.data - 8), (behind, size)):
            while at + 8 <= end:
                file.seek(at)
                name, length = struct.unpack(f"{wav.order}4sI", file.read(8))
                if name in names:
                    found.append((name, file.read(min(length, _LONGEST_TEXT))))
                at += 8 + length + length % 2
        return found


def _open(file: BinaryIO, begin: int, size: int) -> _Wav | None:
    """Read the header of a wav, up to its samples."""
    file.seek(begin)
    head = file.read(12)
    order = ">" if head[:4] == b"RIFX" else "<"
    if head[:4] not in (b"RIFF", b"RIFX", b"RF64") or head[8:] != b"WAVE":
        return None
    chunks: list[bytes] = []
    long_size, align, rate = None, 0, 0
    while len(head := file.read(8)) == 8:
        name, length = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        at = file.tell()
        if name == b"data":
            if length == 0xFFFFFFFF and long_size is not None:
                length = long_size
            return _Wav(begin, order, chunks, at, length, align, rate) if align else None
        if at + length > size:
            return None
        if name in _COPIED or name == b"ds64":
            content = file.read(length)
            if name == b"ds64" and length >= 16:
                long_size = struct.unpack("<Q", content[8:16])[0]
            if name == b"fmt " and length >= 14:
                rate, align = struct.unpack(f"{order}IH", content[8:14])
            if name in _COPIED:
                chunks.append(head + content + b"\0" * (length % 2))
        file.seek(at + length + length % 2)
    return None


def _end(file: BinaryIO, wav: _Wav, size: int) -> tuple[int, int | None, str | None, str | None]:
    """The end of the samples, the start of the next wav, the doubt and the loss."""
    there = size - wav.data
    if wav.promised > there:
        missing = wav.promised - there
        if wav.promised >= _STREAMED or wav.promised in _ROUND:
            known = wav.promised >= 0xFFFF_0000 or wav.promised < 0x8000_0001
            doubt = None if known else _two_lengths(wav, wav.promised, there)
            return size, None, doubt, None
        if missing <= max(_SLACK, wav.align):
            return size, None, f"lacks the last {missing} bytes that its header declares", None
        seconds = [n / wav.rate if wav.rate else 0.0 for n in (there, wav.promised)]
        there_is = f"{seconds[0]:.2f} of {seconds[1]:.2f} s are there"
        loss = f"is truncated: at least {missing} bytes are missing, {there_is}"
        return size, None, None, loss
    end = wav.data + wav.promised
    behind, next_wav = _behind(file, end + wav.promised % 2, size)
    if not behind:
        return end, next_wav, None, None
    if behind >= max(wav.promised, _NOTEWORTHY) or not wav.promised:
        doubt = None if not wav.promised else _two_lengths(wav, wav.promised, there)
        return size, None, doubt, None
    if behind >= _NOTEWORTHY and not _is_silence(file, size - behind):
        return end, None, f"has {behind} bytes behind its sound that are not read", None
    return end, None, None, None


def _behind(file: BinaryIO, at: int, size: int) -> tuple[int, int | None]:
    """The number of bytes after the samples that are in no chunk, and the start of another wav.

    Samples may look like a chunk by chance: an unknown name counts only where the chunks end
    exactly at the end of the file.
    """
    begin, sure = at, at
    while at + 8 <= size:
        file.seek(at)
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
            return 0, at
        name, length = head[:4], struct.unpack("<I", head[4:8])[0]
        if not all(_SPACE <= byte < _DELETE for byte in name) or at + 8 + length > size:
            return size - sure, None
        at += 8 + length + length % 2
        if name in _KNOWN and sure >= begin:
            sure = min(at, size)
    return 0, None


def _is_silence(file: BinaryIO, begin: int) -> bool:
    file.seek(begin)
    return not any(file.read(_NOTEWORTHY))


def _two_lengths(wav: _Wav, promised: int, there: int) -> str:
    """A clause with both lengths."""
    seconds = [n / wav.rate if wav.rate else 0.0 for n in (promised, there)]
    return f"has a header that says {seconds[0]:.2f} s, and holds {seconds[1]:.2f} s, all read"


def _section(wav: _Wav, end: int) -> Section:
    """The samples with a header of the correct size, which may be beyond 4 GiB."""
    length = (end - wav.data) // wav.align * wav.align
    if wav.order == ">":
        head = b"RIFX" + struct.pack(">I", 0xFFFFFFFF) + b"WAVE" + b"".join(wav.chunks)
        head += b"data" + struct.pack(">I", min(length, 0xFFFFFFFF))
    else:
        sizes = struct.pack("<QQQI", 72 + length, length, length // wav.align, 0)
        head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", len(sizes)) + sizes
        head += b"".join(wav.chunks) + b"data\xff\xff\xff\xff"
    parts: tuple[Part, ...] = (head, (wav.data, wav.data + length)) if length else (head,)
    return Section(parts)
