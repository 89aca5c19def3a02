"""Choose thresholds for a rate of false accepts; mine false alarms."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import HearingAIError
from ..runtime.sizes import counted
from .console import print_json, print_line, print_table, say, stdout_for_answers
from .groups import Events, EventTimes, grouped
from .options import (
    Background,
    Device,
    Epochs,
    Json,
    Kind,
    NewModel,
    Overwrite,
    Partial,
    Place,
    Seed,
    Trained,
    Words,
    open_trained,
    place,
    there,
)
from .root import app
from .texts import list_from

Clips = Annotated[
    Place | None,
    typer.Option(
        parser=place,
        callback=there,
        help="The clips that the model was trained on: a folder, or a CSV.",
    ),
]
BatchSize = Annotated[int, typer.Option(help="Windows a step.")]


@app.command("choose-thresholds")
@grouped
def choose_thresholds(
    model: Trained,
    *,
    recordings: Annotated[
        list[Place],
        typer.Argument(
            metavar="RECORDINGS",
            parser=place,
            help="Hours of sound without the words, or with --truth; or labelled clips.",
        ),
    ],
    out: NewModel,
    truth: Annotated[
        Path | None,
        typer.Option(help="The true events: a CSV (fname, start, end, label), or Audacity's."),
    ] = None,
    wanted_per_hour: Annotated[
        float | None,
        typer.Option(help="False accepts an hour, of all labels; 0.5 if nothing else is wanted."),
    ] = None,
    wanted_precision: Annotated[
        float | None, typer.Option(help="Of labelled clips: precision of each label.")
    ] = None,
    best_f1: Annotated[bool, typer.Option("--best-f1", help="Of labelled clips.")] = False,
    lowest: Annotated[float, typer.Option(help="No threshold is below this.")] = 0.1,
    tolerance: Annotated[
        float, typer.Option(help="Seconds that an event may be off a true one.")
    ] = 0.5,
    by: Annotated[
        str, typer.Option(help="What is compared: midpoint, onset or overlap.")
    ] = "midpoint",
    events: EventTimes,
    batch_size: BatchSize = 16,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Choose thresholds by false accepts, precision or F1.

    The new file has them: `annotate`, `listen` and `serve` use them unless --threshold is given.
    """
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    there = None if truth is None else hearingai.read_events(truth)
    of_clips = wanted_precision is not None or best_f1
    with stdout_for_answers():
        chosen = hearingai.choose_thresholds(
            open_trained(model),
            _labelled(recordings) if of_clips else recordings,
            there,
            wanted_per_hour=wanted_per_hour,
            wanted_precision=wanted_precision,
            best_f1=best_f1,
            lowest=lowest,
            tolerance=tolerance,
            by=by,
            batch_size=batch_size,
            device=device,
            partial=partial,
            **events.times(),
        )
        hearingai.save_classifier(chosen.classifier, out, overwrite=overwrite)
    _name_errors(chosen)
    if as_json:
        told: dict[str, Any] = {"out": str(out), "thresholds": chosen.thresholds}
        told |= {"summary": chosen.summary.to_dict("records")[0]}
        return print_json(told | _tables(chosen, "per_label", "errors", "notes"))
    print_table(chosen.per_label.dropna(axis="columns", how="all"), None)
    row = chosen.summary.iloc[0]
    if of_clips:
        return print_line(f"F1 {row['f1']:.3f} on {counted(int(row['n']), 'clip')}. Saved {out}.")
    return print_line(
        f"{row['false_accepts_per_hour']:.3g} false accepts an hour in {row['hours']:.3g} h. "
        f"Saved {out}."
    )


@app.command("mine-false-alarms")
@grouped
def mine_false_alarms(
    model: Trained,
    *,
    recordings: Annotated[
        list[Place],
        typer.Argument(
            metavar="RECORDINGS", parser=place, help="Hours of sound in which no word occurs."
        ),
    ],
    out: NewModel,
    clips: Clips = None,
    rounds: Annotated[int, typer.Option(help="How often it is mined and learnt.")] = 1,
    most: Annotated[int, typer.Option(help="Clips mined for a label in a round.")] = 100,
    above: Annotated[float, typer.Option(help="Probability from which a window is mined.")] = 0.1,
    test: Annotated[
        float, typer.Option(help="Share of the sound kept apart to count false accepts in.")
    ] = 0.5,
    background: Background = None,
    penalty: Annotated[
        float | None, typer.Option(help="With a body: strength of the regularisation.")
    ] = None,
    epochs: Epochs = None,
    words: Words = None,
    kind: Kind = None,
    events: Events,
    seed: Seed = None,
    batch_size: BatchSize = 16,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Learn what is taken for words wrongly.

    A model that `hearingai words` made needs no --clips. Those marked `test` tell the accuracy.
    """
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    table = None
    if clips is not None:
        table = hearingai.load_clips(clips, kind=kind, words=list_from(words))
    with stdout_for_answers():
        mined = hearingai.mine_false_alarms(
            open_trained(model),
            recordings,
            clips=table,
            rounds=rounds,
            most=most,
            above=above,
            test=test,
            background=background,
            penalty=penalty,
            epochs=epochs,
            seed=seed,
            batch_size=batch_size,
            device=device,
            partial=partial,
            **events.options(),
        )
        hearingai.save_classifier(mined.classifier, out, overwrite=overwrite)
    _name_errors(mined)
    if as_json:
        names = ("summary", "per_label", "mined", "recordings", "errors", "notes")
        return print_json({"out": str(out)} | _tables(mined, *names))
    print_table(mined.summary.dropna(axis="columns", how="all"), "False accepts, round by round")
    print_table(mined.per_label, "False accepts an hour, by label")
    return print_line(f"Saved {out}.")


def _labelled(data: list[Place]) -> Any:
    """The table of labelled clips of a folder or a CSV."""
    import hearingai

    if len(data) > 1:
        raise HearingAIError(
            f"`recordings` must be one folder or CSV of labelled clips. Received: {len(data)}"
        )
    return hearingai.load_clips(data[0])


def _tables(result: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(result, name).to_dict("records") for name in names}


def _name_errors(result: Any) -> None:
    for row in result.errors.itertuples():
        say(f"{row.fname}: {row.error}", alarm=True)
