"""What the page's server answers, beside what annotate() says."""

import base64
import io
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile

import hearingai
from fresh import need
from hearingai.explorer import app
from small_bodies import on_body

RULES = {"hop": 0.25, "ignore": "quiet"}


def rows(annotation, labels):
    return [
        [e.start, e.end, labels.index(e.label), pytest.approx(e.score)]
        for e in annotation.events.itertuples()
    ]


def test_the_page_and_all_that_it_loads_is_served(page):
    answer = page.get("")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    kinds = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
    for name, kind in kinds.items():
        assert page.get(name).headers["content-type"].startswith(kind)
    assert page.get("nothing.js").status_code == 404


def test_nothing_is_loaded_from_elsewhere(page):
    policy = page.get("").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    names = [
        route.path for route in app.create_app(page.library, "k")._app.routes if "." in route.path
    ]
    for name in names:
        if "{" not in name:
            text = page.get(name.strip("/")).text.replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text
            assert "https://" not in text


def test_what_lies_beside_the_page_is_not_served(page, tmp_path, monkeypatch):
    folder = tmp_path / "page"
    shutil.copytree(app._PAGE, folder)
    for name in (".DS_Store", "page.js~", "notes.txt"):
        (folder / name).write_text("nothing for others")
    monkeypatch.setattr(app, "_PAGE", folder)
    paths = [route.path for route in app.create_app(page.library, "k")._app.routes]
    assert "/page.js" in paths
    assert not [path for path in paths if path.endswith(("Store", "~", ".txt"))]


def test_about_tells_the_licence_of_a_body(opened):
    assert opened(on_body(["a", "b"])).get("about").json()["body"] == "energy (CC0-1.0)"


def test_about_tells_what_explore_was_called_with(opened, ear):
    about = opened(ear(), threshold={"loud": 0.7}, labels=["loud"], smooth=0.3).get("about").json()
    assert (about["labels"], about["body"]) == (["loud", "quiet"], None)
    assert about["reported"] == [0]
    assert about["thresholds"] == {"0": 0.7}
    assert about["threshold"] is None
    assert (about["window"], about["hop"], about["smooth"]) == (1, 0.25, 0.3)


def test_thresholds_of_the_classifier_hold_until_one_is_given_or_moved(opened, ear, recording):
    classifier = ear()
    classifier.record = {"thresholds": {"loud": 0.8}}
    page = opened(classifier, **RULES)
    about = page.get("about").json()
    assert (about["threshold"], about["thresholds"]) == (None, {"0": 0.8})
    key = page.send(recording)
    own = hearingai.annotate(ear(), recording, **RULES, threshold=0.8)
    assert page.get(f"recordings/{key}/events", hop=0.25).json()["events"] == rows(own, ["loud"])
    moved = hearingai.annotate(ear(), recording, **RULES, threshold=0.3)
    found = page.get(f"recordings/{key}/events", hop=0.25, threshold=0.3).json()["events"]
    assert found == rows(moved, ["loud"]) != rows(own, ["loud"])
    given = opened(classifier, **RULES, threshold=0.4).get("about").json()
    assert (given["threshold"], given["thresholds"]) == (0.4, {"0": 0.4})


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ({}, {}),
        ({"threshold": 0.3}, {"threshold": 0.3}),
        ({"smooth": 2}, {"smooth": 2.0}),
        ({"min_gap": 2.5}, {"min_gap": 2.5}),
        ({"min_duration": 2}, {"min_duration": 2.0}),
        ({"labels": "1"}, {"labels": ["quiet"], "ignore": None}),
        ({"labels": "0,1", "threshold": 0.6}, {"ignore": None, "threshold": 0.6}),
    ],
)
def test_events_are_those_of_annotate(page, recording, ear, asked, options):
    key = page.send(recording)
    found = page.get(f"recordings/{key}/events", hop=0.25, **asked).json()
    whole = hearingai.annotate(ear(), recording, **(RULES | options))
    assert found["events"] == rows(whole, ["loud", "quiet"])
    assert found["total"] == len(whole.events) > 0


def test_a_threshold_that_is_given_by_label_holds_until_it_is_moved(opened, ear, recording):
    rules = {"threshold": {"loud": 0.75}, "low": 0.6, "hop": 0.25, "ignore": "quiet"}
    page = opened(ear(), **rules)
    key = page.send(recording)
    whole = hearingai.annotate(ear(), recording, **rules)
    assert page.get(f"recordings/{key}/events").json()["events"] == rows(whole, ear().labels)
    moved = hearingai.annotate(ear(), recording, **(rules | {"threshold": 0.3, "low": None}))
    found = page.get(f"recordings/{key}/events", threshold=0.3).json()["events"]
    assert found == rows(moved, ear().labels)


