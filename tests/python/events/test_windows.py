"""Sound in blocks of any size becomes the same windows, at exact places."""

from fractions import Fraction

import numpy as np
import pytest

import hearingai
from hearingai.events.windows import Grid, Windows, grid_of


def cut(windows, sound, sizes, most=None):
    """Feed sound in blocks of these sizes, in turn; returns all windows."""
    found, first, turn = [], 0, 0
    while first < sound.shape[-1]:
        size = sizes[turn % len(sizes)]
        windows.feed(sound[..., first : first + size])
        first, turn = first + size, turn + 1
        while windows.ready:
            found.append(windows.take(most))
    windows.finish()
    return np.concatenate([*found, windows.take()])


def test_windows_lie_a_hop_apart_and_the_last_is_filled_up(ear):
    sound = np.arange(1, 12, dtype="float32") / 16
    found = cut(Windows(ear(4), grid_of(ear(4), hop=0.5)), sound, [3])
    expected = [[1, 2, 3, 4], [3, 4, 5, 6], [5, 6, 7, 8], [7, 8, 9, 10], [9, 10, 11, 0]]
    np.testing.assert_array_equal(16 * found, expected)


@pytest.mark.parametrize(
    ("samples", "n"), [(0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3)]
)
def test_all_of_a_recording_is_heard_and_no_window_too_many(ear, samples, n):
    classifier = ear(4)
    grid = grid_of(classifier, hop=0.5)
    found = cut(Windows(classifier, grid), np.ones(samples, "float32"), [1])
    assert len(found) == n == grid.needed(samples)
    if n:
        assert found[-1].sum() == samples - grid.first_sample(n - 1)


def test_a_window_shorter_than_the_classifiers_is_filled_up(ear):
    classifier = ear(4)
    found = cut(
        Windows(classifier, grid_of(classifier, window=0.5, hop=0.5)), np.arange(1, 5.0) / 8, [4]
    )
    np.testing.assert_array_equal(8 * found, [[1, 2, 0, 0], [3, 4, 0, 0]])


@pytest.mark.parametrize("rate", [16000, 44100, 8000, 22050, 44101])
@pytest.mark.parametrize("channels", [1, 2, 7])
def test_blocks_of_any_size_give_the_same_bits_as_reading_at_once(ear, rate, channels):
    classifier = ear(16000, 0.25)
    sound = np.random.default_rng(1).normal(0, 0.1, (channels, 20011)).astype("float32")
    sound = sound[0] if channels == 1 else sound
    grid = grid_of(classifier, hop=0.07)
    whole = cut(Windows(classifier, grid, sample_rate=rate), sound, [10**6])
    mono = sound if channels == 1 else np.ascontiguousarray(sound.T).mean(1, dtype="float32")
    resampled = hearingai.resample(mono, rate, 16000)
    assert len(whole) == grid.needed(len(resampled))
    for k, window in enumerate(whole):
        piece = resampled[round(k * 1120) :][:4000]
        np.testing.assert_array_equal(window, np.pad(piece, (0, 4000 - len(piece))))
    for sizes in ([1, 5000], [777], [4096, 1, 0]):
        np.testing.assert_array_equal(
            cut(Windows(classifier, grid, sample_rate=rate), sound, sizes, most=2), whole
        )


def test_two_channels_stay_two_for_a_classifier_of_two(ear):
    classifier = ear(4, channels=2)
    grid = grid_of(classifier, hop=1)
    stereo = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], "float32") / 8
    np.testing.assert_array_equal(cut(Windows(classifier, grid), stereo, [3])[0], stereo)
    np.testing.assert_array_equal(cut(Windows(classifier, grid), stereo[0], [3])[0], stereo[[0, 0]])
    three = np.array([[0, 0, 0, 0], [3, 3, 3, 3], [0, 3, 6, 9]], "float32") / 16
    mean = np.array([1, 2, 3, 4]) / 16
    np.testing.assert_array_equal(cut(Windows(classifier, grid), three, [3])[0], [mean, mean])


def test_300_channels_are_mixed_down(ear):
    sound = np.full((300, 5), 2**-7, "float32")
    sound[0] = 301 * 2**-7
    np.testing.assert_array_equal(
        cut(Windows(ear(4), grid_of(ear(4), hop=1), channels=300), sound, [2]),
        np.array([[2, 2, 2, 2], [2, 0, 0, 0]]) / 2**7,
    )


