"""Train, evaluate, predict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import HearingAIError
from ..runtime.arguments import choose
from ..runtime.sizes import counted
from .console import print_json, print_line, print_table, stdout_for_answers
from .groups import Corpus, Running, grouped
from .options import (
    Checkpoint,
    Data,
    Device,
    Json,
    Model,
    NewModel,
    Overwrite,
    Partial,
    Place,
    RecipeName,
    RunOut,
    Runtime,
    open_model,
    place,
)
from .root import app
from .runs import finished
from .texts import share_from
from .training_groups import Computing, Learning, NetworkChoice, Randomness

if TYPE_CHECKING:
    import pandas as pd

    from ..inference.scoring import Evaluation


@app.command()
@grouped
def train(
    data: Data,
    *,
    out: NewModel,
    recipe: RecipeName = "speech-commands",
    corpus: Corpus,
    fold: Annotated[
        str | None, typer.Option(help="Test on this fold, validate on the previous one.")
    ] = None,
    network: NetworkChoice,
    learning: Learning,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="A classifier whose answers are learnt too. Repeatable: then their mean.",
        ),
    ] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share to validate on of the clips not marked test, or 0.")
    ] = None,
    randomness: Randomness,
    checkpoint: Checkpoint = None,
    computing: Computing,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Train a classifier and save it.

    Clips marked `test` in the data are not trained on. The metrics printed are for them; without
    them, for the validation clips.
    """
    import hearingai

    from ..runtime.files import writable_artifact

    writable_artifact(out, overwrite)
    chosen = network.of(recipe)
    clips = corpus.clips(data)
    if fold is not None:
        clips = hearingai.fold_split(clips, fold)
    unseen = of_split(clips, "test")
    if validation is not None:
        clips = clips.drop(unseen.index)
    with stdout_for_answers():
        classifier = hearingai.fit(
            chosen,
            clips,
            validation=share_from(validation),
            teacher=together(teacher or []),
            checkpoint=checkpoint,
            **learning.options(),
            **randomness.options(),
            **computing.options(),
        )
        hearingai.save_classifier(classifier, out, overwrite=overwrite)
        result = trained(classifier, out)
        if len(unseen) and (validation is not None or result["split_by"] == "split"):
            measured = hearingai.evaluate(
                classifier, unseen, device=computing.one_device, partial=computing.partial
            )
            result |= {"measured_on": "test"} | numbers(measured)
    if as_json:
        return print_json(result)
    history = hearingai.training_history(classifier)
    print_table(history.drop(columns="seconds"), "Training")
    if "accuracy" in result:
        print_line(score_of(result, f"{result['n']} {result['measured_on']} clips"))
    return print_line(
        f"Saved {out} (seed {result['seed']}, {result['precision']}, "
        f"fingerprint {result['fingerprint'][:12]})."
    )


@app.command()
@grouped
def evaluate(
    model: Model,
    *,
    data: Data,
    corpus: Corpus,
    fold: Annotated[str | None, typer.Option(help="Only the clips of this fold.")] = None,
    split: Annotated[str | None, typer.Option(help="Only train, validation or test clips.")] = None,
    device: Device = "auto",
    runtime: Runtime = None,
    partial: Partial = False,
    out: RunOut = None,
    running: Running,
    as_json: Json = False,
) -> None:
    """Evaluate a classifier on labelled clips."""
    import hearingai

    with stdout_for_answers():
        classifier = open_model(model)
        clips = corpus.clips(data)
        if fold is not None:
            clips = hearingai.fold_split(clips, fold)
            split = split or "test"
        if split is not None:
            clips = marked(clips, split)
        options = running.options(out)
        told: dict[str, Any] = {"device": device, "runtime": runtime, "partial": partial}
        result = hearingai.evaluate(classifier, clips, **told, **options)
    found = numbers(result)
    if as_json:
        return print_json(found)
    print_table(result.per_class, "Per class")
    print_table(result.metrics, "Metrics")
    return print_line(score_of(found, counted(result.n, "clip"), loss=True))


