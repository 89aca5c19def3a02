import numpy as np
import pytest
import tensorflow as tf

import hearingai


def arrays(generator, n):
    return [hearingai.next_batch(generator) for _ in range(n)]


def test_a_batch_has_the_shape_of_the_tutorial(words):
    images, classes = hearingai.next_batch(hearingai.data_generator(words, 32, seed=1))
    assert images.shape == (32, 98, 257, 1)
    assert classes.shape == (32, 3)
    assert images.dtype == classes.dtype == np.float32
    np.testing.assert_array_equal(classes.sum(axis=1), 1)


def test_it_equals_the_front_end(words):
    images, classes = hearingai.next_batch(hearingai.data_generator(words, 8, shuffle=False))
    sound = np.stack([hearingai.read_audio(f)[0] for f in words["fname"][:8]])
    np.testing.assert_allclose(images, hearingai.LogSpectrogram()(sound), atol=1e-4)
    np.testing.assert_array_equal(classes.argmax(axis=1), words["class_id"][:8])


def test_a_short_clip_is_padded_with_silence(tmp_path):
    tone = 0.5 * np.sin(np.arange(8000) / 5)
    for name in "ab":
        hearingai.write_audio(tmp_path / f"{name}.wav", tone, 16000)
    clips = hearingai.clip_table([tmp_path / "a.wav", tmp_path / "b.wav"], ["a", "b"])
    images, _ = hearingai.next_batch(hearingai.data_generator(clips, 2, shuffle=False))
    np.testing.assert_allclose(images[:, 50:], np.log(0.01), rtol=1e-5)
    assert images[:, :47].max() > 0


def test_it_repeats_for_ever_and_shuffles_each_pass_anew(words):
    some = words[:10]
    generator = hearingai.data_generator(some, 10, seed=1)
    first, second = (batch[0] for batch in arrays(generator, 2))
    assert not np.array_equal(first, second)
    np.testing.assert_allclose(np.sort(first.sum((1, 2, 3))), np.sort(second.sum((1, 2, 3))))


def test_the_seed_decides_the_order(words):
    def first(seed):
        return hearingai.next_batch(hearingai.data_generator(words, 16, seed=seed))[0]

    before = first(3)
    tf.random.set_seed(99)  # what ran before does not matter
    np.testing.assert_array_equal(first(3), before)
    assert not np.array_equal(first(3), first(4))


def test_one_pass_ends_and_shows_every_clip_once(words):
    generator = hearingai.data_generator(words, 32, shuffle=False, repeat=False)
    batches = [classes for _, classes in iter(generator)]
    assert [len(b) for b in batches] == [32, 32, 32, 24]
    assert generator.steps_per_epoch == 4
    np.testing.assert_array_equal(np.concatenate(batches).argmax(axis=1), words["class_id"])
    for _ in range(4):
        assert hearingai.next_batch(generator) is not None
    assert hearingai.next_batch(generator) is None


def test_other_windows_rates_and_lengths(tmp_path):
    for name in "ab":
        hearingai.write_audio(tmp_path / f"{name}.wav", np.zeros(9000), 8000)
    clips = hearingai.clip_table([tmp_path / "a.wav", tmp_path / "b.wav"], ["a", "b"])
    generator = hearingai.data_generator(
        clips, 2, shuffle=True, window_size_ms=25, window_stride_ms=10, sample_rate=8000, duration=2
    )
    assert hearingai.next_batch(generator)[0].shape == (2, 198, 129, 1)


def test_labels_fix_the_columns(words):
    only = words[words["class"] == "yes"]
    labels = ["down", "no", "yes"]
    _, classes = hearingai.next_batch(hearingai.data_generator(only, 4, labels=labels))
    np.testing.assert_array_equal(classes, np.eye(3)[[2, 2, 2, 2]])


@pytest.mark.parametrize(
    ("name", "rate", "subtype", "words_"),
    [
        ("a.flac", 16000, None, "FLAC"),
        ("a.wav", 16000, "PCM_24", "PCM_24"),
        ("a.wav", 44100, "PCM_16", "44100 Hz"),
    ],
)
def test_what_the_graph_cannot_read_is_named_with_the_remedy(tmp_path, name, rate, subtype, words_):
    hearingai.write_audio(tmp_path / name, np.zeros(9000), rate, subtype=subtype)
    clips = hearingai.clip_table([tmp_path / name] * 2, ["a", "b"])
    with pytest.raises(hearingai.HearingAIError, match=rf"{words_}.*fit\(classifier, clips\)"):
        hearingai.data_generator(clips, 2)


@pytest.mark.parametrize("size", [0, 100, 0x7FFFF000])
def test_a_wav_whose_header_is_not_true_is_named(tmp_path, size):
    path = tmp_path / "piped.wav"
    hearingai.write_audio(path, np.ones(9000) / 2, 16000)
    content = bytearray(path.read_bytes())
    content[40:44] = size.to_bytes(4, "little")
    path.write_bytes(content)
    clips = hearingai.clip_table([path] * 2, ["a", "b"])
    with pytest.raises(hearingai.HearingAIError, match=r"piped\.wav has a header"):
        hearingai.data_generator(clips, 2)


def test_a_missing_file_is_named(words):
    with pytest.raises(hearingai.HearingAIError, match=r"gone\.wav does not exist"):
        hearingai.data_generator(words[:2].assign(fname="gone.wav"), 2)
