"""A stream of chunks is heard as the whole recording is."""

import numpy as np
import pytest

import hearingai
from hearingai.events.tracking import event_table

RATE = 100


def noise(seconds, rate=RATE, seed=1):
    """Sound that comes and goes."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.random(int(seconds / 0.7) + 1), int(0.7 * rate))[: int(seconds * rate)]
    return (level * np.sign(rng.normal(size=len(level)))).astype("float32")


def chunked(stream, sound, rng, most):
    """Feed sound in chunks of random sizes; returns all events and windows."""
    events, windows, first = [], [], 0
    while first < sound.shape[-1]:
        size = int(rng.integers(0, most))
        events += stream.feed(sound[..., first : first + size])
        windows.append(stream.windows)
        first += size
    events += stream.finish()
    windows.append(stream.windows)
    return events, windows


def table(events):
    return event_table([(None, *event) for event in sorted(events)])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("rate", "channels"), [(RATE, 1), (44, 1), (250, 3)])
def test_any_chunks_give_what_annotate_gives(ear, seed, rate, channels):
    import pandas as pd

    rng = np.random.default_rng(seed)
    rules = {"hop": rng.choice([0.25, 0.3]), "smooth": rng.choice([0, 0.5, 1.3])}
    rules |= {"min_gap": rng.choice([0, 0.8]), "min_duration": rng.choice([0, 0.6])}
    rules |= {"threshold": {"loud": 0.6}, "window": rng.choice([1, 0.5])}
    sound = noise(rng.uniform(0.2, 20), rate, seed)
    sound = sound if channels == 1 else np.stack([sound] * channels)
    whole = hearingai.annotate(ear(), sound, sample_rate=rate, **rules)
    for most in (30, 200, 3000):
        stream = hearingai.Stream(ear(), rate, **rules)
        events, windows = chunked(stream, sound, rng, most)
        pd.testing.assert_frame_equal(table(events), whole.events)
        windows = pd.concat(windows, ignore_index=True)
        pd.testing.assert_frame_equal(windows, whole.windows.drop(columns="fname"))
        assert stream.seconds == whole.seconds


def test_a_network_hears_the_same_in_chunks():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b", "c"], seed=1)
    sound = noise(6, 22050) * 0.3
    rules = {"threshold": 0.36, "hop": 0.2, "smooth": 0}
    whole = hearingai.annotate(classifier, sound, sample_rate=22050, **rules)
    stream = hearingai.Stream(classifier, 22050, **rules)
    events, windows = chunked(stream, sound, np.random.default_rng(1), 20000)
    assert len(whole.events) > 0
    assert [e[:3] for e in sorted(events)] == [
        (row.start, row.end, row.label) for row in whole.events.itertuples()
    ]
    np.testing.assert_allclose(sorted(e.score for e in events), sorted(whole.events["score"]))
    found = np.concatenate([w[["prob_a", "prob_b", "prob_c"]] for w in windows])
    np.testing.assert_allclose(found, whole.windows[["prob_a", "prob_b", "prob_c"]], atol=1e-6)


@pytest.mark.parametrize("rate", [4000, 8000, 3000, 11025])
def test_events_are_told_within_the_delay(ear, rate):
    sound = np.abs(noise(60, rate))  # resampling leaves a level as it is
    classifier = ear(4000)
    stream = hearingai.Stream(classifier, rate, hop=0.1, smooth=0.4, min_gap=0.7, ignore="quiet")
    chunk, told = rate // 20, []
    for first in range(0, len(sound), chunk):
        for event in stream.feed(sound[first : first + chunk]):
            told.append(stream.seconds - event.end)
    assert len(told) > 5
    assert max(told) <= stream.delay + 0.06
    assert max(told) > stream.delay - 0.5


def test_what_goes_on_is_shown(ear):
    stream = hearingai.Stream(ear(), smooth=0, ignore="quiet", hop=0.5)
    assert stream.active == []
    assert stream.feed(np.full(300, 0.9)) == []
    (now,) = stream.active
    assert (now.start, now.label) == (0.0, "loud")
    assert now.score == pytest.approx(0.9)
    (event,) = stream.feed(np.zeros(250))
    assert stream.active == []
    assert event[:3] == (0.0, 3.25, "loud")


def test_a_chunk_that_cannot_be_leaves_the_stream_as_it_was(ear):
    stream, other = hearingai.Stream(ear(), smooth=0), hearingai.Stream(ear(), smooth=0)
    sound = noise(10)
    for bad in (np.full(10, np.nan), np.full(10, np.inf), np.zeros((2, 5)), np.zeros(5, int)):
        stream.feed(sound[:333])
        with pytest.raises(hearingai.HearingAIError):
            stream.feed(bad)
        other.feed(sound[:333])
    assert stream.finish() == other.finish()


def test_no_sound_at_all_has_no_events(ear):
    stream = hearingai.Stream(ear())
    assert stream.feed(np.zeros(0)) == []
    assert stream.finish() == []
    assert list(stream.windows.columns) == ["start", "end", "prob_loud", "prob_quiet"]
    assert len(stream.windows) == 0


def test_300_channels_are_heard(ear):
    stream = hearingai.Stream(ear(), smooth=0, hop=1, ignore="quiet")
    stream.feed(np.full((300, 100), 0.9))
    assert stream.finish()[0][:2] == (0, 1)


@pytest.mark.parametrize("rate", [0, -5, float("nan")])
def test_a_rate_that_is_none_is_refused(ear, rate):
    with pytest.raises(hearingai.HearingAIError, match="`sample_rate`"):
        hearingai.Stream(ear(), rate)
