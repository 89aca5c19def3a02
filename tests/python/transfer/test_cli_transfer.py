import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.runtime.files import write_table


@pytest.fixture(scope="module")
def model(first_task, tmp_path_factory):
    return hearingai.save_classifier(first_task, tmp_path_factory.mktemp("model") / "m.keras")


@pytest.fixture(scope="module")
def data(tones, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "clips.csv"
    split = np.where(tones["speaker"] == "s3", "test", "train")
    split = np.where(tones["speaker"] == "s2", "validation", split)
    tones.assign(split=split).to_csv(path, index=False)
    return path


def test_embed_takes_a_body_by_its_name(run, tones, tmp_path):
    pytest.importorskip("pyopen_wakeword", reason="the extra `speech` is not installed")
    file, out = tones["fname"][0], tmp_path / "e.csv"
    status, text, _ = run("embed", "speech-embedding", file, tmp_path / "none.wav", "--out", out)
    assert status == 0 and "does not exist" in text
    written = pd.read_csv(out)
    body = hearingai.get_body("speech-embedding")
    direct = hearingai.embed(body, [file, str(tmp_path / "none.wav")])
    assert list(written) == list(direct)
    assert f"1 recordings, {len(direct) - 1} windows, 96 numbers each" in text
    assert "speech-embedding" in run("embed", "speech-embeding", file, "--out", "new.csv")[2]
    np.testing.assert_allclose(
        written.filter(like="emb"), direct.filter(like="emb"), rtol=1e-5, atol=1e-6
    )


def test_embed_writes_what_embed_gives(run, model, first_task, tones, tmp_path):
    files, out = [*tones["fname"][:3], tmp_path / "none.wav"], tmp_path / "e.csv"
    status, text, _ = run("embed", model, *files, "--out", out, "--json")
    told = json.loads(text)
    assert status == 0
    assert (told["n"], told["out"]) == (3, str(out))
    assert told["errors"] == [{"fname": str(files[3]), "error": "does not exist"}]
    written, direct = pd.read_csv(out), hearingai.embed(first_task, files)
    assert list(written) == list(direct)
    np.testing.assert_allclose(
        written.filter(like="emb"), direct.filter(like="emb"), rtol=1e-5, atol=1e-6
    )
    status, text, err = run("embed", model, files[0], "--out", out)
    assert (status, text) == (1, "")
    assert "--overwrite" in err
    assert run("embed", model, files[0], "--out", out, "--overwrite")[0] == 0
    assert run("embed", model, "none.wav", "--out", out, "--overwrite")[0] == 1
    assert "must end in .csv or .parquet" in run("embed", model, files[0], "--out", "e.txt")[2]


@pytest.mark.slow
def test_fine_tune_equals_the_function(run, model, first_task, data, tmp_path):
    out = tmp_path / "n.keras"
    arguments = ("--epochs", 1, "--batch-size", 8, "--seed", 2, "--deterministic", "--out", out)
    status, text, _ = run("fine-tune", model, data, *arguments, "--freeze", "normal", "--json")
    told = json.loads(text)
    assert status == 0
    settings = {"epochs": 1, "batch_size": 8, "seed": 2, "deterministic": True}
    clips = hearingai.read_clips(data)
    direct = hearingai.fine_tune(first_task, clips, freeze="normal", **settings)
    opened = hearingai.load_classifier(out)
    assert told["fingerprint"] == opened.fingerprint() == direct.fingerprint()
    assert told["tuned_from"] == first_task.fingerprint()
    assert (told["measured_on"], told["n"], told["split_by"]) == ("test", 12, "split")
    assert run("fine-tune", model, data, *arguments)[0] == 1  # OUT is there
    again = ("--validation", 0.3, "--overwrite", "--json")
    told = json.loads(run("fine-tune", model, data, *arguments, *again)[1])
    assert (told["measured_on"], told["n"]) == ("test", 12)
    assert told["n_train"] + told["n_validation"] == 36


def test_few_shot_measures_on_what_it_did_not_learn(run, model, data, tmp_path):
    out = tmp_path / "f.keras"
    status, text, _ = run(
        "few-shot", model, data, "--shots", 10, "--seed", 1, "--out", out, "--json"
    )
    told = json.loads(text)
    assert status == 0
    assert (told["n_train"], told["n"], told["measured_on"]) == (30, 12, "test")
    assert told["labels"] == ["high", "low", "middle"]
    assert told["fingerprint"] == hearingai.load_classifier(out).fingerprint()
    status, text, _ = run("few-shot", model, data, "--out", out, "--overwrite", "--words", "low")
    assert (status, text) == (1, "")
    assert hearingai.load_classifier(out).fingerprint() == told["fingerprint"]


def test_explain_draws(run, model, tones, tmp_path):
    out, low = tmp_path / "é.png", tones[tones["class"] == "low"]["fname"].iloc[0]
    status, text, _ = run("explain", model, low, "--label", "low", "--out", out, "--json")
    told = json.loads(text)
    assert status == 0
    assert (told["label"], told["method"]) == ("low", "integrated_gradients")
    assert out.read_bytes()[:4] == b"\x89PNG"
    assert "--overwrite" in run("explain", model, low, "--out", out)[2]
    assert "must end in .png" in run("explain", model, low, "--out", tmp_path / "a.txt")[2]
    assert run("explain", model, "none.wav", "--out", tmp_path / "a.png")[0] == 1
    assert not (tmp_path / "a.png").exists()


def test_a_table_is_text_in_utf_8(tmp_path):
    table = pd.DataFrame({"fname": ["ü.wav"], "embedding_1": [0.5]})
    write_table(table, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8") == "fname,embedding_1\nü.wav,0.5\n"

    assert [f.name for f in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(hearingai.HearingAIError, match="folder of .* does not exist"):
        write_table(table, tmp_path / "none" / "a.csv")


def test_parquet_is_read_again(tmp_path):
    need("pyarrow")
    table = pd.DataFrame({"embedding_1": np.array([0.5], "float32")})
    write_table(table, tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), table)


def test_parquet_without_its_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(hearingai.HearingAIError, match=r"hearingai\[parquet\]"):
        write_table(pd.DataFrame({"a": [1.0]}), tmp_path / "a.parquet")
