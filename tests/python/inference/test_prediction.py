from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.inference.scoring import metric_names, summary


def test_a_row_a_recording_in_order(trained, words):
    some = words.sample(10, random_state=1)
    table = hearingai.predict(trained, some)
    assert list(table["fname"]) == list(some["fname"])
    probabilities = table[["prob_down", "prob_no", "prob_yes"]].to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert [trained.labels[i] for i in probabilities.argmax(axis=1)] == list(table["label"])
    np.testing.assert_array_equal(probabilities.max(axis=1), table["score"])
    assert table["error"].isna().all()


def test_paths_tables_and_sound_agree(trained, words):
    files = list(words["fname"][:5])
    sound = np.stack([hearingai.read_audio(f)[0] for f in files])
    by_path = hearingai.predict(trained, files)
    pd.testing.assert_frame_equal(by_path, hearingai.predict(trained, words[:5]))
    columns = ["label", "score", "prob_yes"]
    by_sound = hearingai.predict(trained, sound)
    pd.testing.assert_frame_equal(by_path[columns], by_sound[columns])
    by_list = hearingai.predict(trained, [np.rint(s * 32768).astype("int16") for s in sound])
    pd.testing.assert_frame_equal(by_path[columns], by_list[columns])
    assert hearingai.predict(trained, files[0])["label"][0] == by_path["label"][0]


def test_the_batch_size_does_not_matter(trained, words):
    one = hearingai.predict(trained, words, batch_size=7)["prob_yes"]
    other = hearingai.predict(trained, words, batch_size=64)["prob_yes"]
    np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.fixture(scope="module")
def spoken(trained, words):
    """A clip that is understood with confidence, as sound of 16 kHz."""
    table = hearingai.predict(trained, words)
    right = table[(table["label"] == words["class"]) & (table["label"] == "yes")]
    return hearingai.read_audio(right.sort_values("score").iloc[-1]["fname"])[0]


@pytest.mark.parametrize(
    ("name", "rate", "channels", "subtype"),
    [
        ("a.mp3", 44100, 1, None),
        ("a.flac", 44100, 2, "PCM_16"),
        ("a.wav", 16000, 1, "PCM_24"),
        ("a.wav", 48000, 2, "FLOAT"),
        ("a.wav", 8000, 1, "PCM_U8"),
        ("a.ogg", 22050, 1, None),
    ],
)
def test_any_encoding_of_a_word_is_the_word(
    trained, spoken, tmp_path, name, rate, channels, subtype
):
    sound = hearingai.resample(spoken, 16000, rate)
    sound = np.stack([sound] * channels) if channels > 1 else sound
    hearingai.write_audio(tmp_path / name, sound, rate, subtype=subtype)
    assert hearingai.predict(trained, tmp_path / name)["label"][0] == "yes"


def test_a_word_in_a_longer_recording_is_found(trained, spoken, tmp_path):
    silence = np.zeros(40000, "float32")
    hearingai.write_audio(tmp_path / "a.wav", np.concatenate([silence, spoken, silence]), 16000)
    assert hearingai.predict(trained, tmp_path / "a.wav")["label"][0] == "yes"


def test_sound_of_another_rate_is_converted(trained, spoken):
    sound = hearingai.resample(spoken, 16000, 48000)
    assert hearingai.predict(trained, sound, sample_rate=48000)["label"][0] == "yes"


