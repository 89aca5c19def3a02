"""Folds and trials on Ray: the same results as in this process."""

import pandas as pd
import pytest

import hearingai
from embeddings import TAGGER
from fresh import need

need("ray", "optuna")
import ray  # noqa: E402

pytestmark = pytest.mark.slow  # Ray starts, and TensorFlow in each of its workers


@pytest.fixture(scope="module", autouse=True)
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            address="local",
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            object_store_memory=2**27,
        )
        yield
        ray.shutdown()


def untimed(table):
    return table.drop(columns="seconds")


def test_folds_on_ray_are_the_same(turkeys, tmp_path):
    settings = {"folds": 3, "seed": 4, "deterministic": True, "epochs": 2}
    here = hearingai.cross_validate(TAGGER, turkeys, **settings)
    told = []
    there = hearingai.cross_validate(
        TAGGER,
        turkeys,
        engine="ray",
        parallel=2,
        path=tmp_path / "cv",
        keep=True,
        progress=lambda *now: told.append(now),
        **settings,
    )
    pd.testing.assert_frame_equal(untimed(there.folds), untimed(here.folds))
    pd.testing.assert_frame_equal(there.predictions, here.predictions)
    assert told[-1][:2] == (3, 3)
    kept = [hearingai.load_classifier(p) for p in sorted((tmp_path / "cv").glob("*.keras"))]
    assert [c.fingerprint() for c in kept] == there.folds["fingerprint"].tolist()


def test_a_fold_that_fails_on_ray_is_named(turkeys):
    bad = turkeys.assign(fname="/nowhere.json")
    with pytest.raises(hearingai.HearingAIError, match="^fold 1: .*nowhere.json"):
        hearingai.cross_validate(TAGGER, bad, folds=3, seed=4, epochs=1, engine="ray")


SPACES = [
    ({"hidden": [2, 4], "dropout": [0.0, 0.5]}, None, 2),
    ({"dropout": {"low": 0.0, "high": 0.9}}, 3, 1),
]


@pytest.mark.parametrize(("space", "n", "parallel"), SPACES)
def test_trials_on_ray_are_the_same(turkeys, tmp_path, space, n, parallel):
    settings = {"n_trials": n, "seed": 1, "epochs": 2, "deterministic": True, "progress": False}
    here = hearingai.tune(TAGGER, turkeys, space, **settings)
    path = tmp_path / "trials"
    on_ray = {"engine": "ray", "parallel": parallel, "path": path}
    there = hearingai.tune(TAGGER, turkeys, space, **settings, **on_ray)
    pd.testing.assert_frame_equal(untimed(there), untimed(here))
    again = hearingai.tune(TAGGER, turkeys, space, **settings, path=path)
    pd.testing.assert_frame_equal(again, there)  # nothing was left to try


def test_several_trials_of_ranges_at_once_are_decided_by_the_seed(turkeys):
    space = {"dropout": {"low": 0.0, "high": 0.9}}
    settings = {"n_trials": 3, "epochs": 1, "engine": "ray", "parallel": 2, "progress": False}
    first, again = (hearingai.tune(TAGGER, turkeys, space, seed=3, **settings) for _ in range(2))
    assert first["dropout"].nunique() == 3
    pd.testing.assert_frame_equal(untimed(first), untimed(again))
