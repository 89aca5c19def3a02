"""Calibrate a classifier's probabilities; teach it what it knows."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..runtime.sizes import counted
from .console import print_json, print_line, stdout_for_answers
from .groups import Corpus, grouped
from .options import Data, Device, Json, NewModel, Overwrite, Partial, Trained, open_trained
from .root import app


@app.command()
@grouped
def calibrate(
    model: Trained,
    *,
    data: Data,
    out: NewModel,
    method: Annotated[
        str | None,
        typer.Option(help="temperature, platt or isotonic; default: by the kind of classifier."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the reliability before and after to this file.")
    ] = None,
    corpus: Corpus,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Make probabilities come true as often as they say.

    DATA holds labelled clips that MODEL was not trained on.
    """
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    with stdout_for_answers():
        classifier = open_trained(model)
        clips = corpus.clips(data)
        options: dict[str, Any] = {"device": device, "partial": partial}
        made = hearingai.calibrate(classifier, clips, method=method, **options)
        if plot is not None:
            both = {"before": classifier, "after": made}
            found = {
                name: hearingai.reliability(hearingai.evaluate(one, clips, **options))
                for name, one in both.items()
            }
            hearingai.plot_reliability(found).savefig(plot)
        hearingai.save_classifier(made, out, overwrite=overwrite)
    told = made.record["calibration"]
    if as_json:
        return print_json({"out": str(out)} | told)
    after = "not measured" if told["after"] is None else f"{told['after']:.4f}"
    return print_line(
        f"Expected calibration error {told['before']:.4f}, after {told['method']} on other clips "
        f"{after}, of {counted(told['n'], 'clip')}. Saved {out}."
    )


@app.command("learn-novelty")
@grouped
def learn_novelty(
    model: Trained,
    *,
    data: Data,
    out: NewModel,
    rate: Annotated[
        float, typer.Option(help="Share of known sounds that may be taken for unknown.")
    ] = 0.05,
    corpus: Corpus,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Teach a classifier what it knows.

    DATA holds labelled clips of all labels. `predict --unknown` then tells.
    """
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    with stdout_for_answers():
        clips = corpus.clips(data)
        made = hearingai.learn_novelty(
            open_trained(model), clips, rate=rate, device=device, partial=partial
        )
        hearingai.save_classifier(made, out, overwrite=overwrite)
    told = {name: made.record["novelty"][name] for name in ("rate", "measured_rate", "n")}
    if as_json:
        return print_json({"out": str(out)} | told)
    return print_line(
        f"Of {counted(told['n'], 'clip')} kept apart, {told['measured_rate']:.1%} count as "
        f"unknown. Saved {out}."
    )
