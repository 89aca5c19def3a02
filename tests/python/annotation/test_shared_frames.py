"""Windows that overlap share frames, and are answered as predict() answers them alone."""

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.audio.cuts import Cuts
from hearingai.classifier.shared_frames import SharedFrames, shares_frames

RATE, CLIP, HOP = 8000, 4000, 400
SHARING = {
    "natural": lambda: hearingai.LogMel(RATE, n_mels=20),
    "filled": lambda: hearingai.LogMel(RATE, n_mels=20, padding="fft", frames=60),
    "decibels": lambda: hearingai.LogMel(RATE, n_mels=20, log="decibel", floor_db=40, frames=60),
    "mfcc": lambda: hearingai.MFCC(RATE, n_mels=20, log="decibel"),
    "spectrogram": lambda: hearingai.LogSpectrogram(sample_rate=RATE),
    "differences": lambda: keras.Sequential(
        [hearingai.LogMel(RATE, n_mels=20), hearingai.Deltas()]
    ),
}


class Louder(hearingai.LogMel):
    """A layer of a user's, whose images are not those of `LogMel`."""

    def call(self, waveforms):
        return super().call(2 * waveforms) + 1


ALONE = {
    "beyond the ends": lambda: hearingai.LogMel(RATE, n_mels=20, padding="reflect"),
    "own layer": lambda: Louder(RATE, n_mels=20),
    "own call": lambda: keras.layers.Lambda(lambda x: keras.ops.reshape(x, (-1, 50, 80, 1))),
}


def classifier_with(frontend, channels=1, seed=1):
    keras.utils.set_random_seed(seed)
    clip = (CLIP,) if channels == 1 else (channels, CLIP)
    image = keras.Input(frontend.compute_output_shape((None, *clip))[1:])
    x = keras.layers.LayerNormalization(axis=(1, 2, 3))(image)
    x = keras.layers.Conv2D(4, 5, strides=2, activation="relu")(x)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(x))
    network, labels = keras.Model(image, x), ["a", "b", "c"]
    options = {"sample_rate": RATE, "duration": CLIP / RATE, "channels": channels}
    return hearingai.AudioClassifier(frontend, network, labels, **options)


def sound_of(seconds, channels=1):
    """Noise that swells, so that floors and ends count."""
    rng, n = np.random.default_rng(2), round(seconds * RATE)
    sound = rng.normal(0, 0.2, (channels, n)) * np.linspace(0, 1, n) ** 4
    return np.clip(sound, -1, 1).astype("float32").squeeze()


def alone(classifier, sound, hop):
    """What predict() says of the windows, cut one by one."""
    starts = range(0, sound.shape[-1] - CLIP + 1, hop)
    clips = np.stack([sound[..., s : s + CLIP] for s in starts])
    return hearingai.predict(classifier, clips).filter(like="prob_").to_numpy()


def heard(classifier, sound, hop, **options):
    found = hearingai.annotate(classifier, sound, hop=hop / RATE, **options)
    return found.windows.filter(like="prob_").to_numpy()


@pytest.mark.parametrize("kind", list(SHARING))
def test_answers_are_those_of_predict_on_windows_that_are_cut(kind):
    classifier = classifier_with(SHARING[kind]())
    assert shares_frames(classifier.frontend)
    sound = sound_of(2.5)
    expected = alone(classifier, sound, HOP)
    assert len(np.unique(expected[:, 0])) == len(expected)
    np.testing.assert_allclose(heard(classifier, sound, HOP), expected, rtol=0, atol=1e-6)


