import io

import pytest

from hearingai import progress


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
