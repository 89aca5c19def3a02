"""Batch normalisation in one operation: what Keras learns, in less time and memory."""

from contextlib import nullcontext

import keras
import numpy as np
import pytest

from hearingai.runtime.backend import ordered_sums
from hearingai.training._normalising import normalising_at_once

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(3, 2, (12, 5, 4, 3)).astype("float32")
TARGETS = RNG.normal(0, 1, (12, 2)).astype("float32")


def network(**options):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Conv2D(4, 2), keras.layers.BatchNormalization(**options)]
    layers += [keras.layers.ReLU(), keras.layers.Flatten(), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input(IMAGES.shape[1:]), *layers, keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    return model


@pytest.mark.parametrize(
    "options", [{}, {"center": False, "epsilon": 1e-5}, {"scale": False, "momentum": 0.5}]
)
def test_it_learns_what_keras_learns(tf, options):
    """Losses, weights and moving averages, also where sums have an order; then Keras is back."""
    usual, quick = network(**options), network(**options)
    losses = [float(usual.train_on_batch(IMAGES, TARGETS)) for _ in range(3)]
    with normalising_at_once(quick, "cpu"), ordered_sums(True):
        found = [float(quick.train_on_batch(IMAGES, TARGETS)) for _ in range(3)]
        step = tf.function(lambda images: quick(images, training=True))
        graph = step.get_concrete_function(tf.TensorSpec((None, *IMAGES.shape[1:]))).graph
    kinds = {node.op for node in graph.as_graph_def().node}
    assert "FusedBatchNormV3" in kinds
    np.testing.assert_allclose(found, losses, rtol=1e-4)
    for one, other in zip(usual.get_weights(), quick.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-5)
    assert quick.layers[1].call.__func__ is keras.layers.BatchNormalization.call


def test_what_does_not_train_keeps_its_averages(tf):
    model = network()
    model.layers[1].trainable = False
    before = model.layers[1].get_weights()
    with normalising_at_once(model, "cpu"):
        model.train_on_batch(IMAGES, TARGETS)
    for one, other in zip(before, model.layers[1].get_weights(), strict=True):
        np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize(
    ("channels", "at_once", "padded"), [(16, True, False), (24, True, True), (4, False, False)]
)
def test_in_bfloat16_channels_are_filled_up_to_what_onednn_has(tf, channels, at_once, padded):
    model = alone(channels)
    with normalising_at_once(model, "cpu"):
        step = tf.function(lambda images: model(images, training=True))
        graph = step.get_concrete_function(tf.TensorSpec((None, 5, 4, channels))).graph
    kinds = {node.op for node in graph.as_graph_def().node}
    assert ("FusedBatchNormV3" in kinds, "Pad" in kinds) == (at_once, padded)


@pytest.mark.parametrize("channels", [16, 24])
def test_in_bfloat16_values_gradients_and_averages_are_those_of_keras(tf, channels):
    images = RNG.normal(3, 2, (12, 5, 4, channels)).astype("float32")
    wanted = RNG.normal(0, 1, images.shape).astype("float32")
    told = []
    for model, policy in ((alone(channels, "float32"), None), (alone(channels), "cpu")):
        with normalising_at_once(model, policy) if policy else nullcontext():
            with tf.GradientTape() as tape:
                given = tf.constant(images)
                tape.watch(given)
                answer = tf.cast(model(given, training=True), "float32")
                loss = tf.reduce_mean((answer - wanted) ** 2)
            gradients = tape.gradient(loss, [given, *model.trainable_variables])
        told.append([answer, loss, *gradients, *model.get_weights()])
    for one, other in zip(*told, strict=True):
        one, other = np.asarray(one, "float32"), np.asarray(other, "float32")
        np.testing.assert_allclose(other, one, rtol=0.02, atol=0.01 * np.abs(one).max())


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_weights_of_another_type_are_left_to_keras(tf, dtype):
    model = alone(24, dtype)
    with normalising_at_once(model, "cpu"), tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.ones((2, 5, 4, 24)), training=True))
    assert all(g.dtype == dtype for g in tape.gradient(loss, model.trainable_variables))


def alone(channels, policy="mixed_bfloat16"):
    """A network that only normalises, away from where it starts."""
    layer = keras.layers.BatchNormalization(dtype=policy)
    model = keras.Sequential([keras.Input((5, 4, channels)), layer])
    steps = np.arange(channels, dtype="float32") / channels
    layer.set_weights([1 + steps, steps, 0 * steps, 1 + 0 * steps])
    return model
