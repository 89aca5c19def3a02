"""Messages in parts."""

import pytest

from hearingai import HearingAIWarning, errors
from hearingai._messages import parse, parts, python


def kinds(text):
    return [(part.kind, part.text, part.keys, part.value) for part in parts(text)]


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("epochs", ("argument", "epochs", (), None)),
        ('confusion["n"]', ("argument", "confusion", ("n",), None)),
        ('space["lr"]["low"]', ("argument", "space", ("lr", "low"), None)),
        ("overwrite=True", ("setting", "overwrite", (), True)),
        ("by='onset'", ("setting", "by", (), "onset")),
        ("None", ("value", "None", (), None)),
        ('pip install "hearingai[onnx]"', ("extra", "onnx", (), None)),
        ("sudo apt install espeak-ng", ("code", "sudo apt install espeak-ng", (), None)),
        ("out/a.csv", ("code", "out/a.csv", (), None)),
        ("path=folder / 'a'", ("code", "path=folder / 'a'", (), None)),
        ("a, b", ("code", "a, b", (), None)),
        ("", ("code", "", (), None)),
    ],
)
def test_code_is_told_apart(code, part):
    assert kinds(f"see `{code}` there") == [
        ("text", "see ", (), None),
        part,
        ("text", " there", (), None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`epochs` must be positive",
        '`space["lr"]["low"]` or `overwrite=True`, `by=\'a\'`, `None`',
        'Type: `pip install "hearingai[onnx]"`',
        "`a b.wav` and `x$y`",
        "one ` is left alone",
        "nothing",
    ],
)
def test_python_gets_the_message_as_it_was_written(text):
    assert "".join(map(python, parts(text))) == text


def test_what_came_and_hints_are_told_apart():
    message = parse("`n` must be positive. Received: -1\n  or `seed=2`\n")
    assert [part.text for part in message.wrong] == ["n", " must be positive."]
    assert message.received[0].value == -1
    assert [[part.kind for part in hint] for hint in message.hints] == [["text", "setting"]]
    assert parse("`n` is odd").received == []
    assert parse("`n` is odd. Received: <a thing>, `n=3`").received[-1].value == 3


@pytest.mark.parametrize("package", ["keras.src.saving", "hearingai.classifier", "contextlib"])
def test_a_warning_points_at_the_line_of_the_user(package):
    between = {"__name__": package, "warn": errors.warn}
    exec(compile("def load(): warn('odd')", "saving.py", "exec"), between)
    with pytest.warns(HearingAIWarning, match="odd") as seen:
        between["load"]()
    assert seen[0].filename == __file__
