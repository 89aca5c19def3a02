"""What R asks of Python is what pyproject.toml says."""

import json
import re
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib", reason="part of Python from 3.11")
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@pytest.fixture(scope="module")
def told():
    return tomllib.loads(PROJECT.read_text())["project"]


def test_r_asks_for_what_pyproject_says(rscript, told):
    code = (
        "cat(jsonlite::toJSON(list(core = hearingai:::requirements(character(), NULL),"
        ' all = hearingai:::project()[["optional-dependencies"]],'
        " python = hearingai:::oldest_python()), auto_unbox = FALSE))"
    )
    in_r = json.loads(rscript(code))
    assert in_r["core"] == told["dependencies"]
    assert in_r["all"] == told["optional-dependencies"]
    assert in_r["python"] == [told["requires-python"].removeprefix(">=")]


def test_the_system_requirements_are_complete(told):
    description = (PROJECT.parent / "DESCRIPTION").read_text()
    (stated,) = re.findall(r"SystemRequirements: (.*(?:\n .*)*)", description)
    names = re.findall(r"[a-z][\w-]+", stated.split(" with ")[1].replace(" and ", " "))
    needed = [re.match(r"[\w-]+", requirement).group() for requirement in told["dependencies"]]
    assert sorted(names) == sorted([*needed, "tensorflow"])
    assert f"Python (>= {told['requires-python'].removeprefix('>=')})" in stated


def test_only_what_r_asks_for_is_required_of_reticulate(rscript, told):
    """As `py_require` has it in a fresh process, whichever Python is bound."""
    code = "hearingai:::suggest_python(); cat(reticulate::py_require()$packages, sep = '\\n')"
    asked = set(rscript(code, {}).splitlines()) - {"numpy"}  # that of reticulate itself
    optional, backend = told["optional-dependencies"], "tensorflow"
    extra = {a for a in asked if a.startswith(backend)}
    assert asked - extra == {*told["dependencies"], *optional["demo"], *optional["serve"]}
    assert len(extra) == 1
    assert extra.pop() in {r.split(";")[0] for r in optional[backend]}
