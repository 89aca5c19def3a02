import json
import subprocess
import sys

import pytest

from hearingai import HearingAIError
from hearingai.runtime.processes import Child, ChildEndedError, own_python


def test_a_child_answers_a_task(tmp_path):
    with Child("os:path_of", [1]) as child, pytest.raises(ChildEndedError, match="AttributeError"):
        child.answer()
    script = tmp_path / "child.py"
    script.write_text("import sys\nprint('{\"answer\": ' + sys.stdin.readline().strip() + '}')")
    with Child(script, {"a": range(2)}) as child:
        assert child.answer() == {"a": [0, 1]}
    assert not child.running


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ('print(\'{"error": "no voices"}\')', HearingAIError, "^no voices$"),
        ("raise SystemExit('no disk')", ChildEndedError, "^no disk$"),
        ("import os; os.kill(os.getpid(), 9)", ChildEndedError, "it was killed"),
    ],
)
def test_why_a_child_does_not_answer_is_said(tmp_path, line, error, message):
    script = tmp_path / "child.py"
    script.write_text(line)
    with Child(script, None) as child, pytest.raises(error, match=message):
        child.answer()


def test_a_python_is_found_where_the_program_is_another(monkeypatch):
    assert own_python() == sys.executable
    monkeypatch.setattr(sys, "executable", "/usr/lib/R/bin/exec/R")
    done = subprocess.run([own_python(), "-c", "print(1)"], capture_output=True, check=True)
    assert json.loads(done.stdout) == 1
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    monkeypatch.setattr(sys, "base_prefix", "/nowhere")
    with pytest.raises(HearingAIError, match="`sys.executable` is '/usr/lib/R/bin/exec/R'"):
        own_python()
