"""Ctrl-C in an interactive R: a training ends cleanly and keeps what it learnt."""

import os
import select
import shutil
import signal
import sys
import time

import pytest

from children import alive, children, need_list_of_processes
from patience import until

pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")

PROMPT = "R>>> "
TRAIN = 'kept <- fit("speech-commands-small", clips, epochs = 500, seed = 1, progress = {})'
# In two parts, so that the echo of the command is not taken for its answer.
AT_WORK = (
    'function(done, total, text) if (grepl("Epoch [2-9]/", text)) cat("at ", "work\\n", sep = "")'
)
STATE = 'with(classifier_info(kept), cat("state:", interrupted, epochs > 0, "\\n"))'


class Terminal:
    """An interactive R in a terminal of its own."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["RETICULATE_PYTHON"] = sys.executable
            os.execvp("R", ["R", "--interactive", "--vanilla", "--quiet"])
        self.text = ""

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def wait(self, words, seconds=180):
        """Read until the words come; returns what came before them."""
        end = time.monotonic() + seconds
        while words not in self.text:
            ready = select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]
            assert ready, f"R did not say {words!r} within {seconds} s, but: {self.text[-2000:]}"
            self.text += os.read(self.fd, 65536).decode("utf-8", "replace")
        before, self.text = self.text.split(words, 1)
        return before

    def run(self, code):
        """Run a line and return what R said to it."""
        self.type(code + "\n")
        return self.wait(PROMPT)

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def terminal(rscript, folder):
    if shutil.which("R") is None:
        pytest.skip("R is not installed")
    r = Terminal()
    r.wait("> ")
    r.type('options(prompt = paste0("R", ">>> "))\n')
    r.wait(PROMPT)
    r.run(f"library(hearingai); clips <- load_clips('{folder}')")
    yield r
    r.close()


def still_works(r):
    code = 'fit("speech-commands-small", clips, epochs = 1, seed = 1, progress = FALSE)'
    return "interrupted: FALSE" in r.run(
        f'cat("interrupted:", classifier_info({code})$interrupted, "\\n")'
    )


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_learnt(terminal):
    for presses in (1, 2):
        terminal.type(TRAIN.format(AT_WORK) + "\n")
        terminal.wait("at work\r\n")
        for _ in range(presses):
            terminal.type("\x03")
            time.sleep(0.05)
        assert "the classifier keeps what it learnt" in terminal.wait(PROMPT)
        terminal.type(STATE + "\n")
        terminal.wait("state: TRUE TRUE")  # past the prompt that a second Ctrl-C may have brought
        terminal.wait(PROMPT)
    assert still_works(terminal)


@pytest.mark.slow
def test_ctrl_c_while_tensorflow_starts_leaves_nothing_broken(terminal):
    terminal.type(TRAIN.format("FALSE") + "\n")
    time.sleep(0.3)
    terminal.type("\x03")
    assert "Error" not in terminal.wait(PROMPT)
    assert still_works(terminal)


@pytest.mark.slow
def test_ctrl_c_ends_the_workers_of_a_run_which_then_goes_on(terminal, tmp_path):
    need_list_of_processes()
    terminal.run("sound <- file.path(tempdir(), paste0(1:3, '.wav')); x <- rnorm(16000 * 70) / 10")
    terminal.run("for (file in sound) write_audio(x, file, 16000)")
    terminal.run("m <- create_classifier('speech-commands-small', c('no', 'yes'), seed = 1)")
    run = f'kept <- annotate(m, sound, hop = {{}}, out = "{tmp_path}/{{}}", workers = 2)\n'
    terminal.type(run.format(0.002, "long"))
    working = until(lambda: len(found := children(terminal.pid)) >= 2 and found)
    terminal.type("\x03")
    terminal.wait(PROMPT)
    until(lambda: not any(map(alive, working)))
    terminal.type(run.format(0.5, "short") + 'cat("read:", nrow(kept$recordings), "\\n")\n')
    terminal.wait("read: 3")