@app.command()
@grouped
def predict(
    model: Model,
    *,
    files: Annotated[
        list[Place],
        typer.Argument(metavar="FILES", parser=place, help="Recordings of any format."),
    ],
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Tell what is like nothing known, see learn-novelty.")
    ] = False,
    device: Device = "auto",
    runtime: Runtime = None,
    partial: Partial = False,
    out: RunOut = None,
    running: Running,
    as_json: Json = False,
) -> None:
    """Predict the label of each recording, or its labels.

    Of a recording that is longer than a clip one stretch is heard; annotate hears all of it. A file
    that cannot be read is listed with its reason; the exit status is 1 only if none could be read.
    """
    import hearingai

    from ..inference.records import answers_in, prediction_records

    with stdout_for_answers():
        classifier = open_model(model)
        told: dict[str, Any] = {"device": device, "runtime": runtime, "partial": partial}
        told |= {"unknown": unknown}
        table = hearingai.predict(classifier, files, **told, **running.options(out))
    if out is not None:
        finished(out, as_json)
        return
    records = prediction_records(table, classifier.labels)
    if as_json:
        print_json(records)
    else:
        shown = ["fname", *answers_in(table)]
        shown += [name for name in ("error", "note") if name in table and table[name].notna().any()]
        print_table(table[shown], None)
    if table["error"].notna().all():
        raise typer.Exit(1)


def together(models: list[str]) -> Any:
    """A classifier, several as an ensemble, or `None` where none is named."""
    import hearingai

    opened = [open_model(model) for model in models]
    return hearingai.ensemble(opened) if len(opened) > 1 else (opened or [None])[0]


def marked(clips: "pd.DataFrame", split: str) -> "pd.DataFrame":
    """The clips of a split that the data marks, which must be some."""
    marks = sorted(set(clips["split"].dropna().astype(str))) if "split" in clips else []
    if not marks:
        raise HearingAIError(f"`split` needs data that has such a column. Received: {split!r}")
    return of_split(clips, choose("split", split, marks))


def of_split(clips: "pd.DataFrame", split: str) -> "pd.DataFrame":
    """The clips of one split; none where the data marks none."""
    return clips[clips["split"] == split] if "split" in clips else clips[:0]


def trained(classifier: Any, out: Path) -> dict[str, Any]:
    """The results of a training, as plain values."""
    record = classifier.record
    kept = ("seed", "deterministic", "precision", "split_by", "n_train", "n_validation", "seconds")
    result = {"model": str(out)} | {name: record.get(name) for name in kept}
    result |= {"recipe": classifier.recipe, "labels": classifier.labels}
    result |= {name: record.get(name, False) for name in ("interrupted", "collapsed")}
    result |= {"fingerprint": classifier.fingerprint(), "history": record["history"]}
    metrics, n = record.get("metrics", {}), record.get("n_validation")
    if {"val_accuracy", "val_map"} & metrics.keys():
        found = record.get("validation_metrics", {})
        accuracy = metrics.get("val_accuracy", found.get("accuracy"))  # of labels after training
        named = {"accuracy": accuracy, "loss": metrics["val_loss"], "n": n, "metrics": found}
        result |= {"validation": named, "measured_on": "validation"} | named
    return result


def score_of(result: dict[str, Any], clips: str, loss: bool = False) -> str:
    """A line that tells how good a classifier is: its accuracy, or of labels their mAP.

    Args:
        result: What `numbers` or `trained` gave.
        clips: The clips it was measured on, in words.
        loss: Whether to tell the loss too.
    """
    means = result.get("metrics") or {}
    if "map_macro" in means:
        score = (
            f"mAP {means['map_macro']:.4f} over labels, {means['map_micro']:.4f} over all answers"
        )
    else:
        score = f"Accuracy {result['accuracy']:.4f}"
    return score + (f", loss {result['loss']:.4f}" if loss else "") + f" on {clips}."


def numbers(result: "Evaluation") -> dict[str, Any]:
    """The results of an evaluation, as plain values."""
    return {
        "accuracy": result.accuracy,
        "loss": result.loss,
        "n": result.n,
        "metrics": {row.metric: row.value for row in result.metrics.itertuples()},
        "per_class": result.per_class.to_dict("records"),
        "n_seen": result.n_seen,
        "left_out": result.left_out,
        "errors": result.errors.to_dict("records"),
    }
