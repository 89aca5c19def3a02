"""VGGish with random weights, in files as published."""

import numpy as np
import pytest

from vggish_files import SHAPES, write_checkpoint


@pytest.fixture(scope="session")
def weights():
    """Random, and such that the signal keeps its size from layer to layer."""
    rng = np.random.default_rng(0)
    made = {}
    for name, shape in SHAPES.items():
        scale = 0.05 if len(shape) == 1 else np.sqrt(2 / np.prod(shape[:-1]))
        made[name] = rng.standard_normal(shape, "float32") * np.float32(scale)
    made["vggish/fc2/weights"] /= 4
    return made


@pytest.fixture(scope="session")
def components():
    rng = np.random.default_rng(1)
    vectors = np.linalg.qr(rng.normal(size=(128, 128)))[0].astype("float32")
    return {
        "pca_eigen_vectors": vectors,
        "pca_means": rng.normal(0, 0.3, (128, 1)).astype("float32"),
    }


@pytest.fixture(scope="session")
def files(weights, components, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vggish")
    np.savez(folder / "vggish_pca_params.npz", **components)
    checkpoint = write_checkpoint(folder / "vggish_model.ckpt", weights)
    yield checkpoint, folder / "vggish_pca_params.npz"
    checkpoint.unlink()  # 290 MB
