"""The bodies that have a name, and any other network in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.arguments import check_rate, choose, path_of, positive
from ._running import open_file, open_network, windowed, windowed_cuts
from .birdnet import FACTS as BIRDNET
from .birdnet import LICENCE, SOURCE, birdnet, birdnet_files, is_birdnet, warn_of_licence
from .body import UNKNOWN_LICENCE, Body
from .description import LONGEST, SHORTEST
from .speech_embedding import FACTS as SPEECH
from .speech_embedding import speech_embedding, speech_embedding_files
from .vggish import FACTS as VGGISH
from .vggish import vggish_body, vggish_files

if TYPE_CHECKING:
    import pandas as pd

OF_AUDIOSET = "vggish"  # the body that the embeddings of AudioSet are by


@dataclass(frozen=True)
class Named:
    """A body that has a name.

    Attributes:
        files: A function from a path, or `None`, to the paths of its files, which it opens not.
        open: A function from the same to the `Body`.
    """

    files: Callable[[Any], tuple[str, ...]]
    open: Callable[[Any], Body]


NAMED = {
    "speech-embedding": Named(speech_embedding_files, speech_embedding),
    "birdnet": Named(birdnet_files, birdnet),
    "vggish": Named(vggish_files, vggish_body),
}

# Sample rate (Hz), window (samples), values and licence.
FACTS: dict[str, dict[str, Any]] = {
    "speech-embedding": SPEECH,
    "birdnet": BIRDNET,
    "vggish": VGGISH,
    # Networks that the user has as files.
    "yamnet": {"sample_rate": 16000, "window": 15600, "size": 1024, "licence": "Apache-2.0"},
    "perch": {"sample_rate": 32000, "window": 160000, "size": 1536, "licence": "Apache-2.0"},
}


def body_from(body: str | Body) -> Body:
    """What an argument `body` means: a `Body` or the name of one."""
    if not isinstance(body, Body):
        choose("body", body, tuple(FACTS))
    return get_body(body)


def get_body(name: str | Body, path: PathLike | None = None) -> Body:
    """Find a pretrained body by its name.

    Args:
        name: A name that `list_bodies()` shows, or a `Body`, which is returned as it is.
        path: Its file, or the folder of its files; `None` looks in the packages that bring it, of
            which vggish, yamnet and perch have none. Of vggish the folder with the published
            `vggish_model.ckpt` and `vggish_pca_params.npz`, or that checkpoint; `None` takes the
            folder that the environment variable `HEARINGAI_VGGISH` names. `HEARINGAI_BIRDNET` names
            the file of birdnet.

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
        if path is not None:
            raise HearingAIError(f"`path` goes with a name, and {name!r} was given")
        return name
    choose("name", name, tuple(FACTS))
    if name in NAMED:
        return NAMED[name].open(path)
    if path is None:
        raise HearingAIError(f"`path` must be given: no package brings the body `{name}`")
    facts = FACTS[name]
    rate, size = facts["sample_rate"], facts["size"]
    window, licence = facts["window"] / rate, facts["licence"]
    body = open_body(path, sample_rate=rate, window=window, licence=licence)
    if body.size != size:
        raise HearingAIError(
            f"`{path}` is not {name}, whose embeddings have {size} values. It has {body.size}; "
            f"open_body() opens any network, and there `output` can be named"
        )
    return replace(body, name=name)


def check_of_audioset(body: Body, whose: str) -> None:
    """Raise an error unless a body makes AudioSet embeddings, which `whose` takes."""
    if body.name != OF_AUDIOSET:
        raise HearingAIError(
            f"`body`: {whose} takes AudioSet embeddings, which the body `{OF_AUDIOSET}` makes of "
            f"sound. Received: {body.name}"
        )


def list_bodies() -> pd.DataFrame:
    """List the pretrained bodies that have a name.

    Returns:
        A DataFrame with a row per body: `name`, `sample_rate` (Hz), `window` (seconds), `size`
        (values of an embedding), `licence`, `found` (whether it is there without a path).

    Example:
        >>> import hearingai
        >>> list(hearingai.list_bodies()["name"])
        ['speech-embedding', 'birdnet', 'vggish', 'yamnet', 'perch']
    """
    import pandas as pd

    return pd.DataFrame(body_rows())


def body_rows() -> list[dict[str, Any]]:
    """The rows of `list_bodies`, where a table is not needed."""
    return [
        {"name": name}
        | facts
        | {"window": facts["window"] / facts["sample_rate"], "found": _is_there(name)}
        for name, facts in FACTS.items()
    ]


def _is_there(name: str) -> bool:
    try:
        return name in NAMED and bool(NAMED[name].files(None))
    except HearingAIError:
        return False


def open_body(
    path: PathLike,
    *,
    sample_rate: int,
    window: float | None = None,
    hop: float | None = None,
    input: str | None = None,
    output: str | None = None,
    licence: str | None = None,
) -> Body:
    """Open any network from waveforms to vectors as a body.

    Args:
        path: An `.onnx` or `.tflite` file, or the folder of a SavedModel.
        sample_rate: Rate of the waveforms it takes, Hz.
        window: Seconds of sound it takes at once; `None` where the file fixes it.
        hop: Seconds from one window to the next; `None` takes the window. Where `annotate`,
            `Stream` and `gate` have a `hop` that is a multiple of it, they compute each embedding
            once.
        input: Name of the input; `None` where there is one.
        output: Name of the output, or of any tensor of an ONNX or LiteRT file; `None` takes the
            output whose name says embedding, else what the last layer with weights takes.
        licence: Licence of its weights, as its publisher gives it; `None` is `"unknown"`,
            under which `export` copies no weights, but for BirdNET's file, which is known.

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
    for argument, name in (("input", input), ("output", output)):
        if not isinstance(name, (str, type(None))):
            raise HearingAIError(f"`{argument}` must be the name of a tensor. Received: {name!r}")
    samples = None if window is None else round(positive("window", window) * rate)
    opened = open_file(file, samples=samples, input=input, output=output)
    source = file.name
    if licence is None and is_birdnet(file, opened.sha256):
        warn_of_licence()
        licence, source = LICENCE, SOURCE
    step = opened.samples if hop is None else max(1, round(positive("hop", hop) * rate))
    told: dict[str, Any] = {
        "sample_rate": rate,
        "window": opened.samples / rate,
        "hop": step / rate,
        "input": input,
        "output": opened.output,
    }
    for name in ("window", "hop"):
        if not SHORTEST <= told[name] <= LONGEST:
            raise HearingAIError(
                f"`{name}` must be {SHORTEST:g} to {LONGEST:g} seconds. It is {told[name]:g}"
            )
    return Body(
        name=file.name,
        sample_rate=rate,
        window=opened.samples,
        hop=step,
        size=opened.size,
        licence=UNKNOWN_LICENCE if licence is None else licence,
        source=source,
        files=(str(file.absolute()),),
        path=str(file.absolute()),
        duration=opened.samples / rate,
        compute=windowed(opened.run, opened.samples),
        hear=windowed_cuts(opened.run, opened.samples),
        options=tuple(told.items()),
        sha256=opened.sha256,
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
    import pandas as pd

    network = open_network(path_of("path", path))
    rows = [("input", t.name, str(t.shape), t.dtype) for t in network.inputs]
    rows += [("output", t.name, str(t.shape), t.dtype) for t in network.outputs]
    if (t := network.before) is not None:
        rows.append(("before", t.name, str(t.shape), t.dtype))
    return pd.DataFrame(rows, columns=["role", "name", "shape", "dtype"])
