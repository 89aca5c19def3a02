"""Look inside a classifier: embed, explain."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .console import print_json, print_line, print_table, stdout_for_answers
from .groups import Running, grouped
from .options import (
    Device,
    Json,
    Model,
    Overwrite,
    Partial,
    Place,
    Runtime,
    is_body,
    open_model,
    place,
    there_or_named,
)
from .root import app
from .runs import finished


@app.command()
@grouped
def embed(
    model: Annotated[
        Place,
        typer.Argument(
            metavar="MODEL",
            parser=place,
            help="A classifier as for predict, or a body by its name, see `hearingai bodies`, of "
            "which each window has a row.",
        ),
    ],
    *,
    recordings: Annotated[
        list[Place],
        typer.Argument(metavar="RECORDINGS", parser=place, help="Recordings of any format."),
    ],
    out: Annotated[
        Place,
        typer.Option(
            parser=place,
            help="The table to write: .csv or .parquet; or the folder of a run.",
        ),
    ],
    running: Running,
    layer: Annotated[
        str | None, typer.Option(help="A layer of the network; default: its head's.")
    ] = None,
    device: Device = "auto",
    runtime: Runtime = None,
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Compute embeddings of recordings, for other methods.

    For a file that cannot be read the column `error` has the reason; the exit status is 1 only if
    none could be read.
    """
    import hearingai

    from ..runtime.files import writable_table, write_table

    run = out if not Path(out).suffix else None
    if run is None:
        writable_table(out, overwrite)
    with stdout_for_answers():
        of_body = is_body(model)
        classifier = (
            hearingai.get_body(model) if of_body else open_model(there_or_named(model, bodies=True))
        )
        told: dict[str, Any] = {"device": device, "runtime": runtime, "partial": partial}
        options = running.options(run)
        table = hearingai.embed(classifier, recordings, layer=layer, **told, **options)
        if run is None:
            write_table(table, out, overwrite)
    if run is not None:
        finished(run, as_json)
        return
    bad = table[table["error"].notna()][["fname", "error"]]
    windows = len(table) - len(bad)
    n = table.loc[table["error"].isna(), "row"].nunique() if of_body else windows
    values = table.columns.str.startswith("embedding_").sum()
    notes = table[table["note"].notna()][["fname", "note"]] if partial else table[:0]
    notes = notes.drop_duplicates()
    if as_json:
        result = {"out": str(out), "n": n, "values": values}
        result |= {"windows": windows} if of_body else {}
        result |= {"errors": bad.to_dict("records")}
        print_json(result | ({"notes": notes.to_dict("records")} if partial else {}))
    else:
        if len(bad):
            print_table(bad, "Left out")
        if len(notes):
            print_table(notes, "Read in part")
        what = f"{n} recordings" + (f", {windows} windows" if of_body else "")
        print_line(f"{what}, {values} numbers each, in {out}")
    if len(bad) == len(table):
        raise typer.Exit(1)


@app.command()
def explain(
    model: Model,
    recording: Annotated[
        Place, typer.Argument(metavar="RECORDING", parser=place, help="A recording of any format.")
    ],
    out: Annotated[Path, typer.Option(help="The picture to write, such as word.png.")],
    label: Annotated[
        str | None, typer.Option(help="The label to explain; default: the most probable.")
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="integrated_gradients, gradcam or occlusion; default: the first, or the last "
            "where there are no gradients."
        ),
    ] = None,
    device: Device = "auto",
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Draw which parts of a recording speak for a label."""
    import hearingai

    from ..runtime.files import writable

    writable(out, overwrite)
    with stdout_for_answers():
        classifier = open_model(model)
        found = hearingai.explain(
            classifier, recording, label=label, method=method, device=device, partial=partial
        )
        hearingai.plot_explanation(found).savefig(out, dpi=150)
    told = {"fname": recording, "label": found.label, "probability": found.probability}
    told |= {
        "method": found.method,
        "score": found.score,
        "baseline": found.baseline,
        "out": str(out),
    }
    if partial:
        told["note"] = found.note
    if as_json:
        return print_json(told)
    return print_line(f"{found.label}: probability {found.probability:.3f}, drawn in {out}")