def test_another_step_is_heard_anew(page, recording, ear):
    key = page.send(recording)
    refused = page.get(f"recordings/{key}/events", hop=0.5)
    assert (refused.status_code, "not analysed yet" in refused.text) == (422, True)
    page.post(f"recordings/{key}/analyse", hop=0.5)
    assert page.wait(key)["hop"] == 0.5
    whole = hearingai.annotate(ear(), recording, **(RULES | {"hop": 0.5}))
    found = page.get(f"recordings/{key}/events", hop=0.5).json()["events"]
    assert found == rows(whole, ear().labels)


@pytest.mark.parametrize("share", [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16])
def test_a_step_may_be_what_no_decimal_is(opened, ear, tmp_path, share):
    """A window of a third, and of five thirds whose last digit is rounded up."""
    for rate, seconds in ((480, 1 / 3), (480, 5 / 3)):
        hearingai.write_audio(np.full(10 * rate, 0.9), tmp_path / "a.wav", rate, overwrite=True)
        page = opened(ear(rate, seconds))
        key = page.send(tmp_path / "a.wav", hop=page.get("about").json()["window"] * share)
        hop = page.get(f"recordings/{key}").json()["hop"]
        assert page.get(f"recordings/{key}/events", hop=hop).json()["total"] == 1
    own = opened(ear(rate, seconds))
    key = own.send(tmp_path / "a.wav")
    assert own.get(f"recordings/{key}/events").json()["total"] == 1


def test_smoothing_may_be_twice_what_explore_was_called_with(opened, ear, recording):
    page = opened(ear(), smooth=3)
    key = page.send(recording)
    statuses = [page.get(f"recordings/{key}/events", smooth=s).status_code for s in (6, 6.01)]
    assert statuses == [200, 422]


@pytest.mark.slow
def test_a_network_says_in_the_page_what_it_says_elsewhere(opened, words, trained, tmp_path):
    noise = np.random.default_rng(1).normal(size=22050 * 20) * 0.001
    hearingai.write_audio(tmp_path / "noise.wav", noise, 22050)
    clips = words[words["split"] == "test"][:6]
    hearingai.lay_clips(tmp_path / "noise.wav", clips, tmp_path / "laid.flac", snr_db=20, seed=1)
    page = opened(trained, hop=0.1)
    key = page.send(tmp_path / "laid.flac")
    whole = hearingai.annotate(trained, tmp_path / "laid.flac", hop=0.1)
    found = page.get(f"recordings/{key}/events").json()["events"]
    assert found == rows(whole, trained.labels)
    assert len(found) > 3


@pytest.mark.parametrize(("samples", "rate"), [(1, 100), (1, 48000), (99, 100), (101, 100)])
def test_the_shortest_recording_is_shown(page, tmp_path, samples, rate):
    hearingai.write_audio(tmp_path / "a.wav", np.full(samples, 0.9), rate)
    key = page.send(tmp_path / "a.wav")
    told = page.get(f"recordings/{key}").json()
    assert (told["state"], told["seconds"]) == ("ready", samples / rate)
    assert len(page.get(f"recordings/{key}/view").json()["low"]) >= 1
    assert len(page.get(f"recordings/{key}/probabilities").json()["values"][0]) >= 1
    assert page.get(f"recordings/{key}/sound.wav").status_code == 200
    assert page.get(f"recordings/{key}/events").status_code == 200


def test_an_exported_classifier_hears_too(opened, tmp_path, recording):
    need("onnxruntime")
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    path = hearingai.export(classifier, tmp_path / "c.onnx", verify=False).path
    page = opened(hearingai.load_exported(path), threshold=0.4)
    key = page.send(recording)
    whole = hearingai.annotate(classifier, recording, threshold=0.4)
    found = page.get(f"recordings/{key}/events").json()["events"]
    assert [row[:3] for row in found] == [row[:3] for row in rows(whole, ["a", "b"])]


def test_probabilities_are_those_that_events_are_made_of(page, recording, ear):
    key = page.send(recording)
    whole = hearingai.annotate(ear(), recording, smooth=0, **RULES).windows
    raw = page.get(f"recordings/{key}/probabilities", smooth=0, end=12, width=500).json()
    assert (raw["start"], raw["step"]) == (0.5, 0.25)
    np.testing.assert_allclose(raw["values"][0], 1000 * whole["prob_loud"], atol=0.51)
    smooth = page.get(f"recordings/{key}/probabilities", smooth=0.5, end=12, width=500).json()
    middle = whole["prob_loud"].rolling(3, center=True, min_periods=1).mean()
    np.testing.assert_allclose(smooth["values"][0], 1000 * middle, atol=0.51)
    some = page.get(f"recordings/{key}/probabilities", smooth=0.5, start=4, end=7, width=99).json()
    first = round((some["start"] - smooth["start"]) / 0.25)
    n = len(some["values"][0])
    assert some["values"][0] == smooth["values"][0][first : first + n]
    assert some["start"] <= 4 < 7 <= some["start"] + (n - 1) * 0.25


