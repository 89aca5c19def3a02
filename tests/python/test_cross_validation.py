"""Cross-validation: every clip measured once, by a classifier that never heard its fold."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai import fold_runs
from hearingai.cross_validation import summarise

RECIPE = hearingai.get_recipe(
    "audio-gate",
    network="linear_tagger",
    network_options={"hidden": 2},
    optimizer_options={"learning_rate": 0.01},
    batch_size=16,
    epochs=2,
)
SETTINGS = {"seed": 4, "deterministic": True}


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Forty-eight embeddings of twelve videos; turkeys are louder in some values."""
    rng = np.random.default_rng(1)
    folder = tmp_path_factory.mktemp("embeddings")
    clip = {"start_time_seconds_youtube_clip": 0, "end_time_seconds_youtube_clip": 10}
    found = []
    for i in range(48):
        values = rng.integers(0, 100, (rng.integers(3, 11), 128))
        values[:, :40] += 80 * (i % 2)
        record = {"vid_id": f"v{i // 4}", "audio_embedding": values.tolist(), "is_turkey": i % 2}
        found.append(clip | record)
    (folder / "clips.json").write_text(json.dumps(found))
    return hearingai.turkey(folder / "clips.json")


@pytest.fixture(scope="module")
def result(clips):
    return hearingai.cross_validate(RECIPE, clips, folds=3, **SETTINGS)


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


@pytest.fixture
def untrained(monkeypatch):
    """Leave the training itself out, for tests of what is around it."""

    def fit(classifier, clips, **_):
        facts = {"interrupted": False, "n_train": len(clips), "history": [], "seconds": 0.0}
        classifier.record |= facts
        return classifier

    monkeypatch.setattr(fold_runs, "fit", fit)


def test_every_clip_is_measured_once_with_its_own_class(result, clips):
    assert sorted(result.predictions["row"]) == list(range(48))
    rows = result.predictions.sort_values("row")
    assert list(rows["class"]) == list(clips["class"])
    assert result.folds["n_test"].sum() == 48
    assert result.confusion["n"].sum() == 48
    assert list(result.folds["fold"]) == ["1", "2", "3"]


def test_no_video_is_heard_and_measured(result, clips):
    fold = result.predictions.set_index("row")["fold"].sort_index()
    assert (fold.groupby(clips["source"]).nunique() == 1).all()
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


def test_a_fold_is_a_training_of_its_own(result, clips):
    """The classifier of a fold is that of `fit` on the other folds."""
    fold = result.predictions.set_index("row")["fold"].sort_index()
    dealt = {name: clips[fold == name] for name in ("1", "2", "3")}
    seed = int(np.random.SeedSequence([4, 1]).generate_state(1)[0] >> 1)
    fitted = hearingai.fit(RECIPE, dealt["3"], validation=dealt["1"], seed=seed, deterministic=True)
    assert fitted.fingerprint() == result.folds["fingerprint"][1]


@pytest.mark.slow
def test_folds_in_processes_of_their_own_are_the_same(result, clips):
    parallel = hearingai.cross_validate(RECIPE, clips, folds=3, parallel=2, **SETTINGS)
    pd.testing.assert_frame_equal(untimed(parallel), untimed(result))
    pd.testing.assert_frame_equal(parallel.predictions, result.predictions)


