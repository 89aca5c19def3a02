"""Keras starts without noise, and nothing that matters is lost."""

import os
import platform
import re
import sys

import numpy as np
import pytest

from embeddings import write_turkeys
from fresh import python


def test_a_missing_backend_is_one_line_with_the_remedy():
    code = (
        "import os, sys; os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "sys.modules['tensorflow'] = None\n"
        "import hearingai\n"
        "try: hearingai.fit\n"
        "except hearingai.HearingAIError as error: print(error)"
    )
    assert 'pip install "hearingai[tensorflow]"' in python(code).stdout


def test_the_backend_starts_quietly_and_hides_nothing_that_comes_after():
    said = python("import os, hearingai; hearingai.fit; os.write(2, b'and this')").stderr
    assert "oneDNN" not in said
    assert "absl" not in said
    assert said.endswith("and this")


@pytest.mark.slow
def test_a_command_that_names_a_recipe_starts_quietly(tmp_path):
    write_turkeys(tmp_path / "clips.json", [np.full((3, 128), i) for i in range(24)])
    code = "from hearingai.cli import main; main()"
    command = "train clips.json --kind turkey --recipe audio-gate --epochs 1 --out a.keras"
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    said = python(code, *command.split(), cwd=tmp_path, env=quiet).stderr
    assert not re.search("oneDNN|absl|cpu_feature_guard", said)


# Stands for a TensorFlow that cannot be loaded, and tells why past Python.
BROKEN = """
import contextlib, os
with contextlib.suppress(OSError):
    os.write(2, b"I0000 port.cc:153] oneDNN custom operations are on.\\nno such instruction\\n")
raise ImportError("DLL load failed")
"""
START = """
import hearingai, os
try:
    hearingai.fit
except hearingai.HearingAIError as error:
    print(error)
"""


@pytest.fixture
def broken(tmp_path):
    """The environment of a process whose TensorFlow is broken."""
    (tmp_path / "tensorflow.py").write_text(BROKEN)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    return os.environ | {"PYTHONPATH": path, "KERAS_BACKEND": "tensorflow"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="oneDNN is on x86 only")
def test_onednn_computes_unless_the_user_says_otherwise(broken):
    code = START + "print(os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    bare = {k: v for k, v in broken.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    for given, found in (({}, "1"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "0")):
        assert python(code, env=bare | given).stdout.splitlines()[-1] == found


def test_what_was_said_before_an_error_is_shown(broken):
    done = python(START + "os.write(2, b'and this')", env=broken)
    assert "Keras cannot start on `tensorflow` (DLL load failed)" in done.stdout
    assert done.stderr == "no such instruction\nand this"


def test_all_is_shown_to_those_who_ask(broken):
    done = python(START, env=broken | {"TF_CPP_MIN_LOG_LEVEL": "0"})
    assert done.stderr.endswith("oneDNN custom operations are on.\nno such instruction\n")


@pytest.mark.parametrize("shut", ["os.close(2)", "tempfile.tempdir = '/no/such/folder'"])
def test_where_nothing_can_be_held_back_it_starts_all_the_same(broken, shut):
    done = python(f"import os, tempfile; {shut}\n" + START, env=broken)
    assert "Keras cannot start on `tensorflow` (DLL load failed)" in done.stdout


def test_an_error_comes_through_where_standard_error_takes_nothing(broken, full_device):
    with open(full_device, "w") as full:
        assert "(DLL load failed)" in python(START, env=broken, stderr=full).stdout


def test_two_threads_that_start_keras_leave_standard_error_in_place():
    code = """
import os
from hearingai.runtime._quiet_start import quiet_start
first, second = quiet_start(), quiet_start()
first.__enter__()
second.__enter__()
os.write(2, b"one, ")
first.__exit__(None, None, None)
second.__exit__(None, None, None)
os.write(2, b"two")
"""
    assert python(code).stderr == "one, two"
