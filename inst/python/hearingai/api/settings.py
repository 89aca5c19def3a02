"""The checked arguments of the API, and what clients may change for one request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from starlette.datastructures import QueryParams

from .._typing import Device
from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..runtime.argument_names import meant_argument
from ..runtime.arguments import flag, name_list, positive
from ..runtime.shared_options import pick

LISTS = ("labels", "ignore")
LEVELS = ("threshold", "low")
FLAGS = ("partial", "unknown")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True)
class Settings:
    """The checked arguments of `serve_api`.

    Attributes:
        classifier: The classifier.
        options: The options of events, for requests that do not name them.
        device: Where to compute.
        max_bytes: Largest recording.
        max_seconds: Longest recording.
        timeout: Seconds that a request may take.
        places: How many requests may upload, wait and compute at once.
        urls: Whether clients may name addresses of recordings.
        names: Further names of the server.
    """

    classifier: Classifier
    options: EventOptions
    device: Device
    max_bytes: int
    max_seconds: float
    timeout: float
    places: int
    urls: bool
    names: tuple[str, ...]


def api_settings(
    classifier: Classifier,
    options: EventOptions,
    *,
    device: Device = "auto",
    max_mb: float = 200,
    max_hours: float = 24.0,
    timeout: float = 600.0,
    places: int = 8,
    allow_urls: bool = False,
    names: str | Sequence[str] | None = None,
) -> Settings:
    """Check the arguments of `serve_api`."""
    check_classifier(classifier)
    grid_and_rules(classifier, options)
    with classifier.on_device(device):
        return Settings(
            classifier,
            options,
            device,
            int(positive("max_mb", max_mb) * 10**6),
            positive("max_hours", max_hours) * 3600,
            positive("timeout", timeout),
            positive("places", places, whole=True),
            flag("allow_urls", allow_urls),
            () if names is None else tuple(name_list("names", names)),
        )


def asked(query: QueryParams, known: Iterable[str]) -> dict[str, Any]:
    """What the query of a request asks for, by name.

    Lists are given by several of a name, levels of labels as `label=number`.

    Args:
        query: The query.
        known: The names it may have.

    Raises:
        HearingAIError: There is another name, one twice, or a value of another kind.
    """
    known = list(known)
    for name in query:
        if name not in known:
            near = meant_argument(name, known)
            hint = f"did you mean `{near}`?" if near else f"it may have {', '.join(known)}"
            raise HearingAIError(f"the query cannot have `{name[:40]}`; {hint}")
    return {name: _value(name, query.getlist(name)) for name in query}


def event_options(settings: Settings, given: dict[str, Any]) -> EventOptions:
    """The options of events of a request: its own, else those of the server.

    A threshold of the request takes its own `low`, as where the server has none.
    """
    own = pick(EventOptions, settings.options)
    if "threshold" in given:
        own["low"] = None
    return cast(EventOptions, own | {name: given[name] for name in own if name in given})


def _value(name: str, texts: list[str]) -> Any:
    if name in LISTS:
        return texts
    if name in LEVELS and any("=" in text for text in texts):
        pairs = [text.rpartition("=") for text in texts]
        return {label: _number(name, level) for label, _, level in pairs}
    if len(texts) > 1:
        raise HearingAIError(f"the query has `{name}` {len(texts)} times")
    if name in FLAGS and texts[0].lower() not in _TRUTH:
        raise HearingAIError(f"`{name}` must be true or false. Received: {texts[0][:40]!r}")
    if name in FLAGS:
        return _TRUTH[texts[0].lower()]
    return texts[0] if name == "name" else _number(name, texts[0])


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise HearingAIError(f"`{name}` must be a number. Received: {text[:40]!r}") from None
