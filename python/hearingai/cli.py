"""The `hearingai` command: a face over the functions of the package."""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from .console import print_json, print_line, print_table, say, show_warning, stdout_for_answers
from .errors import HearingAIError, HearingAIWarning

app = typer.Typer(
    help="Train audio classifiers on recordings in folders, and use them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Data = Annotated[Path, typer.Argument(help="A folder of recordings, or a CSV with fname, class.")]
Model = Annotated[Path, typer.Argument(help="A classifier saved as .keras.")]
Kind = Annotated[str, typer.Option("--data", help="speech-commands, folder or csv, if in doubt.")]
Words = Annotated[str, typer.Option(help="Keep these classes: a,b,c.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def main():
    """Run the command; errors are one line on stderr and exit status 1, wrong use is 2."""
    warnings.showwarning = show_warning
    warnings.simplefilter("always", HearingAIWarning)
    try:
        app(prog_name="hearingai")
    except HearingAIError as error:
        say(f"error: {error}", alarm=True)
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be written
        say(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), alarm=True)
        sys.exit(1)


@app.command()
def train(
    data: Data,
    out: Annotated[Path, typer.Option(help="Where to save the classifier: a .keras file.")],
    recipe: Annotated[str, typer.Option(help="See `hearingai recipes`.")] = "speech-commands",
    words: Words = None,
    epochs: Annotated[
        int, typer.Option(help="Passes over the data; default: the recipe's.")
    ] = None,
    batch_size: Annotated[int, typer.Option(help="Clips a step; default: the recipe's.")] = None,
    optimizer: Annotated[str, typer.Option(help="A Keras optimizer, such as Adam.")] = None,
    learning_rate: Annotated[float, typer.Option(help="The optimizer's learning rate.")] = None,
    clipnorm: Annotated[float, typer.Option(help="Largest norm of a gradient.")] = None,
    validation: Annotated[
        float, typer.Option(help="Share of clips to validate on; 0 trains on every clip.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides everything that is drawn.")] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Equal seeds give equal weights, bit for bit.")
    ] = False,
    checkpoint: Annotated[
        Path, typer.Option(help="A .keras file to go on from after a break.")
    ] = None,
    kind: Kind = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
    as_json: Json = False,
):
    """Train a classifier and save it.

    Clips marked `test` in the data are not trained on; the numbers printed are theirs, else the
    validation clips'.
    """
    import hearingai

    from .classifier import writable_artifact

    writable_artifact(out, overwrite)
    clips = hearingai.load_clips(data, kind, _list(words))
    with stdout_for_answers():
        classifier = hearingai.fit(
            recipe,
            clips,
            validation=False if validation == 0 else validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            clipnorm=clipnorm,
            seed=seed,
            deterministic=deterministic,
            checkpoint=checkpoint,
        )
        hearingai.save_classifier(classifier, out, overwrite=overwrite)
        result = _trained(classifier, out)
        if result["split_by"] == "split" and (clips["split"] == "test").any():
            measured = hearingai.evaluate(classifier, clips[clips["split"] == "test"])
            result |= {"measured_on": "test"} | _numbers(measured)
    if as_json:
        return print_json(result)
    history = hearingai.training_history(classifier)
    print_table(history.drop(columns="seconds"), "Training")
    if "accuracy" in result:
        print_line(
            f"Accuracy {result['accuracy']:.4f} on {result['n']} {result['measured_on']} clips. "
        )
    return print_line(
        f"Saved {out} (seed {result['seed']}, fingerprint {result['fingerprint'][:12]})."
    )


@app.command()
def evaluate(
    model: Model,
    data: Data,
    words: Words = None,
    split: Annotated[str, typer.Option(help="Only train, validation or test clips.")] = None,
    kind: Kind = None,
    as_json: Json = False,
):
    """Measure a classifier on labelled clips."""
    import hearingai

    with stdout_for_answers():
        classifier = hearingai.load_classifier(model)
        clips = hearingai.load_clips(data, kind, _list(words))
        if split is not None:
            clips = clips[clips["split"] == split] if "split" in clips else clips[:0]
        result = hearingai.evaluate(classifier, clips)
    if as_json:
        return print_json(_numbers(result))
    print_table(result.per_class, "Per class")
    return print_line(
        f"Accuracy {result.accuracy:.4f}, loss {result.loss:.4f} on {result.n} clips."
    )


@app.command()
def predict(
    model: Model,
    files: Annotated[list[Path], typer.Argument(help="Recordings of any format.")],
    as_json: Json = False,
):
    """Say which label each recording has.

    A file that cannot be read is named with its reason and the rest are answered; the exit
    status is 1 only if none could be.
    """
    import hearingai

    with stdout_for_answers():
        classifier = hearingai.load_classifier(model)
        table = hearingai.predict(classifier, [str(f) for f in files])
    records = [_prediction(row, classifier.labels) for row in table.to_dict("records")]
    if as_json:
        print_json(records)
    else:
        shown = table[["fname", "label", "score", "error"]]
        print_table(shown if table["error"].notna().any() else shown.drop(columns="error"), None)
    if table["error"].notna().all():
        raise typer.Exit(1)


@app.command()
def info(
    model: Annotated[Path, typer.Argument(help="A classifier to describe.")] = None,
    as_json: Json = False,
):
    """Describe this installation, or a saved classifier."""
    import hearingai

    with stdout_for_answers():
        if model is None:
            facts = hearingai.info()
        else:
            facts = hearingai.classifier_info(hearingai.load_classifier(model))
    if as_json:
        return print_json(facts)
    for name, value in facts.items():
        if name != "history":
            text = ", ".join(map(str, value)) if isinstance(value, list) else value
            print_line(f"{name:<18} {'-' if text is None else text}")
    return None


@app.command()
def recipes(as_json: Json = False):
    """List the recipes."""
    import hearingai

    with stdout_for_answers():
        table = hearingai.list_recipes()
    return print_json(table.to_dict("records")) if as_json else print_table(table, None)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("hearingai-demo"),
    words: Words = "yes,no,up,down,left,right",
    n: Annotated[int, typer.Option(help="Clips a word.")] = 100,
    epochs: Annotated[int, typer.Option(help="Passes over the clips.")] = 20,
    seed: Annotated[int, typer.Option(help="Decides everything that is drawn.")] = 1,
    as_json: Json = False,
):
    """Synthesise words, train a classifier on them, use it and draw what came out."""
    from .demo import run

    with stdout_for_answers():
        result = run(out, _list(words), n=n, epochs=epochs, seed=seed, say=say)
    return (
        print_json(result) if as_json else print_line(f"Classifier and plots: {result['folder']}")
    )


