"""How the page hears, and how much it takes: checked once, changed by what the page asks for."""

from dataclasses import dataclass

from ..errors import HearingAIError
from ..events.rules import event_rules
from ..events.windows import exact, grid_of
from ..runtime.arguments import positive

_FINEST = 32  # steps a window, at most, that a page may ask for
_SMOOTHEST = 4  # windows that it may average over, as its own controls offer
_RULES = ("threshold", "low", "smooth", "min_duration", "min_gap", "labels", "ignore")


@dataclass(frozen=True)
class Settings:
    """What `explore` was called with; see there.

    Attributes:
        hearing: `window`, `hop` and the rules of events, a dict.
        device: Where to compute.
        max_bytes: Largest upload.
        max_seconds: Longest recording.
    """

    hearing: dict
    device: str
    max_bytes: int
    max_seconds: float

    def grid(self, classifier, asked=None):
        """The grid of windows, with the hop that a page asks for."""
        window = self.hearing["window"]
        own = grid_of(classifier, window, self.hearing["hop"])
        hop = float(own.hop)
        if "hop" in (asked or {}):
            finest, hop = min(float(own.window) / _FINEST, hop), number("hop", asked["hop"])
            if hop < finest:
                raise HearingAIError(f"`hop` must be at least {finest:g} s here")
        return grid_of(classifier, window, hop)  # of the number that `annotate` is told

    def rules(self, classifier, grid, asked=None):
        """The rules of events, with what a page asks for.

        Args:
            classifier: The classifier.
            grid: The `Grid`.
            asked: A dict of text, as a query has it: `threshold`, `smooth`, `min_duration`,
                `min_gap`, and `labels`, their positions with commas between.
        """
        rules = {name: self.hearing[name] for name in _RULES}
        for name in ("threshold", "smooth", "min_duration", "min_gap"):
            if name in (asked or {}):
                rules[name] = number(name, asked[name])
        if "threshold" in (asked or {}):  # what keeps an event open follows what opens it
            rules["low"] = None
        if "labels" in (asked or {}):
            rules |= {"labels": _labels(classifier, asked["labels"]), "ignore": None}
        made = event_rules(classifier.labels, grid, **rules)
        longest = max(_SMOOTHEST * grid.window, 2 * exact(self.hearing["smooth"] or 0))
        if "smooth" in (asked or {}) and made.smooth > longest:
            raise HearingAIError(f"`smooth` must be at most {float(longest):g} s here")
        return made


def settings_of(classifier, hearing, device="auto", max_mb=200, max_hours=24.0):
    """Check the arguments of `explore`."""
    max_bytes = positive("max_mb", max_mb) * 10**6
    settings = Settings(hearing, device, int(max_bytes), positive("max_hours", max_hours) * 3600)
    settings.rules(classifier, settings.grid(classifier))
    with classifier.on_device(device):
        return settings


def number(name, text):
    """A number from a query."""
    try:
        return float(text)
    except ValueError:
        raise HearingAIError(f"`{name}` must be a number. Received: {text[:40]!r}") from None


def _labels(classifier, text):
    names = classifier.labels
    try:
        return [names[int(part)] for part in text.split(",") if int(part) >= 0]
    except (ValueError, IndexError):
        raise HearingAIError(
            f"`labels` must be positions of labels, 0...{len(names) - 1}. Received: {text[:40]!r}"
        ) from None
