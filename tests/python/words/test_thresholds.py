"""choose_thresholds(): false accepts counted by hand, and where the thresholds are kept."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from burst_words import detector, sound
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.words._search import last_that_fits

ALONE = {20: 0.9, 40: 0.8, 60: 0.6, 80: 0.3}  # by the tenth of a second
PLAIN = {"hop": 0.1, "smooth": 0.0}


@pytest.fixture(scope="module")
def classifier():
    return detector()


def choose(classifier, waveform, truth=None, **options):
    return hearingai.choose_thresholds(classifier, waveform, truth, **PLAIN | options)


@pytest.mark.parametrize(
    ("wanted", "count", "above"),
    [(50, 0, 0.9), (100, 1, 0.8), (200, 2, 0.6), (300, 3, 0.3)],
)
def test_the_threshold_is_just_above_what_would_be_too_much(classifier, wanted, count, above):
    chosen = choose(classifier, sound(ALONE), wanted_per_hour=wanted)
    assert list(chosen.thresholds) == ["word"]
    assert type(chosen.thresholds["word"]) is float
    assert above < chosen.thresholds["word"] < above + 0.01
    row = chosen.per_label.iloc[0]
    assert (row["label"], row["threshold"]) == ("word", chosen.thresholds["word"])
    assert (row["false_accepts"], row["false_accepts_per_hour"]) == (count, 100.0 * count)
    assert chosen.summary["hours"].item() == 0.01
    assert chosen.summary["wanted_per_hour"].item() == wanted
    assert np.isnan(chosen.summary["false_reject_rate"].item())
    assert f"{100 * count:.3g} false accepts an hour" in repr(chosen)


def test_where_everything_fits_it_is_the_lowest(classifier):
    assert choose(classifier, sound(ALONE), wanted_per_hour=400).thresholds == {"word": 0.1}
    chosen = choose(classifier, sound(ALONE), wanted_per_hour=400, lowest=0.4)
    assert chosen.thresholds == {"word": 0.4}


def test_the_rules_of_events_are_those_of_annotate(classifier):
    # 0.8 to 0.9 over a valley of 0.7 is one event at every threshold whose `low` lies below that
    joined = sound({20: 0.9, 21: 0.7, 22: 0.8, 60: 0.6, 63: 0.5})
    assert 0.6 < choose(classifier, joined, wanted_per_hour=100).thresholds["word"] < 0.61
    assert 0.5 < choose(classifier, joined, wanted_per_hour=200).thresholds["word"] < 0.51
    rules = {"refractory": 1.0, "wanted_per_hour": 200}
    assert choose(classifier, joined, **rules).thresholds == {"word": 0.1}
    found = choose(classifier, joined, wanted_per_hour=200, smooth=0.3)
    events = hearingai.annotate(found.classifier, joined, hop=0.1, smooth=0.3).events
    assert len(events) == found.per_label["false_accepts"].item() <= 2


def test_a_truth_of_other_recordings_is_told_of(classifier):
    truth = pd.DataFrame({"fname": "a.wav", "start": [2.0], "end": [2.1], "label": "word"})
    with pytest.warns(hearingai.HearingAIWarning, match="names a.wav, heard was sound in memory"):
        choose(classifier, sound(ALONE), truth)


def test_with_the_truth_what_matches_is_no_false_accept(classifier):
    truth = pd.DataFrame({"fname": None, "start": [2.0, 8.0], "end": [2.1, 8.1], "label": "word"})
    chosen = choose(classifier, sound(ALONE), truth, wanted_per_hour=100)
    assert 0.6 < chosen.thresholds["word"] < 0.61
    row = chosen.summary.iloc[0]
    assert (row["false_accepts"], row["n_truth"], row["misses"]) == (1, 2, 1)
    assert row["false_reject_rate"] == 0.5
    assert "false reject rate 0.500" in repr(chosen)


def test_labels_share_what_is_wanted():
    labels = ("word", "two", "three", "unknown")
    kernel = np.zeros((2, 4), "float32")
    kernel[0] = [20.0, 20.0, 0.0, 0.0]
    classifier = detector(labels, kernel=kernel)
    bias = np.array([-10.0, -10.5, -30.0, 0.0], "float32")
    classifier.network.layers[-1].set_weights([kernel, bias])
    chosen = choose(classifier, sound(ALONE), wanted_per_hour=300)  # one each
    assert list(chosen.thresholds) == ["word", "two", "three"]
    assert chosen.per_label["false_accepts"].tolist() == [1, 1, 0]
    assert chosen.thresholds["three"] == 0.1
    some = choose(chosen.classifier, sound(ALONE), wanted_per_hour=50, labels="two")
    assert list(some.thresholds) == ["two"]
    kept = some.classifier.record["thresholds"]
    assert kept == chosen.thresholds | some.thresholds
    assert kept["two"] > chosen.thresholds["two"]


def test_a_false_accept_beyond_doubt_is_told_of(classifier):
    loud = np.zeros(8000, "float32")
    loud[1600:2400] = 1
    sure = detector(kernel=np.array([[60.0, 0.0], [0.0, 0.0]], "float32"))
    with pytest.warns(hearingai.HearingAIWarning, match=r"`wanted_per_hour` is not reached.*word"):
        chosen = choose(sure, loud)
    assert chosen.thresholds == {"word": 1.0}


def test_thresholds_are_used_wherever_none_is_given(classifier, tmp_path):
    waveform = sound(ALONE)
    chosen = choose(classifier, waveform, wanted_per_hour=200)
    assert "thresholds" not in classifier.record
    path = hearingai.save_classifier(chosen.classifier, tmp_path / "a.keras")
    opened = hearingai.load_classifier(path, body=classifier.body)
    assert opened.record["thresholds"] == chosen.thresholds

    def count(**options):
        return len(hearingai.annotate(opened, waveform, **PLAIN | options).events)

    assert (count(), count(threshold=0.5), count(threshold={"word": 0.7})) == (2, 3, 2)
    assert count(threshold={"unknown": 0.9}) == 2  # the word keeps its own
    stream = hearingai.Stream(opened, **PLAIN)
    assert len(stream.feed(waveform) + stream.finish()) == 2
    assert len(list(hearingai.listen(opened, [waveform], **PLAIN))) == 2


def test_exported_files_keep_them(tmp_path):
    classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    classifier.record["thresholds"] = {"speech": 0.7}
    path = hearingai.export(classifier, tmp_path / "file", verify=False).path
    assert hearingai.load_exported(path).record["thresholds"] == {"speech": 0.7}


@pytest.mark.parametrize(
    "bad", [0.5, {"speech": "x"}, {"speech": 0}, {"speech": 1.5}, {"speech": True}, {"who": 0.5}]
)
def test_damaged_thresholds_are_refused(bad, tmp_path):
    classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    classifier.record["thresholds"] = bad
    classifier.save(tmp_path / "a.keras")
    with pytest.raises(hearingai.HearingAIError, match="`thresholds` of its training record"):
        hearingai.load_classifier(tmp_path / "a.keras")


def test_a_truth_of_other_labels_is_told(classifier):
    truth = pd.DataFrame({"fname": [""], "start": [2.0], "end": [2.1], "label": ["zebra"]})
    with pytest.warns(HearingAIWarning, match="no event of `truth` has a label.*it names zebra"):
        choose(classifier, sound(ALONE), truth)


@pytest.mark.parametrize("wanted", [{"best_f1": True}, {"wanted_precision": 0.9}])
def test_a_precision_needs_clips(classifier, wanted):
    with pytest.raises(HearingAIError, match=rf"table of labelled clips where `{[*wanted][0]}`"):
        hearingai.choose_thresholds(classifier, "night.wav", **wanted)


def test_a_renamed_label_keeps_its_threshold(classifier):
    chosen = choose(classifier, sound(ALONE)).classifier
    renamed = hearingai.merge_labels(chosen, {"speech": ["word"]})
    assert renamed.record["thresholds"] == {"speech": chosen.record["thresholds"]["word"]}


def test_another_head_has_no_thresholds(classifier, tmp_path):
    chosen = choose(classifier, sound(ALONE)).classifier
    rows = []
    for i, tenth in enumerate((20, 30) * 2):  # a burst and silence
        hearingai.write_audio(tmp_path / f"{i}.wav", sound(ALONE)[tenth * 800 :][:800], 8000)
        rows.append((str(tmp_path / f"{i}.wav"), ["word", "unknown"][i % 2]))
    clips = pd.DataFrame(rows, columns=["fname", "class"])
    assert "thresholds" not in hearingai.few_shot(chosen, clips, seed=1).record


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"wanted_per_hour": 0}, "`wanted_per_hour`"),
        ({"lowest": 0}, "`lowest`"),
        ({"lowest": 2}, "`lowest`"),
        ({"tolerance": -1}, "`tolerance`"),
        ({"by": "end"}, "`by`"),
        ({"labels": "who"}, "`labels`"),
        ({"threshold": 0.5}, "`threshold`"),
        ({"batch_size": 0}, "`batch_size`"),
    ],
)
def test_wrong_arguments_are_named(classifier, options, named):
    with pytest.raises(hearingai.HearingAIError, match=named):
        choose(classifier, np.zeros(8000, "float32"), **options)


def test_recordings_that_cannot_be_read_are_told(classifier, tmp_path):
    hearingai.write_audio(tmp_path / "a.wav", sound({20: 0.9}, 4), 8000)
    (tmp_path / "b.wav").write_text("no sound")
    chosen = choose(classifier, tmp_path)
    assert chosen.errors["fname"].tolist() == [str(tmp_path / "b.wav")]
    with pytest.raises(hearingai.HearingAIError, match=r"nothing that can be read.*b\.wav"):
        choose(classifier, tmp_path / "b.wav")


@pytest.mark.parametrize(("bound", "first", "last"), [(0, 0, 3), (3, 0, 3), (61, 1, 90), (5, 5, 9)])
def test_the_search_finds_the_last_that_fits(bound, first, last):
    assert last_that_fits(lambda k: k <= bound, first, last) == bound


def test_clips_that_have_the_labels_hold_no_false_accepts(classifier):
    for truth in ({"class": "word"}, {"labels": [("word",)]}):
        clips = pd.DataFrame({"fname": ["a.wav"], **truth})
        with pytest.raises(HearingAIError, match="clips of word.*give `wanted_precision`"):
            choose(classifier, clips)
    others = pd.DataFrame({"fname": ["gone.wav"], "class": "hum"})
    with pytest.raises(HearingAIError, match="gone.wav"):
        choose(classifier, others)
