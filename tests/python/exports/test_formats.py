"""The document in an exported file: what it lacks or says wrongly is told, whatever that is."""

import json
import zipfile

import pytest

import hearingai
from hearingai.exports.formats import DOCUMENT, attached, describe, understood


@pytest.fixture(scope="module")
def facts(classifier):
    return json.loads(describe(classifier))


def test_a_whole_document_is_understood(facts):
    assert understood(json.dumps(facts), "a.onnx") == facts


@pytest.mark.parametrize(
    "change",
    [
        {"version": None},
        {"version": "1"},
        {"hearingai": 3},
        {"fingerprint": None},
        {"labels": "ab"},
        {"labels": [1, 2, 3]},
        {"labels": ["a", "a", "yes"], "target": None},
        {"channels": 0},
        {"sample_rate": -1},
        {"duration": 1e300},
        {"target": "nobody"},
        {"input": {"shape": [None, 10**12]}},
        {"input": {"shape": [None, "a"]}},
        {"input": []},
        {"input": {"shape": [None, 1, 16000]}},
        {"input": {"shape": [None, 3, 4, 5, 6]}},
        {"sample_rate": 1.5},
        {"sample_rate": 10**12, "duration": "a"},
        {"labels": [], "target": None, "output": {"shape": [None, 0]}},
        {"sample_rate": 8000},
        {"duration": None},
        {"duration": 1e8},
        {"channels": 2.5},
        {"channels": 2},
        {"crop": ["x"]},
        {"recipe": {"a": 1}},
        {"embedding": {"shape": "x"}},
        {"embedding": {"shape": [None, "x"]}},
        {"sample_rate": None, "duration": None},
    ],
)
def test_what_is_of_another_kind_is_no_document(facts, change):
    with pytest.raises(hearingai.HearingAIError, match="does not say what its labels are"):
        understood(json.dumps(facts | change), "a.onnx")


@pytest.mark.parametrize("change", [{"threshold": "x"}, {"gate": [1]}, {"gate": {"hold": "x"}}])
def test_what_it_learnt_is_checked(facts, change):
    with pytest.raises(hearingai.HearingAIError, match=r"`a\.onnx`.*training record is damaged"):
        understood(json.dumps(facts | change), "a.onnx")


@pytest.mark.parametrize("name", ["version", "hearingai", "crop", "recipe", "target", "output"])
def test_nothing_may_be_missing(facts, name):
    rest = {key: value for key, value in facts.items() if key != name}
    with pytest.raises(hearingai.HearingAIError, match="does not say what its labels are"):
        understood(json.dumps(rest), "a.onnx")


def test_a_document_that_cannot_be_unpacked_is_none(facts, tmp_path):
    path = tmp_path / "a.tflite"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENT, json.dumps(facts))
    assert attached(path, "litert") == json.dumps(facts)
    content = bytearray(path.read_bytes())
    content[60:64] = b"\xff\xff\xff\xff"  # within the packed text
    path.write_bytes(content)
    assert attached(path, "litert") is None
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENT, bytes(2 * 10**7))
    assert attached(path, "litert") is None
