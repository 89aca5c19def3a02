"""A classifier with a body, its file, and that file changed."""

import dataclasses
import json
import zipfile

import pytest

import hearingai
from bodies import RATE, write_onnx
from fresh import need
from hearingai.bodies import saved


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path_factory.mktemp("body") / "a.onnx")
    return dataclasses.replace(
        hearingai.open_body(path, sample_rate=RATE, hop=0.05), licence="for tests", source="here"
    )


@pytest.fixture(scope="module")
def classifier(body):
    return hearingai.create_classifier("head", ["a", "b"], body=body, duration=0.2, seed=1)


@pytest.fixture(scope="module")
def parts(classifier, tmp_path_factory):
    """What its file holds, by name."""
    path = tmp_path_factory.mktemp("file") / "a.keras"
    with zipfile.ZipFile(hearingai.save_classifier(classifier, path)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def changed(parts, tmp_path):
    """The file, with what it says changed by a function of its configuration."""

    def changed(change):
        config = json.loads(parts["config.json"])
        change(config["config"])
        content = parts | {"config.json": json.dumps(config).encode()}
        with zipfile.ZipFile(tmp_path / "changed.keras", "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        return tmp_path / "changed.keras"

    return changed


@pytest.fixture
def file(changed):
    return changed(lambda config: None)


@pytest.fixture
def opened(monkeypatch):
    """The networks that are opened from now on, and the files that are hashed."""
    seen = {"opened": [], "hashed": []}
    run, hashed = saved.open_body, saved.sha256_of
    monkeypatch.setattr(
        saved, "open_body", lambda path, **o: seen["opened"].append(path) or run(path, **o)
    )
    monkeypatch.setattr(
        saved, "sha256_of", lambda files: seen["hashed"].extend(files) or hashed(files)
    )
    return seen
