"""Cross-validate, tune."""

from pathlib import Path
from typing import Annotated

import typer

from ..runtime.arguments import positive
from .console import print_json, print_line, print_table, stdout_for_answers
from .options import (
    Augment,
    Balanced,
    BatchSize,
    Clipnorm,
    Data,
    Deterministic,
    Device,
    Epochs,
    Json,
    Kind,
    LearningRate,
    Network,
    Optimizer,
    Options,
    Patience,
    Precision,
    RecipeName,
    Seed,
    Store,
    Target,
    Words,
    augmentations_from,
    list_from,
    recipe_from,
    share_from,
    store_from,
    values_from,
)
from .root import app


@app.command("cross-validate")
def cross_validate(
    data: Data,
    recipe: RecipeName = "speech-commands",
    folds: Annotated[
        str, typer.Option(help="A column (fold, speaker, ...) or a number of folds.")
    ] = None,
    words: Words = None,
    target: Target = None,
    network: Network = None,
    option: Options = None,
    augment: Augment = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    optimizer: Optimizer = None,
    learning_rate: LearningRate = None,
    clipnorm: Clipnorm = None,
    balanced: Balanced = False,
    patience: Patience = None,
    validation: Annotated[
        str, typer.Option(help="What each training watches: fold, a share, or 0 for nothing.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Deal a number of folds anew so often.")] = 1,
    out: Annotated[
        Path, typer.Option(help="A folder for the folds; it goes on there after a break.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Save each fold's classifier too.")] = False,
    parallel: Annotated[int, typer.Option(help="Folds trained at once.")] = 1,
    seed: Seed = None,
    deterministic: Deterministic = False,
    precision: Precision = "auto",
    device: Device = "auto",
    store: Store = None,
    kind: Kind = None,
    as_json: Json = False,
):
    """Train and measure once a fold, and sum up.

    Each fold is measured by a classifier trained on the others.

    OUT gets `predictions.csv` too: each clip's answer from the fold that did not hear it.
    """
    import hearingai

    from ..runtime.files import write_table

    setup = recipe_from(recipe, network, option)
    clips = hearingai.load_clips(data, kind, words=list_from(words), target=target)
    with stdout_for_answers():
        result = hearingai.cross_validate(
            setup,
            clips,
            folds=int(folds) if folds and folds.isdigit() else folds,
            validation=share_from(validation),
            repeats=repeats,
            path=out,
            keep=keep,
            parallel=parallel,
            seed=seed,
            deterministic=deterministic,
            store=store_from(store),
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            clipnorm=clipnorm,
            augment=augmentations_from(augment),
            class_weight="balanced" if balanced else None,
            patience=patience,
            precision=precision,
            device=device,
        )
    if out is not None:
        write_table(result.predictions, out / "predictions.csv", overwrite=True)
    if as_json:
        names = ("folds", "summary", "confusion")
        tables = {name: getattr(result, name).to_dict("records") for name in names}
        return print_json(tables | {"settings": result.settings})
    shown = ["fold", "n_train", "n_test", "epochs", "accuracy", "f1_macro", "seconds"]
    print_table(result.folds[shown], "Folds")
    print_table(result.summary, "Over the folds")
    if out is not None:
        print_line(f"Each clip's prediction: {out / 'predictions.csv'}")
    return None


@app.command()
def tune(
    data: Data,
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
    words: Words = None,
    target: Target = None,
    network: Network = None,
    option: Options = None,
    augment: Augment = None,
    epochs: Epochs = None,
    patience: Patience = None,
    validation: Annotated[float, typer.Option(help="Share of clips to compare on.")] = None,
    trials: Annotated[int, typer.Option(help="Trainings in all; default: the whole grid.")] = None,
    metric: Annotated[str, typer.Option(help="What the table is sorted by.")] = "accuracy",
    out: Annotated[
        Path, typer.Option(help="A file for the trials; it goes on there after a break.")
    ] = None,
    seed: Seed = None,
    deterministic: Deterministic = False,
    precision: Precision = "auto",
    device: Device = "auto",
    store: Store = None,
    kind: Kind = None,
    as_json: Json = False,
):
    """Compare many settings on the same validation clips."""
    import hearingai

    setup = recipe_from(recipe, network, option)
    if augment is not None:
        setup = hearingai.get_recipe(setup, augment=tuple(augmentations_from(augment)))
    if patience is not None:
        patience = positive("patience", patience, whole=True)
        setup = hearingai.get_recipe(setup, patience=patience)
    clips = hearingai.load_clips(data, kind, words=list_from(words), target=target)
    with stdout_for_answers():
        table = hearingai.tune(
            setup,
            clips,
            dict(values_from(text) for text in space),
            n_trials=trials,
            metric=metric,
            validation=share_from(validation),
            epochs=epochs,
            path=out,
            seed=seed,
            deterministic=deterministic,
            precision=precision,
            device=device,
            store=store_from(store),
        )
    seed = table.attrs["seed"]
    if as_json:
        return print_json(table.assign(seed=seed).to_dict("records"))
    print_table(table, "Tuning")
    return print_line(f"Seed {seed}.")
