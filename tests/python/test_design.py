"""docs/design.md says how the code lies; it is held to the files and to what they import."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "inst/python/hearingai"
DESIGN = (ROOT / "docs/design.md").read_text()
LAYOUT, FLOORS = DESIGN.split("```")[1], DESIGN.split("```")[3]
FILE = r"[\w-]+\.(?:py|pyi|md|R|js|toml|yml|Rmd)\b"


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
    modules = {path.name for path in CORE.glob("*.py*")}
    folders = {f"{path.parent.name}/" for path in CORE.glob("*/__init__.py")}
    assert len(folders) >= 20
    assert modules | folders <= told


def test_no_folder_of_the_core_holds_a_single_file():
    files = {f: [p for p in f.glob("*.py") if p.stem != "__init__"] for f in CORE.iterdir()}
    folders = {f: found for f, found in files.items() if (f / "__init__.py").exists()}
    assert [f.name for f, found in folders.items() if len(found) < 2] == []


def test_files_that_the_prose_names_exist():
    prose = DESIGN.split("```")[4]
    paths = set(re.findall(r"[\w./-]+/[\w.-]+\.(?:py|js|md|R)\b", prose))
    names = set(re.findall(rf"`({FILE})`", prose))
    known = {path.name for folder in ("inst/python", "R") for path in (ROOT / folder).rglob("*.*")}
    known |= {path.name for path in ROOT.glob("*.*")}
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    assert names <= known


def test_r_reads_a_copy_of_what_is_asked_of_python():
    """As `make document` makes it."""
    assert (ROOT / "inst/pyproject.toml").read_text() == (ROOT / "pyproject.toml").read_text()


def test_the_r_package_holds_no_links():
    """Git and zip files make text files of links where the system has none."""
    parts = ("inst", "R", "man", "vignettes", "tests", "tools")
    files = [path for part in parts for path in (ROOT / part).rglob("*")]
    assert len(files) > 500
    assert [path for path in files if path.is_symlink()] == []


def module_of(path):
    """The parts of a module's name below the package."""
    parts = path.relative_to(CORE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(path):
    """What a file imports of the package, each as the parts of its name below the package."""
    package = path.relative_to(CORE).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) + 1 - node.level]
            base = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*base, alias.name) for alias in node.names)


@functools.cache
def floors():
    """The floor of each folder and file at the top of the package, from the lowest."""
    lines = [re.findall(r"\w+", line) for line in FLOORS.strip().splitlines()]
    return {name: i for i, names in enumerate(lines) for name in names}


def test_every_folder_of_the_core_has_a_floor():
    tops = {path.name for path in CORE.iterdir() if (path / "__init__.py").exists()}
    assert tops <= set(floors())


@pytest.mark.parametrize("name", sorted({module_of(p)[0] for p in CORE.glob("*/*.py")}))
def test_arrows_between_folders_point_down(name):
    of_files = [
        (path.name, *target)
        for path in (CORE / name).rglob("*.py")
        for target in imported(path)
        if target[0] != name
    ]
    assert [t for t in of_files if floors()[t[1]] >= floors()[name]] == []


def test_an_underscore_is_private_to_its_folder():
    crossing = []
    for path in CORE.rglob("*.py"):
        for target in imported(path):
            private = [p for p in target if p.startswith("_") and not p.startswith("__")]
            folder = path.relative_to(CORE).parent.parts
            inside = target[: len(folder)] == folder and not any(
                p.startswith("_") for p in target[len(folder) + 1 :]
            )
            # Files at the top are private to the package, not to a folder.
            if private and not inside and not target[0].startswith("_"):
                crossing.append((path.name, ".".join(target)))
    assert crossing == []


def test_nothing_public_is_private():
    assert not [
        line
        for line in (CORE / "__init__.pyi").read_text().splitlines()
        if re.match(r"from \.[\w.]*\b_[a-z]", line)
    ]


def test_no_function_of_r_is_defined_twice():
    found = {}
    for file in sorted((ROOT / "R").glob("*.R")):
        for name in re.findall(r"^([\w.]+) <- function", file.read_text(), re.MULTILINE):
            assert name not in found, f"{name}: {found[name]} and {file.name}"
            found[name] = file.name
