"""AudioSet's embeddings: the table of clips, the embeddings, the real ones."""

import numpy as np
import pandas as pd
import pytest

from hearingai.datasets import audioset_embeddings, read_embeddings
from hearingai.datasets._tfrecord import parse
from hearingai.errors import AudioFileError, HearingAIError, HearingAIWarning
from tfrecords import LABELS, floats, message, write


def test_one_target(tf, tmp_path):
    path = write(
        tf, tmp_path / "x" / "b.tfrecord", message(tf, [1]), message(tf, [2, 0], frames=12)
    )
    expected = {
        "fname": [str(path)] * 2,
        "class": ["other", "Speech"],
        "class_id": [1, 0],
        "source": ["abc", "abc"],
        "video_start": [30.0, 30.0],
        "video_end": [40.5, 40.5],
        "record": [0, 1],
        "frames": [2, 12],
    }
    for place in (path, path.parent, tmp_path):
        assert audioset_embeddings(place, target="Speech").to_dict("list") == expected
    assert audioset_embeddings(path, target="/m/a").to_dict("list") == expected


def test_many_labels(tf, tmp_path):
    sets = ([2, 0], [1], [], [2, 2])
    path = write(tf, tmp_path / "b.tfrecord", *(message(tf, labels) for labels in sets))
    clips = audioset_embeddings(path)
    assert clips["labels"].tolist() == [("Speech", "Turkey"), ("Dog, bark",), (), ("Turkey",)]
    assert "class" not in clips
    some = audioset_embeddings(path, target=["Turkey", "/m/b"])
    assert some["labels"].tolist() == [("Turkey",), ("Dog, bark",), (), ("Turkey",)]


