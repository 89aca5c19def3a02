"""Tuning: every setting tried once, compared on the same clips, taken up after a break."""

import zlib

import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import TAGGER, write_turkeys
from fresh import need
from hearingai.plots.numbers import tuning_numbers
from hearingai.training import tuning
from hearingai.training._study import Study

need("optuna")

RECIPE = hearingai.get_recipe(TAGGER, epochs=1)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    embeddings = np.random.default_rng(2).integers(0, 100, (40, 10, 128))
    embeddings[1::2, :, :40] += 80
    path = tmp_path_factory.mktemp("embeddings") / "clips.json"
    return hearingai.turkey(write_turkeys(path, embeddings))


@pytest.fixture
def trials(monkeypatch):
    """Stand-ins for trainings: what was tried, each with made-up numbers; `stop` breaks off."""

    class Trials(list):
        stop, error = None, KeyboardInterrupt()

    tried = Trials()

    def train(values, *_):
        if len(tried) == tried.stop:
            raise tried.error
        tried.append(values)
        accuracy = zlib.crc32(repr(sorted(values.items())).encode()) / 2**32
        size = float(values.get("hidden", 0))
        return {"accuracy": size / 1000 or accuracy, "loss": -size, "epochs": 1}

    monkeypatch.setattr(tuning, "train_trial", train)
    return tried


GRID = {"hidden": [2, 4, 8], "dropout": [0.0, 0.5]}
RANGES = {"dropout": {"low": 0.0, "high": 0.9}, "learning_rate": {"low": 1e-5, "high": 1e-1}}
RANGES["learning_rate"]["log"] = True
RANGES["hidden"] = {"low": 2, "high": 64, "step": 2}


def tune(clips, space, **options):
    return hearingai.tune(RECIPE, clips, space, **({"seed": 1, "progress": False} | options))


def test_a_small_grid_is_trained_in_earnest(clips):
    space = {"hidden": [2, 16], "learning_rate": [0.05]}
    table = tune(clips, space, epochs=2, metric="loss", deterministic=True)
    assert sorted(table["hidden"]) == [2, 16]
    assert list(table["loss"]) == sorted(table["loss"])
    sizes = {h: hearingai.networks.linear_tagger((10, 128), 1, hidden=h) for h in (2, 16)}
    assert [sizes[h].count_params() for h in table["hidden"]] == list(table["parameters"])
    assert set(table["epochs"]) == {2}
    # The numbers are those of a training with these settings, measured on the same clips.
    recipe = hearingai.get_recipe(
        RECIPE,
        network_options={"hidden": int(table["hidden"][0])},
        optimizer_options={"learning_rate": 0.05},
    )
    fitted = hearingai.fit(recipe, clips, epochs=2, seed=1, deterministic=True)
    best = min(row["val_loss"] for row in fitted.record["history"])
    assert table["loss"][0] == pytest.approx(best, rel=1e-4)
    assert fitted.record["validation_metrics"]["roc_auc"] == table["roc_auc"][0]


def test_a_grid_is_complete_and_sorted(clips, trials):
    table = tune(clips, GRID)
    assert len(table) == len(trials) == 6
    assert len(table[["hidden", "dropout"]].drop_duplicates()) == 6
    assert list(table["hidden"]) == [8, 8, 4, 4, 2, 2]
    assert list(table.columns[:3]) == ["trial", "hidden", "dropout"]
    assert list(tune(clips, GRID, metric="loss")["hidden"]) == [8, 8, 4, 4, 2, 2]
    assert len(tune(clips, GRID, n_trials=50)) == 6


def test_a_grid_is_completed_in_a_later_call(clips, trials, tmp_path):
    settings = {"path": tmp_path / "trials.log"}
    assert len(tune(clips, GRID, n_trials=3, **settings)) == 3
    table = tune(clips, GRID, **settings)
    assert len(table[["hidden", "dropout"]].drop_duplicates()) == 6
    n = len(trials)
    assert len(tune(clips, GRID, **settings)) == n == len(trials)


def test_epochs_may_be_a_setting(clips, monkeypatch):
    monkeypatch.setattr(tuning, "train_trial", lambda *_: {"accuracy": 0.5, "epochs": 3})
    table = tune(clips, {"epochs": [5, 10]})
    assert sorted(table["epochs"]) == [5, 10]
    assert [setting.setting for setting in tuning_numbers(table)] == ["epochs"]


