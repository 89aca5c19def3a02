"""What recorders write into headers beside the sound: GUANO, comments."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass, field

import soundfile

from ..runtime.remote import RemoteError
from ..runtime.remote_files import Source, open_binary
from ._riff import chunks_of
from .blocks import reached

_WANTED = (b"guan", b"LIST")
_BLANK = " \t\r\n\0\ufeff"


@dataclass(frozen=True)
class HeaderTexts:
    """The texts of a header.

    Attributes:
        guano: The fields of GUANO, as texts.
        comment: The comment, `""` where there is none.
        artist: The artist, likewise; recorders write their number there.
    """

    guano: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    artist: str = ""


def header_texts(path: Source) -> HeaderTexts:
    """Read the texts in the header of a recording; a file that cannot be read has none.

    GUANO and `LIST` chunks of wav files are found before and behind the sound; of other formats
    there are the comment and the artist.

    Args:
        path: The file.
    """
    try:
        path = reached(path)
        chunks = chunks_of(path, _WANTED)
        if chunks is None:
            return _of_other_formats(path)
    except (OSError, ValueError, RemoteError):  # reported when its sound is read
        return HeaderTexts()
    guano, info = dict[str, str](), dict[bytes, str]()
    for name, content in chunks:
        if name == b"guan":
            guano |= guano_fields(content)
        elif content[:4] == b"INFO":
            info |= _info(content)
    return HeaderTexts(guano, info.get(b"ICMT", ""), info.get(b"IART", ""))


def guano_fields(content: bytes) -> dict[str, str]:
    r"""The fields of GUANO metadata.

    Args:
        content: UTF-8 text, a field a line.

    Example:
        >>> guano_fields(b"GUANO|Version: 1.0\nLoc Position: 52.5 13.4\n")["Loc Position"]
        '52.5 13.4'
    """
    fields = {}
    for line in content.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip(_BLANK):
            fields[name.strip(_BLANK)] = value.strip(_BLANK)
    return fields


def _info(content: bytes) -> dict[bytes, str]:
    """The texts of a `LIST` chunk of kind `INFO`."""
    found, at = {}, 4
    while at + 8 <= len(content):
        name, length = content[at : at + 4], struct.unpack("<I", content[at + 4 : at + 8])[0]
        text = content[at + 8 : at + 8 + length].split(b"\0", 1)[0]
        found[name] = text.decode("utf-8", "replace").strip(_BLANK)
        at += 8 + length + length % 2
    return found


def _of_other_formats(path: Source) -> HeaderTexts:
    # A file that Python opened: names may hold bytes that libsndfile's path does not take.
    with suppress(soundfile.LibsndfileError), open_binary(path) as file:
        with soundfile.SoundFile(file) as sound:
            texts = sound.copy_metadata()
        return HeaderTexts(comment=texts.get("comment", ""), artist=texts.get("artist", ""))
    return HeaderTexts()
