"""Exported classifiers answer as the classifiers they were made of."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.exports import conversion, verification
from hearingai.exports.portable_network import portable_network

NAMES = {"saved_model": "mödel", "onnx": "mödel.onnx", "litert": "mödel.tflite"}
LIBRARIES = {"saved_model": ["tensorflow"], "onnx": ["onnxruntime", "tf2onnx"]}
LIBRARIES |= {"litert": ["tensorflow", "ai_edge_litert"]}
LABELS = ["größer", "no, or", "yes"]


def require(format):
    for library in LIBRARIES[format]:
        pytest.importorskip(library)


def decided(classifier):
    """The classifier with answers as sure as a trained one's."""
    last = classifier.network.layers[-1]
    last.set_weights([10 * weight for weight in last.get_weights()])
    return classifier


@pytest.fixture(scope="module")
def classifier():
    return decided(hearingai.create_classifier("speech-commands-small", LABELS, seed=1))


@pytest.fixture(scope="module", params=list(NAMES))
def exported(request, classifier, tmp_path_factory):
    """The file in each format, and what `export` said."""
    require(request.param)
    path = tmp_path_factory.mktemp("exported") / NAMES[request.param]
    return hearingai.export(classifier, path), hearingai.load_exported(path)


@pytest.fixture(scope="module")
def sounds():
    rng = np.random.default_rng(3)
    clips = rng.normal(0, 1, (20, 16000)) * np.logspace(-0.5, -2, 20)[:, None]
    clips[6, 3000:] = 0
    return clips.clip(-1, 1).astype("float32")


def test_the_answers_are_the_classifier_s(classifier, exported, sounds):
    of_file = hearingai.predict(exported[1], sounds)
    of_classifier = hearingai.predict(classifier, sounds)
    columns = [f"prob_{label}" for label in LABELS]
    assert list(of_file.columns) == list(of_classifier.columns)
    assert of_classifier["label"].nunique() > 1
    assert list(of_file["label"]) == list(of_classifier["label"])
    np.testing.assert_allclose(of_file[columns], of_classifier[columns], atol=1e-4)


def test_silence_is_answered_too(classifier, exported):
    silence = np.zeros((1, 16000), "float32")
    found, expected = (m.predict_on_batch(silence) for m in (exported[1], classifier))
    np.testing.assert_allclose(found, expected, atol=2e-3)  # rounding, enlarged by its deviation


def test_what_export_returns_was_measured(exported, tmp_path):
    record, opened = exported
    assert (record.path, record.format, record.int8) == (opened.path, opened.format, False)
    assert record.n == 16
    assert record.agreement == 1
    assert 0 <= record.max_difference <= 1e-4
    assert record.milliseconds > 0
    assert record.accuracy is None
    assert 1e6 < record.bytes < 1.3e6  # the weights; no large matrix of a Fourier transform


def test_any_number_of_clips_of_any_storage(exported, sounds):
    opened = exported[1]
    whole = opened.predict_on_batch(sounds)
    assert whole.shape == (20, 3)
    assert whole.dtype == np.float32
    by_one = np.concatenate([opened.predict_on_batch(sounds[i : i + 1]) for i in range(20)])
    np.testing.assert_allclose(by_one, whole, atol=1e-5)
    assert opened.predict_on_batch(sounds[:0]).shape == (0, 3)
    as_int16 = np.rint(sounds * 32768).clip(-32768, 32767).astype("int16")
    found = opened.predict_on_batch(as_int16)
    np.testing.assert_allclose(found, opened.predict_on_batch(as_int16 / 32768), atol=1e-6)
    with pytest.raises(hearingai.HearingAIError, match=r"\(batch, 16000\). Received: \(2, 8000\)"):
        opened.predict_on_batch(sounds[:2, :8000])


def test_recordings_are_converted_and_bad_ones_named(classifier, exported, tmp_path):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 60000)).astype("float32")
    hearingai.write_audio(tmp_path / "stereo.flac", sound, 44100)
    hearingai.write_audio(tmp_path / "short.wav", sound[0, :500], 8000)
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    files = [tmp_path / name for name in ("stereo.flac", "bad.wav", "short.wav")]
    found, expected = (hearingai.predict(m, files) for m in (exported[1], classifier))
    pd.testing.assert_series_equal(found["error"], expected["error"])
    np.testing.assert_allclose(found["score"], expected["score"], atol=1e-4)


