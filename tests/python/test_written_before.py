"""Files of an earlier version open, and say what they said."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import hearingai
from hearingai.clips.clip_format import ClipFormat
from hearingai.clips.store import packed_clips

FOLDER = Path(__file__).parent / "data"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())


def test_a_classifier_opens_with_its_weights_and_gives_its_probabilities():
    classifier = hearingai.load_classifier(FOLDER / "classifier.keras")
    assert classifier.fingerprint() == EXPECTED["fingerprint"]
    assert classifier.labels == EXPECTED["labels"]
    waveform = np.sin(np.arange(1000) ** 2 / 1000).astype("float32") / 2
    answer = classifier.predict_on_batch(waveform[None])[0]
    np.testing.assert_allclose(answer, EXPECTED["probabilities"], atol=1e-6)


@pytest.mark.skipif(sys.platform == "win32", reason="the store names recordings by POSIX paths")
def test_decoded_clips_are_found_in_a_store():
    names = [f"/recordings/{name}.wav" for name in "abc"]  # which need not be there any more
    packed, lengths, good, errors = packed_clips(
        names, ClipFormat(1000, 100), folder=FOLDER / "store", make=False
    )
    assert packed.digests() == EXPECTED["digests"]
    assert lengths.tolist() == EXPECTED["lengths"]
    assert good.tolist() == [0, 1, 2] and errors.empty
