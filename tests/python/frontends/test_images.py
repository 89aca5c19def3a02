"""Layers from images to images: differences and scaling."""

import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf
from scipy.signal import savgol_filter
from sklearn.preprocessing import StandardScaler

import hearingai


def random_images(*shape, seed=0):
    return np.random.default_rng(seed).normal(3, 2, shape).astype("float32")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "order"), [(9, 2), (3, 1), (5, 3), (9, 1)])
@pytest.mark.parametrize("frames", [9, 10, 150])
def test_deltas_are_librosas(width, order, frames):
    images = random_images(2, frames, 7, 2)
    result = np.asarray(hearingai.Deltas(width=width, order=order)(images))
    assert result.shape == (2, frames, 7, 2 * (1 + order))
    np.testing.assert_array_equal(result[..., :2], images)
    for k in range(1, order + 1):
        expected = librosa.feature.delta(images, width=width, order=k, axis=1)
        np.testing.assert_allclose(result[..., 2 * k : 2 * k + 2], expected, atol=1e-4)


def test_deltas_of_speech_are_those_of_scipy(data_dir):
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["yes"])
    sound = hearingai.fit_length(hearingai.read_audio(clips["fname"][0])[0], 16000)
    image = np.asarray(hearingai.LogMel()(sound[None]))
    result = np.asarray(hearingai.Deltas()(image))
    for k in (1, 2):
        expected = savgol_filter(image.astype("float64"), 9, polyorder=k, deriv=k, axis=1)
        np.testing.assert_allclose(result[..., k : k + 1], expected, atol=1e-4)


def test_a_parabola_has_a_constant_second_difference():
    time = np.arange(12, dtype="float32")
    images = (time**2).reshape(1, 12, 1, 1)
    result = np.asarray(hearingai.Deltas(width=5)(images))[0, :, 0]
    np.testing.assert_allclose(result[2:-2, 1], 2 * time[2:-2], rtol=1e-5)
    np.testing.assert_allclose(result[:2, 1], 2 * time[2], rtol=1e-5)
    np.testing.assert_allclose(result[:, 2], 2, atol=1e-4)


