"""The API answers what predict() and annotate() return, and says so in its document."""

import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.api.document import document, page
from hearingai.api.operations import OPERATIONS
from small_bodies import on_body

PATHS = [operation.path for operation in OPERATIONS]


def rows(table, fname):
    return table.assign(fname=fname).to_dict("records")


def check(name, answer):
    """An answer is what the document says of it."""
    need("jsonschema")
    from jsonschema import Draft202012Validator

    told = document()
    schema = {"$ref": f"#/components/schemas/{name}"} | {"components": told["components"]}
    Draft202012Validator(schema).validate(answer)


def test_health_needs_no_token_and_tells_nothing_else(api):
    answer = api.get("/v1/health", headers={"authorization": ""})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_classifier_is_described(opened, ear):
    api = opened(ear(), options={"hop": 0.5, "threshold": {"loud": 0.75}, "ignore": "quiet"})
    told = api.get("/v1/classifier").json()
    check("Classifier", told)
    assert told["labels"] == ["loud", "quiet"]
    assert (told["sample_rate"], told["window"], told["hop"]) == (100, 1.0, 0.5)
    assert (told["reported"], told["thresholds"]) == (["loud"], {"loud": 0.75})
    assert told["fingerprint"] == ear().fingerprint()
    assert told["version"] == hearingai.__version__


