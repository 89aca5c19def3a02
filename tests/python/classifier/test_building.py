"""What the classifiers in the package are trained and measured on, by tools/pretrained.py."""

import importlib.util
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "pretrained.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("pretrained_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(TOOL.parent))  # as where it is run
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(TOOL.parent))
    del sys.modules[spec.name]


def model_card():
    return sys.modules["model_card"]


@pytest.fixture(scope="module")
def options(data_dir, tmp_path_factory):
    data, sounds = data_dir / "speech_commands", data_dir / "esc10"
    for folder in (data, sounds):
        if not folder.is_dir():
            pytest.skip(f"no recordings at {folder}")
    return Namespace(data=data, sounds=sounds, work=tmp_path_factory.mktemp("work"), classes=36)


@pytest.mark.parametrize("name", ["ten-words", "speech"])
def test_no_speaker_and_no_recording_is_in_two_parts(name, tool, options):
    clips = tool.BUILDS[name].clips(options)
    assert (clips.groupby("speaker")["part"].nunique() == 1).all()
    assert (clips.groupby("fname")["part"].nunique() == 1).all()
    tested = clips[clips["part"] > 0]
    labels = set(clips["class"])
    for part in range(1, 6):
        assert set(tested["class"][tested["part"] == part]) == labels
    assert set(clips["speaker"][clips["part"] == 0]) == {"noise"}


@pytest.mark.parametrize("classes", [12, 36])
def test_both_ways_end_with_the_same_labels(classes, tool, options):
    clips = tool.ten_words(Namespace(**vars(options) | {"classes": classes}))
    labels = sorted(set(clips["class"]))
    assert len(labels) == classes
    groups = tool.ten_words_groups(labels)
    assert list(groups) == [*tool.TEN, "unknown", "silence"]
    assert sorted(label for olds in groups.values() for label in olds) == labels
    assert all(len(olds) == 1 for name, olds in groups.items() if name != "unknown")


def test_noise_of_many_levels_is_made_once_and_alike(tool, tmp_path):
    for name in ("a.wav", "b.wav"):
        sys.modules["pretrained_clips"].write_noise(tmp_path / name)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_what_was_measured_are_means_over_labels_and_clips(tool, monkeypatch):
    truth = [*tool.TEN * 2, "bed", "bird", "silence"]
    said = [*tool.TEN, *tool.TEN[:-2], "unknown", "silence", "yes", "unknown", "silence"]
    score = [0.9] * 17 + [0.3] + [0.9] * 5
    table = pd.DataFrame({"label": said, "score": score})
    for word in tool.TEN:
        table[f"prob_{word}"] = (table["label"] == word).astype(float)
    monkeypatch.setattr("hearingai.merge_labels", lambda made, _: made, raising=False)
    monkeypatch.setattr("hearingai.predict", lambda *_, **__: table, raising=False)
    classifier = Namespace(labels=[*tool.TEN, "unknown", "silence"])
    found = tool.measured([classifier], tool.BUILDS["ten-words"], pd.DataFrame({"class": truth}))
    assert found["recall"] == dict.fromkeys(tool.TEN[:-2], 1.0) | {
        "stop": 0.5,
        "go": 0.5,
        "unknown": 0.5,
        "silence": 1.0,
    }
    assert found["accuracy"] == pytest.approx(10.5 / 12)
    assert found[tool.TOGETHER] == pytest.approx(18 / 20)
    assert found[tool.FALSE] == 0.5  # "yes" for "bed", where 18 of 20 words have at least 0.3


def test_the_card_has_mean_and_deviation_over_the_seeds(tool):
    found = [{"accuracy": a, "recall": {"speech": a, "other": a}} for a in (0.9, 0.8, 0.7)]
    results = [{"taught": f, "network": found[-1], "clips": 10} for f in found[:2]]
    text = model_card().numbers(results)
    assert f"| mean over the labels | 0.850 ± {np.sqrt(0.005):.3f} | 0.700 ± 0.000 |" in text
    assert "20 clips in all" in text.replace("\n", " ")
    assert "| `speech` | 0.900 | 0.700 |" in model_card().numbers(results[:1])
