"""A classifier on the Hugging Face Hub, and back: against a stand-in on this machine."""

import hashlib
import json
import zipfile

import numpy as np
import pytest

import hearingai
from fresh import need
from hub import TOKEN, serving

need("huggingface_hub")

NAME = "me/two-words"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A stand-in Hub that this process uses, with a token and a cache of its own."""
    from huggingface_hub import constants

    with serving() as (found, address):
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # a protocol of its own
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
        yield found


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)


def requests(hub, method):
    return [path for asked, path, _ in hub.asked if asked == method]


def test_what_is_pushed_comes_back(hub, classifier, tmp_path):
    address = hearingai.push_to_hub(classifier, NAME, licence="MIT", about="For *tests*.")
    (first, _), (revision, files) = hub.repositories[NAME]
    assert address == f"hf://{NAME}@{revision}"
    assert set(files) == {".gitattributes", "README.md", "model.keras"}
    again = hearingai.load_classifier(address)
    assert again.fingerprint() == classifier.fingerprint()
    assert hearingai.load_classifier(f"hf://{NAME}").labels == ["no", "yes"]
    downloads = [path for path in requests(hub, "GET") if path.endswith("model.keras")]
    assert len(downloads) == 1  # the cache has it from then on
    (kept,) = (tmp_path / "hub").rglob("snapshots/*/model.keras")
    assert (
        hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(files["model.keras"]).digest()
    )
    with pytest.raises(hearingai.HearingAIError, match=f"`{NAME}` has no model.keras"):
        hearingai.load_classifier(f"hf://{NAME}@{first}")


def test_the_card_has_the_head_that_the_hub_reads(hub, classifier):
    from huggingface_hub import ModelCard

    clips = hearingai.spoken_words(["no", "yes"], n=10, seed=1)
    result = hearingai.evaluate(classifier, clips)
    hearingai.push_to_hub(classifier, NAME, result, licence="CC BY 4.0")
    text = hub.files(NAME)[1]["README.md"].decode()
    head = ModelCard(text).data.to_dict()
    assert (head["library_name"], head["pipeline_tag"]) == ("hearingai", "audio-classification")
    assert head["license"] == "cc-by-4.0"
    (index,) = head["model-index"]
    (measured,) = index["results"]
    assert index["name"] == "two-words" and measured["dataset"]["name"].startswith("20 clips")
    values = {metric["type"]: metric["value"] for metric in measured["metrics"]}
    assert values["accuracy"] == pytest.approx(result.accuracy, abs=1e-6)
    card = hearingai.model_card(f"hf://{NAME}", result, licence="CC BY 4.0")
    told = text.partition("\n---\n\n")[2].splitlines()
    assert [line for line in told if not line.startswith("| file |")] == card.splitlines()


def test_an_unknown_licence_has_its_name_and_none_is_not_made_up(hub, classifier):
    hearingai.push_to_hub(classifier, NAME, licence="ours alone")
    text = hub.files(NAME)[1]["README.md"].decode()
    assert "license: other\nlicense_name: ours alone\n" in text
    hearingai.push_to_hub(classifier, "me/other")
    assert "license" not in hub.files("me/other")[1]["README.md"].decode()


def test_nothing_is_replaced_unasked(hub, classifier):
    hearingai.push_to_hub(classifier, NAME)
    with pytest.raises(
        hearingai.HearingAIError, match=r"has README.md and model.keras; `overwrite"
    ):
        hearingai.push_to_hub(classifier, NAME)
    assert len(hub.repositories[NAME]) == 2
    hearingai.push_to_hub(classifier, NAME, title="Again", overwrite=True)
    assert b"# Again" in hub.files(NAME)[1]["README.md"]


def test_a_private_repository_is_seen_with_the_token_alone(hub, classifier, monkeypatch):
    hearingai.push_to_hub(classifier, NAME, private=True)
    assert hub.private == {NAME}
    assert hearingai.load_classifier(f"hf://{NAME}").labels == ["no", "yes"]
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", "/nowhere")
    with pytest.raises(hearingai.HearingAIError, match="no public repository .* `hf auth login`"):
        hearingai.load_classifier(f"hf://{NAME}")


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        ((401, None), "does not accept your token"),
        ((403, None), f"may not write to `{NAME}`"),
        ((404, None), f"no repository `{NAME}`"),
        ((409, None), f"`{NAME}` is being changed by somebody else"),
        ((412, None), f"`{NAME}` was changed by somebody else meanwhile"),
        ((418, None), "refuses .*: refused with 418"),
    ],
)
def test_each_refusal_is_a_sentence(hub, classifier, refusal, message):
    hub.refusals[("POST", "/commit/")] = refusal
    with pytest.raises(hearingai.HearingAIError, match=message) as caught:
        hearingai.push_to_hub(classifier, NAME)
    assert "\n" not in str(caught.value) and TOKEN not in str(caught.value)


def test_without_a_token_or_with_a_wrong_one_nothing_is_written(hub, classifier, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(hearingai.HearingAIError, match="does not accept your token") as caught:
        hearingai.push_to_hub(classifier, NAME)
    assert "hf_wrong" not in str(caught.value)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(hearingai.HearingAIError, match="asks who you are: log in with"):
        hearingai.push_to_hub(classifier, NAME)
    assert hub.repositories == {}


def test_what_is_not_there_is_named(hub, classifier):
    with pytest.raises(hearingai.HearingAIError, match="no repository `me/nothing`"):
        hearingai.load_classifier("hf://me/nothing")
    hearingai.push_to_hub(classifier, NAME)
    with pytest.raises(hearingai.HearingAIError, match=f"`{NAME}` has no revision 'v9'"):
        hearingai.load_classifier(f"hf://{NAME}@v9")
    for wrong in ("hf://me", "hf://a/b/c", "hf://a b/c", "hf://../x"):
        with pytest.raises(hearingai.HearingAIError, match="`path` must be"):
            hearingai.load_classifier(wrong)
    for wrong in ("me", "hf://me/x", "", "a/b/c", 1, None):
        with pytest.raises(hearingai.HearingAIError, match="`repository` must be"):
            hearingai.push_to_hub(classifier, wrong)


def test_a_hub_that_is_not_there_is_named(hub, classifier, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(hearingai.HearingAIError, match="http://127.0.0.1:9 cannot be reached"):
        hearingai.push_to_hub(classifier, NAME)


def test_a_strangers_file_is_opened_as_any_other(hub, tmp_path):
    import keras

    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(len)]).save(path)
    hub.commit("evil/model", {"model.keras": path.read_bytes()})
    with pytest.raises(hearingai.HearingAIError, match="Lambda"):
        hearingai.load_classifier("hf://evil/model")


def test_no_folder_of_this_machine_and_no_token_is_published(hub, classifier, tmp_path):
    mine = hearingai.load_classifier(hearingai.save_classifier(classifier, tmp_path / "mine.keras"))
    noise = {"class_name": "BackgroundNoise", "config": {"noise": [str(tmp_path / "rain.wav")]}}
    mine.record |= {"augment": [noise], "notes": {"C:\\Users\\me\\a.wav": "cut"}}
    hearingai.push_to_hub(mine, NAME)
    (tmp_path / "model.keras").write_bytes(hub.files(NAME)[1]["model.keras"])
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        texts = [archive.read(name) for name in archive.namelist()]
    texts += [json.dumps(hub.files(NAME)[1]["README.md"].decode()).encode()]
    for secret in (str(tmp_path).encode(), b"Users", TOKEN.encode()):
        assert not any(secret in text for text in texts)
    again = hearingai.load_classifier(tmp_path / "model.keras")
    assert again.record["augment"][0]["config"]["noise"] == ["rain.wav"]
    assert mine.record["augment"] == [noise]
    assert again.fingerprint() == mine.fingerprint()
    sound = np.random.default_rng(1).normal(0, 0.1, (2, 16000)).astype("float32")
    np.testing.assert_array_equal(again.probabilities(sound), mine.probabilities(sound))


PATHS = ["data/p17/a.wav", "~/p17/b.wav", "s3://bucket/p17/c.wav", "p17\\d.wav", "/p17/a.wav"]


def test_paths_lose_their_folders_and_labels_stay_as_they_are(hub, tmp_path):
    labels = ["/m/09x0r", "/p/", "C:\\x"]
    mine = hearingai.create_classifier("speech-commands-small", labels, seed=1)
    rain = {"class_name": "Rain", "config": {"folder": "p17/rain/", "gain_db": [1, 2]}}
    mine.record |= {"thresholds": {"/m/09x0r": 0.5, "/p/": 0.6}, "augment": [rain]}
    mine.record |= {"notes": {path: f"of {path[-5]}" for path in PATHS}}
    hearingai.push_to_hub(mine, NAME)
    (tmp_path / "model.keras").write_bytes(hub.files(NAME)[1]["model.keras"])
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert b"p17" not in archive.read("config.json")
    again = hearingai.load_classifier(tmp_path / "model.keras")
    assert again.labels == mine.labels and again.record["thresholds"] == mine.record["thresholds"]
    notes = {"a.wav": "of a; of a", "b.wav": "of b", "c.wav": "of c", "d.wav": "of d"}
    assert again.record["notes"] == notes
    assert again.record["augment"][0]["config"] == {"folder": "rain/", "gain_db": [1, 2]}


def test_nothing_private_goes_into_a_public_repository(hub, classifier):
    hearingai.push_to_hub(classifier, NAME)
    before = hub.files(NAME)
    with pytest.raises(hearingai.HearingAIError, match=f"`private`: `{NAME}` is there and public"):
        hearingai.push_to_hub(classifier, NAME, private=True, overwrite=True)
    assert hub.files(NAME) == before
    hearingai.push_to_hub(classifier, "me/own", private=True)
    hearingai.push_to_hub(classifier, "me/own", private=True, overwrite=True)
    hearingai.push_to_hub(classifier, "me/own", overwrite=True)
    assert hub.private == {"me/own"} and len(hub.repositories["me/own"]) == 4


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_refused_download_is_told_as_one(hub, classifier, monkeypatch, method):
    hearingai.push_to_hub(classifier, NAME)
    hub.refusals[(method, "model.keras")] = (403, None)
    with pytest.raises(hearingai.HearingAIError, match=f"your token may not read `{NAME}`"):
        hearingai.load_classifier(f"hf://{NAME}")
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(hearingai.HearingAIError, match=f"nobody may read `{NAME}` without a token"):
        hearingai.load_classifier(f"hf://{NAME}")


def test_the_shell_pushes_and_reads(hub, run, classifier, tmp_path):
    path = hearingai.save_classifier(classifier, tmp_path / "mine.keras")
    status, out, err = run("push", path, NAME, "--licence", "MIT", "--private", "--json")
    assert status == 0, err
    told = json.loads(out)
    assert told["repository"] == NAME and told["address"].startswith(f"hf://{NAME}@")
    assert NAME in hub.private
    status, out, err = run("info", f"hf://{NAME}", "--json")
    assert status == 0, err
    assert json.loads(out)["fingerprint"] == classifier.fingerprint()
    status, _, err = run("push", path, NAME)
    assert status == 1 and "--overwrite" in err
    assert run("push", path, NAME, "--overwrite", "--about", "Better.")[0] == 0
    assert b"Better." in hub.files(NAME)[1]["README.md"]
    assert run("push", path, "nothing")[0] == 1
