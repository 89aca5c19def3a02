"""TFRecord files: as TensorFlow writes them, and with damaged bytes."""

import struct

import numpy as np
import pandas as pd
import pytest

from hearingai.datasets import audioset_embeddings, read_embeddings
from hearingai.datasets._tfrecord import crc32c, examples, masked_crc32c, parse, payloads
from hearingai.errors import AudioFileError, HearingAIWarning
from tfrecords import message, write


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
