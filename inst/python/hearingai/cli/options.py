"""Arguments that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import HearingAIError
from ..runtime.addresses import address_of
from ..runtime.arguments import choose
from .texts import setting_from

if TYPE_CHECKING:
    from .._typing import Device as DeviceName
    from .._typing import Runtime as RuntimeName
    from .._typing import TrainingDevice as TrainingDeviceName
    from ..bodies.body import Body
    from ..classifier.model import AudioClassifier
    from ..recipes.recipe import Recipe
else:  # text for the shell; the core checks it
    DeviceName = TrainingDeviceName = RuntimeName = str


def place(text: str) -> str:
    """A path, or an address as it is: pathlib drops its last slash, and makes one slash of two."""
    return address_of(text) or str(Path(text))


class Place(str):
    """The type of such arguments for the help, which shows its name; values are text."""


Place.__name__ = "path"


def there(path: Any) -> Any:
    """A file or folder that exists, checked before anything that takes seconds to load."""
    if path is not None and address_of(path) is None and not Path(path).expanduser().exists():
        raise HearingAIError(f"`{path}` does not exist")
    return path


def _there_or_named(path: Any) -> Any:
    return there_or_named(path)  # typer gives a callback's further arguments things of its own


def there_or_named(path: Any, bodies: bool = False) -> Any:
    """A file or folder that exists, an address, or a classifier's name in the package."""
    from ..bodies.registry import FACTS
    from ..classifier.pretrained import pretrained_names

    known = path is None or Path(path).expanduser().exists() or address_of(path) is not None
    if known or path in pretrained_names():
        return path
    more = f"; bodies are: {', '.join(FACTS)}" if bodies else ""
    raise HearingAIError(
        f"`{path}` does not exist. In the package are: {', '.join(pretrained_names())}{more}"
    )


def _recipe(name: str) -> str:
    from ..recipes.registry import RECIPES

    return choose("recipe", name, tuple(RECIPES))


Data = Annotated[
    Place,
    typer.Argument(
        metavar="DATA",
        parser=place,
        callback=there,
        help="A folder of recordings or embeddings, or a CSV with fname, class (or labels: a;b).",
    ),
]
_MODEL = typer.Argument(
    metavar="MODEL",
    parser=place,
    callback=_there_or_named,
    help="A classifier saved as .keras, hf://owner/name, an exported one, or one in the package.",
)
Model = Annotated[Place, _MODEL]


def _folder(out: str | None) -> str | None:
    if out is not None and (Path(out).is_file() or out.endswith((".csv", ".parquet", ".json"))):
        raise HearingAIError(f"`out` must be a folder, of a run. Received: {out}")
    return out


