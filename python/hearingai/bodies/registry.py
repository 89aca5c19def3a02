"""The bodies that have a name, and any other network in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.arguments import check_rate, choose, path_of, positive
from ._packages import package_folder
from ._running import open_file, open_network, windowed
from .birdnet import birdnet, find_birdnet
from .body import Body
from .speech_embedding import speech_embedding

NAMED = {"speech-embedding": speech_embedding, "birdnet": birdnet}

# Sample rate (Hz), window (s), values and licence of networks that the user has as files.
_PUBLISHED: dict[str, tuple[int, float, int, str]] = {
    "yamnet": (16000, 0.975, 1024, "Apache-2.0"),
    "perch": (32000, 5.0, 1536, "Apache-2.0"),
}
NAMES = (*NAMED, *_PUBLISHED)


def get_body(name: str | Body, path: PathLike | None = None) -> Body:
    """Find a pretrained body by its name.

    Args:
        name: A name that `list_bodies()` shows, or a `Body`, which is returned as it is.
        path: Its file, or the folder of its files; `None` looks in the packages that bring it.

    Returns:
        A `Body`.

    Raises:
        HearingAIError: There is no such body, it is not there, which the message tells how to
            mend, or the file is another network.

    Example:
        >>> import hearingai
        >>> hearingai.get_body("speech-embedding").size  # doctest: +SKIP
        96
    """
    if isinstance(name, Body):
        return name
    choose("body", name, NAMES)
    if name in NAMED:
        return NAMED[name](path)
    if path is None:
        raise HearingAIError(f"`path` must be given: no package brings the body `{name}`")
    rate, window, size, licence = _PUBLISHED[name]
    body = open_body(path, sample_rate=rate, window=window)
    if body.size != size:
        raise HearingAIError(
            f"`{path}` is not {name}, whose embeddings have {size} values. It has {body.size}; "
            f"open_body() opens any network, and there `output` can be named"
        )
    return replace(body, name=name, licence=licence)


def list_bodies() -> pd.DataFrame:
    """List the pretrained bodies that have a name.

    Returns:
        A DataFrame with a row per body: `name`, `sample_rate` (Hz), `window` (seconds), `size`
        (values of an embedding), `licence`, `found` (whether it is there without a path).

    Example:
        >>> import hearingai
        >>> list(hearingai.list_bodies()["name"])
        ['speech-embedding', 'birdnet', 'yamnet', 'perch']
    """
    facts: dict[str, tuple[int, float, int, str]] = {
        "speech-embedding": (16000, 0.79, 96, "Apache-2.0"),
        "birdnet": (48000, 3.0, 1024, "CC BY-NC-SA 4.0"),
    } | _PUBLISHED
    columns = ("sample_rate", "window", "size", "licence")
    rows = [dict(zip(columns, facts[name], strict=True)) for name in NAMES]
    table = pd.DataFrame([{"name": n} | row for n, row in zip(NAMES, rows, strict=True)])
    return table.assign(found=[_is_there(name) for name in NAMES])


def _is_there(name: str) -> bool:
    if name == "birdnet":
        return find_birdnet() is not None
    return name == "speech-embedding" and package_folder("pyopen_wakeword") is not None


def open_body(
    path: PathLike,
    *,
    sample_rate: int,
    window: float | None = None,
    hop: float | None = None,
    input: str | None = None,
    output: str | None = None,
) -> Body:
    """Open any network from waveforms to vectors as a body.

    Args:
        path: An `.onnx` or `.tflite` file, or the folder of a SavedModel.
        sample_rate: Rate of the waveforms it takes, Hz.
        window: Seconds of sound it takes at once; `None` where the file fixes it.
        hop: Seconds from one window to the next; `None` takes the window.
        input: Name of the input; `None` where there is one.
        output: Name of the output, or of any tensor of an ONNX or LiteRT file; `None` takes the
            output whose name says embedding, else what the last layer with weights takes.

    Returns:
        A `Body`.

    Raises:
        HearingAIError: The file is missing or no network, takes no waveform, or the output is no
            vector.

    Example:
        >>> import hearingai
        >>> hearingai.open_body("network.onnx", sample_rate=16000)  # doctest: +SKIP
        <Body network.onnx: 512 values from 1 s every 1 s at 16000 Hz, licence unknown>
    """
    rate, file = check_rate(sample_rate), path_of("path", path)
    samples = None if window is None else round(positive("window", window) * rate)
    opened = open_file(file, samples=samples, input=input, output=output)
    step = opened.samples if hop is None else max(1, round(positive("hop", hop) * rate))
    told: dict[str, Any] = {"sample_rate": rate, "window": window, "hop": hop}
    told |= {"input": input, "output": output}
    return Body(
        name=file.name,
        sample_rate=rate,
        window=opened.samples,
        hop=step,
        size=opened.size,
        licence="licence unknown",
        source=file.name,
        files=(str(file.absolute()),),
        duration=opened.samples / rate,
        compute=windowed(opened.run, opened.samples),
        options=tuple(told.items()),
    )


def body_info(path: PathLike) -> pd.DataFrame:
    """Show what a network in a file says of itself.

    Args:
        path: An `.onnx` or `.tflite` file, or the folder of a SavedModel.

    Returns:
        A DataFrame with a row per tensor: `role` (`"input"`, `"output"`, or `"before"`, which the
        last layer with weights takes and `open_body` makes the embedding), `name`, `shape` (-1 is
        a size that is open), `dtype`.

    Raises:
        HearingAIError: The file is missing or no network.

    Example:
        >>> import hearingai
        >>> hearingai.body_info("network.onnx")  # doctest: +SKIP
    """
    network = open_network(path_of("path", path))
    rows = [("input", t.name, str(t.shape), t.dtype) for t in network.inputs]
    rows += [("output", t.name, str(t.shape), t.dtype) for t in network.outputs]
    if network.before is not None:
        rows.append(("before", network.before, "", ""))
    return pd.DataFrame(rows, columns=["role", "name", "shape", "dtype"])


def found_again(described: Any, body: Body | None = None, folder: Path | None = None) -> Body:
    """The body of a saved classifier.

    Args:
        described: What `Body.description` gave.
        body: The body to take instead of looking for it; its files must be the same.
        folder: Where its file may lie too.

    Raises:
        HearingAIError: It is not there, or its files have changed.
    """
    try:
        name, sha256, files = described["name"], described["sha256"], described["files"]
        options = dict(described["options"])
    except (TypeError, KeyError, ValueError):
        raise HearingAIError("it does not say what body it has") from None
    if body is None and options:
        file = Path(str(files[0]))
        if folder is not None and (folder / file.name).exists():
            file = folder / file.name
        if not file.exists():
            raise HearingAIError(
                f"its body `{name}` is not at {file}; give it as `body`, see open_body()"
            )
        body = get_body(name, file) if name in _PUBLISHED else open_body(file, **options)
    elif body is None:
        body = get_body(name)
    if body.sha256 != sha256:
        raise HearingAIError(
            f"its body `{name}` is another than the one it was trained with: {body.files[0]} has "
            f"the SHA-256 {body.sha256[:16]}..., and {sha256[:16]}... is wanted"
        )
    return body
