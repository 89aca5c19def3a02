"""Google's speech embedding against its two files run by hand."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import hearingai
from fresh import need


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


def test_a_longer_clip_has_more_embeddings_and_another_order_gives_the_same(body):
    rng = np.random.default_rng(1)
    long, short = (rng.normal(0, 0.1, (2, n)).astype("float32") for n in (32000, 16000))
    first = body.embeddings(long)
    assert first.shape == (2, 21, 96) and body.frames(32000) == 21
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