def test_other_programs_find_labels_and_rate(exported):
    record, opened = exported
    if record.format == "onnx":
        session = opened._runtime.session
        text = session.get_modelmeta().custom_metadata_map["hearingai.json"]
        assert [i.name for i in session.get_inputs()] == ["clips"]
        assert [o.name for o in session.get_outputs()] == ["probabilities"]
    elif record.format == "litert":
        with zipfile.ZipFile(record.path) as archive:
            text = archive.read("hearingai.json").decode()
            assert archive.read("labels.txt").decode().splitlines() == LABELS
    else:
        with open(f"{record.path}/assets.extra/hearingai.json", encoding="utf-8") as file:
            text = file.read()
    facts = json.loads(text)
    assert facts["labels"] == opened.labels == LABELS
    assert (facts["sample_rate"], facts["crop"], facts["channels"]) == (16000, "loudest", 1)
    assert facts["input"]["shape"] == [None, 16000]
    assert opened.recipe == "speech-commands-small"


def test_no_step_that_other_runtimes_lack(exported):
    record, opened = exported
    if record.format == "onnx":
        onnx = pytest.importorskip("onnx")
        model = onnx.load(record.path)
        steps = {node.op_type for node in model.graph.node}
        assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
        assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param  # any number
    elif record.format == "litert":
        steps = {step["op_name"] for step in opened._runtime.interpreter._get_ops_details()}
    else:
        steps = {node.op for node in opened._runtime.function.graph.as_graph_def().node}
    unwanted = {s for s in steps if any(w in s.upper() for w in ("FFT", "STFT", "FLEX", "LOOP"))}
    assert not unwanted | (steps & {"DFT", "While", "WHILE", "StatelessWhile", "If"})


def test_evaluate_takes_an_exported_classifier(classifier, exported, sounds, tmp_path):
    files = [tmp_path / f"{i}.wav" for i in range(6)]
    for file, sound in zip(files, sounds, strict=False):
        hearingai.write_audio(file, sound, 16000)
    clips = hearingai.clip_table(files, ["yes", "no, or"] * 3)
    found, expected = (hearingai.evaluate(m, clips) for m in (exported[1], classifier))
    assert found.accuracy == expected.accuracy
    assert found.loss == pytest.approx(expected.loss, abs=1e-3)
    assert (found.n_seen, expected.n_seen) == (None, 0)


