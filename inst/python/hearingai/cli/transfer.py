"""Learn a new task from a trained classifier or a body: fine-tune, few-shot."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import print_json, print_line, stdout_for_answers
from .groups import Corpus, grouped
from .models import numbers, of_split, score_of, trained
from .options import (
    Background,
    BodyLicence,
    BodyRate,
    Checkpoint,
    Data,
    Device,
    Duration,
    Json,
    NewModel,
    Overwrite,
    Partial,
    Place,
    Seed,
    Trained,
    body_from,
    is_body,
    open_trained,
    place,
    there,
)
from .root import app
from .texts import share_from
from .training_groups import Computing, Learning, Randomness

if TYPE_CHECKING:
    import pandas as pd


@app.command("fine-tune")
@grouped
def fine_tune(
    model: Trained,
    *,
    data: Data,
    out: NewModel,
    freeze: Annotated[
        str, typer.Option(help="What to freeze: body, none, or a layer and those before it.")
    ] = "body",
    corpus: Corpus,
    learning: Learning,
    validation: Annotated[float | None, typer.Option(help="Share to validate on, or 0.")] = None,
    randomness: Randomness,
    checkpoint: Checkpoint = None,
    computing: Computing,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Fine-tune a trained classifier for a new task.

    Clips marked `test` in the data are not trained on. The metrics printed are for them; without
    them, for the validation clips.
    """
    import hearingai

    def learn(classifier: Any, clips: "pd.DataFrame") -> Any:
        return hearingai.fine_tune(
            classifier,
            clips,
            freeze=freeze,
            validation=share_from(validation),
            checkpoint=checkpoint,
            **learning.options(),
            **randomness.options(),
            **computing.options(),
        )

    clips = corpus.clips(data)
    unseen = of_split(clips, "test")
    if validation is not None:
        clips = clips.drop(unseen.index)
    same = {"device": computing.one_device, "partial": computing.partial}
    _learn(model, clips, unseen, out, overwrite, as_json, learn, same)


@app.command("few-shot")
@grouped
def few_shot(
    model: Annotated[
        Place,
        typer.Argument(
            metavar="MODEL",
            parser=place,
            help="A classifier saved as .keras, or a body: a name, see `hearingai bodies`, or a "
            "file, with --body-rate.",
        ),
    ],
    *,
    data: Data,
    out: NewModel,
    shots: Annotated[
        int | None, typer.Option(help="Clips a class to learn from; default: all.")
    ] = None,
    penalty: Annotated[
        float | None,
        typer.Option(
            help="Strength of the regularisation; more makes predictions less sure; default: 10, "
            "with a body 100."
        ),
    ] = None,
    body_rate: BodyRate = None,
    body_licence: BodyLicence = None,
    duration: Duration = None,
    background: Background = None,
    corpus: Corpus,
    seed: Seed = None,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Learn a new task from a few clips a class, in seconds.

    Clips marked `test` in the data are not trained on; the metrics printed are for them.
    """
    import hearingai

    known = body_rate is not None or body_licence is not None or is_body(model)
    source: Any = body_from(model, body_rate, body_licence) if known else there(model)
    same: dict[str, Any] = {"device": device, "partial": partial}

    def learn(classifier: Any, clips: "pd.DataFrame") -> Any:
        return hearingai.few_shot(
            classifier,
            clips,
            shots=shots,
            penalty=penalty,
            duration=duration,
            background=background,
            seed=seed,
            **same,
        )

    clips = corpus.clips(data)
    unseen = of_split(clips, "test")
    _learn(source, clips.drop(unseen.index), unseen, out, overwrite, as_json, learn, same)


def _learn(
    source: Any,
    clips: "pd.DataFrame",
    unseen: "pd.DataFrame",
    out: Path,
    overwrite: bool,
    as_json: bool,
    learn: Callable[[Any, "pd.DataFrame"], Any],
    same: dict[str, Any],
) -> None:
    """Train on a body or the classifier in a file, save and print the results."""
    import hearingai

    from ..runtime.files import writable_artifact
    from ..tables.label_sets import names_of_clips

    writable_artifact(out, overwrite)
    with stdout_for_answers():
        start = open_trained(source) if isinstance(source, str) else source
        learnt = learn(start, clips)
        hearingai.save_classifier(learnt, out, overwrite=overwrite)
        result = trained(learnt, out) | {"tuned_from": learnt.record.get("tuned_from")}
        apart = result["split_by"] == "split" or not clips.index.isin(unseen.index).any()
        if len(unseen) and apart:
            measured = hearingai.evaluate(learnt, unseen, **same)
            result |= {"measured_on": "test"} | numbers(measured)
    if as_json:
        return print_json(result)
    if "accuracy" in result:
        print_line(score_of(result, f"{result['n']} {result['measured_on']} clips"))
    else:
        counts = names_of_clips(clips).value_counts().items()
        print_line(
            f"Nothing was measured: no clips are marked `test`. There are "
            f"{', '.join(f'{n} of {name}' for name, n in counts)}."
        )
    return print_line(
        f"Saved {out} (seed {result['seed']}, fingerprint {result['fingerprint'][:12]})."
    )
