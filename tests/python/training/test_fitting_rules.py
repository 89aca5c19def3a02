"""Training by the rules of a recipe, on embeddings: schedules, stopping, losses, the record."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import write_turkeys
from hearingai.training._objectives import loss_of_a_guess
from hearingai.training._optimizers import optimizer_of
from hearingai.training.class_weights import class_weights

SMALL = "speech-commands-small"
TAGGER = hearingai.get_recipe(
    "audio-gate",
    network="linear_tagger",
    network_options={"hidden": 4, "dropout": 0.3},
    optimizer_options={"learning_rate": 0.02},
    batch_size=16,
    epochs=5,
)


class KilledError(Exception):
    """What stops a training from outside."""


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory):
    """Sixty embeddings, a third of them turkeys; hard to tell apart."""
    rng = np.random.default_rng(5)
    turkeys = [i % 3 == 0 for i in range(60)]
    found = []
    for turkey in turkeys:
        values = rng.integers(0, 200, (rng.integers(3, 11), 128))
        values[:, :20] += 40 * turkey
        found.append(values)
    path = tmp_path_factory.mktemp("embeddings") / "clips.json"
    return hearingai.turkey(write_turkeys(path, found, turkeys=turkeys))


def test_a_checkpoint_is_of_one_set_up(embeddings, tmp_path):
    settings = {"epochs": 2, "seed": 1, "checkpoint": tmp_path / "run.keras"}
    hearingai.fit(TAGGER, embeddings, **settings)
    for change in ({"network_options": {"hidden": 8}}, {"patience": 2}):
        with pytest.raises(hearingai.HearingAIError, match="another training.*settings"):
            hearingai.fit(hearingai.get_recipe(TAGGER, **change), embeddings, **settings)
    longer = hearingai.fit(TAGGER, embeddings, **(settings | {"epochs": 3}))
    assert len(longer.record["history"]) == 3


@pytest.mark.slow
def test_steps_at_once_change_nothing_but_the_speed(embeddings, monkeypatch, tmp_path):
    recipe = hearingai.get_recipe(TAGGER, epochs=3, batch_size=8, schedule="one-cycle")
    settings = {"seed": 3, "deterministic": True, "augment": ["embedding_jitter", "mixup"]}
    one_by_one = hearingai.fit(recipe, embeddings, **settings)
    monkeypatch.setattr("hearingai.training._loop.steps_at_once", lambda device: 4)
    together = hearingai.fit(recipe, embeddings, **settings)
    assert together.fingerprint() == one_by_one.fingerprint()
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    told = [hearingai.training_history(c)[columns] for c in (one_by_one, together)]
    pd.testing.assert_frame_equal(*told)
    path = hearingai.save_classifier(together, tmp_path / "model.keras")
    assert hearingai.load_classifier(path).steps_per_execution == 1


@pytest.mark.slow
@pytest.mark.parametrize("schedule", ["plateau", "one-cycle"])
def test_schedule_stopping_and_augmentation_are_taken_up_after_a_break(
    embeddings, tmp_path, schedule
):
    options = {"patience": 1, "factor": 0.5, "delta": 9.0} if schedule == "plateau" else {}
    recipe = hearingai.get_recipe(TAGGER, schedule=schedule, schedule_options=options, patience=4)
    settings = {"seed": 8, "deterministic": True, "class_weight": "balanced"}
    settings["augment"] = ["embedding_jitter", "positive_mix", ("mixup", {"alpha": 1.0})]
    whole = hearingai.fit(recipe, embeddings, **settings)
    settings["checkpoint"] = tmp_path / "run.keras"

    def kill(done, total, text):
        if "Epoch 4/" in text:
            raise KilledError

    with pytest.raises(KilledError):
        hearingai.fit(recipe, embeddings, progress=kill, **settings)
    saved = hearingai.load_classifier(settings["checkpoint"])
    assert len(hearingai.training_history(saved)) in (3, 4)  # progress is not told every step
    resumed = hearingai.fit(recipe, embeddings, **settings)
    assert resumed.fingerprint() == whole.fingerprint()
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    pd.testing.assert_frame_equal(
        hearingai.training_history(resumed)[columns], hearingai.training_history(whole)[columns]
    )
    for name in ("best_epoch", "metrics", "threshold", "validation_metrics", "augment"):
        assert resumed.record[name] == whole.record[name]
    rate = float(keras.ops.convert_to_numpy(resumed.optimizer.learning_rate))
    if schedule == "plateau":  # lowered after every epoch but the first
        assert rate == pytest.approx(0.02 * 0.5 ** (len(resumed.record["history"]) - 2), rel=1e-5)
    # The seed need not be known by heart; another setting is another training.
    del settings["seed"]
    again = hearingai.fit(recipe, embeddings, **settings)
    assert (again.fingerprint(), again.record["seed"]) == (whole.fingerprint(), 8)
    for change in ({"augment": []}, {"class_weight": None}):
        with pytest.raises(hearingai.HearingAIError, match=f"another training.*{list(change)[0]}"):
            hearingai.fit(recipe, embeddings, **(settings | change))


def test_the_best_epoch_comes_back(embeddings):
    train, held = embeddings[:45], embeddings[45:]
    recipe = hearingai.get_recipe(TAGGER, network_options={"hidden": 32})
    settings = {"epochs": 20, "patience": 3, "seed": 3, "learning_rate": 0.01}
    fitted = hearingai.fit(recipe, train, validation=held, precision="float32", **settings)
    history = hearingai.training_history(fitted)
    best = int(history["val_loss"].idxmin())
    assert fitted.record["best_epoch"] == best + 1
    assert len(history) == min(20, best + 1 + 3)
    assert best + 1 < len(history)  # else there is nothing to bring back
    assert fitted.record["metrics"]["val_loss"] == history["val_loss"][best]
    found = hearingai.evaluate(fitted, held).loss
    assert found == pytest.approx(history["val_loss"][best], rel=1e-4)
    assert found != pytest.approx(history["val_loss"].iloc[-1], rel=1e-3)


def test_a_step_is_a_step_of_binary_cross_entropy(embeddings):
    """One whole batch an epoch against Keras alone, on the network's single sigmoid."""
    recipe = hearingai.get_recipe(
        TAGGER, network_options={"hidden": 4}, optimizer="SGD", batch_size=60, patience=None
    )
    made = hearingai.create_classifier(recipe, ["other", "turkey"], seed=2)
    network = keras.models.clone_model(made.network)
    network.set_weights(made.network.get_weights())
    settings = {"epochs": 3, "seed": 2, "learning_rate": 0.5, "precision": "float32"}
    hearingai.fit(made, embeddings, validation=False, **settings)
    clips, _, _ = hearingai.read_embeddings(embeddings)
    network.compile(optimizer=keras.optimizers.SGD(0.5), loss="binary_crossentropy")
    losses = [
        float(network.train_on_batch(clips, embeddings["class_id"].to_numpy()[:, None]))
        for _ in range(3)
    ]
    history = hearingai.training_history(made)["loss"]
    np.testing.assert_allclose(history, losses[:1] + list(history[1:]), rtol=1e-4)
    for ours, theirs in zip(made.network.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def test_further_training_keeps_nothing_of_the_record_that_no_longer_holds(embeddings):
    fitted = hearingai.fit(TAGGER, embeddings[:40], epochs=1, seed=1)
    assert {"threshold", "n_validation", "validation_metrics"} <= set(fitted.record)
    first = set(fitted.record["trained_on"])
    hearingai.fit(fitted, embeddings[40:], epochs=1, seed=1, validation=False)
    assert not {"threshold", "n_validation", "validation_metrics"} & set(fitted.record)
    assert first < set(fitted.record["trained_on"])
    with pytest.warns(hearingai.HearingAIWarning, match="52 of 60 clips were used"):
        assert hearingai.evaluate(fitted, embeddings).n_seen == 52


def test_diverging_at_once_leaves_finite_weights_though_it_watches_an_epoch(embeddings):
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger", batch_size=8, epochs=2)
    with pytest.warns(hearingai.HearingAIWarning, match="no longer finite"):
        fitted = hearingai.fit(recipe, embeddings, seed=1, optimizer="SGD", learning_rate=1e38)
    assert fitted.record["collapsed"]
    assert all(np.isfinite(weight).all() for weight in fitted.get_weights())


def test_the_loss_of_a_guess_follows_the_classes_unless_they_are_weighed():
    class_id = np.array([0] * 9 + [1])
    assert loss_of_a_guess(class_id, 2, None) == pytest.approx(0.3251, abs=1e-4)
    assert loss_of_a_guess(class_id, 3, None) == loss_of_a_guess(class_id, 2, None)
    # smoothed by 0.2, the targets are 0.82 and 0.18 in the mean
    assert loss_of_a_guess(class_id, 2, None, 0.2) == pytest.approx(0.4714, abs=1e-4)
    balanced = class_weights("balanced", class_id, ["a", "b"])
    assert loss_of_a_guess(class_id, 2, balanced) == np.inf


def test_a_loss_weighs_the_classes(embeddings):
    """Of untrained weights: the rate is too small to move them."""
    settings = {"epochs": 1, "seed": 1, "learning_rate": 1e-12, "validation": False}
    recipe = hearingai.get_recipe(TAGGER, network_options={"hidden": 4})
    weighted = hearingai.fit(recipe, embeddings, class_weight={"turkey": 5.0}, **settings)
    assert weighted.record["class_weight"] == [1.0, 5.0]
    chosen = hearingai.predict(weighted, embeddings)[["prob_other", "prob_turkey"]].to_numpy()
    chosen = chosen[np.arange(60), embeddings["class_id"]]
    expected = -(np.array([1.0, 5.0])[embeddings["class_id"]] * np.log(chosen)).mean()
    assert weighted.record["metrics"]["loss"] == pytest.approx(expected, rel=1e-4)


def test_a_schedule_holds_for_every_number_given_as_rate():
    recipe = hearingai.get_recipe(TAGGER, schedule="one-cycle", optimizer_options={})
    for rate in (None, 1, 0.5):
        schedule = optimizer_of(recipe, 10, learning_rate=rate)._learning_rate
        assert schedule.learning_rate == (1e-3 if rate is None else rate)
    assert (
        optimizer_of(recipe, 10, optimizer="SGD", learning_rate=0.5, clipnorm=2.0).clipnorm == 2.0
    )


def test_the_record_is_as_a_file_has_it(embeddings, tmp_path):
    fitted = hearingai.fit(
        TAGGER, embeddings, epochs=1, seed=1, augment=["embedding_jitter"], class_weight="balanced"
    )
    assert [a["class_name"] for a in fitted.record["augment"]] == ["EmbeddingJitter"]
    assert fitted.record == json.loads(json.dumps(fitted.record))
    opened = hearingai.load_classifier(hearingai.save_classifier(fitted, tmp_path / "a.keras"))
    assert opened.record == fitted.record


# --- Recordings and embeddings of a front end that scales ---


@pytest.mark.parametrize(
    ("recipe", "change", "words"),
    [
        (TAGGER, {"record": None}, "takes embeddings, and the table lists recordings"),
        (SMALL, {}, "takes recordings, and the table lists embeddings"),
    ],
)
def test_a_table_of_the_other_kind_is_named(embeddings, recipe, change, words):
    clips = embeddings.drop(columns=list(change))
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit(recipe, clips, epochs=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schedule": "one_cycle"}, "schedule.*one-cycle"),
        ({"monitor": "val_f1"}, "monitor.*val_loss"),
        ({"augment": ("jitter",)}, "augment.*embedding_jitter"),
        ({"augment": (("gain", {"db": 3}),)}, "gain.*no option db"),
    ],
)
def test_a_wrong_recipe_is_named_before_anything_is_read(change, words):
    clips = hearingai.clip_table(["none.json"] * 4, ["a", "b"] * 2, record=range(4))
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit(hearingai.get_recipe(TAGGER, **change), clips)


@pytest.mark.parametrize(
    ("recipe", "augment", "words"),
    [
        (TAGGER, "time_shift", "TimeShift changes waveforms.*has embeddings"),
        (TAGGER, "spec_augment", "SpecAugment changes images"),
        (SMALL, "codec", "Codec cannot be in a training step; it is for recipes with `copies`"),
        (SMALL, "embedding_jitter", "EmbeddingJitter changes embeddings.*waveform and images"),
    ],
)
def test_an_augmentation_that_does_not_fit_is_named(embeddings, recipe, augment, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit(recipe, embeddings, epochs=1, augment=augment)


def test_recordings_under_two_classes_are_named(embeddings):
    (another,) = set(embeddings["class"]) - {embeddings["class"][0]}
    other = embeddings.head(1).assign(**{"class": another})
    clips = pd.concat([embeddings, other], ignore_index=True)
    with pytest.warns(
        hearingai.HearingAIWarning, match=r"1 recording\(s\) are listed under several"
    ):
        hearingai.fit(TAGGER, clips, epochs=1, seed=1)
