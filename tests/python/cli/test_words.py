"""Messages of the core in the words of the shell."""

import inspect

import pytest
import typer

import hearingai
from hearingai.cli import app
from hearingai.cli.words import ARGUMENTS, told

COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize(
    ("command", "message", "shown"),
    [
        ("train", "`a` exists; `overwrite=True` replaces", "`a` exists; `--overwrite` replaces"),
        ("train", "`batch_size` is odd. Received: None", "`--batch-size` is odd. Received: None"),
        ("train", "`clips` has one class", "`DATA` has one class"),
        ("evaluate", "`classifier` is untrained", "`MODEL` is untrained"),
        ("lay-clips", "`snr_db` must be a number", "`--snr-db` must be a number"),
        ("detection-metrics", "`by='onset'`\n `duration`", "`--by onset`\n `--duration`"),
        ("train", "`by=None` splits at random", "`by=None` splits at random"),
        ("train", 'Type: `pip install "hearingai[tune]"`', 'Type: `pip install "hearingai[tune]"`'),
        (None, "`epochs` must be positive", "`epochs` must be positive"),
    ],
)
def test_arguments_are_told_as_they_are_typed(command, message, shown):
    assert told(message, COMMANDS.get(command)) == shown


def test_the_table_names_arguments_of_functions_and_of_commands():
    functions = [getattr(hearingai, name) for name in hearingai.__all__]
    known = {p for f in functions if inspect.isfunction(f) for p in inspect.signature(f).parameters}
    assert set(ARGUMENTS) <= known | {"network_options", "options"}
    parameters = {p.name for command in COMMANDS.values() for p in command.params}
    assert {name for names in ARGUMENTS.values() for name in names} <= parameters


def test_an_error_and_a_warning_are_told_so(run, tmp_path):
    (tmp_path / "m.keras").touch()
    status, out, err = run("train", tmp_path, "--out", tmp_path / "m.keras")
    assert (status, out) == (1, "")
    assert "exists; `--overwrite` replaces it" in err
