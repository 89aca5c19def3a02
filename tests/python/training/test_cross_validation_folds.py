"""The folds of a cross-validation: how they are dealt, named, kept and run at once."""

import numpy as np
import pytest

import hearingai
from embeddings import TAGGER
from hearingai.training import _fold_runs as fold_runs

SETTINGS = {"seed": 4, "deterministic": True}


@pytest.fixture
def untrained(monkeypatch):
    """Leave the training itself out, for tests of what is around it."""

    def fit(classifier, clips, **_):
        facts = {"interrupted": False, "n_train": len(clips), "history": [], "seconds": 0.0}
        classifier.record |= facts
        return classifier

    monkeypatch.setattr(fold_runs, "fit", fit)


def test_repeats_deal_the_folds_anew(turkeys, untrained):
    result = hearingai.cross_validate(
        TAGGER, turkeys, folds=2, repeats=2, validation=False, epochs=1, **SETTINGS
    )
    assert list(result.folds["fold"]) == ["1-1", "1-2", "2-1", "2-2"]
    assert sorted(result.predictions["row"]) == sorted([*range(48)] * 2)
    rows = result.predictions.groupby("fold")["row"].apply(set)
    assert rows["1-1"] not in (rows["2-1"], rows["2-2"])
    assert (result.folds["n_train"] + result.folds["n_test"] == 48).all()
    assert result.folds["fingerprint"].nunique() == 4


def test_a_class_of_one_fold_alone_is_measured_as_wrong(turkeys, untrained):
    rare = turkeys.assign(fold=np.repeat(range(4), 12)).astype({"class": object})
    rare.loc[rare["fold"] == 1, "class"] = "owl"
    result = hearingai.cross_validate(TAGGER, rare, epochs=1, validation=False, **SETTINGS)
    assert len(result.predictions) == 48
    owls = result.predictions[result.predictions["class"] == "owl"]
    assert set(owls["fold"].astype(str)) == {"1"}
    assert result.folds["accuracy"][1] == (owls["label"] == "owl").mean()


def test_names_of_folds_that_look_alike_keep_their_files_apart(turkeys, untrained):
    names = np.repeat(["a b", "a_b", "A_b", "é/"], 12)
    result = hearingai.cross_validate(
        TAGGER, turkeys.assign(room=names), folds="room", validation=False, epochs=1, **SETTINGS
    )
    assert sorted(result.folds["fold"]) == sorted(set(names))
    assert sorted(result.predictions["row"]) == list(range(48))


def test_classes_may_be_called_as_missing_values_are(turkeys, untrained):
    named = turkeys.assign(**{"class": turkeys["class"].map({"turkey": "NA", "other": "None"})})
    result = hearingai.cross_validate(TAGGER, named, folds=2, epochs=1, **SETTINGS)
    assert set(result.predictions["class"]) == {"NA", "None"}
    assert result.predictions["label"].isin(["NA", "None"]).all()


def test_classifiers_are_kept_if_wished(turkeys, tmp_path, untrained):
    positions = [range(0, 8), range(8, 12), range(12, 48)]
    result = hearingai.cross_validate(
        TAGGER, turkeys, folds=positions, path=tmp_path, keep=True, epochs=1, **SETTINGS
    )
    for fold, fingerprint in zip(result.folds["fold"], result.folds["fingerprint"], strict=True):
        assert hearingai.load_classifier(tmp_path / f"fold-{fold}.keras").fingerprint() == (
            fingerprint
        )
    assert list(result.folds["n_test"]) == [8, 4, 36]
    (tmp_path / "fold-2.keras").unlink()
    with pytest.warns(hearingai.HearingAIWarning, match="finished without `keep`: 2$"):
        hearingai.cross_validate(
            TAGGER, turkeys, folds=positions, path=tmp_path, keep=True, epochs=1, **SETTINGS
        )


def test_two_folds_leave_none_to_watch(turkeys, untrained):
    with pytest.warns(hearingai.HearingAIWarning, match="of two folds none"):
        hearingai.cross_validate(TAGGER, turkeys, folds=2, validation="fold", **SETTINGS)


@pytest.mark.slow
def test_a_fold_ends_with_the_process_that_started_it(turkeys, tmp_path):
    task = {"name": "1", "folder": tmp_path, "train": turkeys, "held": None, "test": turkeys}
    worker = fold_runs._Worker(task | {"recipe": TAGGER, "labels": ["other", "turkey"], "seed": 1})
    try:
        worker.child.process.stdin.close()  # as where the process is killed
        assert worker.child.process.wait(timeout=120)
        assert not list(tmp_path.iterdir())
    finally:
        worker.end()


def test_the_fold_that_ends_first_is_followed_first(tmp_path, monkeypatch):
    class Worker:
        ended = []

        def __init__(self, task):
            self.task, self.polls = task, task["polls"]

        @property
        def running(self):
            self.polls -= 1
            return self.polls > 0

        def check(self):
            Worker.ended.append(self.task["polls"])

        def end(self):
            pass

    monkeypatch.setattr(fold_runs, "_Worker", Worker)
    tasks = [{"polls": n} for n in (9, 1, 2)]
    assert len(list(fold_runs.at_once(tasks, 2, lambda: None))) == 3
    assert Worker.ended == [1, 2, 9]


@pytest.mark.slow
@pytest.mark.parametrize("parallel", [1, 2])
def test_a_fold_that_fails_is_named_with_its_reason(turkeys, tmp_path, parallel):
    lost = turkeys.assign(fold=np.repeat(range(3), 16)).astype({"fname": object})
    lost.loc[lost["fold"] == 1, "fname"] = str(tmp_path / "lost.json")
    with pytest.raises(hearingai.HearingAIError, match=r"^fold [012]: .*lost\.json"):
        hearingai.cross_validate(
            TAGGER, lost, folds="fold", parallel=parallel, on_error="raise", **SETTINGS
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"folds": "room"}, "no column `room`"),
        ({"folds": 1}, "two folds"),
        ({"repeats": 0}, "repeats"),
        ({"repeats": 2, "folds": "source"}, "repeats"),
        ({"repeats": 2, "folds": [[0, 1], [2, 3]]}, "repeats"),
        ({"epoch": 1}, "no argument `epoch`. Did you mean `epochs`"),
        ({"checkpoint": "a.keras"}, "checkpoint"),
        ({"parallel": 0}, "parallel"),
        ({"validation": 2.0}, "validation"),
        ({"validation": "before"}, "validation"),
        ({"recipe": "speech-commands-small"}, "takes recordings"),
    ],
)
def test_wrong_arguments_are_named(turkeys, change, words):
    arguments = {"recipe": TAGGER, "clips": turkeys, "folds": 2} | SETTINGS
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.cross_validate(**(arguments | change))
