import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.training._averaging import Averaging
from hearingai.training._optimizers import optimizer_of


def array(tensor):
    return np.array(keras.ops.convert_to_numpy(tensor))


def trained(momentum=0.5):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(
        keras.optimizers.SGD(0.1, use_ema=momentum is not None, ema_momentum=momentum or 0), "mse"
    )
    before = array(model.weights[0])
    model.train_on_batch(np.ones((4, 2)), np.ones((4, 1)))
    first = array(model.weights[0])
    model.train_on_batch(np.ones((4, 2)), np.ones((4, 1)))
    return model, before, first, array(model.weights[0])


def test_the_averages_stand_in_for_the_weights_and_go_again():
    model, _, first, second = trained()
    averaging = Averaging(model)
    for _ in range(2):
        averaging.settle()
        averaging.settle()  # after an interruption, whether they are in place already or not
        np.testing.assert_allclose(array(model.weights[0]), (first + second) / 2, rtol=1e-5)
        averaging.go_on()
        np.testing.assert_array_equal(array(model.weights[0]), second)


def test_without_averages_nothing_changes():
    model, _, _, second = trained(None)
    Averaging(model).settle()
    np.testing.assert_array_equal(array(model.weights[0]), second)


def test_before_the_first_step_there_are_none():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True), "mse")
    before = array(model.weights[0])
    model.optimizer.build(model.trainable_variables)
    Averaging(model).settle()
    np.testing.assert_array_equal(array(model.weights[0]), before)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    rng, folder, rows = np.random.default_rng(0), tmp_path_factory.mktemp("tones"), []
    for i in range(24):
        tone = np.sin(np.arange(4000) * (0.2 + 0.5 * (i % 2))) + rng.normal(0, 0.2, 4000)
        rows.append((str(folder / f"{i}.wav"), ["low", "high"][i % 2]))
        hearingai.write_audio(rows[-1][0], (0.3 * tone).astype("float32"), 8000)
    return pd.DataFrame(rows, columns=["fname", "class"])


def recipe(**changes):
    short = {"sample_rate": 8000, "duration": 0.5, "batch_size": 1, "augment": ()}
    short["network"] = "sound_cnn"  # which compiles fast
    return hearingai.get_recipe("words", **short | changes)


def test_a_training_validates_and_ends_with_averages(clips):
    made = hearingai.fit(recipe(patience=9), clips, epochs=2, seed=1, validation=0.25)
    best = made.record["best_epoch"] - 1
    told = made.record["history"][best]
    assert told["val_loss"] == pytest.approx(made.record["metrics"]["val_loss"])
    assert np.isfinite(told["val_loss"])


@pytest.mark.slow
def test_a_resumed_training_ends_with_the_same_averages(clips, tmp_path):
    options = {"seed": 1, "epochs": 3, "validation": 0.25}
    whole = hearingai.fit(recipe(), clips, **options)
    path = tmp_path / "state.keras"
    with pytest.warns(hearingai.HearingAIWarning, match="interrupted"):
        hearingai.fit(recipe(), clips, checkpoint=path, callbacks=_StopsAfter(), **options)
    resumed = hearingai.fit(recipe(), clips, checkpoint=path, **options)
    assert len(resumed.record["history"]) == 3
    assert_same(whole.get_weights(), resumed.get_weights(), atol=1e-5)
    again = hearingai.fit(recipe(), clips, checkpoint=path, **options)
    assert_same(resumed.get_weights(), again.get_weights())
    assert_same(resumed.get_weights(), hearingai.load_classifier(path).get_weights())


def assert_same(these, those, atol=0):
    for a, b in zip(these, those, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


class _StopsAfter(keras.callbacks.Callback):
    """Ctrl-C at the start of the third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


class _StopsInValidation(keras.callbacks.Callback):
    """Ctrl-C in the first validation."""

    def on_test_batch_begin(self, batch, logs=None):
        raise KeyboardInterrupt


class _Keeps(keras.callbacks.Callback):
    """The weights that a callback of a user finds."""

    def on_epoch_end(self, epoch, logs=None):
        self.weights = self.model.get_weights()


@pytest.mark.slow
def test_callbacks_and_an_interruption_in_validation_find_the_averages(clips):
    options, kept = {"seed": 1, "epochs": 1, "validation": 0.25}, _Keeps()
    whole = hearingai.fit(recipe(), clips, callbacks=kept, **options)
    assert_same(whole.get_weights(), kept.weights)
    with pytest.warns(hearingai.HearingAIWarning, match="interrupted"):
        stopped = hearingai.fit(recipe(), clips, callbacks=_StopsInValidation(), **options)
    assert_same(whole.get_weights(), stopped.get_weights(), atol=1e-6)


def test_decay_on_matrices_leaves_the_rest_alone():
    recipe = hearingai.get_recipe("words")
    made = optimizer_of(recipe, 10)
    network = hearingai.networks.network("small_resnet", (20, 20, 1), 2)
    made.build(network.trainable_variables)
    spared = [v for v in network.trainable_variables if not made._use_weight_decay(v)]
    assert {len(v.shape) for v in spared} == {1}
    kept = [v for v in network.trainable_variables if made._use_weight_decay(v)]
    assert {len(v.shape) for v in kept} == {2, 4}


def test_settings_that_came_later_do_not_change_earlier_digests():
    gate = hearingai.get_recipe("gate")
    assert "decay" not in gate.settings()
    assert {"decay", "label_smoothing"} <= set(hearingai.get_recipe("words").settings())


@pytest.mark.parametrize(("steps", "momentum"), [(5, 0), (30, 2 / 3), (500, 0.98), (5000, 0.99)])
def test_a_short_training_averages_over_its_last_tenth(steps, momentum):
    optimizer = optimizer_of(hearingai.get_recipe("words"), steps)
    assert optimizer.ema_momentum == pytest.approx(momentum)
