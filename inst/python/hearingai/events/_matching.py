"""Which recording an annotation is of: by the path or name that it tells, or by its table's."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from .._typing import PathLike
from ..audio.files import is_audio_name


class Matcher:
    """Finds recordings by name: in any case, with any of their endings, wherever they lie.

    Args:
        recordings: Their paths.
    """

    def __init__(self, recordings: Iterable[str]) -> None:
        self._named: dict[str, list[str]] = {}
        self._paths = list(dict.fromkeys(recordings))
        for path in self._paths:
            for name in {(whole := _parts(path)[-1]), _without_ending(whole)}:
                self._named.setdefault(name, []).append(path)

    @property
    def only(self) -> list[str]:
        """The only recording there is, or none."""
        return self._paths if len(self._paths) == 1 else []

    def of_name(self, name: str) -> list[str]:
        """The recordings that a path or a name may stand for: one, where it is not ambiguous."""
        parts = _parts(name)
        found = self._named.get(parts[-1]) or self._named.get(_without_ending(parts[-1]), [])
        return _nearest(parts[:-1], found)

    def of_table(self, table: Path) -> list[str]:
        """The recordings that a table may be of by its name: `a.Table.1.selections.txt` of `a`."""
        for name in stems_of(table.name):
            found = self._named.get(_same(name), [])
            if found:
                return _nearest(_parts(str(table.absolute()))[:-1], found)
        return []


class Beside:
    """Finds the recording with the name of a table in the table's own folder."""

    def __init__(self) -> None:
        self._folders: dict[Path, Matcher] = {}

    def __call__(self, table: Path | None) -> str | None:
        """The path of the recording, or `None`."""
        if table is None:
            return None
        folder = table.parent
        if folder not in self._folders:
            with os.scandir(folder) as entries:
                names = sorted(e.name for e in entries if is_audio_name(e.name) and e.is_file())
            self._folders[folder] = Matcher(str(folder / name) for name in names)
        return next(iter(self._folders[folder].of_table(table)), None)


def stems_of(name: str) -> Iterator[str]:
    """The name of a table without its endings, one after the other: `a.b.txt` is of `a.b` or `a`.

    Example:
        >>> list(stems_of("a.Table.1.selections.txt"))
        ['a.Table.1.selections', 'a.Table.1', 'a.Table', 'a']
    """
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        yield name


def is_file(path: PathLike) -> bool:
    """Whether there is such a file; of names that none can have there is none."""
    return os.path.isfile(path)  # noqa: PTH113 (pathlib raises of names that are too long)


def _same(text: str) -> str:
    """A name as all spellings of it are: small letters, and accents as one, which Macs part."""
    return unicodedata.normalize("NFC", text.lower())


def _parts(path: str) -> list[str]:
    """Folders and name of a path of any system, however they are spelt."""
    return re.split(r"[\\/]+", _same(path))


def _without_ending(name: str) -> str:
    return name.rpartition(".")[0] if name and is_audio_name(name) else name


def _nearest(folders: list[str], found: list[str]) -> list[str]:
    """Of several recordings, those whose folders agree the furthest, from the last one on."""
    if len(found) < 2:
        return found
    agreement = []
    for path in found:
        pairs = zip(reversed(folders), reversed(_parts(os.path.abspath(path))[:-1]), strict=False)  # noqa: PTH100
        agreement.append(next((i for i, (a, b) in enumerate(pairs) if a != b), len(folders)))
    return [path for path, n in zip(found, agreement, strict=True) if n == max(agreement)]
