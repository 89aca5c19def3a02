"""The cheat sheet shows all that R, Python and the shell offer, and names nothing else."""

import sys
from pathlib import Path

import pytest

import hearingai

TOOL = Path(__file__).resolve().parents[2] / "tools" / "cheatsheet"


@pytest.fixture(scope="module")
def cheatsheet(rscript):
    sys.path.insert(0, str(TOOL))
    try:
        import cheatsheet
    finally:
        sys.path.remove(str(TOOL))
    return cheatsheet


@pytest.fixture(scope="module")
def committed(cheatsheet):
    return cheatsheet.PAGE.read_text()


def test_the_page_is_what_the_code_makes_of_it(cheatsheet, committed):
    made = cheatsheet.page(cheatsheet.TASKS.read_text())
    assert made == committed, "run `make document`"


def test_every_function_of_every_face_is_on_the_page(cheatsheet, committed, rscript):
    exported = rscript('cat(getNamespaceExports("hearingai"))').split()
    assert len(exported) > 100
    assert [n for n in exported if f"\nR       {n}(" not in committed] == []
    public = set(hearingai.__all__) - {"__version__"}
    shown = {n for n in public if f"\nPython  {n}(" in committed}
    assert [n for n in public - shown if f"`hearingai.{n}`" not in committed] == []
    commands = cheatsheet.surfaces.commands()
    assert [n for n in commands if f"\nshell   hearingai {n} " not in committed] == []


WRONG = {
    "R       nonsuch(clips)": "nonsuch() does not exist",
    "R       fit(clips, epoch = 1)": "fit() has no argument epoch",
    "R       fit(": "is no R code",
    "Python  hearingai.nonsuch(clips)": "hearingai.nonsuch() does not exist",
    "Python  hearingai.fit(clips, epoch=1)": "hearingai.fit() has no epoch",
    "Python  classifier.nonsuch()": "classifier.nonsuch() does not exist",
    "Python  hearingai.fit(": "is no Python code",
    "shell   hearingai nonsuch": "hearingai nonsuch does not exist",
    "shell   hearingai info --nonsuch": "hearingai info: No such option: --nonsuch",
    "shell   hearingai info a.keras b.keras": "hearingai info takes no b.keras",
    "shell   hearingai train DATA": "hearingai train needs --out",
    "shell   cat a.raw | hearingai nonsuch -": "hearingai nonsuch does not exist",
}


def test_tasks_that_name_what_does_not_exist_are_refused(cheatsheet):
    good = {"R": "list_recipes()", "Python": "hearingai.list_recipes()"}
    tasks = []
    for number, line in enumerate(WRONG):
        language, _, code = line.partition(" ")
        lines = [f"{n:8}{c}" for n, c in (good | {language: code.strip()}).items()]
        tasks += [f"task {number}", *lines, ""]
    with pytest.raises(cheatsheet.CheatSheetError) as refused:
        cheatsheet.page("\n".join(["## Train a classifier", "", *tasks]))
    expected = [f"task {number}: {fault}" for number, fault in enumerate(WRONG.values())]
    assert str(refused.value).splitlines() == expected


def test_a_section_that_is_no_group_of_the_reference_is_refused(cheatsheet):
    with pytest.raises(cheatsheet.CheatSheetError, match="no group 'Nonsuch' in _pkgdown.yml"):
        cheatsheet.page("## Nonsuch\n")


def test_a_function_outside_the_reference_is_refused(cheatsheet):
    r = {"groups": [], "functions": {"fit": {"groups": []}}, "faults": []}
    with pytest.raises(cheatsheet.CheatSheetError, match=r"fit\(\) is in 0 groups"):
        cheatsheet.check({}, r)
