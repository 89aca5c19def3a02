"""Prepare."""

from pathlib import Path
from typing import Annotated

import typer

from ..runtime.sizes import counted, size_text
from .console import print_json, print_line, print_table, stdout_for_answers
from .groups import Running, grouped
from .options import (
    BodyName,
    BodyRate,
    Data,
    Duration,
    Json,
    Kind,
    Partial,
    RecipeName,
    RunOut,
    Task,
    Words,
    recipe_from,
)
from .root import app
from .texts import list_from


@app.command()
@grouped
def prepare(
    data: Data,
    *,
    recipe: RecipeName = "speech-commands",
    body: BodyName = None,
    body_rate: BodyRate = None,
    duration: Duration = None,
    words: Words = None,
    task: Task = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder for the decoded clips; default: the user's cache.")
    ] = None,
    kind: Kind = None,
    partial: Partial = False,
    out: RunOut = None,
    running: Running,
    as_json: Json = False,
) -> None:
    """Decode recordings once, before training.

    A training with the same recipe and store finds them decoded. A recording that cannot be read
    is listed with its reason; the exit status is 1 only if none could be read.
    """
    import hearingai

    clips = hearingai.load_clips(data, kind=kind, words=list_from(words), task=task)
    with stdout_for_answers():
        chosen = recipe_from(recipe, None, None, body, body_rate, duration=duration)
        prepared = hearingai.prepare(
            clips, chosen, store=store, partial=partial, **running.options(out)
        )
    errors = prepared.errors
    if as_json:
        tables = {name: getattr(prepared, name).to_dict("records") for name in ("errors", "notes")}
        print_json(vars(prepared) | tables)
    else:
        if len(errors):
            print_table(errors, "Left out")
        if len(prepared.notes):
            print_table(prepared.notes, "Read in part")
        size = size_text(prepared.bytes)
        print_line(f"{counted(prepared.n, 'clip')}, {size} in {prepared.path}")
    if len(errors) == len(clips):
        raise typer.Exit(1)
