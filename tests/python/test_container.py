"""The Dockerfile: it is linted, copies what there is, and starts what the package has."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from fresh import need
from hearingai.cli import app

ROOT = Path(__file__).resolve().parents[2]


def instructions():
    """`(name, words)` of each instruction."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def of(name):
    return [words for given, words in instructions() if given == name]


def lists_of(name):
    return [json.loads(words[words.index("[") :]) for words in of(name)]


def test_the_linter_finds_nothing():
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)
    if linter is None:
        pytest.skip("no hadolint here")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_there_and_reaches_the_build():
    sources = [word for words in of("COPY") for word in words.split()[:-1]]
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {rule[1:] for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert set(sources) == kept
    assert all((ROOT / source).exists() for source in sources)
    told = (ROOT / "pyproject.toml").read_text()
    needed = set(re.findall(r'"?(?:readme|file)"? = "([\w.]+)"', told))
    assert {"README.md", "LICENSE.md"} <= needed <= set(sources)


def test_the_extras_are_those_of_the_package():
    (words,) = [words for words in of("RUN") if "pip install" in words]
    extras = re.search(r"\[([\w,]+)\]", words)[1].split(",")
    told = (ROOT / "pyproject.toml").read_text()
    known = told.split("[project.optional-dependencies]")[1].split("\n[")[0]
    assert {"tensorflow", "serve"} <= set(extras)
    assert all(re.search(rf"^{extra} = ", known, re.MULTILINE) for extra in extras)


def test_it_starts_a_command_that_exists_without_rights():
    assert lists_of("ENTRYPOINT") == [["hearingai"]]
    ((name, *words),) = lists_of("CMD")
    options = {o for p in get_command(app).commands[name].params for o in p.opts}
    assert {word for word in words if word.startswith("--")} <= options
    (user,) = of("USER")
    assert int(user) > 0
    assert f"--uid {user} " in " ".join(of("RUN"))
    assert words[words.index("--port") + 1 :][:1] == of("EXPOSE")


def test_the_health_check_tells_a_server_from_none(ear):
    need("starlette", "uvicorn", "python_multipart")
    from servers import served

    (words,) = lists_of("HEALTHCHECK")
    code = words[2]

    def healthy(port):
        command = [sys.executable, "-c", code.replace("8000", port)]
        return subprocess.run(command, capture_output=True).returncode == 0

    with served(ear()) as url:
        port = url.rpartition(":")[2]
        assert healthy(port)
    assert not healthy(port)


def test_r_builds_its_package_without_it():
    rules = (ROOT / ".Rbuildignore").read_text().splitlines()
    for name in ("Dockerfile", ".dockerignore"):
        assert any(re.search(rule, name) for rule in rules if rule)