def test_reading_the_clips_shows_the_progress_asked_for(clips, trials, monkeypatch):
    given = []

    def read_stores(*arguments, **options):
        given.append(options["progress"])
        return read(*arguments, **options)

    read = tuning.read_stores
    monkeypatch.setattr(tuning, "read_stores", read_stores)
    tune(clips, {"hidden": [2]})
    assert given == [False]


def test_ranges_are_kept_to_and_decided_by_the_seed(clips, trials):
    table = tune(clips, RANGES, n_trials=12)
    assert len(table) == 12
    assert table["dropout"].between(0, 0.9).all()
    assert table["learning_rate"].between(1e-5, 1e-1).all()
    assert (table["learning_rate"] < 1e-3).any()
    assert set(table["hidden"]) <= set(range(2, 65, 2))
    assert table["dropout"].nunique() == 12
    pd.testing.assert_frame_equal(tune(clips, RANGES, n_trials=12), table)
    assert set(tune(clips, RANGES, n_trials=3, seed=2)["dropout"]) != set(table["dropout"][:3])


@pytest.mark.parametrize(("space", "n"), [(GRID, None), (RANGES, 6)])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("out of memory")])
def test_after_a_break_only_the_rest_is_tried(clips, trials, tmp_path, space, n, error):
    whole = tune(clips, space, n_trials=n)
    settings = {"n_trials": n, "path": tmp_path / "trials.log"}
    trials.clear()
    trials.stop, trials.error = 2, error
    with pytest.raises(type(error)):
        tune(clips, space, **settings)
    trials.stop = None
    table = tune(clips, space, **settings)
    assert len(trials) == len(table) == 6
    columns = [*space, "accuracy"]

    def by_settings(table):
        return table[columns].sort_values(columns).reset_index(drop=True)

    pd.testing.assert_frame_equal(by_settings(table), by_settings(whole))
    # All done: nothing is tried again, and the seed need not be known by heart.
    pd.testing.assert_frame_equal(tune(clips, space, **settings, seed=None), table)
    assert len(trials) == 6


def test_a_killed_tuning_forgets_no_trial(clips, trials, tmp_path):
    """A process that was killed leaves its trial running for ever."""

    settings = {"path": tmp_path / "trials.log"}
    trials.stop = 3
    with pytest.raises(KeyboardInterrupt):
        tune(clips, GRID, **settings)
    study = Study(settings["path"], "accuracy").study
    study.ask()
    trials.stop = None
    table = tune(clips, GRID, **settings)
    assert len(table[["hidden", "dropout"]].drop_duplicates()) == len(table) == 6


def test_the_file_of_another_tuning_is_refused(clips, trials, tmp_path):
    path = tmp_path / "trials.log"
    tune(clips, {"hidden": [2]}, path=path)
    for change in ({"seed": 2}, {"metric": "loss"}, {"validation": 0.4}, {"epochs": 3}):
        with pytest.raises(hearingai.HearingAIError, match="another tuning"):
            tune(clips, {"hidden": [2]}, path=path, **change)
    with pytest.raises(hearingai.HearingAIError, match="another tuning"):
        tune(clips, {"hidden": [4]}, path=path)
    with pytest.raises(hearingai.HearingAIError, match="another tuning"):
        tune(clips.assign(record=clips["record"][::-1].to_numpy()), {"hidden": [2]}, path=path)


def test_layers_in_the_space_are_known_again(clips, trials, tmp_path):
    def jitters(*amounts):
        return {"augment": [[hearingai.EmbeddingJitter(a)] for a in amounts]}

    settings = {"path": tmp_path / "trials.log"}
    tune(clips, jitters(0.1, 0.2), **settings)
    assert len(tune(clips, jitters(0.1, 0.2), **settings)) == len(trials) == 2
    with pytest.raises(hearingai.HearingAIError, match="another tuning"):
        tune(clips, jitters(0.1, 0.3), **settings)