def test_differences_along_frequency():
    images = random_images(2, 6, 20, 2)
    turned = hearingai.Deltas()(images.swapaxes(1, 2))
    result = hearingai.Deltas(axis="frequency")(images)
    np.testing.assert_allclose(result, np.swapaxes(turned, 1, 2), atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"width": 8}, "width.*odd"),
        ({"width": 1}, "width"),
        ({"order": 0}, "order"),
        ({"width": 3, "order": 3}, "order"),
        ({"axis": "channels"}, "axis"),
    ],
)
def test_arguments_of_deltas_are_checked(arguments, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.Deltas(**arguments)


def test_images_that_deltas_cannot_use_are_refused():
    with pytest.raises(hearingai.HearingAIError, match="8 frames are shorter than `width`, 9"):
        hearingai.Deltas()(random_images(1, 8, 4, 1))
    with pytest.raises(hearingai.HearingAIError, match=r"\(batch, frames, bins, channels\)"):
        hearingai.Deltas()(random_images(1, 8, 4))
    with pytest.raises(hearingai.HearingAIError, match="known beforehand"):
        hearingai.Deltas()(keras.Input((None, 4, 1)))


def test_the_published_image_has_three_channels():
    front_end = keras.Sequential(
        [
            keras.Input((88200,)),
            hearingai.LogMel(
                22050, window_size=1168, window_stride=584, fft_size=1168, n_mels=150, frames=150
            ),
            hearingai.Deltas(),
            hearingai.Scaling(),
        ]
    )
    assert front_end.output_shape == (None, 150, 150, 3)
    assert not front_end.trainable_weights


def test_scaling_starts_as_the_identity():
    images = random_images(2, 5, 4, 3)
    np.testing.assert_array_equal(hearingai.Scaling()(images), images)


@pytest.mark.parametrize(
    ("axis", "shape", "columns"),
    [
        ("band", (40, 10, 6, 3), 18),
        ("channel", (40, 10, 6, 3), 3),
        ("all", (40, 10, 6, 3), 1),
        ("band", (40, 10, 128), 128),
        ("channel", (40, 10, 128), 128),
        ("all", (40, 10, 128), 1),
    ],
)
def test_scaling_is_scikit_learns(axis, shape, columns):
    images = random_images(*shape) * np.linspace(0.1, 10, shape[-1], dtype="float32")
    layer = hearingai.Scaling(axis=axis)
    assert layer.adapt(images) is layer
    table = images.reshape(-1, columns).astype("float64")
    scaler = StandardScaler().fit(table)
    np.testing.assert_allclose(np.ravel(layer.mean), scaler.mean_, rtol=1e-6)
    np.testing.assert_allclose(np.ravel(layer.variance), scaler.var_, rtol=1e-6)
    expected = scaler.transform(table).reshape(shape)
    np.testing.assert_allclose(layer(images), expected, atol=1e-5)


def test_batches_of_any_size_give_the_statistics_of_the_whole():
    # A large mean beside a small spread, where the sum of squares would lose the variance.
    images = np.random.default_rng(0).normal(0, 1, (600, 4, 3, 1)).astype("float32") + 3000
    batches = np.split(images, [1, 8, 300, 599])
    layer = hearingai.Scaling().adapt(batch for batch in batches)
    whole = images.astype("float64")
    np.testing.assert_allclose(layer.mean, whole.mean(axis=(0, 1)), rtol=1e-7)
    np.testing.assert_allclose(layer.variance, whole.var(axis=(0, 1)), rtol=1e-6)
    again = hearingai.Scaling().adapt(tf.data.Dataset.from_tensor_slices(images).batch(100))
    np.testing.assert_allclose(again.variance, layer.variance, rtol=1e-6)


def test_adapting_again_forgets_and_frames_may_differ():
    first, second = random_images(4, 9, 2, 1), random_images(4, 5, 2, 1, seed=1)
    layer = hearingai.Scaling().adapt(random_images(9, 9, 2, 1, seed=2)).adapt([first, second])
    rows = np.concatenate([first.reshape(-1, 2), second.reshape(-1, 2)])
    np.testing.assert_allclose(np.asarray(layer.mean)[:, 0], rows.mean(axis=0), rtol=1e-5)


def test_a_constant_band_stays_finite():
    images = random_images(8, 5, 2, 1)
    images[:, :, 1] = np.log(np.float32(1e-8))
    scaled = np.asarray(hearingai.Scaling().adapt(images)(images))
    assert (scaled[:, :, 1] == 0).all()
    np.testing.assert_allclose(scaled[:, :, 0].std(), 1, atol=1e-5)


def test_training_leaves_the_scaling_alone():
    images = random_images(16, 5, 4, 1)
    layer = hearingai.Scaling().adapt(images)
    model = keras.Sequential([layer, keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = [np.array(w) for w in layer.weights]
    model.fit(images, np.zeros((16, 1)), verbose=0)
    assert len(before) == 2
    for old, new in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ([], "no images"),
        ([np.zeros((0, 5, 4, 1))], "no images"),
        ([np.zeros((2, 5, 4, 1)), np.zeros((2, 5, 3, 1))], "alike"),
        (np.full((2, 5, 4, 1), np.nan), "finite"),
        (np.zeros((2, 5)), "shape"),
        ([(np.zeros((2, 5, 4, 1)), np.zeros(2))], "labels"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(batches, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.Scaling().adapt(batches)


def test_arguments_of_scaling_are_checked():
    with pytest.raises(hearingai.HearingAIError, match="epsilon"):
        hearingai.Scaling(epsilon=0)
    with pytest.raises(hearingai.HearingAIError, match="axis"):
        hearingai.Scaling(axis="time")