RunOut = Annotated[
    Place | None,
    typer.Option(
        "--out",
        parser=place,
        callback=_folder,
        help="Folder for the run: shards that are done stay, and the next call goes on.",
    ),
]
OptionalModel = Annotated[Place | None, _MODEL]
Trained = Annotated[
    Place,
    typer.Argument(
        metavar="MODEL",
        parser=place,
        callback=_there_or_named,
        help="A classifier saved as .keras, hf://owner/name, or one in the package: ten-words.",
    ),
]
Kind = Annotated[
    str | None,
    typer.Option("--data", "--kind", help="What DATA is, if in doubt: esc50, folder, ..."),
]
Target = Annotated[
    str | None,
    typer.Option(help="AudioSet: the positive class, such as Speech; default: all labels."),
]
Task = Annotated[
    str | None, typer.Option(help="Speech Commands: 12, 30 or 35 classes, as published.")
]
Background = Annotated[
    Place | None,
    typer.Option(
        parser=place,
        callback=there,
        help="A folder of recordings with none of the classes, for a class `background`.",
    ),
]
RecipeName = Annotated[
    str, typer.Option("--recipe", callback=_recipe, help="See `hearingai recipes`.")
]
Network = Annotated[str | None, typer.Option(help="Another network than the recipe's.")]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option", metavar="NAME=VALUE", help="An argument of the network: units=32. Repeatable."
    ),
]
BodyName = Annotated[
    str | None,
    typer.Option(
        "--body",
        metavar="NAME|FILE",
        help="Another body for recipes with one, such as head: a name, see `hearingai bodies`, or "
        "an ONNX or LiteRT file.",
    ),
]
Duration = Annotated[
    float | None, typer.Option(help="Length of a clip, seconds; default: the recipe's or body's.")
]
BodyRate = Annotated[
    int | None, typer.Option(help="Rate of the sound that a body in a file takes, Hz.")
]
BodyLicence = Annotated[
    str | None,
    typer.Option(help="Licence of a body in a file; unknown, its weights are not exported."),
]
Augment = Annotated[
    str | None,
    typer.Option(help="Augmentations: mixup,gain; `none` for none; default: the recipe's."),
]
AugmentOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--augment-option",
        metavar="AUGMENTATION.NAME=VALUE",
        help="An argument of one in --augment: gain.gain_db=-6..6, background_noise.noise=FOLDER. "
        "Repeatable.",
    ),
]
Copies = Annotated[
    int | None,
    typer.Option(
        help="Augmented copies of each clip, made before training, for a body or a teacher."
    ),
]
Epochs = Annotated[int | None, typer.Option(help="Passes over the data; default: the recipe's.")]
Patience = Annotated[
    int | None, typer.Option(help="Epochs without improvement before training stops.")
]
Seed = Annotated[int | None, typer.Option(help="Seeds all random choices.")]
Device = Annotated[DeviceName, typer.Option(help="Where to compute: auto, cpu or gpu.")]
Runtime = Annotated[
    RuntimeName | None,
    typer.Option(
        help="What computes the network: keras, onnx, litert, or auto, the fastest here; "
        "default: keras."
    ),
]
TrainingDevice = Annotated[
    TrainingDeviceName,
    typer.Option(help="Where to compute: auto, cpu, gpu, or gpus, all of them, with jax."),
]
Partial = Annotated[
    bool,
    typer.Option(
        "--partial", help="Read what is there of recordings that are truncated or damaged."
    ),
]
Words = Annotated[str | None, typer.Option(help="Keep these classes: a,b,c.")]
NewModel = Annotated[Path, typer.Option(help="Where to save the new classifier: a .keras file.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")]
Checkpoint = Annotated[
    Path | None, typer.Option(help="A .keras file for the state; an interrupted run resumes.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def open_model(path: str) -> Any:
    """An exported classifier, a .onnx or .tflite file or a folder; else as `open_trained`."""
    import hearingai

    return hearingai.load_exported(path) if is_exported(path) else open_trained(path)


def is_exported(path: str) -> bool:
    """Whether a path is that of an exported classifier, by its ending or as a folder."""
    return Path(path).is_dir() or path.endswith((".onnx", ".tflite"))


def is_body(name: str) -> bool:
    """Whether a text names a body, not a file that is there."""
    from ..bodies.registry import FACTS

    return name in FACTS and not Path(name).exists()


def open_trained(path: str) -> "AudioClassifier":
    """A saved classifier, or one in the package by its name; a file of that name is preferred."""
    import hearingai

    return hearingai.load_classifier(trained_file(path))


def trained_file(path: str) -> str:
    """The file of a saved classifier, or of one in the package."""
    from ..classifier.pretrained import pretrained_file, pretrained_names

    ours = path in pretrained_names() and not Path(path).exists()
    return str(pretrained_file(path)) if ours else path


def body_from(body: str, rate: int | None, licence: str | None = None) -> "Body":
    """The body of a name, or in a file: where no rate is needed, a name is meant."""
    import hearingai

    from ..bodies.registry import body_from as named

    if rate is not None:
        return hearingai.open_body(body, sample_rate=rate, licence=licence)
    if licence is not None:
        raise HearingAIError("`body_licence` is for a body in a file, with `body_rate`")
    if Path(body).exists():
        raise HearingAIError(f"`body_rate` must be given: `{body}` does not say what rate it takes")
    return named(body)


def recipe_from(
    name: str,
    network: str | None,
    options: list[str] | None,
    body: str | None = None,
    body_rate: int | None = None,
    body_licence: str | None = None,
    duration: float | None = None,
    copies: int | None = None,
) -> "Recipe":
    """The recipe, optionally with another body, network, length or copies of its clips."""
    from hearingai import get_recipe

    named = {"network": network, "duration": duration, "copies": copies}
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if body is not None:
        changes["body"] = body_from(body, body_rate, body_licence)
    elif body_rate is not None or body_licence is not None:
        alone = "body_licence" if body_rate is None else "body_rate"
        raise HearingAIError(f"`{alone}` is for the file that `body` names")
    recipe = get_recipe(name, **changes)
    given = dict(setting_from(text) for text in options or ())
    return get_recipe(recipe, network_options=recipe.network_options | given)
