"""What options hold, parsed: lists, numbers, settings."""

from typing import Any

from ..errors import HearingAIError


def setting_from(text: str) -> tuple[str, Any]:
    """`name=value`, a number where it is one."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise HearingAIError(f"`{text}` must be NAME=VALUE")
    return name.strip(), _value(value)


def values_from(text: str) -> tuple[str, Any]:
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


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"true": True, "false": False}.get(text.strip().lower(), text.strip())


def share_from(validation: str | float | None) -> Any:
    """A share to validate on: 0 becomes `False`, `fold` stays as it is."""
    if validation in (None, "fold"):
        return validation
    try:
        return False if float(validation) == 0 else float(validation)
    except ValueError:
        raise HearingAIError(
            f"`validation` must be fold, a share or 0. Received: {validation!r}"
        ) from None


def augmentations_from(text: str | None, options: list[str] | None = None) -> list[Any] | None:
    """Names of augmentations, those with options as pairs; `none` is an empty list.

    Args:
        text: The names, `a,b`; `None` takes the recipe's.
        options: Options of these, each `a.name=value` or `a.name=low..high`.
    """
    names = [] if text == "none" else list_from(text)
    given: dict[str, dict[str, Any]] = {}
    for option in options or ():
        path, value = setting_from(option)
        of, dot, name = path.partition(".")
        if not dot or of not in (names or ()):
            raise HearingAIError(
                f"`augment_option` must be AUGMENTATION.NAME=VALUE, of one that `augment` names. "
                f"Received: {option!r}"
            )
        low, dots, high = str(value).partition("..")
        given.setdefault(of, {})[name] = (_value(low), _value(high)) if dots else value
    return None if names is None else [(n, given[n]) if n in given else n for n in names]


def store_from(text: str | None) -> str | bool | None:
    """The folder of the decoded clips; `none` is `False`."""
    return False if text == "none" else text


def list_from(text: str | None) -> list[str] | None:
    """The parts of `a,b,c`; `None` stays `None`."""
    return None if text is None else parts_from(text)


def parts_from(text: str) -> list[str]:
    """The parts of `a,b,c`."""
    return [part.strip() for part in text.split(",") if part.strip()]


def numbers_from(option: str, text: str) -> list[float]:
    """The numbers of `20,10,0`."""
    try:
        return [float(part) for part in parts_from(text)]
    except ValueError:
        raise HearingAIError(f"`{option}` must be numbers: 20,10,0. Received: {text!r}") from None


def levels_from(option: str, text: str | None) -> float | dict[str, float] | None:
    """`0.6`, or `yes=0.8,no=0.6`; `None` stays `None`."""
    if text is None:
        return None
    try:
        if "=" not in text:
            return float(text)
        pairs = (part.split("=", 1) for part in parts_from(text))
        return {label.strip(): float(level) for label, level in pairs}
    except ValueError:
        raise HearingAIError(
            f"`{option}` must be a number, or LABEL=NUMBER,LABEL=NUMBER. Received: {text!r}"
        ) from None
