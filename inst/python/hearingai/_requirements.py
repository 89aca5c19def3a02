"""Whether this Python has what the core needs: run by R as a script, before it starts Python.

python _requirements.py OLDEST-PYTHON NAME[>=VERSION]...

It prints `complete`, or what is missing. Nothing of the core is imported, nor its libraries.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, version


def missing(requirements: list[str]) -> list[str]:
    """Those of the requirements that no installed distribution fulfils."""
    return [requirement for requirement in requirements if not _is_met(requirement)]


def _is_met(requirement: str) -> bool:
    name, _, least = requirement.partition(">=")
    # TensorFlow is one module of several distributions.
    names = {name, re.sub("-cpu$", "", name), f"{name}-cpu"}
    return any(_at_least(found, least) for found in map(_version, names) if found)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _at_least(found: str, least: str) -> bool:
    return _numbers(found) >= _numbers(least)


def _numbers(text: str) -> list[int]:
    """The release of a version: `[2, 18]` of `2.18rc1`."""
    release = re.match(r"[0-9.]*", text)
    return [int(part) for part in (release.group() if release else "").split(".") if part]


if __name__ == "__main__":
    lacks = missing(sys.argv[2:])
    old = list(sys.version_info[:2]) < _numbers(sys.argv[1])
    print("a newer Python" if old else " ".join(lacks) or "complete")
