"""What the published networks for images and embeddings are, beyond their parameter counts."""

import keras
import numpy as np
import pytest
from keras import layers

from hearingai import networks


def named(network, kind):
    return [layer for layer in network.layers if type(layer) is kind]


def test_dcase_vgg_normalises_and_rectifies_after_each_of_eleven_convolutions():
    network = networks.dcase_vgg((150, 150, 3), 10)
    kinds = [type(layer).__name__ for layer in network.layers]
    triple = ["Conv2D", "BatchNormalization", "ReLU"]
    block = ["MaxPooling2D", "Dropout"]
    body = triple * 2 + block + triple * 2 + block + triple * 4 + block
    body += (triple + ["Dropout"]) * 2 + triple
    assert kinds == ["InputLayer", *body, "GlobalAveragePooling2D", "Softmax"]
    assert [layer.rate for layer in named(network, layers.Dropout)] == [0.3] * 3 + [0.5] * 2
    convolutions = named(network, layers.Conv2D)
    assert [c.filters for c in convolutions] == [32] * 2 + [64] * 2 + [128] * 4 + [512] * 2 + [10]
    assert convolutions[-3].output.shape == (None, 7, 7, 512)
    for convolution in convolutions:
        assert convolution.kernel_regularizer.l2 == pytest.approx(1e-4)
    assert len(network.losses) == 11


def test_dcase_vgg_starts_from_the_published_normal_or_another_distribution():
    deepest = named(networks.dcase_vgg((150, 150, 3), 10), layers.Conv2D)[-3]
    assert np.std(deepest.kernel) == pytest.approx(0.05, rel=0.02)
    for choice in ("he_normal", keras.initializers.HeNormal(seed=1)):
        convolutions = named(
            networks.dcase_vgg((150, 150, 3), 10, initializer=choice), layers.Conv2D
        )
        expected = np.sqrt(2 / (9 * 128))
        assert np.std(convolutions[-3].kernel) == pytest.approx(expected, rel=0.02)


def test_sound_cnn_halves_the_image_to_the_published_maps():
    network = networks.sound_cnn((344, 64, 2), 10)
    maps = [layer.output.shape[1:] for layer in named(network, layers.Conv2D)]
    assert maps == [(172, 32, 8), (86, 16, 16), (43, 8, 32), (22, 4, 64)]
    kinds = [type(layer).__name__ for layer in network.layers]
    block = ["ZeroPadding2D", "Conv2D", "ReLU", "BatchNormalization"]
    head = ["GlobalAveragePooling2D", "Dense"]
    assert kinds == ["InputLayer", "LayerNormalization", *block * 4, *head]


@pytest.mark.parametrize("position, size", [(0, 5), (1, 3)])
def test_sound_cnn_pads_both_sides_alike(position, size):
    network = networks.sound_cnn((8, 8, 1), 10)
    pad, convolution = (
        named(network, kind)[position] for kind in (layers.ZeroPadding2D, layers.Conv2D)
    )
    kernel = np.zeros(convolution.kernel.shape, "float32")
    kernel[size // 2, size // 2, 0, 0] = 1  # passes what lies under its middle
    convolution.kernel.assign(kernel)
    side = pad.input.shape[1]
    image = np.zeros((1, side, side, pad.input.shape[3]), "float32")
    image[0, ..., 0] = np.arange(side * side).reshape(side, side)
    mapped = np.asarray(convolution(pad(image)))[0, ..., 0]
    np.testing.assert_array_equal(mapped, image[0, ::2, ::2, 0])


def test_sound_cnn_starts_as_pytorch_does():
    network = networks.sound_cnn((344, 64, 2), 10)
    last = named(network, layers.Conv2D)[-1]
    assert np.std(last.kernel) == pytest.approx(np.sqrt(2 / 1.01 / (9 * 32)), rel=0.03)
    assert not np.any(last.bias)
    dense = named(network, layers.Dense)[0]
    for weights in (np.asarray(dense.kernel), np.asarray(dense.bias)):
        assert 0.05 < np.abs(weights).max() <= 0.125
    assert (last.kernel_initializer.distribution, last.strides) == ("untruncated_normal", (2, 2))
    norm = named(network, layers.BatchNormalization)[0]
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)


