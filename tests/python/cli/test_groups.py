"""Options that several commands share."""

import inspect
from dataclasses import fields

import pytest
from typer.main import get_command

from hearingai.cli import app
from hearingai.cli.groups import Events, grouped
from hearingai.cli.training_groups import Computing, Learning, NetworkChoice, Randomness
from hearingai.events.options import EventOptions
from hearingai.runtime.shared_options import defaults

TRAINING = [NetworkChoice, Learning, Randomness, Computing]
TAKES = [("annotate", [Events]), ("listen", [Events]), ("serve", [Events])]
TAKES += [("train", TRAINING), ("cross-validate", TRAINING), ("fine-tune", TRAINING[1:])]


@pytest.mark.parametrize(("name", "groups"), TAKES)
def test_a_command_shows_the_options_of_its_groups(name, groups):
    shown = [parameter.name for parameter in get_command(app).commands[name].params]
    for group in groups:
        own = [field.name for field in fields(group)]
        assert [name for name in shown if name in own] == own


def test_a_command_gets_a_group_as_one():
    @grouped
    def command(model: str, *, randomness: Randomness, last: int = 1) -> None:
        got.append((model, randomness, last))

    got: list = []
    names = ["model", "seed", "deterministic", "last"]
    assert list(inspect.signature(command).parameters) == names
    command(model="m", seed=3, deterministic=True, last=2)
    assert got == [("m", Randomness(3, True), 2)]
    assert got[0][1].options() == {"seed": 3, "deterministic": True}


def test_what_the_shell_takes_for_granted_is_what_python_does():
    assert Events().options() == defaults(EventOptions)
