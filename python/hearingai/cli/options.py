"""Arguments that several commands share, and how their text is read."""

from pathlib import Path
from typing import Annotated

import typer

from .._recipe_names import RECIPE_NAMES
from ..errors import HearingAIError
from ..runtime.arguments import choose


def _there(path: Path):
    """A file or folder that exists: told before anything that takes seconds to load."""
    if path is not None and not path.expanduser().exists():
        raise HearingAIError(f"`{path}` does not exist")
    return path


def _recipe(name: str):
    return choose("recipe", name, RECIPE_NAMES)


Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        callback=_there,
        help="A folder of recordings or embeddings, or a CSV with fname, class.",
    ),
]
Model = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL", callback=_there, help="A classifier saved as .keras, or an exported one."
    ),
]
Trained = Annotated[
    Path, typer.Argument(metavar="MODEL", callback=_there, help="A classifier saved as .keras.")
]
Kind = Annotated[
    str, typer.Option("--data", "--kind", help="What DATA is, if in doubt: esc50, folder, ...")
]
Target = Annotated[str, typer.Option(help="AudioSet: the sound looked for, such as Speech.")]
RecipeName = Annotated[
    str, typer.Option("--recipe", callback=_recipe, help="See `hearingai recipes`.")
]
Network = Annotated[str, typer.Option(help="Another network than the recipe's.")]
Options = Annotated[
    list[str],
    typer.Option(
        "--option", metavar="NAME=VALUE", help="An argument of the network: units=32. Repeatable."
    ),
]
Augment = Annotated[
    str, typer.Option(help="Augmentations: mixup,gain; `none` for none; default: the recipe's.")
]
Epochs = Annotated[int, typer.Option(help="Passes over the data; default: the recipe's.")]
BatchSize = Annotated[int, typer.Option(help="Clips a step; default: the recipe's.")]
Optimizer = Annotated[str, typer.Option(help="A Keras optimizer, such as Adam.")]
LearningRate = Annotated[float, typer.Option(help="The optimizer's learning rate.")]
Clipnorm = Annotated[float, typer.Option(help="Largest norm of a gradient.")]
Balanced = Annotated[bool, typer.Option("--balanced", help="Weigh rare classes up.")]
Patience = Annotated[int, typer.Option(help="Epochs without a gain before training stops.")]
Seed = Annotated[int, typer.Option(help="Decides everything that is drawn.")]
Deterministic = Annotated[
    bool, typer.Option("--deterministic", help="Equal seeds give equal weights, bit for bit.")
]
Precision = Annotated[
    str, typer.Option(help="What the network computes in: auto, float32 or bfloat16.")
]
Device = Annotated[str, typer.Option(help="Where to compute: auto, cpu or gpu.")]
Store = Annotated[
    str,
    typer.Option(
        help="Folder for the decoded clips; `none` keeps none; default: the user's cache, for "
        "those of more than 64 MiB."
    ),
]
Words = Annotated[str, typer.Option(help="Keep these classes: a,b,c.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def open_model(path):
    """A saved classifier, or an exported one: a .onnx or .tflite file, or a folder."""
    import hearingai

    exported = path.is_dir() or path.suffix in (".onnx", ".tflite")
    return hearingai.load_exported(path) if exported else hearingai.load_classifier(path)


def recipe_from(name, network, options):
    """The recipe, with another network and its arguments if wished."""
    from hearingai import get_recipe  # starts Keras quietly

    setup = get_recipe(name) if network is None else get_recipe(name, network=network)
    given = dict(_setting(text) for text in options or ())
    return get_recipe(setup, network_options=setup.network_options | given)


def _setting(text):
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise HearingAIError(f"`{text}` must be NAME=VALUE")
    return name.strip(), _value(value)


def values_from(text):
    """`name=a,b,c` as a list of values, `name=low..high` or `name=low..high:log` as a range."""
    name, equals, values = text.partition("=")
    if not equals or not name:
        raise HearingAIError(f"`{text}` must be NAME=VALUE,VALUE or NAME=LOW..HIGH")
    low, dots, high = values.partition("..")
    if dots:
        high, _, log = high.partition(":")
        if log not in ("", "log"):
            raise HearingAIError(f"`{text}` must be NAME=LOW..HIGH or NAME=LOW..HIGH:log")
        bounds = {"low": _value(low), "high": _value(high)}
        return name, bounds | {"log": True} if log else bounds
    return name, [_value(v) for v in values.split(",")]


def _value(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"true": True, "false": False}.get(text.strip().lower(), text.strip())


def share_from(validation):
    """A share to validate on: 0 is none, `fold` stays as it is."""
    if validation in (None, "fold"):
        return validation
    try:
        return False if float(validation) == 0 else float(validation)
    except ValueError:
        raise HearingAIError(
            f"`validation` must be fold, a share or 0. Received: {validation!r}"
        ) from None


def augmentations_from(text):
    """Names of augmentations; `none` is an empty list, nothing is the recipe's."""
    return None if text is None else [] if text == "none" else list_from(text)


def store_from(text):
    """Where decoded clips are kept; `none` is nowhere."""
    return False if text == "none" else text


def list_from(words):
    """The parts of `a,b,c`."""
    return None if words is None else [w.strip() for w in words.split(",") if w.strip()]
