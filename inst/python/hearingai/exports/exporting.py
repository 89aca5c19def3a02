"""Exporting a classifier: write a temporary file, verify it, then rename it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import PathLike, Progress, Recordings
from ..errors import HearingAIError, warn
from ..runtime.arguments import flag, path_of, positive
from ..runtime.files import writable, written
from ..runtime.progress import progress_bar
from .formats import HEADER, NETWORK, RUNTIMES, SMALL, attach, describe, format_of, need

_POINT = 0.01
_INSIDE = {"saved_model": "saved_model.pb", "c": HEADER}  # what folders that may be replaced hold


@dataclass
class Exported:
    """An exported file, and how it compares with its classifier.

    Attributes:
        path: The file or folder, as text.
        format: `"saved_model"`, `"onnx"`, `"litert"`, `"int8"` or `"c"`.
        int8: Whether the network's products are in 8-bit integers.
        bytes: Its size; of C sources, that of the network compiled into a program.
        arena: Bytes of memory that the C code computes the network in; `None` for other formats.
        body: Name of the body that it needs and does not hold; `None` where it takes waveforms, or
            AudioSet embeddings, itself.
        n: Clips it was verified on; if 0, it was not, and the following are `None`.
        max_difference: The largest difference of a probability from the classifier's.
        agreement: Share of the clips with the same most probable label; of any number of labels a
            clip, share of the labels of clips that are the same.
        milliseconds: Time of one clip on one core of this machine, the median over ten runs.
        accuracy: Share of the clips it labels correctly; `None` where they have no class.
        accuracy_before: The classifier's own, on the same clips.
    """

    path: str
    format: str
    int8: bool
    bytes: int
    arena: int | None = None
    body: str | None = None
    n: int = 0
    max_difference: float | None = None
    agreement: float | None = None
    milliseconds: float | None = None
    accuracy: float | None = None
    accuracy_before: float | None = None


def export(
    classifier: Any,
    path: PathLike,
    *,
    format: str | None = None,
    int8: bool = False,
    clips: Recordings | None = None,
    verify: bool = True,
    tolerance: float = 1e-4,
    overwrite: bool = False,
    progress: Progress = None,
) -> Exported:
    """Write a classifier as a file that other programs run: SavedModel, ONNX, LiteRT or C.

    Waveforms (or embeddings) go in, probabilities come out: the front end is part of the file,
    and so are labels, sample rate and clip length, in a JSON document, `hearingai.json`. The input
    `clips` is float32 of any number of clips, `(batch, samples)` or `(batch, channels, samples)`;
    LiteRT files take one clip at a time. The output `probabilities` has a column per label; the
    output `embedding` holds what `embed` gives, where the network has a head.

    Two formats are for small devices, and take the classifiers of the recipe `words` and others
    with a `LogMel` and a small convolutional network. `"int8"` is a LiteRT file of the network
    wholly in int8, from images to logits; the front end is computed in float before it, as
    `hearingai.json` describes it in numbers, and probabilities after it. `"c"` is a folder of C99
    sources that need no other library: the network as an array, the front end, the network's
    operations by reference, an example, and a header with rate, window, mel bands, scales and
    memory (`hearingai.h` says how to use them, also with TensorFlow Lite Micro). That folder has
    the int8 file too, `network.tflite`, to compare with. Exporting needs no compiler. `arena` is
    computed: the network's values that live at one time, packed.

    A body stands in the file where both are ONNX. Otherwise, or where its licence is unknown or
    forbids to copy its weights, the file holds the head alone and names the body with its licence
    and SHA-256; `load_exported` finds it, and runs both. Put the body's file beside it to take it
    elsewhere. `open_body` takes a `licence`.

    The file is verified before it is kept: it is deleted if a probability, or a value of an
    embedding relative to the largest, differs by more than `tolerance` from the classifier's. With
    int8 every probability changes a little; the file is deleted if on average more than 5 % of the
    probability moves to other labels, or if embeddings change by more than 20 %.

    Args:
        classifier: An `AudioClassifier`.
        path: The file or folder to write: a name that ends in `.onnx` or `.tflite`, or a folder for
            a SavedModel or C sources.
        format: `"saved_model"`, `"onnx"`, `"litert"`, `"int8"` or `"c"`; `None` is one of the first
            three, by the ending.
        int8: Compute the products of a LiteRT file's network in 8-bit integers: a quarter of the
            size of its weights. The file still takes waveforms, and its front end and all else
            stay in float32. The formats `"int8"` and `"c"` are in int8 anyway.
        clips: Recordings to verify it on, anything that `predict` takes; of a table with the
            column `class` the accuracy is measured too. Of many, 256 are taken at even intervals.
            `None` makes synthetic noise. All in int8 needs some hundred real clips for calibration.
        verify: Whether to run the file and compare it with the classifier.
        tolerance: By how much a probability may differ from the classifier's, without `int8`. Clips
            of near silence may need more, as some networks amplify its rounding errors.
        overwrite: Replace what exists at the path.
        progress: Show a progress bar, see `predict`.

    Returns:
        An `Exported`.

    Raises:
        HearingAIError: An argument does not suit the others, a library is missing, the file's
            outputs differ from the classifier's, or it cannot be written completely.

    Warns:
        HearingAIWarning: int8 costs more than one percentage point of accuracy.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "speech")
        >>> result = hearingai.export(classifier, path)
        >>> result.format, result.n, result.agreement, result.max_difference < 1e-4
        ('saved_model', 16, 1.0, True)
    """
    path = path_of("path", path)
    format = format_of(path, format)
    int8, verify = flag("int8", int8) or format in SMALL, flag("verify", verify)
    tolerance = positive("tolerance", tolerance)
    _check(classifier, path, format, int8, clips, overwrite)
    for library in _needed(format, verify or int8):
        need(library)
    from .verification import given, made_up

    with progress_bar(f"Exporting {path.name}", 3, progress) as bar:
        heard, truth = (made_up(classifier), None) if clips is None else given(classifier, clips)
        bar(1)
        result = Exported(str(path), format, int8, 0)
        with written(path) as partial:
            file = _write(classifier, partial, format, heard, result)
            bar(2)
            if verify:
                _verify(classifier, file, heard, truth, tolerance, result)
        bar(3)
    return result


def _write(
    classifier: Any, partial: Path, format: str, heard: np.ndarray, result: Exported
) -> Path:
    """Write the file or folder; returns the file to verify, which stands among C sources too."""
    from ..classifier.bodies import embedding_size
    from .conversion import convert
    from .with_body import is_inside, put_before

    inside, size, tensors = is_inside(classifier.body, format), None, None
    kind = "int8" if format in SMALL else format
    file = partial
    if format == "c":
        partial.mkdir()
        file = partial / NETWORK
    convert(classifier, file, kind, classifier.through_body(heard) if result.int8 else None)
    if inside:
        put_before(classifier.body, classifier.samples, file)
    elif classifier.body is not None:
        result.body = classifier.body.name
    if kind == "int8":
        from .whole_int8 import tensors_of

        tensors = tensors_of(classifier, file)
    else:
        size = embedding_size(classifier.network)
    document = describe(classifier, result.int8, size, inside, tensors)
    if format == "c":
        from .c_sources import write_sources

        result.bytes = _size(file)
        result.arena = write_sources(file.read_bytes(), partial, json.loads(document))
    attach(document, file, SMALL.get(kind, kind))
    result.bytes = result.bytes or _size(file)
    return file


def _verify(
    classifier: Any,
    file: Path,
    heard: np.ndarray,
    truth: list[str] | None,
    tolerance: float,
    result: Exported,
) -> None:
    """Run the file and compare it with the classifier."""
    from ..classifier.bodies import embedding_size
    from .verification import answers, compare

    with classifier.on_device("cpu"):  # where the files run; a GPU rounds differently
        expected, told = answers(classifier.probabilities, heard), None
        if result.format not in SMALL and embedding_size(classifier.network) is not None:
            told = answers(classifier.embedder().embeddings, heard)
        body = None if result.body is None else classifier.body
        found = compare(
            file, heard, expected, tolerance, int8=result.int8, embeddings=told, body=body
        )
    _fill(result, found, expected, truth, classifier.labels)


def _check(
    classifier: Any, path: Path, format: str, int8: bool, clips: Any, overwrite: bool
) -> None:
    if not hasattr(classifier, "classify"):
        raise HearingAIError(
            f"`classifier` must be an AudioClassifier; load_classifier() opens a .keras file. "
            f"Received: {type(classifier).__name__}"
        )
    if format in SMALL:
        from .whole_int8 import parts_of

        parts_of(classifier)
    elif int8 and format != "litert":
        raise HearingAIError(f"`int8` is for LiteRT files, which end in .tflite. Received: {path}")
    if int8 and clips is None:
        what = f'`format="{format}"`' if format in SMALL else "`int8`"
        raise HearingAIError(
            f"{what} needs `clips`, some hundred recordings like those to come: they decide its "
            f"scales"
        )
    writable(path, overwrite)
    if path.is_dir() and not (path / _INSIDE.get(format, "")).is_file():
        raise HearingAIError(f"`{path}` is a folder of something else, which is not replaced")
    if path.is_file() and format in _INSIDE:
        kind = "a SavedModel is" if format == "saved_model" else "C sources are in"
        raise HearingAIError(f"`{path}` is a file, and {kind} a folder")


def _needed(format: str, run: bool) -> list[str]:
    """The libraries to import, checked before the work."""
    makes = ["onnx", "tf2onnx"] if format == "onnx" else []
    return makes + ([RUNTIMES[format]] if run and format != "saved_model" else [])


def _fill(
    result: Exported,
    found: dict[str, Any],
    expected: np.ndarray,
    truth: list[str] | None,
    labels: list[str],
) -> None:
    for name in ("n", "max_difference", "agreement", "milliseconds"):
        setattr(result, name, found[name])
    known = [i for i, name in enumerate(truth or ()) if name in labels]
    if truth is None or not known:
        return
    classes = np.array([labels.index(truth[i]) for i in known])
    right = found["probabilities"][known].argmax(axis=1) == classes
    before = expected[known].argmax(axis=1) == classes
    result.accuracy, result.accuracy_before = float(right.mean()), float(before.mean())
    # Clips near a tie between two labels change their label by chance, for better or worse.
    lost = before.sum() - right.sum() - 2 * np.sqrt((before != right).sum())
    if lost > _POINT * len(known):
        warn(
            f"int8 costs {100 * (result.accuracy_before - result.accuracy):.1f} points of accuracy "
            f"on {len(known)} clips; give it more varied `clips`"
        )


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files)
