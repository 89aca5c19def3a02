"""Sound that knows its rate: the rate is used wherever sound goes, and contradictions are named."""

import numpy as np
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning
from sounds import tone

RATE = 8000


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)


@pytest.fixture(scope="module")
def sound():
    return np.asarray(tone(RATE), "float32"), RATE


def score(classifier, sound, **options):
    return hearingai.predict(classifier, sound, **options)["score"].tolist()


def test_it_is_resampled_from_its_own_rate(classifier, sound):
    told = score(classifier, sound[0], sample_rate=RATE)
    assert score(classifier, sound) == told
    assert score(classifier, [sound, sound]) == told * 2
    assert score(classifier, sound, sample_rate=RATE) == told


def test_several_have_a_rate_each(classifier, sound):
    other = (hearingai.resample(sound, to_rate=16000), 16000)
    assert score(classifier, [sound, other]) == score(classifier, sound) + score(classifier, other)


def test_channels_of_one_sound_are_averaged(classifier, sound):
    both = (np.stack([sound[0], sound[0]]), RATE)
    assert score(classifier, both) == score(classifier, sound)


def test_events_of_it_are_those_of_a_named_rate(classifier, sound):
    windows = [
        hearingai.annotate(classifier, *given[:1], hop=0.5, **given[1]).windows
        for given in ((sound, {}), (sound[0], {"sample_rate": RATE}))
    ]
    assert windows[0].equals(windows[1])


def test_a_contradiction_is_named(classifier, sound):
    told = r"`sample_rate` contradicts the sound: `{}`.* has its own rate, 8000 Hz. Received: 16000"
    calls = {
        "recordings": lambda: hearingai.predict(classifier, sound, sample_rate=16000),
        "sound": lambda: hearingai.gate(classifier, sound, target="a", sample_rate=16000),
        "chunk": lambda: hearingai.Stream(classifier, 16000).feed(sound),
        "block": lambda: hearingai.Gate(classifier, 16000, target="a").feed(sound),
        "waveform": lambda: hearingai.find_tones(sound, 16000),
    }
    for name, call in calls.items():
        with pytest.raises(HearingAIError, match=told.format(name)):
            call()


def test_rates_are_not_asked_for_where_the_sound_brings_them(sound):
    assert len(hearingai.resample(sound, to_rate=4000)) == RATE // 2
    assert hearingai.find_tones(sound) == pytest.approx(hearingai.find_tones(sound[0], RATE))
    assert hearingai.plot_waveform(sound).axes


def test_chunks_tell_listen_their_rate(classifier, sound):
    rates = {"sample_rate": RATE}
    options = {"hop": 0.5, "threshold": 0.3}
    told = list(hearingai.listen(classifier, [sound[0]] * 2, **rates, **options))
    assert told
    assert list(hearingai.listen(classifier, [sound] * 2, **options)) == told


def test_a_background_in_memory(tmp_path):
    noise = np.random.default_rng(1).normal(0, 0.01, 5 * RATE), RATE
    file = tmp_path / "noise.wav"
    hearingai.write_audio(noise, file, subtype="FLOAT")
    clip = tmp_path / "clip.wav"
    hearingai.write_audio(np.sin(np.arange(4000)), clip, RATE)
    clips = hearingai.clip_table([clip], ["a"])
    same = {"sample_rate": RATE, "seed": 1, "every": 4}
    hearingai.lay_clips(file, clips, tmp_path / "a.wav", **same)
    hearingai.lay_clips(noise, clips, tmp_path / "b.wav", **same)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_floats_beyond_full_scale_are_named(classifier):
    loud = np.array([0.0, 1.5, -1.5] * 100, "float32")
    with pytest.warns(HearingAIWarning, match="`recordings` reaches 1.5: .* is clipped"):
        hearingai.predict(classifier, loud)
    stream = hearingai.Stream(classifier)
    with pytest.warns(HearingAIWarning, match="`chunk` reaches 1.5") as told:
        stream.feed(loud)
        stream.feed(loud)
    assert len([w for w in told if issubclass(w.category, HearingAIWarning)]) == 1
