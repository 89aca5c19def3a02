"""The page's options of events and its limits: checked once, changed by the page's controls."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from .._typing import Device
from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..events.options import EventOptions, RuleOptions, WindowOptions
from ..events.rules import Rules, event_rules, own_thresholds
from ..events.windows import Grid, exact, grid_of
from ..runtime.arguments import choose, positive
from ..runtime.arguments import number as checked
from ..runtime.shared_options import defaults, pick

_FINEST = 32  # most hops a window that the page may set
_SMOOTHEST = 4  # most windows that it may average over; its controls offer as many


@dataclass(frozen=True)
class Settings:
    """The checked arguments of `explore`.

    Attributes:
        classifier: The classifier; `None` until one is made of words.
        options: The options of events.
        device: Where to compute.
        max_bytes: Largest upload.
        max_seconds: Longest recording.
        number: How many classifiers the page has had before.
    """

    classifier: Classifier | None
    options: EventOptions
    device: Device
    max_bytes: int
    max_seconds: float
    number: int = 0

    @property
    def hearing(self) -> Classifier:
        """The classifier.

        Raises:
            HearingAIError: There is none yet.
        """
        if self.classifier is None:
            raise HearingAIError("the page has no classifier yet; type words to listen for")
        return self.classifier

    def of_words(self, classifier: Classifier) -> "Settings":
        """Those of a detector of words: the usual options, since others may not fit it."""
        options = pick(EventOptions, {})
        made = replace(self, classifier=classifier, options=options, number=self.number + 1)
        made.rules(made.grid())
        return made

    def grid(self, asked: Mapping[str, str] | None = None) -> Grid:
        """The grid of windows, with the hop that the page sets.

        Args:
            asked: A dict of text, as a query has it: `hop`, and `classifier`, the number of the one
                that the page shows the labels of.

        Raises:
            HearingAIError: The hop is out of range, or the page shows those of another.
        """
        classifier, asked = self.hearing, asked or {}
        if asked.get("classifier", str(self.number)) != str(self.number):
            raise HearingAIError("the page listens for other words now; load it again")
        options = pick(WindowOptions, self.options)
        own = grid_of(classifier, **options)
        hop = float(own.hop)
        if "hop" in asked:
            finest, hop = min(float(own.window) / _FINEST, hop), number("hop", asked["hop"])
            if hop < finest:
                raise HearingAIError(f"`hop` must be at least {finest:g} s here")
        options["hop"] = hop  # the number as `annotate` gets it
        return grid_of(classifier, **options)

    def rules(self, grid: Grid, asked: Mapping[str, str] | None = None) -> Rules:
        """The rules of events, with the page's settings.

        Args:
            grid: The `Grid`.
            asked: A dict of text, as a query has it: `threshold`, `smooth`, `min_duration`,
                `min_gap`, and `labels`, their positions separated by commas.
        """
        classifier, asked, options = self.hearing, asked or {}, pick(RuleOptions, self.options)
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
    classifier: Classifier | None,
    options: EventOptions,
    *,
    device: Device = "auto",
    max_mb: float = 200,
    max_hours: float = 24.0,
) -> Settings:
    """Check the arguments of `explore`."""
    max_bytes = positive("max_mb", max_mb) * 10**6
    max_seconds = positive("max_hours", max_hours) * 3600
    settings = Settings(classifier, options, device, int(max_bytes), max_seconds)
    if classifier is None:
        choose("device", device, get_args(Device))
        usual = defaults(EventOptions)
        for name in [n for n, value in pick(EventOptions, options).items() if value != usual[n]]:
            raise HearingAIError(
                f"`{name}` needs a `classifier`: detectors of words take the usual options of "
                f"events, and the page has controls for them"
            )
        return settings
    settings.rules(settings.grid())
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
