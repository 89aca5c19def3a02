"""Ogg files: chained streams, and missing last pages."""

import mmap

from ..runtime.remote_files import Source
from ._sections import Layout, Section, mapped

_PAGE, _HEAD = b"OggS\0", 27
_BEGINS, _ENDS = 2, 4  # flags of a page


def layout_of_ogg(path: Source, size: int) -> Layout | None:
    """Read the pages; each link of a chain is a section. `None` where it is not an Ogg file."""
    with mapped(path) as data:
        links, missing = _links(data)
    if not links:
        return None
    loss = f"is truncated: at least {missing} bytes are missing" if missing else None
    if len(links) == 1:
        return Layout(loss=loss)
    ends = [*links[1:], size]
    sections = tuple(Section((stretch,)) for stretch in zip(links, ends, strict=True))
    doubt = f"holds {len(links)} recordings, joined; they are read one after the other"
    return Layout(sections, doubt, loss)


def _links(data: mmap.mmap) -> tuple[list[int], int]:
    """The positions of links, and the number of bytes missing of the last page.

    Streams whose first pages follow each other belong to one link.
    """
    links: list[int] = []
    at, flags, beginning, missing = 0, 0, False, 0
    while (at := data.find(_PAGE, at)) >= 0:
        head = data[at : at + _HEAD]
        table = data[at + _HEAD : at + _HEAD + (head[26] if len(head) == _HEAD else 0)]
        if len(head) < _HEAD or len(table) < head[26]:
            return links, max(1, _HEAD - len(head))
        flags, length = head[5], _HEAD + len(table) + sum(table)
        if flags & _BEGINS and not beginning:
            links.append(at)
        beginning = bool(flags & _BEGINS)
        missing = max(0, at + length - len(data))
        at += length
    return links, missing or (0 if flags & _ENDS else _HEAD)
