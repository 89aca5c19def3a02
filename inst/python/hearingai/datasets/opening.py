"""Open any data set; its kind is recognised by its files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.addresses import address_of
from ..runtime.arguments import choose, name_list, path_of
from ..runtime.remote_files import file_here
from ..tables.clip_table import check_clips, read_clips
from ..tables.label_sets import LABELS, class_names, is_multi_label, only_labels
from .audio_folder import audio_folder
from .audioset import audioset_embeddings, holds_tfrecords
from .esc50 import esc50, holds_esc
from .fsdd import fsdd, fsdd_folder
from .speech_commands import speech_commands
from .turkey import holds_turkeys, turkey
from .urbansound8k import holds_urbansound8k, urbansound8k

if TYPE_CHECKING:
    import pandas as pd

_NOHASH = re.compile(r"^[0-9a-f]{8}_nohash_\d+\.wav$")


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".csv"


def _is_speech_commands(path: Path) -> bool:
    if not path.is_dir():
        return False
    if (path / "_background_noise_").is_dir():
        return True
    return any(_NOHASH.match(f.name) for f in path.glob("*/*_nohash_*.wav"))


KINDS = {  # tried in this order: the first that recognises the path opens it
    "csv": (_is_table, read_clips),
    "speech-commands": (_is_speech_commands, speech_commands),
    "urbansound8k": (holds_urbansound8k, urbansound8k),
    "esc50": (holds_esc, esc50),
    "fsdd": (fsdd_folder, fsdd),
    "audioset-embeddings": (holds_tfrecords, audioset_embeddings),
    "turkey": (holds_turkeys, turkey),
    "folder": (Path.is_dir, audio_folder),
}
_TAKEN_BY = {"target": ("audioset-embeddings",), "task": ("speech-commands",)}


def load_clips(
    path: PathLike,
    kind: str | None = None,
    *,
    words: Sequence[str] | None = None,
    target: str | None = None,
    task: Literal[12, 30, 35] | str | None = None,
) -> pd.DataFrame:
    """Open a data set: a folder in a known layout, a folder of class folders, or a CSV table.

    Args:
        path: The folder or file.
        kind: `"speech-commands"`, `"urbansound8k"`, `"esc50"` (ESC-10 too), `"fsdd"`,
            `"audioset-embeddings"`, `"turkey"`, `"folder"` or `"csv"`; `None` recognises it by
            its files.
        words: Keep these classes only; where clips have any number of labels, these labels, and
            the clips with one of them.
        target: The positive class or classes, see `audioset_embeddings`; for
            `"audioset-embeddings"` only.
        task: A standard task: `12`, `30` or `35` classes, see `speech_commands`; for
            `"speech-commands"` only.

    Returns:
        The table of clips.

    Raises:
        HearingAIError: The path does not exist, a word is not among the classes, or `target`
            or `task` is given for a kind that takes none.

    Example:
        >>> import hearingai, os
        >>> made = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> folder = os.path.dirname(os.path.dirname(made["fname"][0]))
        >>> len(hearingai.load_clips(folder, words=["yes"]))
        20
    """
    address = address_of(path)  # where only a table can be opened
    path = path_of("path", path).expanduser() if address is None else file_here("path", path)
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    kind = _recognised(path) if kind is None else choose("kind", kind, tuple(KINDS))
    given = {"target": target, "task": task}
    options = {name: value for name, value in given.items() if value is not None}
    for name, value in options.items():
        if kind not in _TAKEN_BY[name]:
            raise HearingAIError(
                f"`{name}` is for {', '.join(_TAKEN_BY[name])}; `{path}` is of the kind {kind}. "
                f"`words` keeps classes. Received: {value!r}"
            )
    clips = KINDS[kind][1](path if address is None else address, **options)
    if words is None:
        return clips
    words = name_list("words", words)
    missing = sorted(set(map(str, words)) - set(class_names(clips)))
    if missing:
        known = ", ".join(class_names(clips))
        raise HearingAIError(f"no clips of: {', '.join(missing)}. `{path}` has: {known}")
    if is_multi_label(clips):
        clips = only_labels(clips, words)
        return check_clips(clips[clips[LABELS].map(len) > 0])
    return check_clips(clips[clips["class"].isin(words)])


def _recognised(path: Path) -> str:
    """The kind of data set at a path."""
    kind = next((name for name, (fits, _) in KINDS.items() if fits(path)), None)
    if kind is None:
        raise HearingAIError(
            f"`{path}` is neither a folder of recordings or embeddings, nor a table or file of them"
        )
    return kind
