import os
import struct

import numpy as np
import pandas as pd
import pytest

from hearingai.datasets import audioset_embeddings, read_embeddings
from hearingai.datasets._tfrecord import crc32c, examples, masked_crc32c, parse, payloads
from hearingai.errors import AudioFileError, HearingAIError, HearingAIWarning

LABELS = 'index,mid,display_name\n0,/m/a,"Speech"\n1,/m/b,"Dog, bark"\n2,/m/c,Turkey\n'


@pytest.fixture(scope="module")
def tf():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return pytest.importorskip("tensorflow")


def floats(tf, *values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def message(tf, labels=(0,), frames=2, width=128, video="abc", **more):
    """A `SequenceExample` as TensorFlow writes it."""
    train = tf.train
    context = {
        "video_id": train.Feature(bytes_list=train.BytesList(value=[video.encode()])),
        "labels": train.Feature(int64_list=train.Int64List(value=labels)),
        "start_time_seconds": floats(tf, 30.0),
        "end_time_seconds": floats(tf, 40.5),
    } | more
    context = {name: feature for name, feature in context.items() if feature is not None}
    rows = [bytes([(k + 1) % 256]) * width for k in range(frames)]
    features = [train.Feature(bytes_list=train.BytesList(value=[row])) for row in rows]
    lists = {"audio_embedding": train.FeatureList(feature=features)}
    example = train.SequenceExample(
        context=train.Features(feature=context),
        feature_lists=train.FeatureLists(feature_list=lists),
    )
    return example.SerializeToString()


def write(tf, path, *messages):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for one in messages:
            writer.write(one)
    (path.parent / "class_labels_indices.csv").write_text(LABELS)
    return path


def test_crc32c_known_answers():
    assert crc32c(b"") == 0  # the others: RFC 3720, appendix B.4, and the usual check value
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@pytest.mark.parametrize("size", [0, 1, 3, 4, 2047, 2048, 2049, 2051, 5000])
def test_checksums_as_tensorflow_writes_them(tf, tmp_path, size):
    data = np.random.default_rng(size).bytes(size)
    path = write(tf, tmp_path / "a.tfrecord", data)
    (written,) = struct.unpack("<I", path.read_bytes()[-4:])
    assert masked_crc32c(data) == written
    assert list(payloads(path)) == [data]


def test_a_message_as_tensorflow_writes_it(tf):
    found = parse(message(tf, labels=[137, 0, -1], frames=3))
    assert found["embedding"].tolist() == [[1] * 128, [2] * 128, [3] * 128]
    assert found["embedding"].dtype == np.uint8
    found.pop("embedding")
    assert found == {"video_id": "abc", "start": 30.0, "end": 40.5, "labels": [137, 0, -1]}


def test_labels_one_by_one_are_read_as_packed_ones_are(tf):
    packed = message(tf, labels=[1, 200])
    inner = b"\x1a\x05\x0a\x03\x01\xc8\x01"  # Feature.int64_list, Int64List.value packed
    single = b"\x1a\x05\x08\x01\x08\xc8\x01"  # the same, a field each
    assert packed.count(inner) == 1
    assert parse(packed.replace(inner, single))["labels"] == [1, 200]


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
    assert clips["labels"].tolist() == ["Speech;Turkey", "Dog, bark", "other", "Turkey"]
    assert clips["class"].tolist() == clips["labels"].tolist()
    some = audioset_embeddings(path, target=["Turkey", "/m/b"])
    assert some["labels"].tolist() == ["Turkey", "Dog, bark", "other", "Turkey"]


def test_it_survives_a_csv(tf, tmp_path):
    from hearingai.tables import read_clips

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
    with pytest.warns(HearingAIWarning, match=f"record 0: 30 s to {end:g} s is no part"):
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
    with pytest.warns(HearingAIWarning, match="those in its folders are left out: eval"):
        assert audioset_embeddings(tmp_path)["fname"].tolist() == [str(path)]


def test_damaged_bytes_cost_their_record_alone(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", *[message(tf)] * 3)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.warns(HearingAIWarning, match="left out 1 .*record 1: its checksum is wrong"):
        assert audioset_embeddings(path)["record"].tolist() == [0, 2]


def test_a_damaged_length_costs_the_rest(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", *[message(tf)] * 3)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.warns(HearingAIWarning, match="record 1: its length is damaged; the rest is lost"):
        assert audioset_embeddings(path)["record"].tolist() == [0]
    clips = pd.DataFrame({"fname": [str(path)] * 2, "record": [2, 0]})
    embeddings, good, errors = read_embeddings(clips)
    assert good.tolist() == [1]
    assert "holds no record 2: record 1: its length is damaged" in errors["error"][0]
    assert embeddings.shape == (1, 10, 128)


def test_a_file_cut_anywhere_keeps_its_whole_records(tf, tmp_path):
    path = write(tf, tmp_path / "b.tfrecord", *[message(tf, frames=1)] * 2)
    data = path.read_bytes()
    one = len(data) // 2
    for size in range(len(data)):
        path.write_bytes(data[:size])
        found = list(examples(path))
        whole = [e for e in found if isinstance(e, dict)]
        faults = [e.reason for e in found if isinstance(e, AudioFileError)]
        assert len(whole) == size // one
        if size == 0:
            assert faults == ["is empty"]
        else:
            assert faults == ([] if size == one else [f"record {size // one}: is truncated"])


def test_no_message_is_more_than_malformed(tf):
    data = message(tf, frames=1)
    for at in range(len(data)):
        for change in (1, 8, 64, 128, 255):
            try:
                parse(data[:at] + bytes([data[at] ^ change]) + data[at + 1 :])
            except ValueError:
                continue
    for at in range(len(data)):
        with pytest.raises(ValueError):
            parse(data[:at])


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
    parts = ["no frames", "opened", "ending", "no record 7"]
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
        with pytest.raises(HearingAIError, match="`clips.record` must be a whole number"):
            read_embeddings(pd.DataFrame({"fname": ["a.tfrecord"], "record": [record]}))
    with pytest.raises(HearingAIError, match="`frames` must be a positive whole number"):
        read_embeddings(nothing, frames=0)


@pytest.fixture(scope="module")
def real(data_dir):
    """The real clips, told by Speech."""
    return audioset_embeddings(data_dir / "audioset_embeddings", target="Speech")


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
