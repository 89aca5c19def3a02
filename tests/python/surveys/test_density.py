from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning


def made(n_sites=1, rates=(0.01, 0.4), n=2000, seed=0):
    """Scored windows of sites whose shares of calls differ; `call` is the truth."""
    rng = np.random.default_rng(seed)
    share = np.repeat(rng.uniform(*rates, n_sites), n)
    calls = rng.uniform(size=len(share)) < share
    logits = rng.normal(np.where(calls, 1.5, -2), 1.5)
    sites = np.repeat([f"s{i:03}" for i in range(n_sites)], n)
    scores = 1 / (1 + np.exp(-logits))
    return pd.DataFrame(
        {"site": sites, "window": range(len(share)), "score": scores, "call": calls}
    )


def listened(scores, n, **options):
    """A sample of which a person has told the truth."""
    sample = hearingai.density_sample(scores, n, **options)
    return sample.assign(present=sample["call"].astype(int)).drop(columns="call")


def test_bins_halve_what_is_left():
    scores = pd.DataFrame({"score": np.arange(1600) / 1600, "window": range(1600)})
    sample = hearingai.density_sample(scores, 40, seed=3)
    assert list(sample) == ["score", "window", "bin", "low", "high", "present"]
    assert sample["bin"].value_counts().to_dict() == {1: 10, 2: 10, 3: 10, 4: 10}
    assert sample["present"].isna().all()
    low = sample.groupby("bin")["low"].first().tolist()
    np.testing.assert_allclose(low, [0, 0.5, 0.75, 0.875], atol=0.001)
    assert ((sample["low"] <= sample["score"]) & (sample["score"] <= sample["high"])).all()
    assert not sample["bin"].is_monotonic_increasing
    assert sample["window"].is_unique
    pd.testing.assert_frame_equal(sample, hearingai.density_sample(scores, 40, seed=3))
    assert set(sample["window"]) != set(hearingai.density_sample(scores, 40, seed=4)["window"])


def test_small_bins_are_drawn_whole():
    scores = pd.DataFrame({"score": [0.1] * 90 + [0.9] * 5})
    sample = hearingai.density_sample(scores, 30, bins=[0.5])
    assert sample["bin"].value_counts().to_dict() == {1: 25, 2: 5}
    assert len(hearingai.density_sample(scores, 1000)) == 95


def test_a_census_has_no_interval():
    scores = made(n=50)
    row = hearingai.estimate_density(scores, listened(scores, 50)).summary.iloc[0]
    assert row["density"] == row["lower"] == row["upper"] == scores["call"].mean()


def test_the_estimate_weighs_bins_by_their_windows():
    scores = pd.DataFrame({"score": [0.1] * 90 + [0.9] * 10})
    validated = pd.DataFrame({"score": [0.1] * 10 + [0.9] * 5, "present": [0] * 9 + [1] + [1] * 5})
    found = hearingai.estimate_density(scores, validated, bins=[0.5])
    row = found.summary.iloc[0]
    assert row["density"] == pytest.approx(0.1 * 0.9 + 1.0 * 0.1)
    assert row["lower"] < row["density"] < row["upper"]
    assert (row["n_windows"], row["n_validated"], row["n_present"]) == (100, 15, 6)
    assert found.bins["share"].tolist() == [0.1, 1.0]
    assert found.bins["n_windows"].tolist() == [90, 10]
    assert found.bins["upper"].tolist()[1] == 1 > found.bins["lower"].tolist()[1]
    assert repr(found).startswith("<Density: 0.19 (95% interval ")


@pytest.mark.parametrize("rates", [(0.01, 0.05), (0.05, 0.4), (0.3, 0.9)])
def test_intervals_of_a_hundred_sites_cover_the_truth(rates):
    scores = made(100, rates)
    validated = listened(scores, 120, by="site")
    found = hearingai.estimate_density(scores, validated, by="site").summary
    truth = scores.groupby("site")["call"].mean().to_numpy()
    covered = (found["lower"] <= truth) & (truth <= found["upper"])
    assert covered.sum() >= 90
    assert abs((found["density"] - truth).mean()) < 0.01
    assert (found["upper"] - found["lower"]).mean() < 0.2


def test_sites_that_share_their_verdicts():
    scores = made(3, (0.2, 0.2), n=500)
    validated = listened(scores, 200)
    found = hearingai.estimate_density(scores, validated, by="site", pool=True)
    assert found.summary["site"].tolist() == ["s000", "s001", "s002"]
    assert len(found.bins) == 4 and "site" not in found.bins
    assert repr(found) == "<Density: of 3 values of site>"
    few = validated[(validated["site"] != "s001") | (validated["bin"] != 2)]
    with pytest.raises(HearingAIError, match="no window of bin 2 of site 's001'.*pool=True"):
        hearingai.estimate_density(scores, few, by="site")