def test_places_do_not_drift_in_twelve_hours():
    grid = Grid(22050, 22050, Fraction(1, 10))
    k = 12 * 36000
    assert grid.first_sample(k) == 12 * 3600 * 22050
    odd = Grid(22050, 22050, Fraction(3, 100))  # 661.5 samples
    assert [odd.first_sample(i) for i in range(4)] == [0, 662, 1323, 1985]
    assert odd.first_sample(100 * 12 * 1200) == 12 * 3600 * 22050


def test_it_counts_whole_windows_as_a_count_one_by_one_does():
    grid = Grid(10, 7, Fraction(1, 3))
    for heard in range(60):
        whole = sum(grid.first_sample(k) + 7 <= heard for k in range(60))
        assert grid.whole(heard) == whole, heard


def test_whole_numbers_are_16_bit_samples(ear):
    windows = Windows(ear(4), grid_of(ear(4)))
    windows.feed(np.array([16384, -32768, 0, 1], "int16"))
    np.testing.assert_array_equal(windows.take(), [[0.5, -1, 0, 2**-15]])


def test_what_is_fed_may_be_changed_afterwards(ear):
    windows, block = Windows(ear(4), grid_of(ear(4), hop=1)), np.ones(4, "float32")
    windows.feed(block)
    block[:] = 5
    np.testing.assert_array_equal(windows.take(), [[1, 1, 1, 1]])


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ([[0.0, np.nan]] * 2, "finite"),
        ([[0.0, np.inf]] * 2, "finite"),
        ([[1e300]] * 2, "values up to 1e.300"),
        (np.zeros(3, "int64"), "int64"),
        (np.zeros(3, "complex64"), "complex64"),
        (["a"], "float"),
        (0.5, "shape"),
        (np.zeros((1, 2, 3)), "shape"),
        (np.zeros((0, 3)), "shape"),
        (np.zeros((3, 4)), "2, samples.*3, 4"),
        (np.zeros(4), "2, samples.*4,"),
    ],
)
def test_sound_that_cannot_be_is_refused_and_nothing_of_it_stays(ear, block, reason):
    windows = Windows(ear(4), grid_of(ear(4), hop=1))
    windows.feed(np.ones((2, 2)))
    with pytest.raises(hearingai.HearingAIError, match=reason):
        windows.feed(block)
    windows.feed(np.ones((2, 2)))
    np.testing.assert_array_equal(windows.take(), [[1, 1, 1, 1]])
    assert windows.seconds == 1


def test_nothing_is_fed_after_the_end(ear):
    windows = Windows(ear(4), grid_of(ear(4)))
    windows.finish()
    windows.finish()
    with pytest.raises(hearingai.HearingAIError, match="over"):
        windows.feed(np.zeros(3))


@pytest.mark.parametrize("rate", [0, -1, 0.5, np.nan, "fast", None])
def test_a_rate_that_is_none_is_refused(ear, rate):
    if rate is None:
        assert Windows(ear(4), grid_of(ear(4))).sample_rate == 4
        return
    with pytest.raises(hearingai.HearingAIError, match="`sample_rate`"):
        Windows(ear(4), grid_of(ear(4)), sample_rate=rate)


def test_a_sample_too_few_for_the_new_rate_is_a_window_of_silence(ear):
    windows = Windows(ear(4), grid_of(ear(4)), sample_rate=1000)
    windows.feed(np.ones(1))
    windows.finish()
    assert windows.take().shape == (1, 4)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"window": 1.5}, "`window`"),
        ({"window": 0}, "`window`"),
        ({"window": 0.01}, "`window`"),
        ({"hop": 1.25}, "`hop`"),
        ({"hop": 0}, "`hop`"),
        ({"hop": 0.1}, "`hop`"),
        ({"window": 0.5, "hop": 0.75}, "`hop`"),
    ],
)
def test_windows_that_cannot_be_are_refused(ear, options, named):
    with pytest.raises(hearingai.HearingAIError, match=named):
        grid_of(ear(4), **options)


def test_a_quarter_of_the_window_is_the_usual_hop(ear):
    assert grid_of(ear(16000, 1)).hop == Fraction(1, 4)
    assert grid_of(ear(16000, 1), window=0.5).hop == Fraction(1, 8)


@pytest.mark.parametrize("length", [Fraction(1, 3), Fraction(5, 3)])
def test_a_hop_may_be_the_window_where_no_decimal_is(ear, length):
    assert grid_of(ear(480, float(length)), hop=float(length)).hop == length


def test_no_more_than_a_window_and_a_block_is_kept(ear):
    classifier = ear(1000)
    windows = Windows(classifier, grid_of(classifier, hop=0.5), sample_rate=4000)
    for _ in range(500):
        windows.feed(np.zeros(4000))
        windows.take()
    assert sum(piece.nbytes for piece in windows._pieces) < 10_000
