"""Runs in a folder: how far they are, and their tables as one file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import HearingAIError
from ..runtime.addresses import joined
from ..runtime.arguments import choose
from ..runtime.sizes import counted
from .console import print_json, print_line, stdout_for_answers
from .options import Json, Overwrite, Place, place, there
from .root import app


@app.command("run")
def run(
    action: Annotated[
        str, typer.Argument(metavar="status|merge", help="Tell how far it is; or write a table.")
    ],
    folder: Annotated[
        Place,
        typer.Argument(metavar="RUN", parser=place, callback=there, help="The folder of the run."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Of merge: the file to write, .csv or .parquet.")
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(help="Of merge: events, windows, recordings ...; default: the first."),
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Tell how far a run is, or write a table of it.

    The exit status of `run status` is 0 if all is done, else 3.
    """
    choose("action", action, ("status", "merge"))
    if action == "status":
        if not _done(print_status(folder, as_json)):
            raise typer.Exit(3)
        return
    if out is None:
        raise HearingAIError("`out` must name the file to write: .csv or .parquet")
    from ..corpora.merging import merge_run

    with stdout_for_answers():
        rows = merge_run(folder, out, table, overwrite)
    if as_json:
        print_json({"out": str(out), "rows": rows})
        return
    print_line(f"{counted(rows, 'row')} in {out}.")


def finished(folder: str, as_json: bool) -> None:
    """End a command that worked at a run; the exit status is 1 if no recording could be read."""
    found = print_status(folder, as_json)
    if found["done"] and found["errors"] == found["done"]:
        raise typer.Exit(1)


def print_status(folder: str, as_json: bool) -> dict[str, Any]:
    """Print how far a run is; returns it too."""
    found = _status(folder)
    if as_json:
        print_json({"out": folder} | found)
    else:
        for line in _lines(folder, found):
            print_line(line)
    return found


def _status(folder: str) -> dict[str, Any]:
    from ..corpora.merging import status_of
    from ..corpora.run_folder import RunFolder
    from ..runtime.places import place_of

    return status_of(RunFolder(place_of("folder", folder)))


def _lines(folder: str, found: dict[str, Any]) -> list[str]:
    told = f"{found['done']} of {counted(found['recordings'], 'recording')} done"
    told += f", {found['errors']} of them not read" if found["errors"] else ""
    told += f", {found['seconds'] / 3600:.3g} hours" if "seconds" in found else ""
    shards = f"{found['shards_done']} of {counted(found['shards'], 'shard')}"
    lines = [f"{found['kind']}: {told}, {shards}, in {folder}."]
    if found["errors"]:
        lines.append(f"Why: {joined(folder, 'errors.csv')}" if _done(found) else "")
    return [line for line in lines if line]


def _done(found: dict[str, Any]) -> bool:
    return found["shards_done"] == found["shards"]
