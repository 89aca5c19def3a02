"""listen(): chunks become events, told one by one or all together, until there is an end."""

import io

import numpy as np
import pandas as pd
import pytest

import hearingai
from bursts import RATE, RULES, times
from hearingai.annotation.live import Live


def test_chunks_of_an_iterable(ear, sound, expected):
    found = list(hearingai.listen(ear(), np.split(sound, 50), **RULES))
    assert times(found) == times(expected.itertuples())


def test_a_callback_is_called_and_the_table_is_the_answer(ear, sound, expected):
    told = []
    found = hearingai.listen(ear(), np.split(sound, 50), told.append, **RULES)
    pd.testing.assert_frame_equal(found, expected)
    assert times(told) == times(expected.itertuples())


def test_a_callback_ends_it_by_false(ear, sound):
    found = hearingai.listen(ear(), np.split(sound, 50), lambda event: False, **RULES)
    assert len(found) == 1


def test_only_so_many_seconds_are_heard(ear, sound):
    live = Live(ear(), np.split(sound, 50), seconds=4.25, **RULES)
    found = list(live.events())
    assert live.stream.seconds == 4.25
    assert times(found) == times(
        hearingai.annotate(ear(), sound[:425], **RULES).events.itertuples()
    )


def test_a_source_that_breaks_is_an_error_here(ear, sound):
    def broken():
        yield sound[:100]
        yield np.full(10, np.nan)

    with pytest.raises(hearingai.HearingAIError, match="finite"):
        list(hearingai.listen(ear(), broken(), **RULES))

    def torn():
        yield sound[:100]
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        list(hearingai.listen(ear(), torn(), **RULES))


@pytest.mark.parametrize(
    ("source", "options", "reason"),
    [
        (3.5, {}, "`source` must be"),
        (True, {}, "`source` must be"),
        (".", {}, "a folder"),
        ("no.wav", {"wait": 0.1}, "does not exist after 0.1 s"),
        ("empty.raw", {"wait": 0.1}, "holds no sound after 0.1 s"),
        ("a.flac", {"wait": 5}, "must be a wav or raw"),
        (io.BytesIO(), {"format": "mp3"}, "`format` must be one of"),
        (io.BytesIO(), {"channels": 0}, "`channels`"),
        (io.BytesIO(), {"sample_rate": 0}, "`sample_rate`"),
        (io.BytesIO(), {"seconds": 0}, "`seconds`"),
        (io.BytesIO(), {"callback": 3}, "`callback`"),
        (io.BytesIO(), {"hop": 3}, "`hop`"),
        ([], {"wait": 0}, None),
    ],
)
def test_what_cannot_be_is_refused_by_name(ear, source, options, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.raw").touch()
    hearingai.write_audio("a.flac", np.zeros(100), RATE)
    if reason is None:
        assert list(hearingai.listen(ear(), source, **RULES)) == []
        return
    with pytest.raises(hearingai.HearingAIError, match=reason):
        hearingai.listen(ear(), source, **RULES | options)