def test_a_prediction_is_that_of_predict(api, ear, recording):
    expected = hearingai.predict(ear(), [str(recording)]).iloc[0]
    answer = api.post("/v1/predict", recording.read_bytes(), {"name": "loud.wav"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    check("Prediction", told)
    assert (told["fname"], told["label"]) == ("loud.wav", expected["label"])
    assert told["score"] == float(expected["score"])  # to the last bit
    for label in ("loud", "quiet"):
        assert told["probabilities"][label] == float(expected[f"prob_{label}"])
    assert not any(api.folder.iterdir())


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ({}, {}),
        ({"hop": 0.5, "threshold": 0.6}, {"hop": 0.5, "threshold": 0.6}),
        ({"threshold": ["loud=0.8", "quiet=0.9"]}, {"threshold": {"loud": 0.8, "quiet": 0.9}}),
        ({"labels": "loud", "smooth": 0, "low": 0.1}, {"labels": "loud", "smooth": 0, "low": 0.1}),
        ({"labels": ["loud", "quiet"], "ignore": "loud"}, {"ignore": "loud"}),
        ({"min_duration": 2, "min_gap": 3}, {"min_duration": 2, "min_gap": 3}),
        ({"refractory": 4, "window": 0.5}, {"refractory": 4, "window": 0.5}),
    ],
)
def test_events_are_those_of_annotate(api, ear, recording, query, options):
    expected = hearingai.annotate(ear(), str(recording), **options)
    answer = api.post("/v1/annotate", recording.read_bytes(), query | {"name": "a.wav"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    check("Annotation", told)
    assert len(told["events"]) > 0
    assert told["events"] == rows(expected.events, "a.wav")
    assert told["recordings"] == rows(expected.recordings, "a.wav")
    assert told["seconds"] == 12


def test_the_servers_options_stand_where_a_request_has_none(opened, ear, recording):
    api = opened(ear(), options={"hop": 0.5, "threshold": 0.8, "low": 0.75, "labels": "loud"})
    content = recording.read_bytes()
    own = hearingai.annotate(ear(), str(recording), hop=0.5, threshold=0.8, low=0.75, labels="loud")
    assert api.post("/v1/annotate", content).json()["events"] == rows(own.events, "recording")
    other = hearingai.annotate(ear(), str(recording), hop=0.5, threshold=0.6, labels="loud")
    told = api.post("/v1/annotate", content, {"threshold": 0.6}).json()["events"]
    assert told == rows(other.events, "recording")


def test_several_labels_and_a_body_answer_likewise(opened, tmp_path):
    """A classifier of any number of labels, on a body."""
    classifier = on_body(["a", "b", "c"], multi_label=True)
    sound = np.random.default_rng(2).uniform(-0.5, 0.5, 3 * classifier.sample_rate)
    hearingai.write_audio(tmp_path / "a.wav", sound, classifier.sample_rate)
    api = opened(classifier)
    expected = hearingai.predict(classifier, [str(tmp_path / "a.wav")]).iloc[0]
    told = api.post("/v1/predict", (tmp_path / "a.wav").read_bytes()).json()
    check("Prediction", told)
    assert told["labels"] == list(expected["labels"])
    assert told["probabilities"] == {n: float(expected[f"prob_{n}"]) for n in classifier.labels}
    query = {"threshold": 0.3, "labels": ["a", "c"]}
    events = hearingai.annotate(classifier, str(tmp_path / "a.wav"), **query).events
    told = api.post("/v1/annotate", (tmp_path / "a.wav").read_bytes(), query).json()
    assert told["events"] == rows(events, "recording")
    assert api.get("/v1/classifier").json()["multi_label"] is True


def test_an_exported_file_answers_likewise(opened, tmp_path):
    need("onnx", "onnxruntime", "tf2onnx")
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    hearingai.export(classifier, tmp_path / "c.onnx", verify=False)
    exported = hearingai.load_exported(tmp_path / "c.onnx")
    hearingai.write_audio(tmp_path / "a.wav", np.random.default_rng(3).normal(0, 0.1, 9000), 16000)
    expected = hearingai.predict(exported, [str(tmp_path / "a.wav")]).iloc[0]
    told = opened(exported).post("/v1/predict", (tmp_path / "a.wav").read_bytes()).json()
    check("Prediction", told)
    assert told["label"] == expected["label"]
    assert told["probabilities"] == {n: float(expected[f"prob_{n}"]) for n in ("no", "yes")}


def test_a_form_is_a_recording_too(api, recording):
    content = recording.read_bytes()
    raw = api.post("/v1/predict", content, {"name": "x.wav"}).json()
    answer = api.client.post("/v1/predict", files={"file": ("x.wav", content, "audio/wav")})
    assert (answer.status_code, answer.json()) == (200, raw)
    named = api.client.post(
        "/v1/predict", files={"file": ("y.wav", content)}, params={"name": "x.wav"}
    )
    assert named.json() == raw


def test_a_film_is_known_by_its_content(opened, ear, tmp_path):
    """Whatever it is called, and where PyAV is there."""
    need("av")
    import av

    sound = (np.random.default_rng(4).uniform(-0.5, 0.5, (1, 48_000)) * 32767).astype("int16")
    with av.open(tmp_path / "a.m4a", "w") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    expected = hearingai.annotate(ear(16_000), str(tmp_path / "a.m4a"))
    told = opened(ear(16_000)).post("/v1/annotate", (tmp_path / "a.m4a").read_bytes()).json()
    assert told["events"] == rows(expected.events, "recording")
    assert told["seconds"] == expected.seconds


def test_what_is_there_of_a_damaged_recording_is_read_where_asked(api, recording):
    content = recording.read_bytes()[:-200]
    answer = api.post("/v1/predict", content, {"name": "cut.wav"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("cut.wav: is truncated")
    told = api.post("/v1/predict", content, {"partial": "true"}).json()
    check("Prediction", told)
    assert told["note"].startswith("is truncated")
    told = api.post("/v1/annotate", content, {"partial": "true", "name": "cut.wav"}).json()
    check("Annotation", told)
    assert [note["fname"] for note in told["notes"]] == ["cut.wav"]
    assert told["seconds"] == 11


def test_the_document_is_openapi(api):
    need("openapi_spec_validator")
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    answer = api.get("/openapi.json", headers={"authorization": ""})
    assert answer.json() == document()
    validate(answer.json(), cls=OpenAPIV31SpecValidator)
    assert sorted(answer.json()["paths"]) == sorted(PATHS)
    posts = [p["post"] for p in answer.json()["paths"].values() if "post" in p]
    assert [post["operationId"] for post in posts] == ["predict", "annotate"]
    assert all(p["description"] for post in posts for p in post["parameters"])


def test_the_page_names_all_and_loads_nothing(api):
    answer = api.get("/docs", headers={"authorization": ""})
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text == page()
    assert all(path in answer.text for path in PATHS)
    assert not any(mark in answer.text for mark in ("<script", "src=", "href=", "url("))


def test_every_path_has_its_method(api):
    for operation in OPERATIONS:
        other = "POST" if operation.method == "GET" else "GET"
        answer = api.client.request(other, operation.path)
        assert (answer.status_code, operation.method in answer.headers["allow"]) == (405, True)
        assert "error" in answer.json()
    assert api.get("/v1/nothing").status_code == 404
