import keras
import numpy as np
import pytest

import hearingai


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


MASKS = {
    "time_start": [[0, 4], [2, 0]],
    "time_width": [[1, 1], [2, 0]],
    "frequency_start": [[1], [0]],
    "frequency_width": [[2], [0]],
}


@pytest.mark.parametrize("fill", ["mean", "zero"])
def test_the_masks_are_filled_and_the_rest_is_kept(fill):
    image = np.arange(40.0).reshape(2, 5, 4, 1).astype("float32") + 1
    wanted = image.copy()
    value = image.mean(axis=(1, 2, 3)) if fill == "mean" else [0, 0]
    wanted[0, [0, 4]] = value[0]
    wanted[0, :, 1:3] = value[0]
    wanted[1, 2:4] = value[1]
    masked = hearingai.SpecAugment(fill=fill).apply(image, **MASKS)
    np.testing.assert_array_equal(array(masked), wanted)


def test_masks_lie_inside_and_take_every_width_up_to_the_limit():
    layer = hearingai.SpecAugment(frequency_masks=1, time_masks=3, time_limit=0.29, seed=1)
    draw = {name: array(value) for name, value in layer.draw((3000, 100, 64, 1)).items()}
    assert draw["time_start"].shape == (3000, 3)
    assert set(draw["time_width"].ravel()) == set(range(30))  # 29 % of 100 frames
    assert set(draw["frequency_width"].ravel()) == set(range(7))  # 10 % of 64 bins is 6.4
    for axis, size in (("time", 100), ("frequency", 64)):
        start, end = draw[f"{axis}_start"], draw[f"{axis}_start"] + draw[f"{axis}_width"]
        assert start.min() == 0
        assert end.max() == size


def test_no_masks_leave_the_image_alone():
    image = np.random.default_rng(0).normal(size=(2, 5, 4, 1)).astype("float32")
    layer = hearingai.SpecAugment(frequency_masks=0, time_masks=0)
    np.testing.assert_array_equal(array(layer(image, training=True)), image)


def test_jitter_is_clipped_and_leaves_padding_alone():
    embedding = np.array([[[5, 250], [0, 9], [0, 0]], [[5, 250], [0, 9], [0, 0]]])
    changed = array(hearingai.EmbeddingJitter().apply(embedding, offset=[7, -7]))
    wanted = [[[12, 255], [7, 16], [0, 0]], [[0, 243], [0, 2], [0, 0]]]
    np.testing.assert_array_equal(changed, wanted)


def test_jitter_adds_and_subtracts_alike():
    offset = array(hearingai.EmbeddingJitter((2, 10), seed=1).draw((4000, 10, 128))["offset"])
    assert 2 <= np.abs(offset).min() < 2.1
    assert 9.9 < np.abs(offset).max() <= 10
    assert (offset > 0).mean() == pytest.approx(0.5, abs=0.03)
    exact = array(hearingai.EmbeddingJitter(3, seed=1).draw((50, 10, 128))["offset"])
    assert set(exact) == {-3, 3}
