"""Gate recordings and live sound; train a gate."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import HearingAIError
from .console import print_json, print_line, print_table, stdout_for_answers
from .options import Device, Epochs, Json, Model, Overwrite, Partial, Place, Seed, open_model, place
from .root import app
from .texts import list_from, numbers_from

if TYPE_CHECKING:
    import numpy as np

_PIPE = "-"
_CHUNK_S = 0.02  # of sound that is read at a time
_RAW = {"int16": "<i2", "float32": "<f4"}


@app.command()
def gate(
    model: Model,
    source: Annotated[str, typer.Argument(metavar="IN", help="A recording, or - for a pipe.")],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write, or - for a pipe.")],
    target: Annotated[str | None, typer.Option(help="The labels to let through: a,b.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Probability at which the gate opens.")
    ] = None,
    low: Annotated[float | None, typer.Option(help="Probability below which it closes.")] = None,
    range_db: Annotated[
        float, typer.Option("--range-db", "--range", help="Gain of the closed gate, dB.")
    ] = -40.0,
    attack: Annotated[float | None, typer.Option(help="Seconds from closed to open.")] = None,
    hold: Annotated[float | None, typer.Option(help="Seconds it stays open at least.")] = None,
    release: Annotated[float | None, typer.Option(help="Seconds from open to closed.")] = None,
    lookahead: Annotated[
        float | None, typer.Option(help="Seconds of sound after a sample that its gain depends on.")
    ] = None,
    hop: Annotated[float | None, typer.Option(help="Seconds from decision to decision.")] = None,
    rate: Annotated[int | None, typer.Option(help="For a pipe: sample rate, Hz.")] = None,
    channels: Annotated[int, typer.Option(help="For a pipe: channels.")] = 1,
    encoding: Annotated[
        str, typer.Option("--format", help="For a pipe: int16 or float32, little-endian.")
    ] = "int16",
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Let the wanted sound through and attenuate the rest.

    With - for IN and OUT it reads raw samples from stdin and writes them, delayed, to stdout.
    """
    import hearingai

    settings: dict[str, Any] = {"target": list_from(target), "threshold": threshold, "low": low}
    settings |= {"range_db": range_db, "attack": attack, "hold": hold, "release": release}
    settings |= {"lookahead": lookahead, "hop": hop}
    if _PIPE in (source, out):
        if source != out or as_json:
            raise HearingAIError("a pipe is gated into a pipe: IN and OUT must both be -")
        with stdout_for_answers():
            classifier = open_model(model)
        return _through(classifier, rate, channels, encoding, settings)
    with stdout_for_answers():
        classifier = open_model(model)
        gated = hearingai.gate(
            classifier,
            source,
            out=out,
            overwrite=overwrite,
            partial=partial,
            device=device,
            **settings,
        )
    share = float(gated.track["open"].mean())
    if as_json:
        names = ("source", "out", "sample_rate", "channels", "samples", "settings", "latency")
        told = {name: getattr(gated, name) for name in names} | {"open": share}
        told |= {"notes": gated.notes.to_dict("records")} if partial else {}
        return print_json(told | {"track": gated.track.to_dict("records")})
    seconds = gated.samples / gated.sample_rate
    return print_line(f"Saved {out}: {seconds:.2f} s, open {100 * share:.0f} % of the time.")


def _through(
    classifier: Any,
    rate: int | None,
    channels: int,
    encoding: str,
    settings: dict[str, Any],
) -> None:
    """Gate raw sound from standard input to standard output."""
    import numpy as np

    import hearingai

    from ..inference.answers import probabilities_of, silent_window

    if encoding not in _RAW:
        names = ", ".join(_RAW)
        raise HearingAIError(f"`--format` must be one of {names}. Received: {encoding!r}")
    dtype = np.dtype(_RAW[encoding])
    rate = classifier.sample_rate if rate is None else rate
    machine = hearingai.Gate(classifier, rate, channels, **settings)
    # The first prediction takes long (compilation), so it is made before the sound starts.
    probabilities_of(classifier, silent_window(classifier))
    frame = dtype.itemsize * channels
    size, held = max(1, round(_CHUNK_S * rate)) * frame, b""
    read = getattr(sys.stdin.buffer, "read1", sys.stdin.buffer.read)
    while chunk := read(size):
        chunk = held + chunk
        n = len(chunk) // frame
        held = chunk[n * frame :]
        sound = np.frombuffer(chunk[: n * frame], dtype).reshape(n, channels).T
        _send(machine.feed(sound.astype(dtype.newbyteorder("="))), dtype)
    _send(machine.finish(), dtype)


def _send(sound: "np.ndarray", dtype: "np.dtype") -> None:
    sys.stdout.buffer.write(sound.T.astype(dtype).tobytes())
    sys.stdout.buffer.flush()


@app.command()
def train_gate(
    wanted: Annotated[
        Place,
        typer.Argument(
            metavar="WANTED", parser=place, help="A folder of recordings to let through."
        ),
    ],
    unwanted: Annotated[
        Place,
        typer.Argument(
            metavar="UNWANTED", parser=place, help="A folder of recordings to attenuate."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where to save the gate: a .keras file.")],
    snr_db: Annotated[
        str, typer.Option("--snr-db", "--snr", help="Signal-to-noise ratios to mix at, dB: a,b,c.")
    ] = "0,5,10,20",
    window: Annotated[float | None, typer.Option(help="Length of a window, seconds.")] = None,
    hop: Annotated[float, typer.Option(help="Seconds from decision to decision.")] = 0.02,
    range_db: Annotated[
        float, typer.Option("--range-db", "--range", help="Gain of the closed gate, dB.")
    ] = -40.0,
    care: Annotated[
        float, typer.Option(help="Weight of lost wanted sound in the loss; leaked sound has 1.")
    ] = 4.0,
    n_mixtures: Annotated[int, typer.Option(help="Mixtures to train on.")] = 300,
    epochs: Epochs = None,
    seed: Seed = None,
    device: Device = "auto",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Train a gate on wanted and unwanted sound."""
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    ratios = numbers_from("snr_db", snr_db)
    with stdout_for_answers():
        classifier = hearingai.train_gate(
            wanted,
            unwanted,
            snr_db=ratios,
            window=window,
            hop=hop,
            range_db=range_db,
            care=care,
            n_mixtures=n_mixtures,
            epochs=epochs,
            seed=seed,
            device=device,
        )
        hearingai.save_classifier(classifier, out, overwrite=overwrite)
    learnt = classifier.record["gate"]
    if as_json:
        record = {"model": str(out), "seed": classifier.record["seed"], "gate": learnt}
        return print_json(record | {"fingerprint": classifier.fingerprint()})
    print_table(hearingai.training_history(classifier).drop(columns="seconds"), "Training")
    return print_line(
        f"Saved {out}: opens from {learnt['threshold']:.2f}, keeps open from {learnt['low']:.2f}, "
        f"holds {learnt['hold']:g} s. On the validation mixtures {100 * learnt['lost']:.1f} % of "
        f"the wanted sound was lost and {100 * learnt['leaked']:.1f} % of the other leaked."
    )
