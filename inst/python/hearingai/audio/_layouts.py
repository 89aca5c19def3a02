"""The layout of any file: its format, by its first bytes, and the position of its sound."""

from functools import lru_cache
from pathlib import Path

from ..runtime.remote_files import Source, open_binary, size_of
from ._av_packets import layout_of_av
from ._containers import HEAD, is_foreign, without_id3
from ._flac import layout_of_flac
from ._headers import missing_bytes
from ._mp3 import frame_of, layout_of_mp3
from ._ogg import layout_of_ogg
from ._riff import layout_of_wav
from ._sections import Layout

_BY_HEAD = {
    b"RIFF": layout_of_wav,
    b"RIFX": layout_of_wav,
    b"RF64": layout_of_wav,
    b"fLaC": layout_of_flac,
    b"OggS": layout_of_ogg,
}
_OTHERS = (b"FORM", b".snd", b"riff", b"caff")  # libsndfile reads them by their sizes
_WITHOUT_SIZE = (b"NIST", b"Creative Voice")  # and these to their end
_MP3 = (".mp3", ".mp2", ".mpga", ".mpeg")
_KEPT = 8  # layouts, some of which are large; clips of one recording come one after the other


def layout_of(path: Source) -> Layout:
    """Find what a file really contains, whether or not its header is right.

    Args:
        path: A file that is not empty.

    Returns:
        A `Layout`; a file of another format is read as it is.
    """
    with open_binary(path) as file:
        first, size = file.read(HEAD), size_of(file)
        foreign = is_foreign(without_id3(file, first))
    if foreign:
        return layout_of_av(path, size)
    head = first[:4]
    reader = _BY_HEAD.get(head)
    if reader is None and head not in _OTHERS and _may_be_mp3(path, head):
        reader = layout_of_mp3
    found = None if reader is None else reader(path, size)
    if found is not None:
        return found
    missing = missing_bytes(path)
    return Layout(loss=f"is truncated: at least {missing} bytes are missing" if missing else None)


def layout_kept(path: Path) -> Layout:
    """The same of a file of this machine, not searched anew unless it has changed."""
    found = path.stat()
    changed = found.st_mtime_ns, found.st_ctime_ns  # copying may restore the first
    return _layout_of(path, found.st_dev, found.st_ino, found.st_size, *changed)


@lru_cache(_KEPT)
def _layout_of(path: Path, *_state: int) -> Layout:
    return layout_of(path)


def is_container(content: bytes) -> bool:
    """Whether a file is a recording of some format, by its first bytes, and not raw samples."""
    if content.startswith((*_BY_HEAD, *_OTHERS, *_WITHOUT_SIZE, b"ID3")):
        return True
    if is_foreign(content[:HEAD]):
        return True
    frame = frame_of(content[:4])
    return frame is not None and frame_of(content[frame.size :][:4]) is not None


def _may_be_mp3(path: Source, head: bytes) -> bool:
    """Whether it is an mp3: by a tag or a frame at its start, or, if damaged there, by its name."""
    frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return head[:3] == b"ID3" or frame or str(path).lower().endswith(_MP3)
