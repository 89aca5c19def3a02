"""VGGish's files: the checkpoint and the components, and what is neither."""

import sys

import numpy as np
import pytest

import hearingai
from hearingai.bodies._vggish_files import read_checkpoint
from hearingai.bodies.vggish import vggish
from vggish_files import SHAPES, write_checkpoint


def test_a_missing_file_is_named(files, tmp_path):
    checkpoint, pca = files
    with pytest.raises(hearingai.HearingAIError, match="`weights` must .* no such file: .*none"):
        vggish(tmp_path / "none.ckpt", pca)
    with pytest.raises(hearingai.HearingAIError, match="`weights` must .* a folder: "):
        vggish(tmp_path, pca)
    with pytest.raises(hearingai.HearingAIError, match="`pca` must .* no such file: .*none"):
        vggish(checkpoint, tmp_path / "none.npz")
    for wrong in ((None, pca), (checkpoint, 3)):
        with pytest.raises(hearingai.HearingAIError, match="must name a file"):
            vggish(*wrong)


def test_a_file_that_is_no_checkpoint_is_refused(files, tmp_path):
    checkpoint, pca = files
    garbage, short = tmp_path / "garbage.ckpt", tmp_path / "short.ckpt"
    garbage.write_bytes(b"no checkpoint" * 99)
    with checkpoint.open("rb") as whole:
        short.write_bytes(whole.read(1_000_000))
    for path in (garbage, short):
        with pytest.raises(hearingai.HearingAIError, match="cannot be read as a checkpoint"):
            read_checkpoint(path, SHAPES)
    with pytest.raises(hearingai.HearingAIError, match="garbage.*cannot be read as a checkpoint"):
        vggish(garbage, pca)


@pytest.mark.parametrize("version", [1, 2])
def test_a_checkpoint_of_something_else_is_refused(version, tmp_path):
    small = {"a/weights": (2, 3), "a/biases": (3,)}
    made = {name: np.full(shape, 0.5, "float32") for name, shape in small.items()}
    path = write_checkpoint(tmp_path / "a.ckpt", made | {"step": np.int64(7)}, version)
    assert path.exists() == (version == 1)
    read = read_checkpoint(path, small)
    assert set(read) == set(small)
    np.testing.assert_array_equal(read["a/weights"], made["a/weights"])
    with pytest.raises(
        hearingai.HearingAIError, match="18 of its 18 .* missing, such as `vggish/c"
    ):
        read_checkpoint(path, SHAPES)
    with pytest.raises(hearingai.HearingAIError, match="1 of its 3 .* missing, such as `b/biases`"):
        read_checkpoint(path, small | {"b/biases": (3,)})
    words = "`a/weights` must be 2 x 4 of floats. It is 2 x 3 of float32"
    with pytest.raises(hearingai.HearingAIError, match=words):
        read_checkpoint(path, {"a/weights": (2, 4)})
    with pytest.raises(hearingai.HearingAIError, match="one number of floats. .* of int64"):
        read_checkpoint(path, {"step": ()})


def test_a_checkpoint_with_other_sizes_is_refused(files, tmp_path):
    others = {name: np.zeros((1,) * len(shape), "float32") for name, shape in SHAPES.items()}
    path = write_checkpoint(tmp_path / "small.ckpt", others)
    with pytest.raises(hearingai.HearingAIError, match="`vggish/conv1/.* must be 3 x 3 x 1 x 64"):
        vggish(path, files[1])


def test_components_of_another_kind_are_refused(files, components, tmp_path):
    vectors, means = components.values()
    path = tmp_path / "wrong.npz"

    def refused(words):
        with pytest.raises(hearingai.HearingAIError, match=words):
            vggish(files[0], path)

    path.write_bytes(b"no archive" * 9)
    refused("cannot be read as a .npz with the arrays `pca_eigen_vectors` and `pca_means`")
    np.savez(path, pca_means=means)
    refused("cannot be read")
    np.savez(path, pca_eigen_vectors=np.array([None]), pca_means=means)
    refused("cannot be read")  # an object could run code
    with path.open("wb") as file:
        np.save(file, vectors)
    refused("cannot be read")
    np.savez(path, pca_eigen_vectors=vectors[:64], pca_means=means)
    refused("must be 128 x 128 floats .* they are 64 x 128 of float32 and 128 x 1")
    np.savez(path, pca_eigen_vectors=vectors, pca_means=means.astype("int8"))
    refused("128 x 1 of int8")


def test_without_tensorflow_the_checkpoint_needs_it(files, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(hearingai.HearingAIError, match=r"hearingai\[tensorflow\]"):
        read_checkpoint(files[0], SHAPES)