def test_after_a_break_only_the_missing_folds_are_trained(result, clips, tmp_path, trainings):
    trainings.stop = 1
    with pytest.raises(KeyboardInterrupt):
        hearingai.cross_validate(RECIPE, clips, folds=3, path=tmp_path / "cv", **SETTINGS)
    trainings.stop, trainings.done = None, 0
    again = hearingai.cross_validate(RECIPE, clips, folds=3, path=tmp_path / "cv", **SETTINGS)
    assert trainings.done == 2
    pd.testing.assert_frame_equal(untimed(again), untimed(result))
    pd.testing.assert_frame_equal(again.predictions, result.predictions)
    # And the seed need not be known by heart.
    settings = {"deterministic": True, "path": tmp_path / "cv"}
    again = hearingai.cross_validate(RECIPE, clips, folds=3, **settings)
    assert trainings.done == 2
    assert again.settings == result.settings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recipe": hearingai.get_recipe(RECIPE, epochs=1)}, "data"),
        ({"recipe": "embedding-gru"}, "recipe"),
        ({"seed": 5}, "seed"),
        ({"folds": 4}, "folds"),
        ({"batch_size": 8}, "options"),
        ({"records": 1}, "data"),
    ],
)
def test_another_cross_validation_in_the_same_folder_is_refused(
    clips, tmp_path, trainings, change, words
):
    arguments = {"recipe": RECIPE, "folds": 3, "path": tmp_path} | SETTINGS
    trainings.stop = 0
    with pytest.raises(KeyboardInterrupt):
        hearingai.cross_validate(clips=clips, **arguments)
    clips = clips.assign(record=clips["record"] + change.pop("records", 0))
    with pytest.raises(hearingai.HearingAIError, match=f"another cross-validation.*{words}"):
        hearingai.cross_validate(clips=clips, **(arguments | change))


def test_a_damaged_note_is_named(clips, tmp_path):
    (tmp_path / "cross-validation.json").write_text('{"recipe": "audio')
    with pytest.raises(hearingai.HearingAIError, match="is damaged"):
        hearingai.cross_validate(RECIPE, clips, folds=2, path=tmp_path)