def _trained(classifier, out):
    record = classifier.record
    result = {"model": str(out)} | {
        name: record.get(name)
        for name in ("seed", "deterministic", "split_by", "n_train", "n_validation", "seconds")
    }
    result |= {"recipe": classifier.recipe, "labels": classifier.labels}
    result |= {"interrupted": record["interrupted"], "collapsed": record["collapsed"]}
    result |= {"fingerprint": classifier.fingerprint(), "history": record["history"]}
    if "val_accuracy" in record["metrics"]:
        metrics, n = record["metrics"], record.get("n_validation")
        named = {"accuracy": metrics["val_accuracy"], "loss": metrics["val_loss"], "n": n}
        result |= {"validation": named, "measured_on": "validation"} | named
    return result


def _numbers(result):
    return {
        "accuracy": result.accuracy,
        "loss": result.loss,
        "n": result.n,
        "per_class": result.per_class.to_dict("records"),
        "n_seen": result.n_seen,
        "left_out": result.left_out,
        "errors": result.errors.to_dict("records"),
    }


def _prediction(row, labels):
    if isinstance(row["error"], str):
        return {"fname": row["fname"], "error": row["error"]}
    probabilities = {label: row[f"prob_{label}"] for label in labels}
    return {name: row[name] for name in ("fname", "label", "score")} | {
        "probabilities": probabilities
    }


def _list(words):
    return None if words is None else [w.strip() for w in words.split(",") if w.strip()]
