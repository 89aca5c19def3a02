"""Options that several functions take: declared once, documented in each of them.

A group of options is a `TypedDict` whose entries carry an `Option`, as here:

    class EventOptions(TypedDict, total=False):
        hop: Annotated[float | None, Option(None, "Seconds from window to window.")]

A function that takes it says `**options: Unpack[EventOptions]`, which type checkers and editors
read. `@shared_options` does the rest: the signature and the help show every option, options that
are not given have their defaults, and a misspelt name is an error that suggests the right one.
"""

import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, TypeVar, cast, get_type_hints

from ..errors import HearingAIError
from .argument_names import meant_argument

# The texts that `{device}` and the like stand for in docstrings of functions with
# `@shared_options`.
TEXTS = {
    "device": '`"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.',
    "training_device": '`"cpu"`, `"gpu"`, or `"auto"`, the GPU where there is one; `"gpus"` shares '
    "each batch out over all GPUs of the machine, with the backend jax.",
    "runtime": 'What computes the network of an `AudioClassifier`: `None` or `"keras"`; `"onnx"` '
    '(the extra `onnx`) or `"litert"` (the extra `litert`), whose answers are the same within '
    '1e-5; or `"auto"`, the fastest of those that are installed, as measured once and noted in the '
    "cache: of fewer than 5,000 clips it stays with Keras, and a run in a folder is to name one. "
    'The front end stays that of Keras. Tables tell in `attrs["runtime"]` which it was.',
    "on_error": '`"report"` names what cannot be read and goes on; `"raise"` stops at the first.',
    "partial": "Read what is there of recordings that are truncated or damaged; a warning names "
    "them, and says how much is there. Otherwise they cannot be read.",
    "progress": "Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a "
    "function of `(done, total, text)`.",
    "sample_rate": "Rate of the sound, Hz, where sound itself is given; `None` means the "
    "classifier's own. Files have theirs.",
    "deterministic": "Make equal seeds give equal weights to the last bit, from Python and R "
    "alike, at some cost in speed.",
    "checkpoint": "A `.keras` file to save the state to after every epoch. A training that finds "
    "it there, with the same clips, seed and settings, resumes that one and ends with the weights "
    "of an uninterrupted one.",
    "precision": 'What the network computes in: `"float32"`; `"bfloat16"`, with the weights, the '
    'front end and the probabilities still in float32; or `"auto"`, bfloat16 where the processor '
    "or the GPU supports it. Predictions are computed in float32 either way.",
    "store": "A folder to store the decoded clips in, see `prepare`; `None` stores more than 64 "
    "MiB of clips in the user's cache and decodes fewer in memory; `False` stores none.",
    "body": "A `Body` or its name, see `list_bodies`, for a recipe with one, such as `head`; "
    "`None` takes the recipe's.",
    "duration": "Length that every recording is fitted to, seconds; `None` takes the recipe's, or "
    "of a recipe with a body that body's.",
    "background": "Recordings in which none of the classes occurs, for a class `background` beside "
    "them: a folder, a list of files, or a table with `fname` (and `start` and `end`, seconds). "
    "Clips are cut from them at random places, as many as the mean class has. No recording is on "
    "both sides of a split.",
    "engine": 'Who the workers are: `"processes"` of this machine; or `"ray"`, those of a cluster '
    "of Ray, or without one of this machine (needs the extra `ray`). Its machines must see the "
    "recordings and the folder of a run by the paths they have here, and have the same hearingai.",
    "address": 'The cluster of Ray: `"auto"` for the one that this machine is part of, '
    '`"ray://host:10001"` or `"host:6379"`. `None` takes that which this session is connected to, '
    "else that of `RAY_ADDRESS`, else starts Ray on this machine as long as the call lasts.",
    "gpus_per_worker": "GPUs that each worker on Ray has; 0.25 lets four share one. With 0 they "
    "compute on the CPU.",
    "callbacks": "Keras callbacks, or functions of `(epoch, logs)` that are called after each "
    "epoch, one or a list: `epoch` counts from 0, as in Keras, also when resumed; `logs` "
    "is a dict of `loss`, `accuracy` and, with validation clips, `val_loss` and `val_accuracy`. A "
    "callback's `model` is the classifier: `model.save(path)` saves it as it is, "
    "`model.stop_training = True` ends the training after the epoch or step. An error raised by a "
    "callback ends it too. On a GPU several steps run between two calls of `on_train_batch_end`.",
}

