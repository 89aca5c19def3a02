"""Google's speech embedding against its two files run by hand."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.audio.cuts import Cuts
from hearingai.bodies import _litert, speech_embedding
from small_bodies import on_body


@pytest.fixture(scope="module")
def body():
    need("pyopen_wakeword", "ai_edge_litert")
    return hearingai.get_body("speech-embedding")


def by_hand(files, samples):
    """The embeddings of int16 samples at 16 kHz, window by window."""
    from ai_edge_litert.interpreter import Interpreter

    mel, embed = (Interpreter(model_path=str(file), num_threads=1) for file in files)
    mel.resize_tensor_input(mel.get_input_details()[0]["index"], (1, len(samples)))
    found = []
    for interpreter in (mel, embed):
        interpreter.allocate_tensors()
    mel.set_tensor(mel.get_input_details()[0]["index"], samples[None].astype("float32"))
    mel.invoke()
    image = mel.get_tensor(mel.get_output_details()[0]["index"]).reshape(-1, 32) / 10 + 2
    for first in range(0, len(image) - 75, 8):
        window = image[first : first + 76].reshape(1, 76, 32, 1)
        embed.set_tensor(embed.get_input_details()[0]["index"], window)
        embed.invoke()
        found.append(embed.get_tensor(embed.get_output_details()[0]["index"]).reshape(96))
    return np.stack(found)


def test_its_embeddings_are_those_of_its_files_run_by_hand(body):
    rng = np.random.default_rng(0)
    samples = (rng.normal(0, 3000, 16000) * np.hanning(16000)).astype("int16")
    padded = np.pad(samples, 4000)
    expected = by_hand(body.files, padded)
    found = body.embeddings((samples / 32768).astype("float32")[None])
    assert found.shape == (1, 9, 96) and expected.shape == (9, 96)
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-3)


def counted(body, monkeypatch):
    """The body, opened anew, and a list of the shapes that its two files are given."""
    passes = []

    class Counted(speech_embedding.LiteRT):
        def __call__(self, values):
            passes.append(values.shape)
            return super().__call__(values)

        def each(self, several):
            return [self(values) for values in several]

    monkeypatch.setattr(speech_embedding, "LiteRT", Counted)
    return hearingai.get_body("speech-embedding", Path(body.files[0]).parent), passes


def overlapping(hop, n=12, samples=16000):
    """Clips of a sound that swells from silence by 100 dB and more, every so many samples."""
    rng, length = np.random.default_rng(5), (n - 1) * hop + samples
    sound = rng.normal(0, 0.2, length) * np.linspace(0, 1, length) ** 6
    return Cuts(sound.astype("float32"), np.arange(n) * hop, samples)


@pytest.mark.parametrize(("hop", "samples"), [(1600, 16000), (160, 16000), (1600, 16077)])
def test_clips_that_overlap_share_frames_and_are_embedded_as_alone_to_the_last_bit(
    body, monkeypatch, hop, samples
):
    """Of each clip there are computed the frames that are new, and those that hear its edges."""
    cuts = overlapping(hop, samples=samples)
    alone = np.concatenate([body.embeddings(clip[None]) for clip in cuts])
    np.testing.assert_array_equal(body.embeddings(cuts), alone)
    own, passes = counted(body, monkeypatch)
    own.embeddings(cuts)
    (heard,) = [shape[1] for shape in passes if len(shape) == 2]
    assert heard < cuts.sound.size + 12 * 2500
    assert heard < cuts.clips().size / 2


@pytest.mark.parametrize(("hop", "samples"), [(1000, 16000), (1600, 4000), (160, 500)])
def test_clips_that_share_no_frames_are_embedded_as_alone(body, hop, samples):
    cuts = overlapping(hop, samples=samples)
    alone = np.concatenate([body.embeddings(clip[None]) for clip in cuts])
    np.testing.assert_array_equal(body.embeddings(cuts), alone)


def test_interpreters_side_by_side_give_the_bits_of_one(body, monkeypatch):
    sound = np.random.default_rng(6).normal(0, 0.1, (5, 16000)).astype("float32")
    found = []
    for cores in (1, 3):
        monkeypatch.setattr(_litert, "usable_cores", lambda cores=cores: cores)
        own = hearingai.get_body("speech-embedding", Path(body.files[0]).parent)
        found.append(own.embeddings(sound))
    np.testing.assert_array_equal(*found)


def test_a_clip_is_one_pass_whatever_it_is_cut_into(body, monkeypatch):
    """In passes of four embeddings or of one they are the same, to the last bit."""
    own, passes = counted(body, monkeypatch)
    sound = np.random.default_rng(2).normal(0, 0.1, (1, 16000)).astype("float32")
    whole = own.embeddings(sound)
    assert passes == [(1, 24000), (1, 140, 32, 1)]
    monkeypatch.setattr(speech_embedding, "_AT_ONCE", 4)
    assert (own.embeddings(sound) == whole).all()
    assert [shape[1] for shape in passes[3:]] == [100, 100, 76]
    every_second = dataclasses.replace(own, hop=2 * own.hop)
    assert (every_second.embeddings(sound) == whole[:, ::2]).all()
    assert [shape[1] for shape in passes[7:]] == [76] * 5


def test_a_stream_hears_each_window_as_predict_does(body):
    """A window every 80 ms, whatever the blocks that the sound comes in."""
    classifier = on_body(["a", "b"], body, duration=1.0, scale=0.1)
    rng = np.random.default_rng(3)
    sound = (rng.normal(0, 0.1, 20000) * np.linspace(0, 1, 20000) ** 2).astype("float32")
    cut = np.stack([sound[k * 1280 : k * 1280 + 16000] for k in range(4)])
    alone = hearingai.predict(classifier, cut)["prob_a"]
    assert alone.nunique() == 4
    for sizes in ([20000], [1280] * 15, rng.integers(1, 3000, 10)):
        stream = hearingai.Stream(classifier, hop=0.08)
        heard = []
        for block in np.split(sound, np.cumsum(sizes)):
            stream.feed(block)
            heard += list(stream.windows["prob_a"])
        np.testing.assert_allclose(heard, alone, rtol=0, atol=1e-6)
    whole = hearingai.annotate(classifier, sound, hop=0.08).windows["prob_a"]
    np.testing.assert_allclose(whole[:4], alone, rtol=0, atol=1e-6)


def test_a_longer_clip_has_more_embeddings_and_another_order_gives_the_same(body):
    rng = np.random.default_rng(1)
    long, short = (rng.normal(0, 0.1, (2, n)).astype("float32") for n in (32000, 16000))
    first = body.embeddings(long)
    assert first.shape == (2, 22, 96) and body.frames(32000) == 22
    body.embeddings(short)
    assert (body.embeddings(long[::-1])[::-1] == first).all()


def test_its_files_can_lie_in_a_folder_of_the_users(body, tmp_path):
    for file in body.files:
        shutil.copy(file, tmp_path)
    own = hearingai.get_body("speech-embedding", tmp_path)
    assert own.path == str(tmp_path) and own.sha256 == body.sha256
    assert [Path(file).parent for file in own.files] == [tmp_path, tmp_path]


def test_it_says_where_it_comes_from(body):
    assert (body.licence, body.sample_rate, body.size) == ("Apache-2.0", 16000, 96)
    assert body.description()["path"] is None


def test_long_sound_is_heard_as_short_sound_is(body, monkeypatch):
    """Its frames are computed in pieces, of which the loudest frame of all is found."""
    sound = np.random.default_rng(0).normal(0, 0.1, (1, 5 * 16000)).astype("float32")
    whole = body.embeddings(sound)
    monkeypatch.setattr("hearingai.bodies.speech_embedding._FRAMES_AT_ONCE", 50)
    np.testing.assert_array_equal(body.embeddings(sound), whole)
