"""Networks of one's own at work: trained, in folds, tuned, and all that classifiers do."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.recipes.creation import described
from own_networks import RECIPE, SHAPE, branched, made, small


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two pitches with noise, half a second at 1 kHz."""
    rng, folder, rows = np.random.default_rng(5), tmp_path_factory.mktemp("clips"), []
    for i in range(16):
        pitch, path = (60, 240)[i % 2], str(folder / f"{i}.wav")
        sound = np.sin(np.arange(500) * 2 * np.pi * pitch / 1000) * 0.5
        hearingai.write_audio(path, sound + rng.uniform(-0.1, 0.1, 500), 1000)
        rows.append((path, "ab"[i % 2], i // 2 % 2, ("train", "validation")[i // 12]))
    return pd.DataFrame(rows, columns=["fname", "class", "fold", "split"])


@pytest.mark.slow
def test_a_training_resumes_by_what_its_network_is(clips, tmp_path):
    path, options = tmp_path / "state.keras", {"seed": 1, "progress": False}
    whole = hearingai.fit(RECIPE, clips, network=small, epochs=2, **options)
    hearingai.fit(RECIPE, clips, network=small, epochs=1, checkpoint=path, **options)
    again = hearingai.fit(
        RECIPE, clips, network=small(SHAPE, 2), epochs=2, checkpoint=path, **options
    )
    assert len(again.record["history"]) == 2
    assert again.record["settings"] == whole.record["settings"]
    with pytest.raises(hearingai.HearingAIError, match="of another training"):
        hearingai.fit(RECIPE, clips, network=branched, epochs=2, checkpoint=path, **options)
    with pytest.raises(hearingai.HearingAIError, match="`network` is for a recipe"):
        hearingai.fit(whole, clips, network=small)


@pytest.mark.slow
def test_every_fold_begins_with_weights_of_its_own(clips, monkeypatch):
    begun = []
    create = hearingai.create_classifier

    def noted(*args, **options):
        classifier = create(*args, **options)
        begun.append(classifier.fingerprint())
        return classifier

    monkeypatch.setattr("hearingai.training._fold_runs.create_classifier", noted)
    for network in (small(SHAPE, 2), small):
        recipe = hearingai.get_recipe(RECIPE, network=network)
        result = hearingai.cross_validate(recipe, clips, folds="fold", seed=1, progress=False)
        assert len(result.folds) == 2
    assert len(set(begun)) == 2
    assert begun[:2] == begun[2:]


def test_folds_at_once_need_a_network_that_other_processes_find(clips):
    recipe = hearingai.get_recipe(RECIPE, network=lambda *_: small(SHAPE, 2))
    with pytest.raises(hearingai.HearingAIError, match="`parallel` must be 1"):
        hearingai.cross_validate(recipe, clips, folds="fold", parallel=2)


@pytest.mark.slow
def test_folds_at_once_of_a_model_are_those_in_turn(clips):
    recipe = hearingai.get_recipe(RECIPE, network=small(SHAPE, 2))
    options = {"folds": "fold", "seed": 1, "progress": False}
    once, both = (hearingai.cross_validate(recipe, clips, parallel=n, **options) for n in (1, 2))
    assert once.folds["fingerprint"].tolist() == both.folds["fingerprint"].tolist()


def test_what_is_done_with_classifiers_works_with_it(clips, tmp_path):
    classifier = hearingai.fit(RECIPE, clips, network=small, seed=1, progress=False)
    sound = clips["fname"][0]
    assert len(hearingai.embed(classifier, sound).columns) >= 4
    for method in ("gradcam", "integrated_gradients"):
        assert hearingai.explain(classifier, sound, method=method, steps=4).relevance.shape
    tuned = hearingai.fine_tune(classifier, clips, epochs=1, seed=1, progress=False)
    assert tuned.network.name == "small"
    assert hearingai.few_shot(classifier, clips, seed=1, progress=False).labels == ["a", "b"]
    merged = hearingai.merge_labels(made(small, ("a", "b", "c")), {"d": ["a", "b"]})
    assert set(merged.labels) == {"c", "d"}


@pytest.mark.slow
def test_it_is_exported(clips, tmp_path):
    need("onnxruntime")
    classifier = made(branched)
    path = hearingai.export(classifier, tmp_path / "own.onnx").path
    exported = hearingai.load_exported(path)
    sound = clips["fname"][0]
    mine, theirs = (hearingai.predict(c, sound)["prob_a"][0] for c in (classifier, exported))
    assert mine == pytest.approx(theirs, abs=1e-4)


@pytest.mark.slow
def test_networks_are_tuned_by_their_names(clips):
    need("optuna")
    space = {"network": [small, branched(SHAPE, 2), "gate_cnn"]}
    table = hearingai.tune(RECIPE, clips, space, seed=1, progress=False)
    assert set(table["network"]) == {"small", "network", "gate_cnn"}
    space = {"network": [small], "hidden": [2, 3]}
    table = hearingai.tune(RECIPE, clips, space, seed=1, progress=False)
    assert set(table["hidden"]) == {2, 3}
    with pytest.raises(hearingai.HearingAIError, match="networks of different names"):
        hearingai.tune(RECIPE, clips, {"network": [small, small]})


def test_networks_are_compared_by_what_they_are():
    texts = {
        described(hearingai.get_recipe(RECIPE, network=n), ["a", "b"]).network
        for n in (small, small(SHAPE, 2), lambda *shape_and_n: small(*shape_and_n))
    }
    assert len(texts) == 1
    other = hearingai.get_recipe(RECIPE, network=branched)
    assert described(other, ["a", "b"]).network not in texts
