"""Everything public says its types, and an installed copy says that it does."""

import importlib.util
import inspect
import operator
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import hearingai

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = [f"networks.{name}" for name, _ in inspect.getmembers(hearingai.networks, callable)]
PUBLIC = [name for name in hearingai.__all__ if callable(getattr(hearingai, name))] + NETWORKS


def functions_of(name):
    """A public function, or the public methods of a class of ours, with what each is called."""
    value = operator.attrgetter(name)(hearingai)
    if not inspect.isclass(value):
        yield name, value
        return
    for method, member in vars(value).items():
        if isinstance(member, property):
            member = member.fget
        member = getattr(member, "__func__", member)
        made = getattr(member, "__module__", "").startswith("hearingai")  # not by a dataclass
        if inspect.isfunction(member) and made and (method[0] != "_" or method == "__init__"):
            yield f"{name}.{method}", member


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_says_the_types_of_what_it_takes_and_gives(name):
    lacking = []
    for called, function in functions_of(name):
        signature = inspect.signature(inspect.unwrap(function))
        parameters = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
        lacking += [f"{called}({p.name})" for p in parameters if p.annotation is p.empty]
        if signature.return_annotation is signature.empty and not called.endswith("__init__"):
            lacking.append(f"{called}() ->")
    assert not lacking


def test_a_wheel_carries_the_types_and_the_classifiers(tmp_path):
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("setuptools builds the wheel")
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    shutil.copytree(ROOT / "inst/python", source / "inst/python", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE.md"):
        shutil.copy(ROOT / name, source)
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(tmp_path)]
    command = [sys.executable, "-m", "pip", "wheel", *options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    files = set(zipfile.ZipFile(wheel).namelist())
    assert {"hearingai/py.typed", "hearingai/__init__.pyi"} <= files
    models = {
        f"hearingai/models/{path.name}"
        for path in (ROOT / "inst/python/hearingai/models").iterdir()
    }
    assert {"hearingai/models/ten-words.keras", "hearingai/models/ten-words.md"} <= models <= files