def test_values_may_be_lists_numpys_or_whole_numbers_as_r_has_them(clips, trials, tmp_path):
    space = {
        "augment": [[], ["embedding_jitter"]],
        "hidden": np.array([2, 4]),
        "batch_size": [8.0],
    }
    table = tune(clips, space, path=tmp_path / "trials.log")
    assert len(table) == 4
    assert sorted(map(str, {type(v["batch_size"]) for v in trials})) == ["<class 'int'>"]
    assert all(isinstance(values["augment"], list) for values in trials)
    assert set(table["augment"]) == {"()", "('embedding_jitter')"}


def test_a_metric_that_is_no_number_is_the_worst(clips, monkeypatch):
    numbers = iter([np.nan, 0.25, 0.75])
    monkeypatch.setattr(tuning, "train_trial", lambda *_: {"accuracy": next(numbers)})
    table = tune(clips, {"hidden": [2, 4, 8]})
    assert list(table["hidden"]) == [8, 4, 2]


def test_settings_reach_recipe_optimizer_and_network(clips):
    seen = []

    def fit_read(classifier, *, settings, **_):
        seen.append(settings.recipe)
        raise KeyboardInterrupt

    values = {"batch_size": 8, "learning_rate": 0.5, "hidden": 4, "schedule": "cosine"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "fit_read", fit_read)
        with pytest.raises(KeyboardInterrupt):
            tune(clips, {name: [value] for name, value in values.items()})
    (recipe,) = seen
    assert (recipe.batch_size, recipe.schedule) == (8, "cosine")
    assert recipe.optimizer_options["learning_rate"] == 0.5
    assert recipe.network_options == {"hidden": 4}


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"hiden": [1]}, "cannot vary `hiden`.*of the network dropout, hidden"),
        ({"network": ["conv1d_tagger"], "hidden": [8]}, "cannot vary `hidden`.*kernel"),
        ({"network": ["linear"]}, "network"),
        ({"sample_rate": [8000]}, "cannot vary `sample_rate`"),
        ({"hidden": 4}, "list or a range"),
        ({"hidden": []}, "list or a range"),
        ({"network": "linear_tagger"}, "list or a range"),
        ({"dropout": {"low": 0}}, "`low` and `high`"),
        ({"batch_size": [0]}, "batch_size"),
        ({"network": ["linear_tagger", "conv1d_tagger"], "hidden": [8]}, "cannot vary `hidden`"),
        ({"optimizer": ["Adma"]}, "`optimizer` must be one of 'Adadelta'.*'Adma'"),
        ({"optimizer": ["SGD", "Adam"], "momentum": [0.9]}, "momentum.*Adam has none"),
        ({"schedule": ["steep"]}, r"space\[.schedule.\].*one-cycle"),
        ({"augment": ["jitter"]}, "embedding_jitter"),
        ({"dropout": {"low": 0.5, "high": 0.1}}, r"\[.low.\]` must not be above"),
        ({"dropout": {"low": 0, "high": 0.5, "log": True}}, r"\[.low.\]` must be above 0"),
        ({"dropout": {"low": "a", "high": 0.5}}, r"\[.low.\]` must be a number"),
        ({"dropout": {"low": 0.1, "high": 0.5, "step": 0}}, r"\[.step.\]` must be a positive"),
        ({"dropout": {"low": 0.1, "high": 1, "step": 0.1, "log": True}}, "not both"),
        ({}, "must name settings"),
        ([1], "must name settings"),
    ],
)
def test_a_wrong_space_is_named_before_anything_is_trained(clips, trials, space, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        tune(clips, space)
    assert not trials


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"metric": "acuracy"}, "metric.*f1_macro"),
        ({"n_trials": 0}, "n_trials"),
        ({"validation": False}, "validation"),
        ({"epochs": 0}, "epochs"),
    ],
)
def test_wrong_arguments_are_named_before_anything_is_read(clips, options, words, monkeypatch):
    monkeypatch.setattr(tuning, "read_stores", None)
    with pytest.raises(hearingai.HearingAIError, match=words):
        tune(clips, {"hidden": [2]}, **options)


def test_clips_of_names_in_any_bytes_identify_a_tuning():
    recipe = hearingai.get_recipe("speech-commands")

    def key(name):
        clips = hearingai.clip_table([name, "b.wav"], ["a", "b"])
        return tuning._key(recipe, {"train": clips, "validation": clips}, {}, "accuracy")

    assert key("caf\udce9.wav") == key("caf\udce9.wav") != key("cafe.wav")
