"""What trains keeps the parts of a recording together, whichever function splits the clips."""

import numpy as np
import pytest

import hearingai
from hearingai.training import cross_validation, few_shots, tuning

RECIPE = "speech-commands-small"


class Split(BaseException):
    """Stops a function where its clips are split; its arguments are the tables."""


def parts(**columns):
    """Sixty parts of six recordings, ten each."""
    start = np.tile(np.arange(10.0), 6)
    names, classes = np.repeat([f"{i}.wav" for i in range(6)], 10), ["a", "b"] * 30
    return hearingai.clip_table(names, classes, start=start, end=start + 1, **columns)


@pytest.fixture
def stopped(monkeypatch):
    def stop(*args, **_):
        raise Split(*args)

    monkeypatch.setattr(tuning, "read_stores", stop)
    monkeypatch.setattr(few_shots, "read_stores", stop)
    monkeypatch.setattr(cross_validation, "_run", stop)


def test_tune(stopped):
    pytest.importorskip("optuna")
    with pytest.raises(Split) as caught:
        hearingai.tune(RECIPE, parts(), {"batch_size": [8]}, seed=1)
    _, train, held = caught.value.args
    assert not set(train["fname"]) & set(held["fname"])
    assert len(train) + len(held) == 60


@pytest.mark.parametrize("validation", [False, "fold", 0.3])
def test_cross_validate(stopped, validation):
    with pytest.raises(Split) as caught:
        hearingai.cross_validate(RECIPE, parts(), folds=3, validation=validation, seed=1)
    for task in caught.value.args[0]:
        sides = [set(task[n]["fname"]) for n in ("train", "held", "test") if task[n] is not None]
        assert sum(map(len, sides)) == len(set().union(*sides)) == 6


def test_few_shot(stopped):
    clips = parts(split=["test"] + ["train"] * 59)  # one part of the first recording
    with (
        pytest.warns(hearingai.HearingAIWarning, match="9 clips are left out: other parts"),
        pytest.raises(Split) as caught,
    ):
        hearingai.few_shot(hearingai.create_classifier(RECIPE, ["a", "b"]), clips, shots=25, seed=1)
    assert "0.wav" not in set(caught.value.args[1]["fname"])
