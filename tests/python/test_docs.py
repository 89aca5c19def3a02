"""Every example that the documentation shows is run."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hearingai

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    m.name
    for m in pkgutil.walk_packages(hearingai.__path__, "hearingai.")
    if not m.name.endswith("_espeak_child")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name, capsys):
    module = importlib.import_module(name)
    if not hasattr(module, "__file__"):  # a function of the same name stands before it
        module = sys.modules[name]
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0, capsys.readouterr().out


def readme(language):
    text = (ROOT / "README.md").read_text()
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL).group(1)


def quick(code):
    """The README's example on fewer clips and epochs."""
    return re.sub(r"epochs ?= ?15", "epochs=1", re.sub(r"n ?= ?60", "n=20", code))


def test_the_python_example_of_the_readme_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", quick(readme("python"))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {f.name for f in tmp_path.iterdir()} == {"history.png", "alluvial.png", "words.keras"}


def test_the_shell_lines_of_the_readme_are_commands_that_exist():
    from typer.main import get_command

    from hearingai.cli import app

    commands = get_command(app).commands
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for b in blocks for line in b.splitlines() if line.startswith("hearingai ")]
    assert len(lines) == 16
    for line in lines:
        words = line.split("#")[0].split()
        assert words[1] in commands
        options = {o for p in commands[words[1]].params for o in p.opts}
        assert {w for w in words if w.startswith("--")} <= options


def test_the_citation_file_names_this_version():
    fields = dict(
        line.split(": ", 1)
        for line in (ROOT / "CITATION.cff").read_text().splitlines()
        if ": " in line
    )
    assert fields["version"] == hearingai.__version__
    assert fields["license"] == "MIT"
