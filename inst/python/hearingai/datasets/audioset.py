"""AudioSet's embeddings: clips of up to ten seconds, 527 labels, 128 bytes a second."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..audio.files import warn_left_out
from ..errors import AudioFileError, HearingAIError, warn
from ..runtime.arguments import path_of
from ..runtime.progress import ProgressBar
from ..tables.rest_labels import OTHER
from ._files import read_rows, table_of
from ._tfrecord import examples

if TYPE_CHECKING:
    import pandas as pd

LABELS = "class_labels_indices.csv"

_PATTERNS = ("*.tfrecord", "*/*.tfrecord")
_ADDRESS = "https://research.google.com/audioset/download.html"


def audioset_embeddings(path: PathLike, target: str | Sequence[str] | None = None) -> pd.DataFrame:
    """List the clips of AudioSet's embeddings: one to ten or more seconds, 128 bytes a second.

    `read_embeddings` reads the embeddings themselves. Every record's checksums are compared.

    Args:
        path: A folder with `*.tfrecord` files in it or one level down (`bal_train`, `eval`), or
            one such file. `class_labels_indices.csv` lies beside them or in a folder above.
        target: A label's name (`"Speech"`) or its id (`"/m/09x0r"`): the classes are this label and
            `"other"`. `None` gives each clip all of its labels; a list of names or ids those of
            them that it has.

    Returns:
        A table of clips, by file and record: `fname` (the tfrecord file); with one target `class`
        and `class_id` (from 0, classes in alphabetical order), else `labels`, tuples; `source`
        (the video),
        `video_start` and `video_end` (seconds, in the video), `record` (position in the file,
        from 0), `frames` (how many embeddings), and where `path` holds `eval` beside other folders
        `split` (`"test"` for the clips in `eval`, else `"train"`).

    Raises:
        HearingAIError: There are no tfrecord files, no table of labels, `target` is unknown (it
            names the nearest), or no record can be read.

    Warns:
        HearingAIWarning: Damaged, truncated and malformed records, those whose frames are not 128
            bytes and those without frames are left out; it names the first five with their
            reasons. Or `path` holds tfrecord files, and its subfolders are not read.

    Source:
        Gemmeke et al. (2017), Audio Set: An ontology and human-labeled dataset for audio events,
        ICASSP. Data: https://research.google.com/audioset/download.html, CC BY 4.0.

    Example:
        >>> import hearingai
        >>> clips = hearingai.audioset_embeddings("audioset", target="Turkey")  # doctest: +SKIP
        >>> clips["class"].value_counts().to_dict()  # doctest: +SKIP
        {'other': 22099, 'Turkey': 61}
    """
    files = _tfrecords(path)
    names, wanted = _labels(files[0].parent, target)
    clips, problems = [], []
    with ProgressBar("Listing records", len(files)) as bar:
        for file in files:
            for record, example in enumerate(examples(file)):
                if not isinstance(example, AudioFileError):
                    unknown = [k for k in example["labels"] if not 0 <= k < len(names)]
                    if not unknown:
                        kept = _kept(example["labels"], names, wanted)
                        clips.append(_clip(file, record, example, kept, target))
                        continue
                    reason = f"record {record}: has the label {unknown[0]} of {len(names)}"
                    example = AudioFileError(file, reason)
                problems.append(example)
            bar.advance()
    warn_left_out(problems, "record(s) or file(s)")
    if not clips:
        raise HearingAIError(f"`{path}` holds no record that can be read")
    table = table_of(clips)
    folders = [Path(file).parent.name for file in table["fname"]]
    if "eval" not in folders or len(set(folders)) == 1:
        return table
    return table.assign(split=["test" if name == "eval" else "train" for name in folders])


def holds_tfrecords(path: Path) -> bool:
    """Whether a path is a tfrecord file or a folder with such files, in it or one level down."""
    if path.is_file():
        return path.suffix == ".tfrecord"
    return any(any(path.glob(pattern)) for pattern in _PATTERNS)


def _tfrecords(path: PathLike) -> list[Path]:
    """The tfrecord files at a path, in order."""
    path = path_of("path", path).expanduser()
    files = [path] if path.is_file() and path.suffix == ".tfrecord" else []
    if path.is_dir():
        files, below = ([f for f in path.glob(p) if f.is_file()] for p in _PATTERNS)
        if files and below:
            names = ", ".join(sorted({file.parent.name for file in below}))
            warn(f"`{path}` holds tfrecord files; those in its subfolders are left out: {names}")
        files = sorted(files or below)
    if not files:
        raise HearingAIError(
            f"`path` must be a .tfrecord file, or a folder with such files in it or one level "
            f"down. Received: {str(path)!r}. AudioSet's embeddings are at {_ADDRESS}"
        )
    return files


def _labels(folder: Path, target: str | Sequence[str] | None) -> Any:
    """The labels' names in order, and the numbers of those wanted (`None` for all)."""
    folder = folder.resolve()
    found = (f / LABELS for f in (folder, *folder.parents) if (f / LABELS).is_file())
    table = next(found, None)
    if table is None:
        raise HearingAIError(
            f"`{folder}` and the folders above hold no `{LABELS}`, which names the labels. It is "
            f"at {_ADDRESS}"
        )
    rows = [row for _, row in read_rows(table, ["index", "mid", "display_name"])[0]]
    names = [row["display_name"] for row in rows]
    fits = names and [row["index"] for row in rows] == [str(k) for k in range(len(rows))]
    if not fits or any(";" in name for name in names):
        raise HearingAIError(f"`{table}` must number its labels from 0, with no `;` in a name")
    if target is None:
        return names, None
    several = isinstance(target, Iterable) and not isinstance(target, str)
    targets = list(target) if several else [target]
    if not targets:
        raise HearingAIError("`target` must name a label, or several. Received: none")
    mids = {row["mid"]: name for row, name in zip(rows, names, strict=True)}
    wanted = {_name(one, names, mids) for one in targets}
    return names, {k for k, name in enumerate(names) if name in wanted}


def _name(target: Any, names: Any, mids: Any) -> str:
    """A label's name from its name or id; an error with the nearest names where it has none."""
    if target in names or target in mids:
        return mids.get(target, target)
    plain = {name.lower(): name for name in names}
    near = difflib.get_close_matches(str(target).lower(), plain, n=5, cutoff=0.5)
    near += [name for name in plain if str(target).lower() in name and name not in near]
    hint = ", ".join(repr(plain[name]) for name in near[:5]) or "none is near it"
    raise HearingAIError(
        f"`target` must be the name or id of a label of AudioSet. Received: {target!r}. "
        f"The nearest: {hint}"
    )


def _kept(labels: Any, names: Any, wanted: Any) -> list[str]:
    """The names of the labels of a clip, of those wanted."""
    return [names[k] for k in set(labels) if wanted is None or k in wanted]


def _clip(file: Path, record: int, example: Any, kept: list[str], target: Any) -> Any:
    one = isinstance(target, str)
    truth: dict[str, Any] = {"class": kept[0] if kept else OTHER} if one else {"labels": kept}
    return {
        "fname": file,
        **truth,
        "source": example["video_id"],
        "video_start": example["start"],
        "video_end": example["end"],
        "record": record,
        "frames": len(example["embedding"]),
    }
