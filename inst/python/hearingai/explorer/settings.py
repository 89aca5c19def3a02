"""The page's options of events and its limits: checked once, changed by the page's controls."""

from collections.abc import Mapping
from dataclasses import dataclass

from .._typing import Device
from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..events.options import EventOptions, RuleOptions, WindowOptions
from ..events.rules import Rules, event_rules, own_thresholds
from ..events.windows import Grid, exact, grid_of
from ..runtime.arguments import number as checked
from ..runtime.arguments import positive
from ..runtime.shared_options import pick

_FINEST = 32  # most hops a window that the page may set
_SMOOTHEST = 4  # most windows that it may average over; its controls offer as many


@dataclass(frozen=True)
class Settings:
    """The checked arguments of `explore`.

    Attributes:
        options: The options of events.
        device: Where to compute.
        max_bytes: Largest upload.
        max_seconds: Longest recording.
    """

    options: EventOptions
    device: Device
    max_bytes: int
    max_seconds: float

    def grid(self, classifier: Classifier, asked: Mapping[str, str] | None = None) -> Grid:
        """The grid of windows, with the hop that the page sets."""
        options = pick(WindowOptions, self.options)
        own = grid_of(classifier, **options)
        hop = float(own.hop)
        if asked and "hop" in asked:
            finest, hop = min(float(own.window) / _FINEST, hop), number("hop", asked["hop"])
            if hop < finest:
                raise HearingAIError(f"`hop` must be at least {finest:g} s here")
        options["hop"] = hop  # the number as `annotate` gets it
        return grid_of(classifier, **options)

    def rules(
        self, classifier: Classifier, grid: Grid, asked: Mapping[str, str] | None = None
    ) -> Rules:
        """The rules of events, with the page's settings.

        Args:
            classifier: The classifier.
            grid: The `Grid`.
            asked: A dict of text, as a query has it: `threshold`, `smooth`, `min_duration`,
                `min_gap`, and `labels`, their positions separated by commas.
        """
        asked, options = asked or {}, pick(RuleOptions, self.options)
        usual = 0 if options["smooth"] is None else checked("smooth", options["smooth"])
        longest = max(_SMOOTHEST * grid.window, 2 * exact(usual))
        for name in ("threshold", "smooth", "min_duration", "min_gap"):
            if name in asked:
                options[name] = number(name, asked[name])
        if "threshold" in asked:  # `low` then takes its default for it
            options["low"] = None
        if "labels" in asked:
            options |= {"labels": _labels(classifier, asked["labels"]), "ignore": None}
        made = event_rules(classifier.labels, grid, own_thresholds(classifier), **options)
        if "smooth" in asked and made.smooth > longest:
            raise HearingAIError(f"`smooth` must be at most {float(longest):g} s here")
        return made


def page_settings(
    classifier: Classifier,
    options: EventOptions,
    *,
    device: Device = "auto",
    max_mb: float = 200,
    max_hours: float = 24.0,
) -> Settings:
    """Check the arguments of `explore`."""
    max_bytes = positive("max_mb", max_mb) * 10**6
    settings = Settings(options, device, int(max_bytes), positive("max_hours", max_hours) * 3600)
    settings.rules(classifier, settings.grid(classifier))
    with classifier.on_device(device):
        return settings


def number(name: str, text: str) -> float:
    """A number from a query."""
    try:
        return float(text)
    except ValueError:
        raise HearingAIError(f"`{name}` must be a number. Received: {text[:40]!r}") from None


def _labels(classifier: Classifier, text: str) -> list[str]:
    names = classifier.labels
    try:
        return [names[int(part)] for part in text.split(",") if int(part) >= 0]
    except (ValueError, IndexError):
        raise HearingAIError(
            f"`labels` must be positions of labels, 0...{len(names) - 1}. Received: {text[:40]!r}"
        ) from None
