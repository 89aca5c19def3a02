"""VGGish found by its name, as a body that gives the embeddings of AudioSet."""

import shutil

import numpy as np
import pytest

import hearingai
from hearingai import HearingAIError
from hearingai.bodies import vggish as module
from hearingai.bodies._vggish_files import files_of
from hearingai.bodies.body import Body


@pytest.fixture(scope="module")
def body(files):
    return hearingai.get_body("vggish", files[0].parent)


@pytest.fixture(scope="module")
def sound():
    return np.random.default_rng(0).normal(0, 0.1, (1, 160000)).astype("float32")


@pytest.mark.slow
def test_the_folder_and_the_checkpoint_give_one_body(body, files, monkeypatch):
    assert hearingai.get_body("vggish", files[0]) is body
    assert hearingai.get_body(body) is body
    monkeypatch.setenv("HEARINGAI_VGGISH", str(files[0].parent))
    assert hearingai.get_body("vggish") is body
    assert hearingai.list_bodies().set_index("name").found["vggish"]
    assert body.files == tuple(map(str, files))


def test_it_is_listed_as_it_is(body, monkeypatch):
    monkeypatch.delenv("HEARINGAI_VGGISH", raising=False)
    row = hearingai.list_bodies().set_index("name").loc["vggish"]
    assert list(row) == [16000, body.window / body.sample_rate, body.size, body.licence, False]
    assert repr(body) == (
        "<Body vggish: 128 values from 0.975 s every 0.96 s at 16000 Hz, licence Apache-2.0>"
    )


def test_ten_seconds_are_the_ten_published_examples(body, sound, files):
    assert body.frames(160000) == 10 == body.frames(body.samples(10))
    assert body.samples(10) == 153840
    assert body.frames(body.samples(10) - 1) == 10  # one more that ends with the clip
    found = body.embeddings(sound)
    assert (found.shape, found.dtype) == ((1, 10, 128), "float32")
    np.testing.assert_array_equal(found, found.astype("uint8"))
    assert len(np.unique(found)) > 50
    windows = np.stack([sound[0, i * 15360 :][:15600] for i in range(10)])
    np.testing.assert_array_equal(found[0], module.vggish(*files)[0](windows))


def test_its_files_are_all_hashed(body, files, tmp_path):
    import hashlib

    hasher = hashlib.sha256()
    for file in files:
        hasher.update(file.read_bytes())
    assert body.sha256 == hasher.hexdigest()
    for name in ("v.ckpt.index", "v.ckpt.data-00000-of-00002", "v.ckpt.data-00001-of-00002"):
        (tmp_path / name).write_text(name)
    shutil.copy(files[1], tmp_path)
    found = files_of(tmp_path / "v.ckpt")
    assert [file.name for file in found] == [
        "v.ckpt.index",
        "v.ckpt.data-00000-of-00002",
        "v.ckpt.data-00001-of-00002",
        "vggish_pca_params.npz",
    ]
    assert files_of(found[0]) == found


def test_a_changed_file_is_read_again(files, monkeypatch):
    opened, paths = [], tuple(map(str, files))
    monkeypatch.setattr(module, "vggish", lambda *paths: opened.append(paths) or (None, None))
    for times in ((1, 2), (1, 2), (1, 3)):
        module._opened(paths, times)
    module._opened.cache_clear()
    assert opened == [paths, paths]


def test_what_is_missing_is_named(files, tmp_path, monkeypatch):
    monkeypatch.delenv("HEARINGAI_VGGISH", raising=False)
    with pytest.raises(HearingAIError, match="two files that no package brings, .*: give `path`"):
        hearingai.get_body("vggish")
    for path in (tmp_path, tmp_path / "vggish_model.ckpt", "none"):
        with pytest.raises(HearingAIError, match="There is no file `.*(vggish_model.ckpt|none)`"):
            hearingai.get_body("vggish", path)
    (tmp_path / "vggish_model.ckpt").write_bytes(b"no checkpoint" * 9)
    with pytest.raises(HearingAIError, match="There is no file `.*vggish_pca_params.npz`"):
        hearingai.get_body("vggish", tmp_path)
    shutil.copy(files[1], tmp_path)
    with pytest.raises(HearingAIError, match="cannot be read as a checkpoint"):
        hearingai.get_body("vggish", tmp_path)
    monkeypatch.setenv("HEARINGAI_VGGISH", str(tmp_path / "none"))
    assert not hearingai.list_bodies().set_index("name").found["vggish"]
    with pytest.raises(HearingAIError, match="There is no file"):
        hearingai.get_body("vggish")
    with pytest.raises(HearingAIError, match="must name a file or a folder"):
        hearingai.get_body("vggish", 3)


def test_a_classifier_hears_a_recording_by_it(body, sound, tmp_path, monkeypatch):
    monkeypatch.delenv("HEARINGAI_VGGISH", raising=False)
    tagger = hearingai.create_classifier("audio-gate", ["Speech", "other"], seed=1)
    hearing = hearingai.add_body(tagger, body)
    expected = tagger.probabilities(body.embeddings(sound))[0]
    heard = hearingai.annotate(hearing, sound[0, : body.samples(10)], sample_rate=16000)
    np.testing.assert_array_equal(heard.windows[["prob_Speech", "prob_other"]].iloc[0], expected)

    path = hearingai.save_classifier(hearing, tmp_path / "gate.keras")
    opened = hearingai.load_classifier(path)  # which finds the body where it was
    assert opened.body.files == body.files
    assert opened.fingerprint() == hearing.fingerprint() != tagger.fingerprint()


@pytest.mark.slow
def test_a_body_that_was_moved_is_looked_for(files, sound, tmp_path, monkeypatch):
    monkeypatch.delenv("HEARINGAI_VGGISH", raising=False)
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / files[0].name).hardlink_to(files[0])  # 290 MB
    shutil.copy(files[1], old)
    tagger = hearingai.create_classifier("audio-gate", ["Speech", "other"], seed=1)
    hearing = hearingai.add_body(tagger, hearingai.get_body("vggish", old))
    path = hearingai.save_classifier(hearing, tmp_path / "gate.keras")
    old.rename(new)
    words = "its body `vggish` is not to be found: "
    with pytest.raises(HearingAIError, match=words):
        hearingai.load_classifier(path)
    monkeypatch.setenv("HEARINGAI_VGGISH", str(new))
    opened = hearingai.load_classifier(path)
    assert opened.body.path == str(new / files[0].name)
    clip = sound[:, : hearing.samples]
    np.testing.assert_array_equal(hearing.probabilities(clip), opened.probabilities(clip))
    np.savez(new / files[1].name, pca_eigen_vectors=np.eye(128), pca_means=np.zeros(128))
    with pytest.raises(HearingAIError, match="is another than the one it was trained with"):
        hearingai.load_classifier(path)


def test_it_reaches_another_process_by_its_description(body):
    rebuild, arguments = body.__reduce__()
    again = rebuild(*arguments)
    assert isinstance(again, Body)
    assert again.sha256 == body.sha256