def test_few_columns_hold_the_highest_probabilities(page, recording):
    key = page.send(recording)
    fine = page.get(f"recordings/{key}/probabilities", smooth=0, end=12, width=500).json()
    some = page.get(f"recordings/{key}/probabilities", smooth=0, end=12, width=10).json()
    assert len(some["values"][0]) <= 10
    assert max(some["values"][0]) == max(fine["values"][0])
    assert some["step"] == 5 * fine["step"]


def test_the_picture_is_no_wider_than_the_screen(page, recording):
    key = page.send(recording)
    view = page.get(f"recordings/{key}/view", end=12, width=300).json()
    n = len(view["low"])
    assert 150 <= n <= 300
    assert len(base64.b64decode(view["power"])) == n * view["bands"]
    assert view["start"] == 0
    assert view["step"] * n == pytest.approx(12, abs=0.1)
    assert max(view["high"]) == 900
    part = page.get(f"recordings/{key}/view", start=3, end=4, width=300).json()
    assert part["step"] == 0.01
    assert part["start"] == pytest.approx(3, abs=0.011)
    assert np.mean(part["high"]) > 890
    beyond = page.get(f"recordings/{key}/view", start=50, end=60)
    assert (beyond.status_code, len(beyond.json()["low"])) == (200, 1)
    assert page.get(f"recordings/{key}/view", start=4, end=3).status_code == 422
    assert page.get(f"recordings/{key}/view", width=10**6).status_code == 422
    assert page.get(f"recordings/{key}/view", start="nan").status_code == 422


def test_events_are_downloaded_as_files_of_other_programs(page, recording):
    key = page.send(recording, name='élan "1".wav')
    answer = page.get(f"recordings/{key}/events/csv", threshold=0.4)
    table = pd.read_csv(io.StringIO(answer.text))
    assert list(table.columns) == ["fname", "start", "end", "label", "score"]
    assert set(table["fname"]) == {'élan "1".wav'}
    assert answer.headers["content-disposition"].endswith("''%C3%A9lan%20%221%22.csv")
    audacity = page.get(f"recordings/{key}/events/audacity", threshold=0.4).text
    assert audacity.splitlines()[0].split("\t")[2] == "loud"
    raven = page.get(f"recordings/{key}/events/raven", threshold=0.4).text
    assert "Begin Time (s)" in raven
    assert str(page.folder) not in answer.text + audacity + raven
    assert page.get(f"recordings/{key}/events/parquet").status_code == 404


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_any_format_is_played_as_a_wav(page, tmp_path, ending, ear):
    sound = 0.5 * np.sin(np.arange(16000 * 3) / 10)
    soundfile.write(tmp_path / f"a.{ending}", np.stack([sound, sound], axis=1), 16000)
    key = page.send(tmp_path / f"a.{ending}")
    whole = page.get(f"recordings/{key}/sound.wav")
    played, rate = soundfile.read(io.BytesIO(whole.content))
    assert (whole.status_code, rate) == (200, 16000)
    np.testing.assert_allclose(played[4000:40000], sound[4000:40000], atol=0.05)
    for first, last in ((0, 10), (30, 60), (1001, 2000), (70_000, 70_000)):
        headers = {"range": f"bytes={first}-{last}"}
        part = page.client.get(
            f"/a-key-that-nobody-knows/recordings/{key}/sound.wav", headers=headers
        )
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole.content)}"
        mine = (
            np.frombuffer(part.content, "u1"),
            np.frombuffer(whole.content, "u1")[first : last + 1],
        )
        assert len(mine[0]) == len(mine[1])
        if ending in ("wav", "flac"):
            assert (mine[0] == mine[1]).all()
    beyond = page.client.get(
        f"/a-key-that-nobody-knows/recordings/{key}/sound.wav",
        headers={"range": "bytes=999999999-"},
    )
    assert beyond.status_code == 416


def test_a_recording_goes_when_it_is_told_to(page, recording):
    key = page.send(recording)
    assert any(page.folder.iterdir())
    assert page.client.delete(f"/a-key-that-nobody-knows/recordings/{key}").status_code == 204
    assert not any(page.folder.iterdir())
    for path in ("", "/view", "/events", "/sound.wav"):
        assert page.get(f"recordings/{key}{path}").status_code == 404


def test_the_oldest_recording_makes_room(page, recording):
    keys = [page.send(recording) for _ in range(9)]
    assert page.get(f"recordings/{keys[0]}").status_code == 404
    assert page.get(f"recordings/{keys[1]}").status_code == 200
    assert len(list(page.folder.iterdir())) == 8