_WIDTH = 96  # `help` indents it by four
_ENTRY = re.compile(r"^    (\**\w+): (.*(?:\n        .*)*)", re.MULTILINE)
_Group = TypeVar("_Group")
_Target = TypeVar("_Target", bound=Callable[..., Any])


@dataclass(frozen=True)
class Option:
    """One option of a group.

    Attributes:
        default: The value if it is not given.
        text: Its description, as it stands in the help of every function that takes it.
    """

    default: Any
    text: str


def shared_options(target: _Target) -> _Target:
    """Show the shared options of a function or a class in its signature and its help.

    In the docstring's `Args:`, the entry `**options` becomes one entry per option, and `{name}`
    becomes the text that `TEXTS` has for it. Keyword-only arguments stand in the signature in the
    order of the docstring.

    Args:
        target: A function, or a class whose `__init__` takes the options.

    Returns:
        The function or the class.
    """
    function = vars(target)["__init__"] if isinstance(target, type) else target
    group = _group_of(function)
    target.__doc__ = _described(target.__doc__ or "", group)
    if group is None:
        return target
    taking = _taking(function, group, _documented(target.__doc__))
    if not isinstance(target, type):
        return cast(_Target, taking)
    setattr(target, "__init__", taking)  # noqa: B010  (mypy takes no assignment to a method)
    return target


def defaults(group: type) -> dict[str, Any]:
    """The defaults of a group's options, by name."""
    return {name: option.default for name, (_, option) in _options_of(group).items()}


def pick(group: type[_Group], options: Mapping[str, Any]) -> _Group:
    """The options of a group among others; with defaults for those not given."""
    picked = {name: options.get(name, default) for name, default in defaults(group).items()}
    return cast(_Group, picked)


def _group_of(function: Callable) -> type | None:
    """The group of options that a function takes, if any."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is Parameter.VAR_KEYWORD and hasattr(parameter.annotation, "__args__"):
            return parameter.annotation.__args__[0]
    return None


def _options_of(group: type) -> dict[str, tuple[Any, Option]]:
    """The type and the `Option` of each entry of a group."""
    hints = get_type_hints(group, include_extras=True)
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in hints.items()}


def _taking(function: Callable, group: type, order: list[str]) -> Callable:
    """The function, with its options checked by name and filled with their defaults."""
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    own += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=option.default, annotation=kind)
        for name, (kind, option) in _options_of(group).items()
    ]
    places = {name: place for place, name in enumerate(order)}
    last = len(places)
    own.sort(key=lambda p: places.get(p.name, last) if p.kind is Parameter.KEYWORD_ONLY else -1)
    known, filled = {p.name for p in own}, defaults(group)

    @functools.wraps(function)
    def taking(*args, **given):
        for name in given.keys() - known:
            near = meant_argument(name, known)
            meant = f" Did you mean `{near}`?" if near else ""
            raise HearingAIError(f"there is no argument `{name}`.{meant}")
        return function(*args, **filled | given)

    taking.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]
    return taking


def _described(text: str, group: type | None) -> str:
    """A docstring with the descriptions of the shared options."""
    before, title, rest = inspect.cleandoc(text).partition("\nArgs:\n")
    section, gap, after = rest.partition("\n\n")
    options = {} if group is None else _options_of(group)

    def describe(entry: re.Match) -> str:
        name, told = entry.groups()
        if name.startswith("**") and options:
            return "\n".join(_entry(n, option.text) for n, (_, option) in options.items())
        full = re.sub(r"\{(\w+)\}", lambda m: TEXTS.get(m[1], m[0]), told)
        return entry[0] if full == told else _entry(name, full)

    return before + title + _ENTRY.sub(describe, section) + gap + after


def _documented(text: str) -> list[str]:
    """The names of the arguments, in the order of the docstring."""
    section = text.partition("\nArgs:\n")[2].partition("\n\n")[0]
    return [entry[1] for entry in _ENTRY.finditer(section)]


def _entry(name: str, text: str) -> str:
    return textwrap.fill(
        " ".join(f"{name}: {text}".split()),
        _WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
