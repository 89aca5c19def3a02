"""Every example that the documentation shows is run."""

import doctest
import importlib
import inspect
import json
import operator
import pkgutil
import re
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import hearingai
from fresh import python
from hearingai.cli import app

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    m.name
    for m in pkgutil.walk_packages(hearingai.__path__, "hearingai.")
    if not m.name.endswith("_espeak_child")
]
# Whose examples train in earnest, or start a server.
LONG = {f"hearingai.training.{name}" for name in ("fitting", "tuning", "fine_tuning", "few_shots")}
LONG |= {"hearingai.training.cross_validation", "hearingai.gates.training"}
LONG |= {"hearingai.words.mining", "hearingai.explorer.exploring", "hearingai.api.server"}


@pytest.mark.parametrize(
    "name", [pytest.param(m, marks=pytest.mark.slow) if m in LONG else m for m in MODULES]
)
def test_docstring_examples_run(name, capsys):
    module = importlib.import_module(name)
    if not hasattr(module, "__file__"):  # a function of the same name stands before it
        module = sys.modules[name]
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0, capsys.readouterr().out


def made_by_users(value):
    """Not a module, an exception, or what a function returns: that function has the example."""
    if inspect.isclass(value):
        text = inspect.getdoc(value)
        return not issubclass(value, Exception) and ("\nArgs:\n" in text or ">>>" in text)
    return callable(value)


NETWORKS = [f"networks.{n}" for n, f in vars(hearingai.networks).items() if inspect.isfunction(f)]
PUBLIC = [name for name in hearingai.__all__ if made_by_users(getattr(hearingai, name))]


@pytest.mark.parametrize("name", PUBLIC + [n for n in NETWORKS if n != "networks.choose"])
def test_what_is_public_says_what_it_takes_and_gives_and_shows_it(name):
    value = operator.attrgetter(name)(hearingai)
    text = inspect.getdoc(value)
    assert ">>>" in text
    parameters = set(inspect.signature(value).parameters) - {"self", "kwargs"}
    if parameters and name != "ExportedClassifier":  # opened by load_exported()
        assert "\nArgs:\n" in text
        arguments = text.split("\nArgs:\n")[1].split("\n\n")[0]
        told = re.findall(r"^ {4}([\w*, ]+?)(?: \(.*?\))?:", arguments, re.MULTILINE)
        assert parameters <= {n.strip(" *") for line in told for n in line.split(",")}


def test_classes_that_functions_return_say_what_they_hold():
    values = [getattr(hearingai, name) for name in set(hearingai.__all__) - set(PUBLIC)]
    returned = [v for v in values if inspect.isclass(v) and not issubclass(v, Exception)]
    assert len(returned) >= 8
    assert [v for v in returned if "\nAttributes:\n" not in inspect.getdoc(v)] == []


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), re.DOTALL)


@pytest.mark.slow
def test_the_python_examples_of_the_readme_run(tmp_path):
    """They run in order, on fewer clips, voices and epochs."""
    code = "".join(blocks(ROOT / "README.md", "python"))
    code = code.replace("epochs=20", "epochs=1").replace("n=60", "n=20")
    code = code.replace("voices=160", "voices=10")
    python(code, cwd=tmp_path)
    made = {f.name for f in tmp_path.iterdir()}
    assert {
        "history.png",
        "alluvial.png",
        "words.keras",
        "lights.keras",
        "minute.txt",
        "words.onnx",
    } <= made


PAGES = [ROOT / "README.md", *sorted((ROOT / "vignettes").glob("*.Rmd"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_shell_lines_of_a_page_are_commands_that_exist(page):
    commands = get_command(app).commands
    text = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    calls = re.findall(r"(?:^|\| |=\w+ )hearingai (.+?)(?= +#| \||$)", text, re.MULTILINE)
    assert calls or page.stem in {"cheatsheet", "python", "tutorial"}
    for call in calls:
        name, *words = call.split()
        assert name in commands
        options = {o for p in commands[name].params for o in p.opts}
        assert {w for w in words if w.startswith("--")} <= options


def test_the_sizes_of_the_networks_are_those_that_the_readme_tells():
    rows = re.findall(
        r"^\| `([\w-]+)` \|.* ([\d.]+) ([Mk])\b", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert len(rows) >= 5
    for name, told, unit in rows:
        embeddings = hearingai.get_recipe(name).frontend is None
        labels = ["a", "b"] if embeddings else [str(i) for i in range(10)]
        found = hearingai.create_classifier(name, labels, seed=1).count_params()
        assert found == pytest.approx(float(told) * {"M": 1e6, "k": 1e3}[unit], rel=0.05)


MEASURED = ("hearing-ai", "sound-classification", "embedding-gru", "audio-gate")


@pytest.mark.parametrize("name", MEASURED)
def test_the_results_of_a_vignette_are_those_that_were_measured(name):
    full_run = (ROOT / "vignettes" / f"{name}.Rmd").read_text().split("## The full run")[1]
    prose = re.sub(r"```.*?```", "", full_run, flags=re.DOTALL)
    told = set(re.findall(r"\b0\.\d{3}\b", prose)) - {"0.001", "0.003", "0.007"}
    assert len(told) >= 4
    assert told <= set(re.findall(r"\b0\.\d{3}\b", (ROOT / "benchmarks/systems.md").read_text()))


def test_the_gates_of_the_vignette_are_those_that_were_measured():
    page = (ROOT / "vignettes/gate.Rmd").read_text()
    rows = json.loads((ROOT / "benchmarks/results/gate.json").read_text())["rows"]
    assert len(rows) == 12
    for row in rows:
        told = (
            f"| {row['ratio (dB)']} dB | {row['gate']} | {row['wanted (dB)']:.1f} dB "
            f"| {row['unwanted in pauses (dB)']:.1f} dB | {row['gain of ratio (dB)']:+.1f} dB "
            f"| {row['wanted lost (%)']:.1f} % | {row['loss']:.2f} |"
        )
        assert told in page


def test_the_citation_file_names_this_version():
    fields = dict(
        line.split(": ", 1)
        for line in (ROOT / "CITATION.cff").read_text().splitlines()
        if ": " in line
    )
    assert fields["version"] == hearingai.__version__
    assert fields["license"] == "MIT"


def is_ours(page):
    folders = page.relative_to(ROOT).parts[:-1]
    return "build" not in folders and not any(name.startswith(".") for name in folders)


LINKING = [page for page in ROOT.rglob("*.md") if is_ours(page)]


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_pictures_and_files_that_pages_link_to_exist(page):
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