def test_sound_cnn_hears_each_clip_by_itself_and_no_gain():
    network = networks.sound_cnn((32, 16, 2), 3)
    images = np.random.default_rng(0).normal(-40, 20, (2, 32, 16, 2)).astype("float32")
    both = np.asarray(network(images))
    np.testing.assert_allclose(network(images[:1]), both[:1], rtol=1e-5)
    np.testing.assert_allclose(network(images + 6), both, atol=1e-5)  # 6 dB louder


def test_gru_tagger_has_the_published_layers():
    network = networks.gru_tagger((10, 128), 1)
    kinds = [type(layer).__name__ for layer in network.layers]
    body = ["BatchNormalization", "Bidirectional", "Flatten", "Dropout", "Dense"]
    assert kinds == ["InputLayer", *body]
    assert network.layers[1].momentum == 0.98
    assert network.layers[4].rate == 0


def attention_by_hand(sequence, kernel, bias, mask):
    scores = np.tanh(sequence @ kernel[:, 0] + bias)
    weights = np.exp(scores) * mask
    return weights / weights.sum(axis=1, keepdims=True)


def test_attention_is_a_softmax_over_the_steps_that_take_part():
    random = np.random.default_rng(0)
    sequence = random.normal(size=(2, 4, 3)).astype("float32")
    kernel = random.normal(size=(3, 1)).astype("float32")
    bias = random.normal(size=4).astype("float32")
    pool = networks.AttentionPooling()
    pool.build(sequence.shape)
    pool.set_weights([kernel, bias])
    mask = np.array([[False, True, True, True], [False, False, False, True]])
    for given, taken in ((None, np.ones((2, 4))), (mask, mask)):
        expected = attention_by_hand(sequence, kernel, bias, taken)
        weights = np.asarray(pool.attention(sequence, given))
        np.testing.assert_allclose(weights, expected, rtol=1e-5)
        pooled = (sequence * expected[..., None]).sum(axis=1)
        np.testing.assert_allclose(pool(sequence, mask=given), pooled, rtol=1e-5, atol=1e-6)
    assert not np.any(np.asarray(pool.attention(sequence, mask))[~mask])


def test_attention_to_nothing_is_zero():
    pool = networks.AttentionPooling()
    pooled = pool(np.ones((1, 4, 3), "float32"), mask=np.zeros((1, 4), bool))
    np.testing.assert_array_equal(pooled, np.zeros((1, 3)))


def attention_tagger_for(frames, weights=None):
    """The tagger of that many frames; the weights are of ten frames and lose the first biases."""
    network = networks.attention_gru_tagger((frames, 128), 1)
    if weights is not None:
        shapes = [tuple(w.shape) for w in network.weights]
        network.set_weights([w[-s[0] :] for w, s in zip(weights, shapes, strict=True)])
    return network


def unsettled_tagger():
    """A tagger in which a frame of zeros would be heard if it took part."""
    keras.utils.set_random_seed(0)
    network = attention_tagger_for(10)
    norm, pool = (
        named(network, k)[0] for k in (layers.BatchNormalization, networks.AttentionPooling)
    )
    norm.moving_mean.assign(np.full(128, 128.0))
    norm.moving_variance.assign(np.full(128, 5000.0))
    pool.bias.assign(np.linspace(1, -1, 10))
    return network


def test_padding_in_front_changes_nothing_in_the_attention_tagger():
    full = unsettled_tagger()
    short = attention_tagger_for(8, full.get_weights())
    clip = np.random.default_rng(1).integers(1, 256, (3, 8, 128)).astype("float32")
    padded = np.pad(clip, ((0, 0), (2, 0), (0, 0)))
    np.testing.assert_allclose(full(padded), short(clip), rtol=1e-5)
    heard = np.pad(clip, ((0, 0), (2, 0), (0, 0)), constant_values=1)  # the mask is what did it
    assert np.abs(np.asarray(full(heard)) - np.asarray(short(clip))).max() > 1e-4


def test_padded_frames_get_no_attention_whatever_stands_in_them():
    network = unsettled_tagger()
    norm, gru, pool = (
        named(network, kind)[0]
        for kind in (layers.BatchNormalization, layers.Bidirectional, networks.AttentionPooling)
    )
    clip = np.random.default_rng(1).integers(1, 256, (2, 10, 128)).astype("float32")
    mask = np.ones((2, 10), bool)
    mask[0, :3] = False
    answers = []
    for filling in (0, 1000):
        clip[0, :3] = filling
        steps = gru(norm(clip, mask=mask), mask=mask)
        assert not np.any(np.asarray(pool.attention(steps, mask))[~mask])
        answers.append(np.asarray(pool(steps, mask=mask)))
    np.testing.assert_array_equal(*answers)


