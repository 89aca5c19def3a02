"""Cross-validation: every clip measured once, by a classifier that never heard its fold."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import TAGGER
from hearingai.training import _fold_runs as fold_runs
from hearingai.training.cross_validation import summarise

SETTINGS = {"seed": 4, "deterministic": True}


@pytest.fixture(scope="module")
def result(turkeys):
    return hearingai.cross_validate(TAGGER, turkeys, folds=3, **SETTINGS)


def untimed(result):
    return result.folds.drop(columns="seconds")


@pytest.fixture
def trainings(monkeypatch):
    """Count the trainings; the one after `stop` of them fails with `reason`."""

    class Count:
        done, stop, reason = 0, None, KeyboardInterrupt()

    def counted(*arguments, **options):
        if Count.done == Count.stop:
            raise Count.reason
        Count.done += 1
        return fit(*arguments, **options)

    fit = fold_runs.fit
    monkeypatch.setattr(fold_runs, "fit", counted)
    return Count


def test_every_clip_is_measured_once_with_its_own_class(result, turkeys):
    assert sorted(result.predictions["row"]) == list(range(48))
    rows = result.predictions.sort_values("row")
    assert list(rows["class"]) == list(turkeys["class"])
    assert result.folds["n_test"].sum() == 48
    assert result.confusion["n"].sum() == 48
    assert list(result.folds["fold"]) == ["1", "2", "3"]


def test_no_video_is_heard_and_measured(result, turkeys):
    fold = result.predictions.set_index("row")["fold"].sort_index()
    assert (fold.groupby(turkeys["source"]).nunique() == 1).all()
    assert (result.folds["n_train"] + result.folds["n_test"] < 48).all()  # a fold watches


def test_the_summary_is_that_of_the_folds(result):
    told = result.summary.set_index("metric").loc["accuracy"]
    accuracy = result.folds["accuracy"]
    assert told["mean"] == pytest.approx(accuracy.mean())
    assert told["sd"] == pytest.approx(np.std(accuracy, ddof=1))
    assert (told["low"], told["high"], told["n"]) == (accuracy.min(), accuracy.max(), 3)
    right = result.predictions["label"] == result.predictions["class"]
    assert right.groupby(result.predictions["fold"]).mean().tolist() == pytest.approx(
        list(accuracy)
    )
    assert not {"seconds", "fingerprint", "fold"} & set(result.summary["metric"])


def test_the_summary_counts_the_folds_that_have_a_metric():
    folds = pd.DataFrame({"fold": ["1", "2", "3"], "roc_auc": [0.5, np.nan, 0.7]})
    told = summarise(folds).iloc[0]
    assert (told["n"], told["mean"]) == (2, pytest.approx(0.6))


def test_a_fold_is_a_training_of_its_own(result, turkeys):
    """The classifier of a fold is that of `fit` on the other folds."""
    fold = result.predictions.set_index("row")["fold"].sort_index()
    dealt = {name: turkeys[fold == name] for name in ("1", "2", "3")}
    seed = int(np.random.SeedSequence([4, 1]).generate_state(1)[0] >> 1)
    fitted = hearingai.fit(TAGGER, dealt["3"], validation=dealt["1"], seed=seed, deterministic=True)
    assert fitted.fingerprint() == result.folds["fingerprint"][1]


@pytest.mark.slow
def test_folds_in_processes_of_their_own_are_the_same(result, turkeys):
    parallel = hearingai.cross_validate(TAGGER, turkeys, folds=3, parallel=2, **SETTINGS)
    pd.testing.assert_frame_equal(untimed(parallel), untimed(result))
    pd.testing.assert_frame_equal(parallel.predictions, result.predictions)


def test_after_a_break_only_the_missing_folds_are_trained(result, turkeys, tmp_path, trainings):
    trainings.stop = 1
    with pytest.raises(KeyboardInterrupt):
        hearingai.cross_validate(TAGGER, turkeys, folds=3, path=tmp_path / "cv", **SETTINGS)
    trainings.stop, trainings.done = None, 0
    again = hearingai.cross_validate(TAGGER, turkeys, folds=3, path=tmp_path / "cv", **SETTINGS)
    assert trainings.done == 2
    pd.testing.assert_frame_equal(untimed(again), untimed(result))
    pd.testing.assert_frame_equal(again.predictions, result.predictions)
    # And the seed need not be known by heart.
    settings = {"deterministic": True, "path": tmp_path / "cv"}
    again = hearingai.cross_validate(TAGGER, turkeys, folds=3, **settings)
    assert trainings.done == 2
    assert again.settings == result.settings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recipe": hearingai.get_recipe(TAGGER, epochs=1)}, "data"),
        ({"recipe": "embedding-gru"}, "recipe"),
        ({"seed": 5}, "seed"),
        ({"folds": 4}, "folds"),
        ({"batch_size": 8}, "options"),
        ({"records": 1}, "data"),
    ],
)
def test_another_cross_validation_in_the_same_folder_is_refused(
    turkeys, tmp_path, trainings, change, words
):
    arguments = {"recipe": TAGGER, "folds": 3, "path": tmp_path} | SETTINGS
    trainings.stop = 0
    with pytest.raises(KeyboardInterrupt):
        hearingai.cross_validate(clips=turkeys, **arguments)
    turkeys = turkeys.assign(record=turkeys["record"] + change.pop("records", 0))
    with pytest.raises(hearingai.HearingAIError, match=f"another cross-validation.*{words}"):
        hearingai.cross_validate(clips=turkeys, **(arguments | change))


def test_a_damaged_note_is_named(turkeys, tmp_path):
    (tmp_path / "cross-validation.json").write_text('{"recipe": "audio')
    with pytest.raises(hearingai.HearingAIError, match="is damaged"):
        hearingai.cross_validate(TAGGER, turkeys, folds=2, path=tmp_path)


def test_an_interrupted_fold_is_no_finished_fold(turkeys, tmp_path, monkeypatch):
    def interrupt(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr("hearingai.training._callbacks.Reporter.on_train_batch_end", interrupt)
    with (
        pytest.warns(hearingai.HearingAIWarning, match="interrupted"),
        pytest.raises(KeyboardInterrupt),
    ):
        hearingai.cross_validate(TAGGER, turkeys, folds=3, path=tmp_path, **SETTINGS)
    assert not list(tmp_path.glob("fold-*.json"))


def test_an_optimizer_serves_every_fold(turkeys):
    import keras

    optimizer = keras.optimizers.Adam(0.01)
    result = hearingai.cross_validate(TAGGER, turkeys, folds=2, optimizer=optimizer, epochs=1)
    assert result.folds["fingerprint"].nunique() == 2