def test_a_file_runs_without_keras(exported, sounds, tmp_path):
    record = exported[0]
    if record.format == "saved_model":
        pytest.skip("TensorFlow runs it, and brings Keras along")
    np.save(tmp_path / "sounds.npy", sounds)
    code = f"""
import hearingai, numpy, sys
opened = hearingai.load_exported({record.path!r}, threads=1)
table = hearingai.predict(opened, numpy.load({str(tmp_path / "sounds.npy")!r}))
assert not {{"keras", "tensorflow"}} & set(sys.modules)
print(*table["prob_yes"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = exported[1].predict_on_batch(sounds)[:, 2]
    np.testing.assert_allclose(np.array(done.stdout.split(), float), expected, atol=1e-5)


@pytest.mark.parametrize("format", ["litert", pytest.param("onnx", marks=pytest.mark.slow)])
def test_recurrent_networks_with_padded_clips(format, tmp_path):
    """Masked steps both ways, one probability shown as two."""
    require(format)
    recipe = hearingai.get_recipe(
        "audio-gate", network="attention_gru_tagger", network_options={"units": 6}, frames=4
    )
    classifier = decided(hearingai.create_classifier(recipe, ["turkey", "other"], seed=2))
    clips = np.random.default_rng(0).integers(0, 256, (12, 4, 128)).astype("float32")
    for i in range(4):
        clips[i, : i + 1] = 0
    before = classifier.get_config()
    opened = hearingai.load_exported(
        hearingai.export(classifier, tmp_path / NAMES[format], clips=clips).path
    )
    expected = classifier.predict_on_batch(clips)
    np.testing.assert_allclose(opened.predict_on_batch(clips), expected, atol=1e-4)
    assert expected[:, 0].std() > 0.1
    assert opened.target == "turkey"
    assert opened.hears_embeddings
    assert classifier.get_config() == before


def test_the_network_is_left_as_it_was():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    image = np.random.default_rng(0).normal(-4, 0.3, (2, 98, 257, 1)).astype("float32")
    before = np.asarray(classifier.network(image))
    with portable_network(classifier.network):
        np.testing.assert_allclose(np.asarray(classifier.network(image)), before, atol=1e-5)
    np.testing.assert_array_equal(np.asarray(classifier.network(image)), before)


@pytest.fixture(scope="module")
def gate():
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger")
    return hearingai.create_classifier(recipe, ["other", "speech"], seed=1)


def test_what_answers_otherwise_is_thrown_away(gate, tmp_path, monkeypatch):
    path = tmp_path / "gate"
    first = hearingai.export(gate, path)
    other = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=7)
    convert = conversion.convert
    monkeypatch.setattr(conversion, "convert", lambda _, *rest: convert(decided(other), *rest))
    with pytest.raises(hearingai.HearingAIError, match="does not answer as the classifier"):
        hearingai.export(gate, tmp_path / "new")
    with pytest.raises(hearingai.HearingAIError, match="does not answer"):
        hearingai.export(gate, path, overwrite=True)
    assert [f.name for f in tmp_path.iterdir()] == ["gate"]
    monkeypatch.undo()
    assert hearingai.load_exported(path).description["fingerprint"] == gate.fingerprint()
    again = hearingai.export(gate, path, overwrite=True, verify=False)
    assert (again.n, again.agreement, first.n) == (0, None, 16)
    assert [f.name for f in tmp_path.iterdir()] == ["gate"]


def test_a_wrong_number_anywhere_is_found(gate, tmp_path, monkeypatch):
    opened = hearingai.load_exported(hearingai.export(gate, tmp_path / "gate").path)
    clips = verification.made_up(gate)
    expected = verification.answers(gate, clips)
    off = expected.copy()
    off[-1] += [2e-4, -2e-4]
    with pytest.raises(hearingai.HearingAIError, match=r"up to 0.0002, of clip 16 of 16"):
        verification.compare(opened.path, clips, off, 1e-4)
    assert verification.compare(opened.path, clips, off, 1e-4, int8=True)["max_difference"] < 3e-4
    with pytest.raises(hearingai.HearingAIError, match="does not answer"):
        verification.compare(opened.path, clips, expected[:, ::-1] * 0.5, 1e-4, int8=True)


def test_a_path_says_the_format_or_is_refused(gate, classifier, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "precious.txt").touch()
    (tmp_path / "file").touch()
    for name, options, words in [
        ("gate.pb", {}, "must end in .onnx"),
        ("gate.keras", {"format": "saved_model"}, "to suit `format`, saved_model"),
        ("gate.onnx", {"format": "litert"}, "to suit `format`, litert"),
        ("gate.onnx", {"format": "torch"}, "`format` must be one of"),
        ("no/gate", {}, "folder of .* does not exist"),
        ("file", {}, "exists; overwrite=True"),
        ("file", {"overwrite": True}, "is a file, and a SavedModel is a folder"),
        ("folder", {"overwrite": True}, "folder of something else"),
        ("gate", {"int8": True}, "`int8` is for LiteRT"),
        ("gate.tflite", {"int8": True}, "`int8` needs `clips`"),
        ("gate", {"clips": np.zeros((0, 10, 128))}, "`clips` is empty"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=words):
            hearingai.export(gate, tmp_path / name, **options)
    with pytest.raises(hearingai.HearingAIError, match="`classifier` must be an AudioClassifier"):
        hearingai.export("gate.keras", tmp_path / "gate")
    with pytest.raises(hearingai.HearingAIError, match="none of the 1 recordings can be read"):
        hearingai.export(classifier, tmp_path / "gate", clips=tmp_path / "file")
    assert sorted(f.name for f in tmp_path.iterdir()) == ["file", "folder"]
    assert hearingai.export(gate, tmp_path / "v1.2", "saved_model").format == "saved_model"


def test_a_missing_library_is_one_line_with_the_remedy(gate, tmp_path, monkeypatch):
    for library, name, extra in [
        ("tf2onnx", "gate.onnx", "onnx"),
        ("onnxruntime", "gate.onnx", "onnx"),
        ("ai_edge_litert", "gate.tflite", "litert"),
    ]:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            for loaded in [m for m in sys.modules if m.startswith(f"{library}.")]:
                without.setitem(sys.modules, loaded, None)
            with pytest.raises(hearingai.HearingAIError, match=rf'"hearingai\[{extra}\]"'):
                hearingai.export(gate, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_exported_files_run_on_the_cpu(exported, sounds):
    if exported[0].format == "saved_model":
        assert len(hearingai.predict(exported[1], sounds[:1], device="cpu")) == 1
        return
    with pytest.raises(hearingai.HearingAIError, match="are run on the CPU"):
        hearingai.predict(exported[1], sounds[:1], device="gpu")


def test_int8_rounds_the_network_and_not_the_front_end(classifier, sounds, tmp_path):
    require("litert")
    path = tmp_path / "small.tflite"
    done = hearingai.export(classifier, path, int8=True, clips=sounds)
    assert done.int8
    assert done.bytes < 350_000  # 250,000 weights
    opened = hearingai.load_exported(path)
    assert opened.description["int8"]
    interpreter = opened._runtime.interpreter
    types = {t["index"]: t["dtype"] for t in interpreter.get_tensor_details()}
    names = {t["index"]: t["name"] for t in interpreter.get_tensor_details()}
    kinds = {}
    for step in interpreter._get_ops_details():
        for output in step["outputs"]:
            part = "front end" if "front_end" in names[output] else "network"
            kinds.setdefault((part, step["op_name"]), set()).add(types[output])
    assert kinds["front end", "FULLY_CONNECTED"] == {np.float32}
    assert kinds["network", "CONV_2D"] == kinds["network", "FULLY_CONNECTED"] == {np.int8}
    assert kinds["network", "SOFTMAX"] == {np.float32}
    assert 0 < done.max_difference < 0.5


ALL = [(name, None) for name in hearingai.list_recipes()["name"]]
ALL += [
    ("audio-gate", network)
    for network in ("linear_tagger", "conv2d_tagger", "lstm_tagger", "transformer_tagger")
]


@pytest.mark.slow
@pytest.mark.parametrize("format", list(NAMES))
@pytest.mark.parametrize(("recipe", "network"), ALL)
def test_every_recipe_in_every_format(recipe, network, format, tmp_path):
    require(format)
    changes = {} if network is None else {"network": network}
    setup = hearingai.get_recipe(recipe, **changes)
    labels = ["other", "speech"] if setup.frontend is None else ["a", "b", "c"]
    classifier = hearingai.create_classifier(setup, labels, seed=1)
    assert hearingai.export(classifier, tmp_path / NAMES[format]).agreement == 1


@pytest.mark.slow
@pytest.mark.parametrize("format", list(NAMES))
def test_every_kind_of_front_end(format, tmp_path):
    """Cepstra in stereo with differences, scaled by what was learnt."""
    require(format)
    import keras

    scaling = hearingai.Scaling()
    layers = [hearingai.MFCC(8000, n_mfcc=12, n_mels=30, log="decibel"), hearingai.Deltas(5, 2)]
    sounds = np.random.default_rng(0).normal(0, 0.2, (12, 2, 4000)).astype("float32")
    sounds *= np.linspace(1, 0.01, 12)[:, None, None].astype("float32")
    frontend = keras.Sequential([*layers, scaling])
    frontend.build((None, 2, 4000))
    images = layers[1](layers[0](sounds))
    scaling.adapt(np.asarray(images))
    network = hearingai.networks.sound_cnn(images.shape[1:], 3)
    classifier = hearingai.AudioClassifier(frontend, network, LABELS, 8000, 0.5, channels=2)
    done = hearingai.export(decided(classifier), tmp_path / NAMES[format], clips=sounds)
    assert (done.n, done.agreement) == (12, 1)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["sound-classification", "embedding-gru"])
def test_int8_of_other_networks(recipe, tmp_path):
    require("litert")
    labels = ["other", "speech"] if recipe == "embedding-gru" else ["a", "b", "c"]
    classifier = hearingai.create_classifier(recipe, labels, seed=1)
    clips = verification.made_up(classifier)
    paths = [tmp_path / "float.tflite", tmp_path / "int8.tflite"]
    whole, small = (
        hearingai.export(classifier, path, int8=path == paths[1], clips=clips) for path in paths
    )
    assert small.bytes < 0.8 * whole.bytes


@pytest.mark.slow
def test_int8_costs_less_than_a_point_on_real_words(data_dir, tmp_path):
    require("litert")
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["left", "no", "stop"])
    classifier = hearingai.fit("speech-commands-small", clips, epochs=4, seed=1)
    done = hearingai.export(classifier, tmp_path / "words.tflite", int8=True, clips=clips)
    assert done.agreement > 0.97
    opened = hearingai.load_exported(done.path)
    before, after = (hearingai.evaluate(m, clips).accuracy for m in (classifier, opened))
    assert before > 0.8
    assert after > before - 0.01


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_from_another_backend(backend, tmp_path):
    pytest.importorskip(backend)
    require("onnx")
    path = tmp_path / "gate.onnx"
    code = f"""
import hearingai, keras
assert keras.backend.backend() == {backend!r}
classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
print(hearingai.export(classifier, {str(path)!r}).agreement, classifier.fingerprint())
"""
    import os

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    agreement, fingerprint = done.stdout.split()
    assert float(agreement) == 1
    assert hearingai.load_exported(path).description["fingerprint"] == fingerprint