def test_bad_files_are_named_and_the_rest_answered(trained, words, tmp_path):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("this is text")
    whole = Path(words["fname"][0]).read_bytes()
    (tmp_path / "truncated.wav").write_bytes(whole[: len(whole) // 2])
    bad = ["empty.wav", "text.wav", "truncated.wav", "missing.wav"]
    files = [words["fname"][0], *[str(tmp_path / name) for name in bad], words["fname"][1]]
    table = hearingai.predict(trained, files)
    assert list(table["error"].isna()) == [True, *[False] * 4, True]
    reasons = ["is empty", "is not audio", "is truncated", "does not exist"]
    assert all(reason in error for reason, error in zip(reasons, table["error"][1:5], strict=True))
    assert table["label"][1:5].isna().all()
    pd.testing.assert_frame_equal(
        table.iloc[[0, 5]].reset_index(drop=True),
        hearingai.predict(trained, [files[0], files[5]]),
    )
    with pytest.raises(hearingai.AudioFileError, match=r"empty\.wav"):
        hearingai.predict(trained, files, on_error="raise")


def test_a_batch_of_bad_files_only(trained, tmp_path):
    with pytest.warns(hearingai.HearingAIWarning, match=r"none of 3.*none\.wav does not exist"):
        table = hearingai.predict(trained, [str(tmp_path / "none.wav")] * 3)
    assert table["error"].notna().all()


@pytest.mark.parametrize(
    ("recordings", "words_"),
    [
        (np.full(16000, np.nan), "finite"),
        (np.zeros((2, 3, 4, 5)), "shape"),
        (["a.wav", None], "mixes"),
        (pd.DataFrame({"file": ["a.wav"]}), "fname"),
        ([[]], "shape"),
    ],
)
def test_what_is_no_recording_is_refused(trained, recordings, words_):
    with pytest.raises(hearingai.HearingAIError, match=words_):
        hearingai.predict(trained, recordings)


def test_evaluate_counts_what_predict_says(trained, words):
    unseen = words[words["split"] != "train"].reset_index(drop=True)
    result = hearingai.evaluate(trained, unseen)
    table = hearingai.predict(trained, unseen)
    right = table["label"] == unseen["class"]
    assert result.n == len(unseen)
    assert result.accuracy == right.mean()
    chosen = [table[f"prob_{c}"][i] for i, c in enumerate(unseen["class"])]
    assert result.loss == pytest.approx(-np.log(np.maximum(chosen, 1e-7)).mean(), rel=1e-5)
    assert result.confusion["n"].sum() == len(unseen)
    diagonal = result.confusion.query("truth == predicted")["n"].sum()
    assert diagonal == right.sum()
    assert list(result.per_class["label"]) == trained.labels
    assert result.n_seen == 0


@pytest.mark.parametrize(("target", "multi_label"), [(None, False), ("b", False), (None, True)])
def test_the_names_of_the_metrics_are_known_before_anything_is_measured(target, multi_label):
    labels = ["a", "b"] if target else ["a", "b", "c"]
    some = {"fname": "x.wav", "class": labels, "label": labels, "error": None}
    some |= {"true_labels": [(n,) for n in labels], "labels": [()] * len(labels)}
    table = pd.DataFrame(some | {f"prob_{n}": 1 / len(labels) for n in labels})
    like = SimpleNamespace(labels=labels, target=target, multi_label=multi_label)
    like.record = {"threshold": 0.5}
    measured = set(summary(like, table).metrics["metric"]) - {"threshold"}
    assert measured == set(metric_names(like))


def test_evaluating_on_training_clips_is_named(trained, words):
    with pytest.warns(hearingai.HearingAIWarning, match="used in training"):
        result = hearingai.evaluate(trained, words[words["split"] == "train"])
    assert result.n_seen == result.n


def test_unknown_classes_are_named_and_left_out(trained, words):
    strange = words[:6].assign(**{"class": ["no", "no", "no", "maybe", "maybe", "no"]})
    with pytest.warns(hearingai.HearingAIWarning, match="2 clips left out.*maybe"):
        result = hearingai.evaluate(trained, strange)
    assert (result.n, result.left_out) == (4, ["maybe"])
    with pytest.raises(hearingai.HearingAIError, match="no clip is of a class"):
        hearingai.evaluate(trained, strange[3:5])


def test_unreadable_clips_are_listed(trained, words, tmp_path):
    some = words[words["split"] == "test"][:3].copy()
    some.iloc[1, 0] = str(tmp_path / "gone.wav")
    with pytest.warns(hearingai.HearingAIWarning, match=r"1 of 3 .*gone\.wav does not exist"):
        result = hearingai.evaluate(trained, some)
    assert result.n == 2
    assert list(result.errors["fname"]) == [str(tmp_path / "gone.wav")]


def test_an_iterator_of_sound_is_heard_whole(trained):
    sound = np.random.default_rng(0).normal(0, 0.1, 16000).astype("float32")
    assert len(hearingai.predict(trained, (s for s in [sound] * 3))) == 3
    assert len(hearingai.embed(trained, iter([sound, sound]))) == 2


def test_an_empty_folder_among_others_is_one_row(trained, words, tmp_path):
    table = hearingai.predict(trained, [str(tmp_path), words["fname"][0]])
    assert list(table["error"].isna()) == [False, True]


def test_a_wrong_rate_is_named_where_files_have_theirs(trained, words):
    with pytest.raises(hearingai.HearingAIError, match="`sample_rate`"):
        hearingai.predict(trained, words["fname"][0], sample_rate=-5)


def test_channels_of_an_array_of_clips_are_averaged(trained):
    sounds = np.random.default_rng(0).uniform(-0.5, 0.5, (3, 2, trained.samples))
    found = hearingai.predict(trained, sounds).filter(like="prob_")
    pd.testing.assert_frame_equal(
        found, hearingai.predict(trained, sounds.mean(axis=1)).filter(like="prob_"), atol=1e-5
    )
