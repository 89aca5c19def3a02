"""Card, push."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import HearingAIError
from .console import print_json, print_line, stdout_for_answers
from .groups import grouped
from .models import marked
from .options import Device, Json, Kind, Place, Trained, open_trained, place, there
from .root import app

if TYPE_CHECKING:
    from ..inference.scoring import Evaluation

_FORMATS = {".md": "markdown", ".html": "html"}
Measured = Annotated[
    Place | None,
    typer.Argument(
        metavar="[DATA]",
        parser=place,
        callback=there,
        help="Clips to measure it on: a folder, or a CSV with fname, class.",
    ),
]
Split = Annotated[
    str | None, typer.Option(help="Measure on the train, validation or test clips of DATA only.")
]


@dataclass(frozen=True)
class Words:
    """What a card says beside what the file does."""

    title: Annotated[str | None, typer.Option(help="The heading.")] = None
    about: Annotated[
        str | None, typer.Option(help="What it is for: text in Markdown, or a file NAME.md.")
    ] = None
    limits: Annotated[
        str | None, typer.Option(help="What it cannot do: text in Markdown, or a file NAME.md.")
    ] = None
    licence: Annotated[
        str | None, typer.Option(help="The licence that others get it under: CC BY 4.0.")
    ] = None

    def options(self) -> dict[str, str | None]:
        """What the functions of the package take."""
        told = {"about": _text(self.about), "limits": _text(self.limits)}
        return told | {"title": self.title, "licence": self.licence}


@app.command()
@grouped
def card(
    model: Trained,
    data: Measured = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="The card: NAME.md or NAME.html; default: print it.")
    ] = None,
    split: Split = None,
    words: Words,
    device: Device = "auto",
    kind: Kind = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
    as_json: Json = False,
) -> None:
    """Write the model card of a classifier.

    It tells what the file says of itself, its training and its licence; with DATA also how well it
    does there. The card of a classifier in the package, such as ten-words, is part of it.
    """
    import hearingai
    from hearingai.runtime.files import writable, written

    if out is not None and out.suffix not in _FORMATS:
        raise HearingAIError(f"`out` must end in .md or .html. Received: {out}")
    if out is not None:
        writable(out, overwrite)
    format: Any = "markdown" if out is None else _FORMATS[out.suffix]
    with stdout_for_answers():
        evaluation = _evaluation(model, data, split, kind, device)
        text = hearingai.model_card(model, evaluation, format=format, **words.options())
    if out is not None:
        with written(out) as partial:
            partial.write_text(text, encoding="utf-8")
    if as_json:
        return print_json({"out": None if out is None else str(out), "card": text})
    return print_line(text.rstrip() if out is None else f"Saved {out}.")


@app.command()
@grouped
def push(
    model: Trained,
    repository: Annotated[
        str, typer.Argument(metavar="REPOSITORY", help="Where to on the Hub: owner/name.")
    ],
    data: Measured = None,
    *,
    split: Split = None,
    words: Words,
    private: Annotated[
        bool, typer.Option("--private", help="Make a new repository a private one.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the files that are there.")
    ] = False,
    device: Device = "auto",
    kind: Kind = None,
    as_json: Json = False,
) -> None:
    """Publish a classifier on the Hugging Face Hub.

    Its model card goes with it. The Hub is that of HF_ENDPOINT, your token that of HF_TOKEN or `hf
    auth login`. Commands that take a classifier then take hf://owner/name.
    """
    import hearingai

    with stdout_for_answers():
        classifier = open_trained(model)
        evaluation = _evaluation(model, data, split, kind, device)
        address = hearingai.push_to_hub(
            classifier,
            repository,
            evaluation,
            private=private,
            overwrite=overwrite,
            **words.options(),
        )
    if as_json:
        return print_json({"repository": repository, "address": address})
    return print_line(f"Published {address}.")


def _evaluation(
    model: str, data: str | None, split: str | None, kind: str | None, device: Any
) -> "Evaluation | None":
    import hearingai

    if data is None:
        return None
    clips = hearingai.load_clips(data, kind=kind)
    clips = clips if split is None else marked(clips, split)
    return hearingai.evaluate(open_trained(model), clips, device=device)


def _text(given: str | None) -> str | None:
    """The text itself, or that in a file of Markdown."""
    if given is None or not given.endswith(".md") or not Path(given).is_file():
        return given
    return Path(given).read_text(encoding="utf-8")
