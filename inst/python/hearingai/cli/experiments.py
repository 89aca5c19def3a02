"""Cross-validate, tune."""

from pathlib import Path
from typing import Annotated

import typer

from ..runtime.arguments import positive
from .console import print_json, print_line, print_table, stdout_for_answers
from .groups import Corpus, Engine, grouped
from .options import (
    Augment,
    AugmentOptions,
    Background,
    Data,
    Epochs,
    Json,
    Patience,
    RecipeName,
)
from .root import app
from .texts import augmentations_from, share_from, values_from
from .training_groups import Computing, Learning, NetworkChoice, Randomness


@app.command("cross-validate")
@grouped
def cross_validate(
    data: Data,
    *,
    recipe: RecipeName = "speech-commands",
    folds: Annotated[
        str | None, typer.Option(help="A column (fold, speaker, ...) or a number of folds.")
    ] = None,
    corpus: Corpus,
    network: NetworkChoice,
    learning: Learning,
    validation: Annotated[
        str | None,
        typer.Option(help="What each training validates on: fold, a share, or 0 for none."),
    ] = None,
    repeats: Annotated[int, typer.Option(help="How often to assign a number of folds anew.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="A folder for finished folds; an interrupted run resumes.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Save each fold's classifier too.")] = False,
    parallel: Annotated[int, typer.Option(help="Folds trained at once.")] = 1,
    engine: Engine,
    randomness: Randomness,
    computing: Computing,
    as_json: Json = False,
) -> None:
    """Train and evaluate once for each fold, and summarise.

    Each fold is evaluated with a classifier trained on the others.

    OUT gets `predictions.csv` too: each clip's prediction by the classifier not trained on it.
    """
    import hearingai

    from ..runtime.files import write_table

    chosen = network.of(recipe)
    clips = corpus.clips(data)
    with stdout_for_answers():
        result = hearingai.cross_validate(
            chosen,
            clips,
            folds=int(folds) if folds and folds.isdigit() else folds,
            validation=share_from(validation),
            repeats=repeats,
            path=out,
            keep=keep,
            parallel=parallel,
            **engine.engine_options(),
            **learning.options(),
            **randomness.options(),
            **computing.options(),
        )
    if out is not None:
        write_table(result.predictions, out / "predictions.csv", overwrite=True)
    if as_json:
        names = ("folds", "summary", "confusion")
        tables = {name: getattr(result, name).to_dict("records") for name in names}
        return print_json(tables | {"settings": result.settings})
    shown = ["fold", "n_train", "n_test", "epochs", "map_macro", "accuracy", "f1_macro", "seconds"]
    print_table(result.folds[[name for name in shown if name in result.folds]], "Folds")
    print_table(result.summary, "Over the folds")
    if out is not None:
        print_line(f"Each clip's prediction: {out / 'predictions.csv'}")
    return None


@app.command()
@grouped
def tune(
    data: Data,
    *,
    space: Annotated[
        list[str],
        typer.Option(
            "--try",
            metavar="NAME=VALUES",
            help="A setting and its values: learning_rate=0.001,0.01. Or a "
            "range: dropout=0.1..0.5, learning_rate=1e-4..1e-1:log. Repeatable.",
        ),
    ],
    recipe: RecipeName = "speech-commands",
    corpus: Corpus,
    network: NetworkChoice,
    augment: Augment = None,
    augment_option: AugmentOptions = None,
    background: Background = None,
    epochs: Epochs = None,
    patience: Patience = None,
    validation: Annotated[
        float | None, typer.Option(help="Share of the clips to validate on.")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(help="Number of trainings; default: the whole grid.")
    ] = None,
    metric: Annotated[str, typer.Option(help="The metric to sort the table by.")] = "accuracy",
    out: Annotated[
        Path | None, typer.Option(help="A file for finished trials; an interrupted run resumes.")
    ] = None,
    parallel: Annotated[int, typer.Option(help="Trials trained at once, on Ray.")] = 1,
    engine: Engine,
    randomness: Randomness,
    computing: Computing,
    as_json: Json = False,
) -> None:
    """Compare many settings on the same validation clips."""
    import hearingai

    chosen = network.of(recipe)
    changed = augmentations_from(augment, augment_option)
    if changed is not None:
        chosen = hearingai.get_recipe(chosen, augment=tuple(changed))
    if patience is not None:
        patience = positive("patience", patience, whole=True)
        chosen = hearingai.get_recipe(chosen, patience=patience)
    clips = corpus.clips(data)
    with stdout_for_answers():
        table = hearingai.tune(
            chosen,
            clips,
            dict(values_from(text) for text in space),
            n_trials=trials,
            metric=metric,
            validation=share_from(validation),
            background=background,
            epochs=epochs,
            path=out,
            parallel=parallel,
            **engine.engine_options(),
            **randomness.options(),
            **computing.options(),
        )
    seed = table.attrs["seed"]
    if as_json:
        return print_json(table.assign(seed=seed).to_dict("records"))
    print_table(table, "Tuning")
    return print_line(f"Seed {seed}.")
