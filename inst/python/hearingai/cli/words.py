"""The core's messages, with the shell's options in place of Python's arguments."""

from __future__ import annotations

from typing import Any

from .. import _messages

# A command's names of its functions' arguments, where they differ.
ARGUMENTS = {
    "at_false_accepts_per_hour": ("at",),
    "classifier": ("model",),
    "clips": ("data", "files"),
    "effort": ("recordings",),
    "recordings": ("files", "recordings"),
    "recording": ("files", "recordings"),
    "level_db": ("level",),
    "network_options": ("option",),
    "options": ("option",),
    "snr_db": ("snr",),
    "sound": ("source",),
}


def told(message: object, command: Any) -> str:
    """A message with the arguments of a command in place of Python's.

    Args:
        message: An error, a warning or its text.
        command: Click's command that was called; `None` where it is not known.
    """
    parameters = {p.name: p for p in command.params if p.name} if command else {}

    def part(piece: _messages.Part) -> str:
        parameter = next((parameters[n] for n in _names(piece.text) if n in parameters), None)
        if parameter is None or piece.kind not in ("argument", "setting"):
            return _messages.python(piece)
        return f"`{_shown(parameter, piece)}`"

    first, *hints = str(message).split("\n")
    wrong, received, rest = first.partition(_messages.RECEIVED)
    lines = ["".join(map(part, _messages.parts(line))) for line in (wrong, *hints)]
    return "\n".join([lines[0] + received + rest, *lines[1:]])


def _names(argument: str) -> tuple[str, ...]:
    return (argument, *ARGUMENTS.get(argument, ()))


def _shown(parameter: Any, piece: _messages.Part) -> str:
    """An option or argument as typed, with the value of a setting."""
    if parameter.param_type_name == "argument":
        return parameter.metavar or parameter.name.upper()
    option: str = parameter.opts[0]
    on = piece.kind == "argument" or piece.value is True
    return option if on else f"{option} {'none' if piece.value is None else piece.value}"
