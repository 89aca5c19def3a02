"""What is told of slow work, and when."""

import io
from types import SimpleNamespace

import pytest

from hearingai.runtime import progress

PAUSE = progress._PAUSE  # before the other tests are told of everything


@pytest.mark.parametrize(("terminal", "seconds"), [(True, 0), (True, 60), (False, 0)])
def test_the_bar_shows_on_a_terminal_after_a_while(monkeypatch, terminal, seconds):
    screen = io.StringIO()
    screen.isatty = lambda: terminal
    monkeypatch.setattr(progress.sys, "stderr", screen)
    monkeypatch.setattr(progress, "_QUIET_SECONDS", seconds)
    with progress.ProgressBar("Counting", 3) as bar:
        for _ in range(3):
            bar.advance()
    assert ("Counting" in screen.getvalue()) == (terminal and not seconds)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still unless it is set, and the pause that users get."""
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(progress, "time", clock)
    monkeypatch.setattr(progress, "_PAUSE", PAUSE)
    return clock


@pytest.mark.parametrize(("total", "last"), [(100, [100]), (None, [])])
def test_a_function_is_called_five_times_a_second_and_at_the_end(clock, total, last):
    told = []
    with progress.progress_bar("Counting", total, lambda *news: told.append(news)) as bar:
        for done in range(1, 100):
            clock.now = done / 64
            bar(done)
        bar(100)
    # A fifth of a second is 12.8 steps.
    assert told == [(done, total, "Counting") for done in [*range(1, 100, 13), *last]]


def test_a_function_hears_the_text_of_its_time(clock):
    told = []
    with progress.progress_bar("Epoch 1", 9, lambda *news: told.append(news)) as bar:
        bar(1)
        bar(2, "Epoch 2")
        clock.now = PAUSE
        bar(3)
    assert told == [(1, 9, "Epoch 1"), (3, 9, "Epoch 2")]
