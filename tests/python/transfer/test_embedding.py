"""An embedding is what the head weighs."""

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai import HearingAIError
from hearingai.classifier.bodies import head_of
from hearingai.clips.packed import PackedClips
from hearingai.inference.embedding import embed_clips


def values(table):
    return table.filter(like="embedding_").to_numpy()


def clips_for(classifier, n=3):
    rng = np.random.default_rng(0)
    if classifier.hears_embeddings:
        return rng.integers(0, 256, (n, *classifier.clip_shape)).astype("float32")
    return rng.uniform(-1, 1, (n, *classifier.clip_shape)).astype("float32")


@pytest.mark.parametrize(
    ("recipe", "width"),
    [("speech-commands-small", 128), ("embedding-attention", 256), ("audio-gate", 320)],
)
def test_the_head_makes_the_answers_of_the_embeddings(recipe, width):
    classifier = hearingai.create_classifier(recipe, ["a", "b", "c"], seed=1)
    clips = clips_for(classifier)
    before = classifier.fingerprint()
    found = hearingai.embed(classifier, clips)
    assert list(found) == ["fname", *[f"embedding_{i + 1}" for i in range(width)], "error"]
    assert set(found.dtypes[1:-1]) == {np.dtype("float32")}
    answers = keras.ops.convert_to_numpy(head_of(classifier.network)(values(found)))
    expected = hearingai.predict(classifier, clips).filter(like="prob_").to_numpy()
    np.testing.assert_allclose(answers, expected, atol=1e-6)
    assert classifier.fingerprint() == before


def test_a_map_is_averaged_over_its_places():
    setup = hearingai.get_recipe("hearing-ai")  # its head is a convolution, normalised after it
    classifier = hearingai.create_classifier(setup, ["a", "b"], seed=1)
    head = head_of(classifier.network)
    assert isinstance(head, keras.layers.Conv2D)
    assert head.filters == 2
    clips = clips_for(classifier, 1)
    maps = keras.Model(classifier.network.inputs, head.input)(classifier.images(clips))
    expected = keras.ops.convert_to_numpy(maps).mean(axis=(1, 2))
    np.testing.assert_allclose(values(hearingai.embed(classifier, clips)), expected, atol=1e-6)


def test_another_layer_is_taken_by_its_name(small, burst):
    classifier = small(["a", "b"])
    clips = np.stack([burst(1000, 1), burst(3000, 2)])
    found = values(hearingai.embed(classifier, clips, layer="first"))
    maps = keras.Model(classifier.network.inputs, classifier.network.get_layer("first").output)
    expected = keras.ops.convert_to_numpy(maps(classifier.images(clips)))
    np.testing.assert_allclose(found, expected.mean(axis=(1, 2)), atol=1e-5)
    with pytest.raises(HearingAIError, match="`layer` must be one of .*'first'.*'third'"):
        hearingai.embed(classifier, clips, layer="third")


def test_a_row_a_recording_and_the_bad_are_named(small, tones, tmp_path):
    classifier = small(["a", "b"])
    (tmp_path / "text.wav").write_text("this is text")
    files = [tones["fname"][0], tmp_path / "text.wav", "none.wav", tones["fname"][1]]
    found = hearingai.embed(classifier, files, batch_size=2)
    assert list(found["fname"]) == [str(f) for f in files]
    assert list(found["error"].isna()) == [True, False, False, True]
    assert np.isnan(values(found)[1:3]).all()
    alone = hearingai.embed(classifier, [files[0], files[3]])
    np.testing.assert_allclose(values(found)[[0, 3]], values(alone), atol=1e-5)
    sound = np.stack([hearingai.read_audio(f)[0] for f in (files[0], files[3])])
    np.testing.assert_allclose(values(hearingai.embed(classifier, sound)), values(alone), atol=1e-5)
    with pytest.raises(hearingai.AudioFileError, match="text.wav"):
        hearingai.embed(classifier, files, on_error="raise")
    assert hearingai.embed(classifier, []).shape == (0, alone.shape[1])


def test_decoded_clips_have_the_embeddings_of_their_files(small, tones):
    classifier = small(["a", "b"])
    sound = np.stack([hearingai.read_audio(f)[0] for f in tones["fname"][:3]])
    packed = PackedClips(np.rint(sound * 32768).astype("int16"))
    expected = values(hearingai.embed(classifier, tones[:3]))
    np.testing.assert_allclose(embed_clips(classifier, packed, size=2), expected, atol=1e-5)


def test_recordings_of_a_class_lie_near_each_other(first_task, tones):
    """Even of a class that the classifier has never heard."""
    found = values(hearingai.embed(first_task, tones))
    means = pd.DataFrame(found).groupby(tones["class"]).mean().to_numpy()
    names = sorted(set(tones["class"]))
    nearest = ((found[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (np.array(names)[nearest] == tones["class"]).mean() > 0.9


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (keras.Sequential([keras.Input((4,)), keras.layers.Softmax()]), "is missing"),
        (
            keras.Sequential(
                [keras.Input((4,)), keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])]
            ),
            "is a network itself",
        ),
    ],
)
def test_a_network_without_a_head_is_refused(network, message):
    with pytest.raises(HearingAIError, match=message):
        head_of(network)


def test_a_network_that_is_no_graph_is_refused():
    class Plain(keras.Model):
        pass

    with pytest.raises(HearingAIError, match="functional or sequential.*Plain"):
        head_of(Plain())
