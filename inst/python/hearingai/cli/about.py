"""Info, recipes, bodies, pretrained, demo."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import readable
from .console import print_json, print_line, print_rows, print_table, say, stdout_for_answers
from .options import Json, OptionalModel, is_exported, open_trained, there, trained_file
from .root import app
from .texts import parts_from

_LONG = 80  # characters of a line; a longer dict is shown an entry a line


@app.command()
def info(
    model: OptionalModel = None,
    as_json: Json = False,
) -> None:
    """Describe this installation, or a saved classifier."""
    import hearingai

    with stdout_for_answers():
        facts = hearingai.info() if model is None else _facts(model)
    if as_json:
        return print_json(facts)
    facts = {readable(name): value for name, value in facts.items() if name != "history"}
    width = max(map(len, facts))
    for name, value in facts.items():
        told = _text(value)
        if isinstance(value, dict) and len(told) > _LONG:
            parts = [f"{readable(part)} {_text(v)}" for part, v in value.items() if v is not None]
            told = ("\n" + " " * (width + 2)).join(parts)
        print_line(f"{name:<{width}}  {told}")
    return None


def _facts(model: str) -> dict[str, Any]:
    """What a classifier tells, of its file if that says it all: Keras takes seconds to start."""
    import hearingai

    from ..classifier.description import file_info

    if is_exported(model):
        return hearingai.load_exported(model).description
    return file_info(trained_file(model)) or hearingai.classifier_info(open_trained(model))


def _text(value: Any) -> str:
    """A value as text: the items of a dict or a list, numbers to six digits."""
    if isinstance(value, dict):
        parts = [
            f"{readable(name)} {_text(part)}" for name, part in value.items() if part is not None
        ]
    elif isinstance(value, list):
        parts = [_text(part) for part in value]
    else:
        parts = [f"{value:.6g}" if isinstance(value, float) else readable(value)]
    return "-" if value is None else ", ".join(parts) or "-"


@app.command()
def recipes(as_json: Json = False) -> None:
    """List the recipes."""
    from ..recipes.registry import recipe_rows

    _answer(recipe_rows(), as_json)


@app.command()
def bodies(as_json: Json = False) -> None:
    """List the pretrained bodies that have a name."""
    from ..bodies.registry import body_rows

    with stdout_for_answers():
        rows = body_rows()
    _answer(rows, as_json)


@app.command("body-info")
def body_info(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", callback=there, help="An ONNX or LiteRT file, or a SavedModel's folder."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Show what a network in a file takes and gives."""
    import hearingai

    with stdout_for_answers():
        table = hearingai.body_info(file)
    return print_json(table.to_dict("records")) if as_json else print_table(table, None)


@app.command()
def pretrained(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Print the model card of this one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the classifiers in the package, or tell about one.

    Commands that take a classifier take their names: `hearingai predict ten-words FILES`.
    """
    import hearingai

    from ..classifier.pretrained import pretrained_rows

    if name is None:
        return _answer(pretrained_rows(), as_json)
    card = hearingai.model_card(name)
    return print_json({"name": name, "card": card}) if as_json else print_line(card.rstrip())


def _answer(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows: a table of pandas would take longer to start than all the rest."""
    return print_json(rows) if as_json else print_rows(rows[0], map(dict.values, rows), None)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("hearingai-demo"),
    words: Annotated[str, typer.Option(help="The words to synthesise: a,b,c.")] = (
        "yes,no,up,down,left,right"
    ),
    n: Annotated[int, typer.Option(help="Clips a word.")] = 100,
    epochs: Annotated[int, typer.Option(help="Passes over the clips.")] = 20,
    seed: Annotated[int, typer.Option(help="Seeds all random choices.")] = 1,
    as_json: Json = False,
) -> None:
    """Train on synthesised words, predict, and draw plots."""
    from .demo import run

    with stdout_for_answers():
        result = run(out, parts_from(words), n=n, epochs=epochs, seed=seed, say=say)
    return (
        print_json(result) if as_json else print_line(f"Classifier and plots: {result['folder']}")
    )
