"""Validation clips that are trained on, and one sound of two classes, are named."""

import warnings

import numpy as np
import pandas as pd
import pytest

from hearingai.clips.labelled import Store
from hearingai.clips.packed import PackedClips
from hearingai.errors import HearingAIWarning
from hearingai.training._leaks import warn_of_copies
from hearingai.training.few_shots import apart_from_tests


def store(sounds, classes, name="clip"):
    samples = np.stack([np.random.default_rng(s).integers(-99, 99, 50) for s in sounds])
    names = [f"some/{name}{s}.wav" for s in sounds]
    table = pd.DataFrame({"fname": names, "class": classes})
    return Store(PackedClips(samples.astype("int16")), pd.factorize(table["class"])[0], table)


def test_copies_of_training_clips_are_named():
    train, held = store(range(6), list("aabbab")), store((3, 9, 4, 5), list("baab"), "copy")
    with pytest.warns(HearingAIWarning, match=r"3 of 4 .*\(copy3.wav, copy4.wav and 1 more\)"):
        warn_of_copies(train, held)


def test_one_sound_of_two_classes_is_named():
    train = store((0, 1, 2, 1), list("abca"))
    with pytest.warns(HearingAIWarning, match=r"1 training clips? .*clip1.wav.*\('b' and 'a'\)"):
        warn_of_copies(train, None)


def test_clips_that_differ_are_not_told_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_copies(store((0, 1, 1), list("abb")), store((2, 3), list("ab")))


def test_fit_and_tune_tell_of_them(words):
    import hearingai

    train = words.groupby("class").head(6).assign(split="train")
    both = pd.concat([train, train.assign(split="validation")])
    options = {"epochs": 1, "seed": 1, "progress": False}
    with pytest.warns(HearingAIWarning, match="validation clips sound byte for byte"):
        hearingai.fit("speech-commands-small", both, **options)


def test_shots_are_not_of_recordings_that_are_tested():
    clips = pd.DataFrame(
        {
            "fname": ["1.wav", "1.wav", "2.wav", "2.wav", "3.wav"],
            "class": list("abaab"),
            "start": [0.0, 1, 0, 1, 0],
            "split": ["train", "test", "train", "train", "train"],
        }
    )
    with pytest.warns(HearingAIWarning, match="1 clips are left out"):
        assert apart_from_tests(clips)["fname"].tolist() == ["2.wav", "2.wav", "3.wav"]
    with pytest.warns(HearingAIWarning, match="a class has no others"):
        assert len(apart_from_tests(clips[:4].assign(**{"class": list("bbaa")}))) == 3
