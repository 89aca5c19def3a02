"""What an artifact may hold of a body: one set of rules for making, writing and reading it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import HearingAIError

LONGEST_NAME = 200  # characters of a name in an artifact
SHORTEST, LONGEST = 1e-3, 3600.0  # seconds of a window and from one to the next
_NAMES = ("sample_rate", "window", "hop", "input", "output")  # of the options


def check_description(described: Any) -> None:
    """Refuse what is not as `Body.description` gives it; opens nothing.

    Raises:
        HearingAIError: It names the entry and what it holds.
    """
    if not isinstance(described, dict):
        raise HearingAIError(f"`body` must be a dict. It is: {str(described)[:80]}")
    for name, (fits, words) in _RULES.items():
        if not fits(described.get(name)):
            raise HearingAIError(
                f"`{name}` of a body must be {words}. It is: {str(described.get(name))[:80]!r}"
            )


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _are_options(options: Any) -> bool:
    """Whether they are those of a body by its name, none, or as `open_body` notes them."""
    if not isinstance(options, dict):
        return False
    return not options or (
        set(options) == set(_NAMES)
        and type(options["sample_rate"]) is int
        and all(
            type(options[n]) is float and SHORTEST <= options[n] <= LONGEST
            for n in ("window", "hop")
        )
        and all(options[n] is None or _is_text(options[n], 1000) for n in ("input", "output"))
    )


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda value: _is_text(value, LONGEST_NAME), "text"),
    "sha256": (lambda value: _is_text(value, 64) and len(value) == 64, "64 hexadecimal digits"),
    "licence": (lambda value: _is_text(value, 1000), "text of 1 to 1000 characters"),
    "source": (lambda value: _is_text(value, 1000), "text of 1 to 1000 characters"),
    "path": (lambda value: value is None or _is_text(value, 4096), "a path or `None`"),
    "options": (_are_options, "empty, or those that `open_body` gave it"),
}
