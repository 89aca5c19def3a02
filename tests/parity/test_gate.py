"""A gate does the same in R and in Python, and one made by either is the other's."""

import numpy as np
import pytest

import hearingai


def test_both_gate_alike(rscript, tmp_path):
    classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
    model = hearingai.save_classifier(classifier, tmp_path / "m.keras")
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 20000)).astype("float32")
    hearingai.write_audio(tmp_path / "in.wav", noise, 44100, subtype="FLOAT")
    answer = rscript(
        f"gated <- gate(load_classifier('{model}'), '{tmp_path}/in.wav', threshold = 0.5,\n"
        f"  out = '{tmp_path}/r.wav')\n"
        f"writeBin(gated$track$probability, '{tmp_path}/p.bin')\n"
        "cat(gated$latency, gated$settings$hop)"
    )
    gated = hearingai.gate(classifier, tmp_path / "in.wav", threshold=0.5)
    latency, hop = map(float, answer.split())
    np.testing.assert_allclose([latency, hop], [gated.latency, gated.settings["hop"]], rtol=1e-6)
    found = np.fromfile(tmp_path / "p.bin")
    np.testing.assert_array_equal(found, gated.track["probability"])
    of_r, _ = hearingai.read_audio(tmp_path / "r.wav", mono=False)
    np.testing.assert_array_equal(of_r, gated.sound)


@pytest.mark.slow
def test_both_learn_alike(rscript, tmp_path):
    time = np.arange(8000) / 16000
    rng = np.random.default_rng(1)
    for folder in ("wanted", "unwanted"):
        (tmp_path / folder).mkdir()
    for i in range(3):
        tone = np.sin(2 * np.pi * (400 + 100 * i) * time)
        hearingai.write_audio(tmp_path / "wanted" / f"{i}.wav", tone, 16000)
        noise = np.clip(rng.normal(0, 0.1, 32000), -1, 1)
        hearingai.write_audio(tmp_path / "unwanted" / f"{i}.wav", noise, 16000)
    rscript(
        f"gate <- train_gate('{tmp_path}/wanted', '{tmp_path}/unwanted', n_mixtures = 3,\n"
        "  epochs = 1, window = 0.1, seed = 3, deterministic = TRUE)\n"
        f"save_classifier(gate, '{tmp_path}/r.keras')"
    )
    of_r = hearingai.load_classifier(tmp_path / "r.keras")
    of_python = hearingai.train_gate(
        tmp_path / "wanted",
        tmp_path / "unwanted",
        n_mixtures=3,
        epochs=1,
        window=0.1,
        seed=3,
        deterministic=True,
    )
    assert of_r.fingerprint() == of_python.fingerprint()
    assert of_r.record["gate"] == of_python.record["gate"]