def test_padding_is_left_out_of_the_normalisation():
    network = attention_tagger_for(10)
    clip = np.full((4, 10, 128), 100, "float32")
    clip[:, :5] = 0
    network(clip, training=True)
    norm = named(network, layers.BatchNormalization)[0]
    np.testing.assert_allclose(norm.moving_mean, np.full(128, 0.02 * 100), rtol=1e-3)


def test_a_clip_of_padding_alone_has_a_finite_answer():
    assert np.all(np.isfinite(attention_tagger_for(10)(np.zeros((1, 10, 128), "float32"))))


@pytest.mark.parametrize("active", range(2, 9))
def test_conv1d_tagger_has_the_first_layers_and_the_last(active):
    network = networks.conv1d_tagger((10, 128), 1, active_layers=active)
    whole = ["Conv1D", "ReLU", "Conv1D", "Dropout", "MaxPooling1D", "Conv1D", "Dropout"]
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == ["InputLayer", "Rescaling", *whole[: active - 1], "Flatten", "Dense"]


@pytest.mark.parametrize("size", [2, 3, 16])
def test_conv1d_tagger_takes_every_published_kernel(size):
    network = networks.conv1d_tagger((10, 128), 1, kernel_size=size)
    assert named(network, layers.Conv1D)[0].kernel.shape == (size, 128, 64)
    assert named(network, layers.Dense)[0].input.shape == (None, 5 * 64)


def test_conv2d_tagger_has_the_published_layers():
    network = networks.conv2d_tagger((10, 128), 1)
    kinds = [type(layer).__name__ for layer in network.layers]
    body = ["Conv2D", "Conv2D", "MaxPooling2D", "Conv2D", "Flatten", "BatchNormalization"]
    assert kinds[3:] == [*body, "Dense", "Dropout", "Dense"]
    assert [c.kernel.shape for c in named(network, layers.Conv2D)] == [
        (2, 2, 1, 4),
        (2, 2, 4, 4),
        (2, 2, 4, 4),
    ]
    activations = [c.activation.__name__ for c in named(network, layers.Conv2D)]
    assert activations == ["relu", "linear", "linear"]


@pytest.mark.parametrize("count", [1, 4])
def test_lstm_tagger_reads_from_a_start_to_an_end_token(count):
    network = networks.lstm_tagger((10, 128), 1, layers=count, units=8)
    assert len(named(network, layers.LSTM)) == count
    tokens = named(network, networks.StartEndTokens)[0]
    read = keras.Model(network.input, tokens.output)(np.full((1, 10, 128), 255, "float32"))
    expected = [-1, *[1] * 10, -2]
    np.testing.assert_allclose(np.asarray(read)[0], np.repeat(np.c_[expected], 128, 1), rtol=1e-6)
    assert named(network, layers.LSTM)[-1].output.shape == (None, 8)


def test_positions_are_the_published_sines_and_cosines():
    values = 5  # an odd number too
    added = np.asarray(networks.SinusoidalPositions()(np.ones((1, 4, values), "float32")))[0] - 1
    for t in range(4):
        for i in range(values):
            angle = t / 10000 ** (2 * (i // 2) / values)
            wave = np.cos(angle) if i % 2 else np.sin(angle)
            assert added[t, i] == pytest.approx(wave, abs=1e-6)


def test_transformer_tagger_knows_the_order_of_the_frames():
    clip = np.random.default_rng(0).integers(0, 256, (1, 10, 128)).astype("float32")
    network = networks.transformer_tagger((10, 128), 1, layers=3, heads=8, hidden=16)
    assert len(named(network, layers.MultiHeadAttention)) == 3
    assert np.abs(np.asarray(network(clip)) - np.asarray(network(clip[:, ::-1]))).max() > 1e-4


@pytest.mark.parametrize("name", ["linear", "conv1d", "conv2d", "transformer"])
def test_bytes_are_brought_to_minus_one_to_one(name):
    network = networks.network(f"{name}_tagger", (10, 128), 1)
    scaling = named(network, layers.Rescaling)[0]
    np.testing.assert_allclose(scaling(np.float32([0, 127.5, 255])), [-1, 0, 1], atol=1e-6)
