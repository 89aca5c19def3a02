import keras
import numpy as np
import pytest

import hearingai
from hearingai.networks import SubSpectralNormalization


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def images(bins, seed=0):
    return np.random.default_rng(seed).normal(3, 2, (4, 6, bins, 3)).astype("float32")


def test_each_sub_band_is_batch_normalisation_by_itself():
    ours = SubSpectralNormalization(5)
    ours.build((None, 6, 10, 3))
    scale = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    ours.gamma.assign(scale[0])
    ours.beta.assign(scale[1])
    theirs = [keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5) for _ in range(5)]
    for g, layer in enumerate(theirs):
        layer.build((None, 6, 2, 3))
        layer.gamma.assign(scale[0, g])
        layer.beta.assign(scale[1, g])
    for training in (True, True, False):
        x = images(10, seed=int(training))
        wanted = [
            array(layer(x[:, :, 2 * g : 2 * g + 2], training=training))
            for g, layer in enumerate(theirs)
        ]
        found = array(ours(x, training=training))
        np.testing.assert_allclose(found, np.concatenate(wanted, axis=2), atol=1e-5)
    means = np.stack([array(layer.moving_mean) for layer in theirs])
    np.testing.assert_allclose(array(ours.moving_mean), means, atol=1e-6)


def test_bins_that_cannot_be_divided_equally_are_normalised_all():
    x = array(SubSpectralNormalization(5)(images(13), training=True))
    for group in np.split(x, np.flatnonzero(np.diff(np.arange(13) * 5 // 13)) + 1, axis=2):
        np.testing.assert_allclose(group.mean(axis=(0, 1, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(group.std(axis=(0, 1, 2)), 1, atol=1e-4)


def test_a_frozen_layer_keeps_its_averages():
    layer = SubSpectralNormalization(2)
    layer.trainable = False
    layer(images(4), training=True)
    np.testing.assert_array_equal(array(layer.moving_mean), np.zeros((2, 3)))


def test_half_precision_keeps_the_averages_exact():
    layer = SubSpectralNormalization(2, dtype="mixed_bfloat16")
    found = layer(images(4), training=True)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    whole = SubSpectralNormalization(2)
    whole(images(4), training=True)
    np.testing.assert_allclose(array(layer.moving_mean), array(whole.moving_mean), rtol=1e-2)
    assert layer.moving_mean.dtype == "float32"


def test_a_wrong_number_of_groups_is_refused():
    with pytest.raises(hearingai.HearingAIError, match="`groups` must be a positive whole number"):
        SubSpectralNormalization(0)
