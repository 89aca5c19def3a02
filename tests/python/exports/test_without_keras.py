"""Exported files are used in every way where neither Keras nor a backend of it can be imported."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import hearingai
from exported import LIBRARIES, NAMES
from fresh import need, python
from patience import PATIENCE
from slow import first_quick
from uses import uses

HELPERS = Path(__file__).parents[1] / "helpers"
ABSENT = HELPERS / "without_keras"  # has a sitecustomize, which children of children run too
USE = """
import sys
from pathlib import Path
import numpy as np
import hearingai
from uses import uses

model, csv, folder = sys.argv[1:]
sound, _ = hearingai.read_audio(Path(folder) / "words.wav")
opened = hearingai.load_exported(model, threads=1)
found = uses(opened, hearingai.read_clips(csv), sound, Path(folder))
np.savez(Path(folder) / "found.npz", **found)
"""
TYPE = """
import contextlib, io, json, sys
from hearingai.cli import main

answers = []
for line in json.loads(sys.argv[1]):
    sys.argv, said = ["hearingai", *line], io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            main()
    except SystemExit as stop:
        assert not stop.code, (line, stop.code)
    answers.append(said.getvalue())
print(json.dumps(answers))
"""
PAGE = """
import json, sys, time, urllib.request
import hearingai

def get(path, content=None):
    with urllib.request.urlopen(page.url + path, content, timeout=60) as answer:
        return json.loads(answer.read())

model = hearingai.load_exported(sys.argv[1])
with hearingai.explore(model, hop=0.25, smooth=0, threshold=0.4) as page:
    with open(sys.argv[2], "rb") as file:
        key = get("recordings?name=words.wav", file.read())["key"]
    while get(f"recordings/{key}")["state"] not in ("ready", "failed"):
        time.sleep(0.05)
    told = get(f"recordings/{key}")
    assert told["state"] == "ready", told
    view = get(f"recordings/{key}/view?start=0&end=1&width=100")
    print(json.dumps({"bands": view["bands"], **get(f"recordings/{key}/events")}))
"""


@pytest.fixture
def absent():
    """The environment of a child that has neither Keras nor a backend."""
    paths = (str(ABSENT), str(HELPERS), *filter(None, sys.path))
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


@pytest.fixture(scope="module")
def clips(words):
    return words.iloc[::10].reset_index(drop=True)


@pytest.fixture(scope="module")
def made(trained, clips, tmp_path_factory):
    """A folder of recordings and a table, and what the classifier itself makes of them."""
    folder = tmp_path_factory.mktemp("made")
    sound = np.concatenate([hearingai.read_audio(f)[0] for f in clips["fname"][::3]])
    hearingai.write_audio(folder / "words.wav", sound, 16000)
    clips[["fname", "class"]].to_csv(folder / "clips.csv", index=False)
    sound, _ = hearingai.read_audio(folder / "words.wav")
    return folder, uses(trained, clips, sound, folder)


@pytest.fixture(scope="module", params=first_quick("litert", "onnx"))
def model(request, trained, tmp_path_factory):
    need(*LIBRARIES[request.param])
    folder = tmp_path_factory.mktemp("exported")
    return hearingai.export(trained, folder / NAMES[request.param]).path


def test_keras_and_its_backends_are_not_there(absent):
    for name in ("keras", "tensorflow", "jax", "torch"):
        code = f"try: import {name}\nexcept ModuleNotFoundError: print('none')"
        assert python(code, env=absent).stdout == "none\n"


def test_a_prediction_starts_neither_keras_nor_tensorflow(model, clips):
    """Where they are installed too."""
    code = (
        "import sys, hearingai\n"
        "table = hearingai.predict(hearingai.load_exported(sys.argv[1]), sys.argv[2])\n"
        "assert table['error'].isna().all()\n"
        "assert not {'keras', 'tensorflow', 'jax', 'torch', 'scipy'} & set(sys.modules)"
    )
    python(code, model, clips["fname"][0])


def test_every_use_gives_what_the_classifier_gives(model, made, absent):
    folder, expected = made
    python(USE, model, folder / "clips.csv", folder, env=absent)
    found = dict(np.load(folder / "found.npz"))
    assert found.keys() == expected.keys()
    assert len(expected["events"]) > 2
    assert np.abs(expected["gated"]).mean() > 0
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=2e-3, err_msg=name)


def test_the_page(model, made, absent):
    folder, expected = made
    told = json.loads(python(PAGE, model, folder / "words.wav", env=absent).stdout)
    assert told["bands"] == 128
    events = np.array([event[:2] for event in told["events"]])
    np.testing.assert_allclose(events, expected["events"])


def test_the_shell(model, made, clips, absent, tmp_path):
    folder, expected = made
    sound, table = str(folder / "words.wav"), str(folder / "clips.csv")
    rules = ["--hop", "0.25", "--smooth", "0", "--threshold", "0.4"]
    embedded, gated = str(tmp_path / "e.csv"), str(tmp_path / "g.wav")
    lines = [
        ["info", model, "--json"],
        ["predict", model, *clips["fname"], "--json"],
        ["evaluate", model, table, "--json"],
        ["embed", model, *clips["fname"], "--out", embedded],
        ["annotate", model, sound, *rules, "--out", str(tmp_path / "events.csv"), "--json"],
        ["listen", model, "--source", sound, "--wait", "0.2", *rules, "--json"],
        ["gate", model, sound, gated, "--target", "yes"],
        ["detection-metrics", str(tmp_path / "events.csv"), str(tmp_path / "events.csv"), "--json"],
    ]
    answers = json.loads(python(TYPE, json.dumps(lines), env=absent).stdout)
    info, predicted, measured, _, heard, listened, _, detection = answers
    assert json.loads(info)["labels"] == ["down", "no", "yes"]
    rows = [list(row["probabilities"].values()) for row in json.loads(predicted)]
    np.testing.assert_allclose(rows, expected["predict"], atol=1e-4)
    assert json.loads(measured)["accuracy"] == pytest.approx(expected["evaluate"][0])
    values = np.genfromtxt(embedded, delimiter=",", skip_header=1)[:, 1:-1]
    np.testing.assert_allclose(values, expected["embed"], atol=1e-3)
    times = [[event["start"], event["end"]] for event in json.loads(heard)["events"]]
    np.testing.assert_allclose(times, expected["events"])
    assert len(listened.splitlines()) == len(expected["listen"])
    np.testing.assert_allclose(hearingai.read_audio(gated)[0], expected["gated"], atol=2e-3)
    assert json.loads(detection)["summary"]["f1"] == 1


def test_the_shell_serves_the_page(model, absent):
    code = "from hearingai.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", model, "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=absent, **pipes) as server:
        try:
            url = server.stdout.readline().strip()
            with urllib.request.urlopen(f"{url}about", timeout=PATIENCE) as answer:
                assert json.loads(answer.read())["labels"] == ["down", "no", "yes"]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE)