def test_windows_of_an_annotation(ear):
    rng = np.random.default_rng(1)
    found = hearingai.annotate(ear(), rng.uniform(-1, 1, 5000), hop=0.5)
    sample = hearingai.density_sample(found, 12, label="loud")
    assert {"fname", "start", "end", "score", "bin"} <= set(sample)
    assert not any(column.startswith("prob_") for column in sample)
    with pytest.raises(HearingAIError, match="`label` must be one of"):
        hearingai.density_sample(found, 12)
    density = hearingai.estimate_density(found, sample.assign(present=True), label="loud")
    assert density.summary["density"].tolist() == [1.0]


@pytest.mark.parametrize("words", [("yes", "no"), ("TRUE", "FALSE"), (1.0, 0.0), (True, False)])
def test_verdicts_as_people_write_them(words):
    scores = pd.DataFrame({"score": [0.1] * 9})
    validated = pd.DataFrame({"score": [0.1] * 4, "present": [*words, *words]})
    assert hearingai.estimate_density(scores, validated).summary["density"][0] == 0.5


def test_windows_without_a_verdict_are_left_out():
    scores = pd.DataFrame({"score": [0.1] * 9})
    validated = pd.DataFrame({"score": [0.1] * 4, "present": [1, None, 1, 0]})
    with pytest.warns(HearingAIWarning, match="1 of 4 validated windows have no `present`"):
        found = hearingai.estimate_density(scores, validated)
    assert found.summary["n_validated"][0] == 3
    with pytest.raises(HearingAIError, match="no window whose `present` is filled in"):
        hearingai.estimate_density(scores, validated.assign(present=None))


SCORES = pd.DataFrame({"score": np.arange(8) / 8, "site": list("aabbaabb")})
VALIDATED = SCORES[:6].assign(present=0)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"scores": SCORES[:0]}, "`scores` must be a table of windows"),
        ({"scores": SCORES.assign(score=[None] * 8)}, r'scores\["score"\]` is no finite number'),
        ({"validated": VALIDATED.assign(present="maybe")}, "must be 1 or 0, or missing"),
        ({"validated": VALIDATED[["score"]]}, "columns `score`, `present`"),
        ({"by": "region"}, "`scores` has no column `region`"),
        (
            {"by": "site", "validated": VALIDATED.assign(site="c")},
            "holds 'c', which `scores` lacks",
        ),
        ({"bins": [0.5, 0.2]}, "`bins` must rise"),
        ({"bins": 0}, "`bins` must be a whole number"),
        ({"level": 1}, "`level` must be a number"),
        ({"label": "wren", "scores": SCORES.rename(columns={"score": "prob_owl"})}, "one of 'owl'"),
        ({"scores": SCORES[:3]}, "more windows of a bin"),
    ],
)
def test_odd_tables(options, named):
    with pytest.raises(HearingAIError, match=named):
        hearingai.estimate_density(**{"scores": SCORES, "validated": VALIDATED} | options)


def test_events_are_those_of_the_label():
    events = pd.DataFrame({"label": ["owl", "wren"] * 50, "score": np.linspace(0.01, 1, 100)})
    sample = hearingai.density_sample(events, 8, label="wren", seed=1)
    assert set(sample["label"]) == {"wren"}
    estimate = hearingai.estimate_density(events, sample.assign(present=1), label="wren")
    assert estimate.summary["n_windows"].item() == 50
    with pytest.raises(HearingAIError, match="`label` must be one of 'owl', 'wren'"):
        hearingai.density_sample(events, 8, label="lark")


def test_an_annotation_knows_the_sites_of_its_recordings():
    windows = pd.DataFrame({"fname": ["a.wav", "b.wav"] * 40, "prob_owl": np.linspace(0, 1, 80)})
    recordings = pd.DataFrame({"fname": ["a.wav", "b.wav"], "site": ["fen", "bog"]})
    found = SimpleNamespace(windows=windows, recordings=recordings)
    sample = hearingai.density_sample(found, 4, label="owl", by="site", seed=1)
    assert dict(zip(sample["fname"], sample["site"], strict=True)) == {
        "a.wav": "fen",
        "b.wav": "bog",
    }
    sample["present"] = 0
    estimate = hearingai.estimate_density(found, sample, label="owl", by="site")
    assert estimate.summary["site"].tolist() == ["bog", "fen"]
    with pytest.raises(HearingAIError, match="no column `forest`"):
        hearingai.density_sample(found, 4, label="owl", by="forest")


def test_verdicts_that_cannot_be_of_one_sample_are_refused():
    rng = np.random.default_rng(1)
    windows = pd.DataFrame({"fname": "a.wav", "start": range(400), "score": rng.uniform(size=400)})
    sample = hearingai.density_sample(windows, 80, seed=1).assign(present=1)
    with pytest.raises(HearingAIError, match="has the window in row 81 twice"):
        hearingai.estimate_density(windows, pd.concat([sample, sample]))
    lies = sample.assign(low=5.0, high=-5.0)
    with pytest.raises(HearingAIError, match="in row 1 must lie from `low` to"):
        hearingai.estimate_density(windows, lies)
    as_text = sample.assign(**{name: sample[name].round(7) for name in ("score", "low", "high")})
    whole = hearingai.estimate_density(windows, as_text)
    assert whole.summary["density"][0] == 1
    assert "of 400 windows, 80 validated" in repr(whole)