def test_several_channels_share_them_too():
    classifier = classifier_with(SHARING["decibels"](), channels=2)
    sound = sound_of(2, channels=2)
    expected = alone(classifier, sound, HOP)
    np.testing.assert_allclose(heard(classifier, sound, HOP), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", list(ALONE))
def test_what_hears_more_than_a_frame_is_computed_window_by_window(kind):
    classifier = classifier_with(ALONE[kind]())
    assert not shares_frames(classifier.frontend)
    sound = sound_of(1.5)
    expected = alone(classifier, sound, HOP)
    np.testing.assert_allclose(heard(classifier, sound, HOP), expected, rtol=0, atol=1e-6)


def test_each_frame_is_computed_once_a_batch_where_hops_are_whole_frames(monkeypatch):
    """Hops of 50 ms are five frames of 10 ms; one of 33 ms is none."""
    batches, shared = [], SharedFrames.answers
    monkeypatch.setattr(
        SharedFrames, "answers", lambda self, cuts: batches.append(cuts) or shared(self, cuts)
    )
    classifier, sound = classifier_with(SHARING["natural"]()), sound_of(2)
    heard(classifier, sound, HOP, batch_size=8)
    assert [len(cuts) for cuts in batches] == [8, 8, 8, 7]
    assert batches[0].sound.shape == (CLIP + 7 * HOP,)
    batches.clear()
    odd = round(0.033 * RATE)
    np.testing.assert_allclose(
        heard(classifier, sound, odd)[:-1], alone(classifier, sound, odd), rtol=0, atol=1e-6
    )
    assert not batches


def test_the_blocks_of_reading_change_no_bit(tmp_path, monkeypatch):
    classifier, sound = hearingai.pretrained("ten-words"), sound_of(5)
    hearingai.write_audio(tmp_path / "a.wav", sound, RATE)
    options = {"hop": 0.1, "batch_size": 5}
    whole = hearingai.annotate(classifier, tmp_path / "a.wav", **options).windows
    for size in (700, 9000):
        monkeypatch.setattr("hearingai.audio.blocks._BLOCK", size)
        found = hearingai.annotate(classifier, tmp_path / "a.wav", **options).windows
        pd.testing.assert_frame_equal(found, whole, check_exact=True)


def test_weights_that_change_change_the_answers():
    classifier, sound = classifier_with(SHARING["natural"]()), sound_of(1.5)
    before = heard(classifier, sound, HOP)
    classifier.set_weights(classifier_with(SHARING["natural"](), seed=9).get_weights())
    expected = alone(classifier, sound, HOP)
    assert np.abs(before - expected).max() > 0.01
    np.testing.assert_allclose(heard(classifier, sound, HOP), expected, rtol=0, atol=1e-6)


def test_an_ensemble_asks_each_of_its_members_in_its_own_way():
    members = [classifier_with(make()) for make in (SHARING["natural"], ALONE["own layer"])]
    both, sound = hearingai.ensemble(members), sound_of(1.5)
    expected = np.mean([alone(member, sound, HOP) for member in members], axis=0)
    np.testing.assert_allclose(heard(both, sound, HOP), expected, rtol=0, atol=1e-6)


def test_windows_that_end_in_silence_are_cut_as_ever():
    """Those shorter than the classifier's clips, and the last of a recording."""
    classifier, sound = classifier_with(SHARING["natural"]()), sound_of(1.01)
    short = hearingai.annotate(classifier, sound, window=0.3, hop=0.05).windows
    clips = np.zeros((len(short), CLIP), "float32")
    for clip, start in zip(clips, short["start"], strict=True):
        piece = sound[round(start * RATE) :][: round(0.3 * RATE)]
        clip[: len(piece)] = piece
    expected = hearingai.predict(classifier, clips)["prob_a"]
    np.testing.assert_allclose(short["prob_a"], expected, rtol=0, atol=1e-6)


def test_clips_that_overlap_are_answered_like_arrays():
    classifier, sound = classifier_with(SHARING["natural"]()), sound_of(1)
    cuts = Cuts(sound, np.array([0, 160, 1600]), CLIP)
    expected = classifier.probabilities(cuts.clips())
    np.testing.assert_allclose(classifier.probabilities(cuts), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", ["natural", "decibels"])
def test_another_runtime_computes_the_network_of_shared_frames(kind):
    need("onnxruntime", "onnx", "tf2onnx")
    classifier, sound = classifier_with(SHARING[kind]()), sound_of(1.5)
    expected = alone(classifier, sound, HOP)
    found = heard(classifier, sound, HOP, runtime="onnx")
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_a_run_tells_what_computed_it(tmp_path):
    classifier = classifier_with(SHARING["natural"]())
    hearingai.write_audio(tmp_path / "a.wav", sound_of(1.5), RATE)
    for runtime, told in ((None, {}), ("keras", {"runtime": "keras"})):
        out = tmp_path / str(runtime)
        found = hearingai.annotate(classifier, tmp_path / "a.wav", out=out, runtime=runtime)
        assert found.recordings.attrs == told


class Deaf(hearingai.AudioClassifier):
    """A classifier of a user's, which hears clips in its own way."""

    def images(self, clips):
        return super().images(0 * clips)


def test_a_derived_classifier_hears_each_clip_in_its_own_way():
    ours = classifier_with(hearingai.LogMel(RATE, n_mels=20))
    told = {"sample_rate": RATE, "duration": CLIP / RATE}
    theirs = Deaf(ours.frontend, ours.network, ours.labels, **told)
    assert (ours.shares, theirs.shares) == (True, False)
    found = hearingai.annotate(theirs, sound_of(2), sample_rate=RATE, hop=HOP / RATE)
    assert found.windows["prob_a"].nunique() == 1
