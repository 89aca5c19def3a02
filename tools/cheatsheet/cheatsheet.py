"""Write the cheat sheet, vignettes/cheatsheet.Rmd, from tasks.md and from what the code offers.

A task that names what does not exist is an error, and so is a function in no group of _pkgdown.yml.
"""

import sys
import textwrap
from dataclasses import dataclass, field
from inspect import getdoc
from pathlib import Path

import surfaces

import hearingai

PAGE = surfaces.ROOT / "vignettes" / "cheatsheet.Rmd"
TASKS = Path(__file__).with_name("tasks.md")
LANGUAGES = ("R", "Python", "shell")
WIDTH = 92
HEAD = """\
---
title: "Cheat sheet: R, Python, shell"
output: rmarkdown::html_vignette
vignette: >
  %\\VignetteIndexEntry{Cheat sheet: R, Python, shell}
  %\\VignetteEngine{knitr::rmarkdown}
  %\\VignetteEncoding{UTF-8}
---

<!-- Written by tools/cheatsheet/cheatsheet.py: change tasks.md there, then `make document`. -->

The same functions under the same names with the same arguments: what you know in one language you
know in the other. `clips` is a table of clips, `classifier` a trained classifier; `DATA` is a
folder in a known layout, a folder of class folders, or a CSV with the columns `fname` and `class`.
R begins with `library(hearingai)`, Python with `import hearingai`. [Every
function](#every-function), with all its arguments, is below the tasks.
"""


class CheatSheetError(Exception):
    """The tasks name what does not exist, or the code offers what the page would not show."""


@dataclass
class Task:
    """A thing to do, and the code that does it in each language."""

    title: str
    code: dict = field(default_factory=dict)


def read_tasks(text):
    """The tasks of each section: `{section: [Task, ...]}`."""
    sections = {}
    for line in text.splitlines():
        language, _, code = line.partition(" ")
        if line.startswith("## "):
            tasks = sections.setdefault(code, [])
        elif language in LANGUAGES and code.startswith(" "):
            tasks[-1].code[language] = code.strip()
        elif line and not line.startswith("#"):
            tasks.append(Task(line))
    return sections


def check(sections, r):
    """Raise for every task whose code names what does not exist."""
    wrong = [
        f"no group {section!r} in _pkgdown.yml" for section in set(sections) - set(r["groups"])
    ]
    r_faults = iter(r["faults"])
    for task in (task for tasks in sections.values() for task in tasks):
        faults = next(r_faults) if "R" in task.code else ["lacks R"]
        faults += (
            surfaces.python_faults(task.code["Python"])
            if "Python" in task.code
            else ["lacks Python"]
        )
        faults += surfaces.shell_faults(task.code["shell"]) if "shell" in task.code else []
        wrong += [f"{task.title}: {fault}" for fault in faults]
    for name, offered in r["functions"].items():
        if len(offered["groups"]) != 1:
            wrong.append(f"{name}() is in {len(offered['groups'])} groups of _pkgdown.yml")
    if wrong:
        raise CheatSheetError("\n".join(wrong))


def task_table(tasks):
    """One row a language; the dashes are the columns' shares of the width."""
    lines = ["| | | |", f"| {'-' * 17} | {'-' * 7} | {'-' * 64} |"]
    for task in tasks:
        title = f"**{task.title}**"
        for language in LANGUAGES:
            if language in task.code:
                code = task.code[language].replace("|", "\\|")
                lines.append(f"| {title} | {language} | `{code}` |")
                title = ""
    return lines


def signatures(name, arguments):
    """One function in each language that has it, in lines of at most WIDTH characters."""
    python = surfaces.PYTHON_NAMES.get(name, name)
    command = surfaces.SHELL_NAMES.get(name, name.replace("_", "-"))
    lines = folded("R", f"{name}(", arguments, ", ", ")")
    if surfaces.python_object(python) is not None:
        lines += folded("Python", f"{python}(", surfaces.python_signature(python), ", ", ")")
    if command in surfaces.commands():
        lines += folded("shell", f"hearingai {command} ", surfaces.shell_signature(command), " ")
    return lines


def folded(language, name, arguments, separator, end=""):
    """A signature in lines that break between arguments, the language in front of the first."""
    whole = [argument.replace(" ", "\N{NO-BREAK SPACE}") for argument in arguments]
    lines = textwrap.wrap(
        name + separator.join(whole) + end,
        WIDTH,
        initial_indent=f"{language:8}",
        subsequent_indent=" " * 12,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def every_function(r):
    """All functions, in the groups of the reference."""
    lines = ["## Every function", ""]
    for group in r["groups"]:
        names = [name for name, offered in r["functions"].items() if group in offered["groups"]]
        blocks = ["\n".join(signatures(name, r["functions"][name]["arguments"])) for name in names]
        lines += [f"### {group}: all arguments", "", "```text", "\n\n".join(blocks), "```", ""]
    return lines


def in_one_face_alone(r):
    """What Python and the shell have besides, and what it is."""
    shown = {surfaces.PYTHON_NAMES.get(name, name) for name in r["functions"]} | {"__version__"}
    names = [name for name in hearingai.__all__ if name not in shown]
    lines = ["### In Python alone", "", "| | |", f"| {'-' * 30} | {'-' * 58} |"]
    lines += [f"| `hearingai.{n}` | {first_line(surfaces.python_object(n))} |" for n in names]
    known = {surfaces.SHELL_NAMES.get(n, n.replace("_", "-")) for n in r["functions"]}
    rest = [name for name in surfaces.commands() if name not in known]
    lines += ["", "### At the shell alone", "", "```text"]
    for name in rest:
        lines += folded("shell", f"hearingai {name} ", surfaces.shell_signature(name), " ")
    return [*lines, "```"]


def first_line(value):
    """The first line of a docstring."""
    return getdoc(value).splitlines()[0]


def page(text):
    """The cheat sheet that the tasks in `text` make."""
    sections = read_tasks(text)
    tasks = [task for tasks in sections.values() for task in tasks]
    r = surfaces.read_r([task.code["R"] for task in tasks if "R" in task.code])
    check(sections, r)
    lines = [HEAD]
    for section, tasks in sections.items():
        lines += [f"## {section}", "", *task_table(tasks), ""]
    return "\n".join([*lines, *every_function(r), *in_one_face_alone(r)]) + "\n"


def main():
    """Write the page."""
    try:
        PAGE.write_text(page(TASKS.read_text()))
    except CheatSheetError as error:
        sys.exit(f"{TASKS}:\n{error}")


if __name__ == "__main__":
    main()
