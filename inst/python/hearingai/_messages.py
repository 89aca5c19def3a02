"""Messages of the core in parts, which R and the shell rewrite in their own syntax.

Messages are written for users of Python, in one form:

- Code stands in backquotes: an argument (`epochs`), a part of one (`confusion["n"]`), an argument
  with a value (`overwrite=True`), a value (`None`), or what installs an extra
  (`pip install "hearingai[onnx]"`).
- " Received: " separates what is wrong from what was given.
- Further lines are hints.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

RECEIVED = " Received: "
_INSTALL, _END = 'pip install "hearingai[', ']"'


class Part(NamedTuple):
    """A piece of a message.

    Attributes:
        kind: `"text"`; `"argument"`; `"setting"`, an argument with a value; `"value"`; `"extra"`,
            to install; or `"code"` that is none of these.
        text: The text in Python; of an argument, a setting and an extra the name.
        keys: Of an argument, which part of it is meant.
        value: The value, of a setting and a value.
    """

    kind: str
    text: str
    keys: tuple[str, ...] = ()
    value: Any = None


class Message(NamedTuple):
    """A message in parts: what is wrong, what was given (or nothing), and a list for each hint."""

    wrong: list[Part]
    received: list[Part]
    hints: list[list[Part]]


def parse(text: str) -> Message:
    """Split a message into parts."""
    first, *hints = (line.strip() for line in text.split("\n"))
    wrong, _, received = first.partition(RECEIVED)
    return Message(parts(wrong), _value(received), [parts(hint) for hint in hints if hint])


def parts(text: str) -> list[Part]:
    """Split a line: code in backquotes from the text around it."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a backquote without a partner
        return [Part("text", text)]
    found = [_code(p) if i % 2 else Part("text", p) for i, p in enumerate(pieces)]
    return [part for part in found if part.kind != "text" or part.text]


def python(part: Part) -> str:
    """A part in Python's syntax."""
    inside = {
        "argument": part.text + "".join(f'["{key}"]' for key in part.keys),
        "setting": f"{part.text}={part.value!r}",
        "extra": f"{_INSTALL}{part.text}{_END}",
    }
    return part.text if part.kind == "text" else f"`{inside.get(part.kind, part.text)}`"


def _code(text: str) -> Part:
    if text.startswith(_INSTALL) and text.endswith(_END):
        return Part("extra", text[len(_INSTALL) : -len(_END)])
    try:
        call = ast.parse(f"_({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        if len(call.keywords) == 1 and not call.args and call.keywords[0].arg:
            value = ast.literal_eval(call.keywords[0].value)
            return Part("setting", call.keywords[0].arg, (), value)
        (argument,) = call.args
        if isinstance(argument, ast.Constant):
            return Part("value", text, (), argument.value)
        keys: list[str] = []
        while isinstance(argument, ast.Subscript):
            keys.insert(0, str(ast.literal_eval(argument.slice)))
            argument = argument.value
        if isinstance(argument, ast.Name):
            return Part("argument", argument.id, tuple(keys))
    except (SyntaxError, ValueError):
        pass
    return Part("code", text)


def _value(text: str) -> list[Part]:
    """What was given: a plain value, or its description."""
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        value = ()
    if value is None or isinstance(value, (bool, int, float, str)):
        return [Part("value", text, (), value)]
    return parts(text)
