"""Bodies by their names."""

import pytest

import hearingai
from bodies import RATE, write_onnx
from fresh import need
from hearingai.bodies import _packages, birdnet, registry


def test_the_table_of_bodies_says_what_is_there(monkeypatch):
    monkeypatch.setattr(_packages, "package_folder", lambda name: None)
    monkeypatch.setattr(birdnet, "package_folder", lambda name: None)
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere")
    monkeypatch.delenv("HEARINGAI_BIRDNET", raising=False)
    table = hearingai.list_bodies().set_index("name")
    assert table.loc["birdnet", "licence"] == "CC BY-NC-SA 4.0"
    assert table.loc["speech-embedding", ["sample_rate", "size"]].tolist() == [16000, 96]
    assert not table["found"].any()


def test_what_is_found_is_what_can_be_had(monkeypatch):
    found = hearingai.list_bodies().set_index("name")["found"]
    for name in registry.NAMED:
        try:
            hearingai.get_body(name)
        except hearingai.HearingAIError:
            assert not found[name]
        else:
            assert found[name]


def test_a_body_is_returned_as_it_is(tmp_path):
    need("onnx", "onnxruntime")
    body = hearingai.open_body(write_onnx(tmp_path / "a.onnx"), sample_rate=RATE)
    assert hearingai.get_body(body) is body
    with pytest.raises(hearingai.HearingAIError, match="`path` goes with a name"):
        hearingai.get_body(body, tmp_path)


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("yamnett", None, "`name` must be one of .*'yamnet'"),
        (3, None, "`name` must be one of"),
        ("yamnet", None, "`path` must be given"),
        ("speech-embedding", "nowhere", "`path` must be a folder with melspectrogram.tflite"),
        ("birdnet", "nowhere", r"give `path`, the path of BirdNET_.*\.tflite"),
        ("perch", "nowhere", "`nowhere` does not exist"),
        ("perch", 3, "`path` must name a file or a folder"),
    ],
)
def test_what_is_not_there_is_told_with_what_would_do(name, path, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.get_body(name, path)


def test_a_file_of_birdnet_keeps_its_licence(tmp_path, monkeypatch):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path / "renamed.onnx")
    plain = hearingai.open_body(path, sample_rate=RATE)
    assert (plain.licence, plain.source) == ("unknown", "renamed.onnx")
    assert hearingai.open_body(path, sample_rate=RATE, licence="MIT").licence == "MIT"
    monkeypatch.setattr(birdnet, "_SHA256", plain.sha256)
    monkeypatch.setattr(birdnet, "_told", set())
    with pytest.warns(hearingai.HearingAIWarning, match="CC BY-NC-SA 4.0: no commercial use"):
        body = hearingai.open_body(path, sample_rate=RATE)
    assert (body.licence, body.source) == (birdnet.LICENCE, birdnet.SOURCE)
    assert birdnet.is_birdnet(tmp_path / "BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite", "another")


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setattr(_packages, "package_folder", lambda name: None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[speech\]"'):
        hearingai.get_body("speech-embedding")


def test_another_network_under_a_name_is_refused(tmp_path):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path / "a.onnx")
    with pytest.raises(hearingai.HearingAIError, match="takes 100 samples, and `window` is 15600"):
        hearingai.get_body("yamnet", path)


def test_a_network_of_another_size_under_a_name_is_refused(tmp_path, monkeypatch):
    need("onnx", "onnxruntime")
    facts = {"sample_rate": RATE, "window": 100, "licence": "MIT"}
    sizes = {"small": 8, "large": 9}
    monkeypatch.setattr(registry, "FACTS", {n: facts | {"size": s} for n, s in sizes.items()})
    path = write_onnx(tmp_path / "a.onnx")
    body = hearingai.get_body("small", path)
    assert (body.name, body.licence, body.path) == ("small", "MIT", str(path))
    with pytest.raises(hearingai.HearingAIError, match="is not large, .* 9 values. It has 8"):
        hearingai.get_body("large", path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sample_rate": 0}, "`sample_rate` must be a positive whole number"),
        ({"window": -1}, "`window` must be a positive number"),
        ({"hop": "long"}, "`hop` must be a positive number"),
        ({"licence": ""}, "`licence` of a body must be text of 1 to 1000 characters"),
        (
            {"hop": 1e-5, "sample_rate": 16000},
            "`hop` must be 0.001 to 3600 seconds. It is 6",
        ),
        ({"sample_rate": 192000}, "`window` must be 0.001 to 3600 seconds. It is 0.00052"),
    ],
)
def test_arguments_out_of_range_are_refused(tmp_path, arguments, words):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path / "a.onnx")
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.open_body(path, **{"sample_rate": RATE} | arguments)
