"""Labels of the rest: learnt, so as not to be taken for what is wanted, and not reported."""

from __future__ import annotations

from collections.abc import Iterable

SILENCE, UNKNOWN, BACKGROUND, OTHER = "silence", "unknown", "background", "other"
_REST = (SILENCE, UNKNOWN, BACKGROUND, "background_noise", OTHER)


def is_rest(label: str) -> bool:
    """Whether a label is of the rest, in any case and with underscores around it or not."""
    return _plain(label) in _REST


def is_unknown(label: str) -> bool:
    """Whether a label stands for sounds that are none of the others, written like those above."""
    return _plain(label) == UNKNOWN


def wanted(labels: Iterable[str]) -> list[str]:
    """The labels that are not of the rest; all of them, where no other is left.

    Example:
        >>> wanted(["_silence_", "no", "unknown", "yes"])
        ['no', 'yes']
    """
    labels = list(labels)
    return [label for label in labels if not is_rest(label)] or labels


def _plain(label: str) -> str:
    return label.strip("_").lower()
