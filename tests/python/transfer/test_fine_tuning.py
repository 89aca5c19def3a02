"""A new head on a body that stays as it was, or does not."""

import numpy as np
import pytest

import hearingai
from fresh import python
from hearingai import HearingAIError
from hearingai.training.fine_tuning import on_same_body

QUICK = {"epochs": 2, "batch_size": 8, "seed": 1, "validation": False, "deterministic": True}


@pytest.fixture(scope="module")
def pair(tones):
    """Another task: low and middle."""
    return tones[tones["class"] != "high"].reset_index(drop=True)


@pytest.fixture(scope="module")
def tuned(first_task, pair):
    return hearingai.fine_tune(first_task, pair, **QUICK)


def weights(classifier):
    """Arrays by layer: of the front end, and of the network's layers before the head."""
    layers = [*classifier.frontend.layers, *classifier.network.layers[:-1]]
    return {layer.name: [np.array(w) for w in layer.get_weights()] for layer in layers}


def unchanged(before, after):
    """Names of the layers whose weights are equal to the last bit."""
    same = {n: all(map(np.array_equal, before[n], after[n])) for n in before if before[n]}
    return {name for name in same if same[name]}


def test_a_frozen_body_keeps_every_bit(first_task, tuned):
    """The averages of batch normalisation and of scaling with it."""
    before, after = weights(first_task), weights(tuned)
    assert before.keys() == after.keys()
    scaling = first_task.frontend.layers[1].name
    assert unchanged(before, after) == {"first", "normal", "second", scaling}
    assert np.abs(after["normal"][2]).max() > 0  # it had learnt averages to keep
    assert tuned.network.layers[-1].name == "head"


def test_the_given_classifier_stays_as_it_was(first_task, pair):
    before, record = first_task.fingerprint(), dict(first_task.record)
    hearingai.fine_tune(first_task, pair, freeze="none", **QUICK)
    assert first_task.fingerprint() == before
    assert dict(first_task.record) == record
    assert first_task.labels == ["high", "low"]


def test_the_record_says_where_it_came_from(first_task, tuned, pair):
    record = tuned.record
    assert record["tuned_from"] == first_task.fingerprint()
    assert record["frozen"] == ["first", "normal", "second"]
    assert len(record["history"]) == 2
    assert record["n_train"] == len(pair)
    assert set(first_task.record["trained_on"]) < set(record["trained_on"])
    info = hearingai.classifier_info(tuned)
    assert (info["tuned_from"], info["labels"]) == (first_task.fingerprint(), ["low", "middle"])


def test_the_new_task_is_learnt(first_task, pair):
    tuned = hearingai.fine_tune(first_task, pair, **QUICK | {"epochs": 30, "learning_rate": 0.01})
    answers = hearingai.predict(tuned, pair)["label"]
    assert (answers == pair["class"]).mean() > 0.9


def test_everything_is_trained_where_nothing_is_frozen(first_task, pair):
    tuned = hearingai.fine_tune(first_task, pair, freeze="none", **QUICK)
    scaling = first_task.frontend.layers[1].name
    assert unchanged(weights(first_task), weights(tuned)) == {scaling}
    assert "frozen" not in tuned.record


def test_a_layer_is_frozen_with_those_before_it(first_task, pair):
    tuned = hearingai.fine_tune(first_task, pair, freeze="normal", **QUICK)
    scaling = first_task.frontend.layers[1].name
    assert unchanged(weights(first_task), weights(tuned)) == {"first", "normal", scaling}
    assert tuned.record["frozen"] == ["first", "normal"]


@pytest.mark.slow
def test_freezing_ends_with_the_training(first_task, tuned, pair):
    assert all(layer.trainable for layer in tuned.network.layers)
    assert not tuned.frontend.layers[1].trainable  # which it never was
    again = hearingai.fine_tune(tuned, pair, freeze="none", **QUICK)
    hearingai.fit(again, pair, **QUICK | {"epochs": 1})
    scaling = first_task.frontend.layers[1].name
    assert unchanged(weights(tuned), weights(again)) == {scaling}
    assert again.record["tuned_from"] == tuned.fingerprint()


@pytest.mark.slow
def test_plain_keras_opens_it_without_a_word(tuned, tmp_path):
    path = hearingai.save_classifier(tuned, tmp_path / "t.keras")
    code = (
        "import warnings; warnings.simplefilter('error', UserWarning)\n"
        f"import hearingai, keras; m = keras.saving.load_model({path!r})\n"
        "print(m.fingerprint(), all(layer.trainable for layer in m.network.layers))"
    )
    assert python(code).stdout.split() == [tuned.fingerprint(), "True"]


def test_labels_are_in_the_order_given(first_task, tones):
    tuned = hearingai.fine_tune(first_task, tones, labels=["middle", "low", "high"], **QUICK)
    assert tuned.labels == ["middle", "low", "high"]


def test_embeddings_are_heard_too():
    clips = np.random.default_rng(0).integers(0, 256, (2, 10, 128)).astype("float32")
    for recipe in ("embedding-attention", "audio-gate"):
        gate = hearingai.create_classifier(recipe, ["other", "turkey"], seed=1)
        made = on_same_body(gate, ["a", "b", "c"], seed=2)
        probabilities = hearingai.predict(made, clips).filter(like="prob_").to_numpy()
        assert probabilities.shape == (2, 3)
        again = on_same_body(made, ["d", "e"], seed=3)  # a head called "head" is replaced
        a, b = (hearingai.embed(c, clips).filter(like="emb").to_numpy() for c in (gate, again))
        np.testing.assert_array_equal(a, b)


def test_a_checkpoint_is_gone_on_from_and_known(first_task, tuned, pair, tmp_path):
    path = tmp_path / "c.keras"
    hearingai.fine_tune(first_task, pair, checkpoint=path, **QUICK | {"epochs": 1})
    resumed = hearingai.fine_tune(first_task, pair, checkpoint=path, **QUICK)
    assert resumed.fingerprint() == tuned.fingerprint()
    with pytest.raises(HearingAIError, match="another training.*frozen"):
        hearingai.fine_tune(first_task, pair, freeze="none", checkpoint=path, **QUICK)
    with pytest.raises(HearingAIError, match="another training.*tuned_from"):
        hearingai.fine_tune(tuned, pair, checkpoint=path, **QUICK)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"freeze": "head"}, "`freeze` must be one of 'body', 'none', .*'second'"),
        ({"labels": ["low"]}, "`labels` must be two or more"),
        ({"labels": ["low", "high"]}, "middle"),
        ({"labels": ["low", "low", "middle"]}, "must differ"),
    ],
)
def test_unfit_arguments_are_named(first_task, pair, changes, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.fine_tune(first_task, pair, **QUICK | changes)


def test_a_recipe_has_no_body_yet(pair):
    with pytest.raises(HearingAIError, match="`classifier` must be a trained classifier.*str"):
        hearingai.fine_tune("speech-commands-small", pair)
