"""docs/design.md says how the code lies; it is held to the files and to what they import."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "python/hearingai"
LAYOUT = (ROOT / "docs/design.md").read_text().split("```")[1]
FILE = r"[\w-]+\.(?:py|md|R|js|toml|yml|Rmd)\b"


def entries():
    """The layout, `(folder, text)` an entry: the folder that its files lie in."""
    found, below = [], ROOT
    for line in LAYOUT.strip().splitlines():
        indent = len(line) - len(line.lstrip())
        if indent > 2:
            found[-1][1] += f" {line.strip()}"
            continue
        where = below if indent else ROOT
        first = line.split()[0]
        if first.endswith("/"):
            where = where / first
            below = where if not indent else below
        found.append([where, line.strip()])
    return found


def test_the_files_that_the_layout_names_lie_where_it_says():
    everywhere = {*ROOT.glob("*.*"), *ROOT.glob("vignettes/*"), *ROOT.glob("tools/*/*")}
    named = [(folder, name) for folder, text in entries() for name in re.findall(FILE, text)]
    assert len(named) > 80
    elsewhere = {path.name for path in everywhere}
    assert [n for f, n in named if not (f / n).is_file() and n not in elsewhere] == []


def test_the_layout_names_every_module_and_folder_of_the_core():
    told = {name for _, text in entries() for name in re.findall(rf"{FILE}|\w+/", text)}
    modules = {path.name for path in CORE.glob("*.py")}
    folders = {f"{path.parent.name}/" for path in CORE.glob("*/__init__.py")}
    assert len(folders) >= 10
    assert modules | folders <= told


def test_files_that_the_prose_names_exist():
    prose = (ROOT / "docs/design.md").read_text().split("```")[2]
    paths = set(re.findall(r"[\w./-]+/[\w.-]+\.(?:py|js|md|R)\b", prose))
    names = set(re.findall(rf"`({FILE})`", prose))
    known = {path.name for folder in ("python", "R") for path in (ROOT / folder).rglob("*.*")}
    known |= {path.name for path in ROOT.glob("*.*")}
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    assert names <= known


@functools.cache
def imports():
    """What each module or subpackage at the top of the core imports of the others."""
    found = {}
    for path in CORE.rglob("*.py"):
        package = path.relative_to(CORE).parent.parts
        known = found.setdefault(path.relative_to(CORE).parts[0].removesuffix(".py"), set())
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = package[: len(package) + 1 - node.level]
                module = [*base, *(node.module or "").split(".")] if node.module else base
                known |= {module[0]} if module else {alias.name for alias in node.names}
    return {name: known - {name} for name, known in found.items()}


BELOW = {
    "errors": "",
    "progress": "",
    "audio": "errors blocks shaping sound_writing",
    "tables": "errors",
    "datasets": "errors progress audio tables",
    "clips": "errors progress audio pcm",
    "clip_store": "errors clips datasets store_files packed",
    "backend": "errors quiet_start version",
    "frontends": "errors backend",
    "networks": "errors",
    "precision": "errors backend",
    "augment": "errors audio frontends",
    "pipeline": "errors audio tables backend frontends",
    "evaluation": "errors tables",
    "plots": "errors audio blocks tones backend frontends augment evaluation event_tables canvas "
    "alluvial",
}


@pytest.mark.parametrize("name", BELOW)
def test_arrows_point_one_way(name):
    assert imports()[name] <= set(BELOW[name].split())


def test_nothing_knows_the_faces():
    faces = {"cli", "bridge", "console"}
    known = {name: found & faces for name, found in imports().items() if name not in faces}
    assert {name: found for name, found in known.items() if found} == {}
