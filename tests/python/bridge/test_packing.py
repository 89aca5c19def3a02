import numpy as np
import pytest

import hearingai
from hearingai.bridge import calls as bridge
from hearingai.bridge import packing as keeping


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)


def test_a_classifier_comes_back_with_its_weights_and_record(classifier):
    classifier.record["note"] = {"seed": 1, "metrics": [0.5]}
    back = keeping.unpack(keeping.pack(classifier))
    assert back.fingerprint() == classifier.fingerprint()
    assert hearingai.classifier_info(back) == hearingai.classifier_info(classifier)
    clips = np.arange(1280, dtype="float32").reshape(1, 10, 128) % 256
    np.testing.assert_array_equal(back.predict_on_batch(clips), classifier.predict_on_batch(clips))


def test_the_optimizer_is_left_behind(classifier):
    before = len(keeping.pack(classifier))
    classifier.compile("adam", "categorical_crossentropy")
    classifier.optimizer.build(classifier.trainable_variables)
    assert len(keeping.pack(classifier)) == pytest.approx(before, rel=0.02)
    assert not keeping.unpack(keeping.pack(classifier)).compiled


def test_a_front_end_comes_back_with_what_it_learnt():
    scaling = hearingai.Scaling()
    images = np.random.default_rng(1).normal(3, 2, size=(4, 10, 20, 1)).astype("float32")
    scaling.adapt(images)
    back = keeping.unpack(keeping.pack(scaling))
    np.testing.assert_array_equal(back(images), scaling(images))


def test_no_pickle_is_read(tmp_path):
    file = tmp_path / "bad.npz"
    np.savez(file, config=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        keeping.unpack(file.read_bytes())


def test_files_and_folders_come_back(tmp_path):
    source = tmp_path / "model"
    (source / "variables").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "variables" / "b.bin").write_bytes(bytes(range(256)))
    made = keeping.unpack_file(keeping.pack_file(source), tmp_path / "new" / "model", folder=True)
    assert made == str(tmp_path / "new" / "model")
    assert (tmp_path / "new/model/variables/b.bin").read_bytes() == bytes(range(256))
    one = keeping.unpack_file(keeping.pack_file(source / "a.txt"), tmp_path / "other" / "a.txt")
    assert one == str(tmp_path / "other" / "a.txt")
    assert (tmp_path / "other/a.txt").read_text() == "a"


def test_the_situation_names_what_an_extra_lacks(tmp_path, monkeypatch):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    (tmp_path / "a").write_bytes(bytes(100))
    told = bridge.situation({"good": ["numpy", "Keras"], "bad": ["numpy", "no-such-package"]})
    assert told["missing"] == {"good": [], "bad": ["no-such-package"]}
    assert (told["cache"], told["cache_bytes"]) == (str(tmp_path), 100)
    assert told["precision"] in ("float32", "bfloat16")


def test_folds_that_share_a_speaker_are_named():
    from hearingai.tables.folds import assign_folds

    clips = hearingai.clip_table(list("abcd"), ["x", "y", "x", "y"], speaker=["p", "p", "q", "q"])
    with pytest.warns(hearingai.HearingAIWarning, match="one speaker .* for 2 of them"):
        assign_folds(clips, [[0, 2], [1, 3]], 1)
    assert list(assign_folds(clips, [[0, 1], [2, 3]], 1)) == ["1", "1", "2", "2"]
