"""Piper's voices, by a stand-in with the interface of the package piper-tts."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

import hearingai


@pytest.fixture
def piper(monkeypatch, tmp_path):
    """The package, and the file of a voice of three speakers."""
    asked = []

    class Voice:
        config = SimpleNamespace(num_speakers=3)

        @classmethod
        def load(cls, path):
            assert path.endswith("voice.onnx")
            return cls()

        def synthesize(self, text, syn_config):
            asked.append(syn_config)
            for word in text.split():
                sound = np.full(len(word), 0.5, "float32")
                yield SimpleNamespace(audio_float_array=sound, sample_rate=22050)

    module = SimpleNamespace(PiperVoice=Voice, SynthesisConfig=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "piper", module)
    path = tmp_path / "voice.onnx"
    path.touch()
    return path, asked


def test_a_voice_speaks_as_its_seed_says(piper):
    path, asked = piper
    speak = hearingai.piper_voice(path)
    sound, rate = speak("lights on", 1)
    assert (len(sound), rate) == (8, 22050)
    with pytest.raises(hearingai.HearingAIError, match="says nothing for ''"):
        speak("", 1)
    asked.pop()
    speak("lights on", 1), speak("lights on", 2)
    assert asked[0] == asked[1] != asked[2]
    assert {speak("a", seed) and asked[-1].speaker_id for seed in range(20)} == {0, 1, 2}


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="there is no voice .*gone.onnx"):
        hearingai.piper_voice(tmp_path / "gone.onnx")
    monkeypatch.setitem(sys.modules, "piper", None)
    (tmp_path / "a.onnx").touch()
    with pytest.raises(hearingai.HearingAIError, match="pip install piper-tts"):
        hearingai.piper_voice(tmp_path / "a.onnx")