def test_an_interrupted_fold_is_no_finished_fold(clips, tmp_path, monkeypatch):
    def interrupt(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr("hearingai.callbacks.Reporter.on_train_batch_end", interrupt)
    with (
        pytest.warns(hearingai.HearingAIWarning, match="interrupted"),
        pytest.raises(KeyboardInterrupt),
    ):
        hearingai.cross_validate(RECIPE, clips, folds=3, path=tmp_path, **SETTINGS)
    assert not list(tmp_path.glob("fold-*.json"))


def test_repeats_deal_the_folds_anew(clips, untrained):
    result = hearingai.cross_validate(
        RECIPE, clips, folds=2, repeats=2, validation=False, epochs=1, **SETTINGS
    )
    assert list(result.folds["fold"]) == ["1-1", "1-2", "2-1", "2-2"]
    assert sorted(result.predictions["row"]) == sorted([*range(48)] * 2)
    rows = result.predictions.groupby("fold")["row"].apply(set)
    assert rows["1-1"] not in (rows["2-1"], rows["2-2"])
    assert (result.folds["n_train"] + result.folds["n_test"] == 48).all()
    assert result.folds["fingerprint"].nunique() == 4


def test_a_class_of_one_fold_alone_is_measured_as_wrong(clips, untrained):
    rare = clips.assign(fold=np.repeat(range(4), 12)).astype({"class": object})
    rare.loc[rare["fold"] == 1, "class"] = "owl"
    result = hearingai.cross_validate(RECIPE, rare, epochs=1, validation=False, **SETTINGS)
    assert len(result.predictions) == 48
    owls = result.predictions[result.predictions["class"] == "owl"]
    assert set(owls["fold"].astype(str)) == {"1"}
    assert result.folds["accuracy"][1] == (owls["label"] == "owl").mean()


def test_names_of_folds_that_look_alike_keep_their_files_apart(clips, untrained):
    names = np.repeat(["a b", "a_b", "A_b", "é/"], 12)
    result = hearingai.cross_validate(
        RECIPE, clips.assign(room=names), "room", validation=False, epochs=1, **SETTINGS
    )
    assert sorted(result.folds["fold"]) == sorted(set(names))
    assert sorted(result.predictions["row"]) == list(range(48))


def test_classes_may_be_called_as_missing_values_are(clips, untrained):
    named = clips.assign(**{"class": clips["class"].map({"turkey": "NA", "other": "None"})})
    result = hearingai.cross_validate(RECIPE, named, folds=2, epochs=1, **SETTINGS)
    assert set(result.predictions["class"]) == {"NA", "None"}
    assert result.predictions["label"].isin(["NA", "None"]).all()


def test_classifiers_are_kept_if_wished(clips, tmp_path, untrained):
    positions = [range(0, 8), range(8, 12), range(12, 48)]
    result = hearingai.cross_validate(
        RECIPE, clips, positions, path=tmp_path, keep=True, epochs=1, **SETTINGS
    )
    for fold, fingerprint in zip(result.folds["fold"], result.folds["fingerprint"], strict=True):
        assert hearingai.load_classifier(tmp_path / f"fold-{fold}.keras").fingerprint() == (
            fingerprint
        )
    assert list(result.folds["n_test"]) == [8, 4, 36]
    (tmp_path / "fold-2.keras").unlink()
    with pytest.warns(hearingai.HearingAIWarning, match="finished without `keep`: 2$"):
        hearingai.cross_validate(
            RECIPE, clips, positions, path=tmp_path, keep=True, epochs=1, **SETTINGS
        )


def test_two_folds_leave_none_to_watch(clips, untrained):
    with pytest.warns(hearingai.HearingAIWarning, match="of two folds none"):
        hearingai.cross_validate(RECIPE, clips, 2, validation="fold", **SETTINGS)


@pytest.mark.slow
def test_a_fold_ends_with_the_process_that_started_it(clips, tmp_path):
    task = {"name": "1", "folder": tmp_path, "train": clips, "held": None, "test": clips}
    worker = fold_runs._Worker(task | {"setup": RECIPE, "labels": ["other", "turkey"], "seed": 1})
    try:
        worker.process.stdin.close()  # as where the process is killed
        assert worker.process.wait(timeout=120)
        assert not list(tmp_path.iterdir())
    finally:
        worker.end()


def test_the_fold_that_ends_first_is_followed_first(tmp_path, monkeypatch):
    class Worker:
        ended = []

        def __init__(self, task):
            self.task, self.process, self.polls = task, self, task["polls"]

        def poll(self):
            self.polls -= 1
            return None if self.polls else 0

        def check(self):
            Worker.ended.append(self.task["polls"])

        def end(self):
            pass

    monkeypatch.setattr(fold_runs, "_Worker", Worker)
    tasks = [{"polls": n} for n in (9, 1, 2)]
    assert len(list(fold_runs.at_once(tasks, 2, lambda: None))) == 3
    assert Worker.ended == [1, 2, 9]


@pytest.mark.slow
@pytest.mark.parametrize("parallel", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_fold_that_fails_is_named_with_its_reason(clips, tmp_path, parallel):
    lost = clips.assign(fold=np.repeat(range(3), 16)).astype({"fname": object})
    lost.loc[lost["fold"] == 1, "fname"] = str(tmp_path / "lost.json")
    with pytest.raises(hearingai.HearingAIError, match=r"^fold [012]: .*lost\.json"):
        hearingai.cross_validate(
            *(RECIPE, lost, "fold"), parallel=parallel, on_error="raise", **SETTINGS
        )


def test_an_optimizer_serves_every_fold(clips):
    import keras

    optimizer = keras.optimizers.Adam(0.01)
    result = hearingai.cross_validate(RECIPE, clips, folds=2, optimizer=optimizer, epochs=1)
    assert result.folds["fingerprint"].nunique() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"folds": "room"}, "no column `room`"),
        ({"folds": 1}, "two folds"),
        ({"repeats": 0}, "repeats"),
        ({"repeats": 2, "folds": "source"}, "repeats"),
        ({"repeats": 2, "folds": [[0, 1], [2, 3]]}, "repeats"),
        ({"epoch": 1}, "`epoch` is no argument of `fit`"),
        ({"checkpoint": "a.keras"}, "checkpoint"),
        ({"parallel": 0}, "parallel"),
        ({"validation": 2.0}, "validation"),
        ({"validation": "before"}, "validation"),
        ({"recipe": "speech-commands-small"}, "hears recordings"),
    ],
)
def test_wrong_arguments_are_named(clips, change, words):
    arguments = {"recipe": RECIPE, "clips": clips, "folds": 2} | SETTINGS
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.cross_validate(**(arguments | change))
