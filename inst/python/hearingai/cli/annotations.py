"""Annotated recordings: read annotations, make clips of them, cut events out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ..errors import HearingAIError
from ..runtime.addresses import address_of
from .console import print_json, print_line, print_table, stdout_for_answers
from .options import Json, Overwrite, Partial, Place, Seed, place, there
from .root import app
from .tables import is_table, recordings_from
from .texts import list_from, numbers_from, parts_from

if TYPE_CHECKING:
    import pandas as pd

    from ..events.writing import EventFormat

Tables = Annotated[
    list[Path],
    typer.Argument(
        metavar="TABLES",
        callback=lambda paths: [there(path) for path in paths],
        help="Tables of Raven, Audacity, Kaleidoscope or others, or folders of them.",
    ),
]
Recordings = Annotated[
    list[Place] | None,
    typer.Option(
        "--recordings",
        metavar="PATH",
        parser=place,
        help="The recordings, a file or a folder. Repeatable.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=COLUMN",
        help="What a column is called: start=Onset; also fname, end, duration, label, score, low, "
        "high. Repeatable.",
    ),
]
Label = Annotated[
    str | None, typer.Option(help="The label of annotations that have none, for tables without.")
]


@app.command()
def annotations(
    path: Tables,
    recordings: Recordings = None,
    columns: Columns = None,
    label: Label = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write them: .csv, .parquet, .txt (Audacity), .selections.txt (Raven), or a "
            "folder."
        ),
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="csv, parquet, audacity, raven or kaleidoscope.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first row that cannot be right.")
    ] = False,
    overwrite: Overwrite = False,
    partial: Partial = False,
    as_json: Json = False,
) -> None:
    """Read annotations of recordings, count and convert them."""
    import hearingai

    from ..events.writing import check_writable

    if out is not None:
        check_writable(out, format=format, overwrite=overwrite)
    with stdout_for_answers():
        table = _read(path, recordings, columns, label, partial, strict)
        if out is not None:
            kind = cast("EventFormat | None", format)
            hearingai.write_events(table, out, format=kind, overwrite=overwrite)
    counts = hearingai.label_counts(table)
    if as_json:
        answer = {"n": len(table), "labels": counts.to_dict("records")}
        return print_json(answer | {"annotations": table.to_dict("records")})
    print_table(counts, None)
    written = "" if out is None else f" Wrote {out}."
    return print_line(
        f"{len(table)} annotations of {table['fname'].nunique()} recordings.{written}"
    )


@app.command("annotated-clips")
def clips_from_annotations(
    recordings: Annotated[
        Place,
        typer.Argument(
            metavar="RECORDINGS",
            parser=place,
            callback=there,
            help="A folder of recordings, or a CSV with fname.",
        ),
    ],
    annotations: Tables,
    out: Annotated[Path, typer.Option(help="The CSV of clips to write, for `train` and others.")],
    window: Annotated[float, typer.Option(help="Length of a clip, seconds.")],
    hop: Annotated[
        float | None, typer.Option(help="Seconds from one to the next; default: a window.")
    ] = None,
    min_overlap: Annotated[
        float, typer.Option(help="Share that must overlap for a clip to have a label.")
    ] = 0.25,
    negative_overlap: Annotated[
        float,
        typer.Option(help="Share up to which a clip still has none of a label: 0.5, half a word."),
    ] = 0.0,
    of: Annotated[str, typer.Option(help="Of what: annotation or window.")] = "annotation",
    negatives: Annotated[
        str,
        typer.Option(
            help="Clips without a label: unannotated (all), annotated (as empty), or how many "
            "for each with one: 2."
        ),
    ] = "unannotated",
    labels: Annotated[
        str | None,
        typer.Option(
            help="Labels to keep: a,b; or to rename: old=new,old2=new,doubtful=; or a CSV with "
            "label,new."
        ),
    ] = None,
    empty: Annotated[
        str, typer.Option(help="Labels which say that nothing is there.")
    ] = "background,silence",
    one_label: Annotated[
        bool, typer.Option("--one-label", help="One class a clip, for classifiers of one label.")
    ] = False,
    columns: Columns = None,
    label: Label = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
    partial: Partial = False,
    as_json: Json = False,
) -> None:
    """Make clips to train on of annotated recordings."""
    import hearingai

    from ..runtime.files import writable_table, write_table

    writable_table(out, overwrite)
    with stdout_for_answers():
        sound: Any = recordings_from(recordings) if is_table(recordings) else recordings
        marks = _read(annotations, sound, columns, label, partial)
        clips = hearingai.clips_from_annotations(
            sound,
            marks,
            window,
            hop,
            min_overlap=min_overlap,
            negative_overlap=negative_overlap,
            of=cast(Any, of),
            negatives=_negatives(negatives),
            labels=_labels(labels),
            empty=parts_from(empty),
            one_label=one_label,
            seed=seed,
            partial=partial,
        )
    counts = hearingai.label_counts(clips)
    write_table(_placed(clips), out, overwrite)
    if as_json:
        record = {"out": str(out), "n": len(clips), "labels": counts.to_dict("records")}
        return print_json(record)
    print_table(counts, None)
    return print_line(f"{len(clips)} clips. Wrote {out}.")


@app.command("cut-events")
def cut_events(
    events: Annotated[
        Path,
        typer.Argument(
            metavar="EVENTS", callback=there, help="A table of events or annotations, or a folder."
        ),
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the clips.")],
    recordings: Recordings = None,
    by: Annotated[
        str, typer.Option(help="What N counts: each label, or each label and bin of its score.")
    ] = "label",
    n: Annotated[int | None, typer.Option(help="How many to draw of each; default: all.")] = None,
    bins: Annotated[
        str, typer.Option(help="Bins of scores from 0 to 1, or their edges: 0,0.5,0.8,1.")
    ] = "10",
    context: Annotated[float, typer.Option(help="Seconds before and after an event.")] = 0.0,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Draw the spectrogram of each clip.")
    ] = False,
    seed: Seed = None,
    overwrite: Overwrite = False,
    partial: Partial = False,
    as_json: Json = False,
) -> None:
    """Cut events out of recordings, a file each."""
    import hearingai

    edges = numbers_from("bins", bins)
    with stdout_for_answers():
        table = hearingai.cut_events(
            _read([events], recordings, None, None, partial),
            folder,
            by=cast(Any, by),
            n=n,
            bins=int(edges[0]) if len(edges) == 1 else edges,
            context=context,
            pictures=pictures,
            seed=seed,
            overwrite=overwrite,
            partial=partial,
        )
    if as_json:
        return print_json({"folder": str(folder), "clips": table.to_dict("records")})
    print_table(hearingai.label_counts(table), None)
    return print_line(f"{len(table)} clips in {folder}.")


def _read(
    paths: list[Path],
    recordings: Any,
    columns: list[str] | None,
    label: str | None,
    partial: bool,
    strict: bool = False,
) -> "pd.DataFrame":
    import hearingai

    named = dict(_pair("columns", text) for text in columns or ())
    return hearingai.read_annotations(
        paths,
        recordings or None if isinstance(recordings, list) else recordings,
        columns=named,
        label=label,
        on_error="raise" if strict else "report",
        partial=partial,
    )


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise HearingAIError(f"`{option}` must be NAME=VALUE. Received: {text!r}")
    return name.strip(), value.strip()


def _negatives(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _labels(text: str | None) -> Any:
    """Labels to keep, names old and new, or a table of these."""
    if text is None or "=" not in text:
        if text is not None and is_table(Path(text)):
            return recordings_from(Path(text))
        return list_from(text)
    pairs = (_pair("labels", part) for part in parts_from(text))
    return {old: new or None for old, new in pairs}


def _placed(clips: "pd.DataFrame") -> "pd.DataFrame":
    """A table of clips whose paths do not depend on where its file lies."""
    from ..tables.clip_table import names_of

    placed = (address_of(fname) or Path(fname).absolute() for fname in clips["fname"])
    return clips.assign(fname=names_of(placed))