def test_it_survives_a_csv(tf, tmp_path):
    from hearingai.tables.clip_table import read_clips

    path = write(tf, tmp_path / "b.tfrecord", message(tf, [2, 0]), message(tf, []))
    clips = audioset_embeddings(path)
    clips.to_csv(tmp_path / "t.csv", index=False)
    again = read_clips(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(again, clips, check_dtype=False)
    np.testing.assert_array_equal(read_embeddings(again)[0], read_embeddings(clips)[0])


def test_an_unknown_target_gets_the_nearest_names(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", message(tf))
    with pytest.raises(HearingAIError, match="'turky'. The nearest: 'Turkey'"):
        audioset_embeddings(path, target="turky")
    with pytest.raises(HearingAIError, match="The nearest: 'Dog, bark'"):
        audioset_embeddings(path, target=["Speech", "Dog"])
    for target in (5, []):
        with pytest.raises(HearingAIError, match="`target` must"):
            audioset_embeddings(path, target=target)


def test_what_is_not_there_is_named(tf, tmp_path):
    for place in (tmp_path, tmp_path / "gone"):
        with pytest.raises(HearingAIError, match=r"must be a \.tfrecord file"):
            audioset_embeddings(place)
    path = write(tf, tmp_path / "b.tfrecord", message(tf))
    table = tmp_path / "class_labels_indices.csv"
    table.write_text(LABELS.replace("Turkey", "a;b"))
    with pytest.raises(HearingAIError, match="no `;` in a name"):
        audioset_embeddings(path)
    table.unlink()
    with pytest.raises(HearingAIError, match="hold no `class_labels_indices.csv`"):
        audioset_embeddings(path)


def test_malformed_records_are_named_and_left_out(tf, tmp_path):
    bad = {
        r"record 0: holds no frames": message(tf, frames=0),
        r"record 1: a frame of audio_embedding has 127 bytes": message(tf, width=127),
        r"record 2: has the label 3 of 3": message(tf, [0, 3]),
        r"record 3: holds no video_id": message(tf, video_id=None),
        r"record 4: is no SequenceExample": b"\xff\xff\xff",
    }
    path = write(tf, tmp_path / "b.tfrecord", *bad.values(), message(tf))
    with pytest.warns(HearingAIWarning, match="left out 5 .*" + ".*".join(bad)) as caught:
        clips = audioset_embeddings(path, target="Speech")
    assert clips["record"].tolist() == [5]
    assert caught[0].filename == __file__


@pytest.mark.parametrize("end", [20.0, float("nan"), float("inf")])
def test_a_clip_ends_behind_its_start(tf, tmp_path, end):
    bad = message(tf, end_time_seconds=floats(tf, end))
    path = write(tf, tmp_path / "b.tfrecord", bad, message(tf))
    with pytest.warns(HearingAIWarning, match=f"record 0: 30 s to {end:g} s is not a part"):
        assert audioset_embeddings(path)["record"].tolist() == [1]


def test_clips_for_evaluation_are_test_clips(tf, tmp_path):
    evaluation = write(tf, tmp_path / "eval" / "a.tfrecord", message(tf)).parent
    assert "split" not in audioset_embeddings(tmp_path)
    write(tf, tmp_path / "bal_train" / "a.tfrecord", message(tf), message(tf))
    assert audioset_embeddings(tmp_path)["split"].tolist() == ["train", "train", "test"]
    assert "split" not in audioset_embeddings(evaluation)
    evaluation.rename(tmp_path / "unbal_train")
    assert "split" not in audioset_embeddings(tmp_path)


def test_folders_behind_a_file_are_named(tf, tmp_path):
    write(tf, tmp_path / "eval" / "a.tfrecord", message(tf))
    path = write(tf, tmp_path / "b.tfrecord", message(tf))
    with pytest.warns(HearingAIWarning, match="those in its subfolders are left out: eval"):
        assert audioset_embeddings(tmp_path)["fname"].tolist() == [str(path)]


def test_embeddings_are_padded_in_front_and_cut_behind(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", message(tf, frames=2), message(tf, frames=5))
    clips = audioset_embeddings(path).iloc[[1, 0, 1]]
    embeddings, good, errors = read_embeddings(clips, frames=3)
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (3, 3, 128)
    assert embeddings[:, :, 0].tolist() == [[1, 2, 3], [0, 1, 2], [1, 2, 3]]
    assert (embeddings == embeddings[:, :, :1]).all()
    assert good.tolist() == [0, 1, 2]
    assert list(errors) == ["fname", "error"]
    assert errors.empty


def test_bad_rows_are_listed_in_order_or_stop(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", message(tf, frames=0), message(tf))
    files = [path, path, tmp_path / "gone.tfrecord", tmp_path / "x.wav", path]
    clips = pd.DataFrame({"fname": [str(f) for f in files], "record": [0, 1, 0, 0, 7]})
    embeddings, good, errors = read_embeddings(clips)
    assert len(embeddings) == 1
    assert good.tolist() == [1]
    assert errors["fname"].tolist() == [str(files[i]) for i in (0, 2, 3, 4)]
    parts = ["no frames", "opened", "no file of embeddings", "no record 7"]
    for text, part in zip(errors["error"], parts, strict=True):
        assert part in text
    with pytest.raises(AudioFileError, match="holds no frames"):
        read_embeddings(clips, on_error="raise")


def test_what_names_no_embeddings_is_refused():
    nothing = pd.DataFrame({"fname": [], "record": []})
    assert read_embeddings(nothing)[0].shape == (0, 10, 128)
    with pytest.raises(HearingAIError, match="columns `fname` and `record`.*fname, class"):
        read_embeddings(pd.DataFrame({"fname": ["a.wav"], "class": ["b"]}))
    for record in (-1, 0.5, "x", None):
        with pytest.raises(HearingAIError, match="`clips..record..` must hold whole numbers"):
            read_embeddings(pd.DataFrame({"fname": ["a.tfrecord"], "record": [record]}))
    with pytest.raises(HearingAIError, match="`frames` must be a positive whole number"):
        read_embeddings(nothing, frames=0)


@pytest.fixture(scope="module")
def real(data_dir):
    """The real clips, told by Speech."""
    return audioset_embeddings(data_dir / "audioset_embeddings", target="Speech")


@pytest.mark.slow
def test_the_real_counts(real):
    assert len(real) == 22160
    assert real["class"].value_counts().to_dict() == {"other": 16425, "Speech": 5735}
    assert real["source"].is_unique
    assert real["frames"].between(1, 10).all()


def test_the_real_records_as_tensorflow_reads_them(tf, real):
    rows = real[real["fname"].isin(real["fname"].drop_duplicates()[::400])]
    embeddings, good, _ = read_embeddings(rows)
    assert len(good) == len(rows) > 40
    context = {
        "video_id": tf.io.FixedLenFeature([], tf.string),
        "labels": tf.io.VarLenFeature(tf.int64),
        "end_time_seconds": tf.io.FixedLenFeature([], tf.float32),
    }
    lists = {"audio_embedding": tf.io.FixedLenSequenceFeature([], tf.string)}
    data = tf.data.TFRecordDataset(list(dict.fromkeys(rows["fname"])))
    for raw, row, ours in zip(data, rows.itertuples(), embeddings, strict=True):
        told, sequence = tf.io.parse_single_sequence_example(raw, context, lists)
        theirs = tf.io.decode_raw(sequence["audio_embedding"], tf.uint8).numpy()
        assert told["video_id"].numpy().decode() == row.source
        assert told["end_time_seconds"].numpy() == row.video_end
        labels = tf.sparse.to_dense(told["labels"]).numpy().tolist()
        assert parse(raw.numpy())["labels"] == labels
        assert (0 in labels) == (rows.at[row.Index, "class"] == "Speech")
        assert len(theirs) == row.frames
        np.testing.assert_array_equal(ours[10 - row.frames :], theirs)
        assert not ours[: 10 - row.frames].any()
