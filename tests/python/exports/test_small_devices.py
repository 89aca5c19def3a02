"""Networks wholly in int8: the file, and the C sources that compute the same."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest

import hearingai
from exported import LIBRARIES
from fresh import need
from hearingai.exports.c_sources import text_in_c
from hearingai.exports.c_steps import fixed_point
from hearingai.exports.formats import understood
from hearingai.inference.answers import probabilities_of

LABELS = ["größer", "no, or", "rest??"]
STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2"]


@pytest.fixture(scope="module")
def words(sounds):
    """A classifier of four labels that it gives to `sounds`, two of them merged."""
    four = hearingai.create_classifier("words", [*LABELS[:2], "a", "b"], seed=1)
    vectors = hearingai.embed(four, sounds).filter(like="embedding_").to_numpy()
    weights = np.random.default_rng(0).normal(size=(vectors.shape[1], 4)) / vectors.std()
    four.network.layers[-1].set_weights([weights, -vectors.mean(axis=0) @ weights])
    merged = hearingai.merge_labels(four, {LABELS[2]: ["a", "b"]})
    merged.record |= {"thresholds": {LABELS[2]: 0.7}, "stream_odds": {LABELS[2]: 2.0}}
    return merged


@pytest.fixture(scope="module")
def exported(words, sounds, tmp_path_factory):
    """What `export` says of C sources."""
    need(*LIBRARIES["litert"])
    path = tmp_path_factory.mktemp("small") / "wörds"
    return hearingai.export(words, path, format="c", clips=sounds)


@pytest.fixture(scope="module")
def opened(exported):
    return hearingai.load_exported(Path(exported.path) / "network.tflite")


@pytest.fixture(scope="module")
def program(exported, tmp_path_factory):
    return built(exported.path, tmp_path_factory.mktemp("built") / "classify")


def built(folder, program):
    """Compile the sources, without a warning."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    sources = [str(file) for file in Path(folder).glob("*.c")]
    subprocess.run([compiler, *STRICT, *sources, "-lm", "-o", str(program)], check=True)
    return program


def said(program, clips, *arguments):
    """What the program answers to clips, as bytes."""
    samples = (clips * 32768).astype("int16")
    command = [str(program), *arguments]
    return subprocess.run(command, input=samples.tobytes(), stdout=-1, check=True).stdout


def compare(program, opened, clips):
    """Labels as told by C; the shares of equal labels and of equal features."""
    clips = (np.asarray(clips) * 32768).round().clip(-32768, 32767).astype("float32") / 32768
    lines = [line.split("\t") for line in said(program, clips).decode().splitlines()]
    found = opened.probabilities(clips)
    labels = [opened.labels[i] for i in found.argmax(axis=1)]
    # Features may round to the next step of the 8 bits.
    np.testing.assert_allclose([float(p) for p, _ in lines], found.max(axis=1), atol=2e-2)
    runtime = opened._runtime
    images = runtime.front_end.images(clips) / np.float32(runtime.image["scale"])
    steps = (np.floor(images + 0.5) + runtime.image["zero_point"]).clip(-128, 127)
    features = np.frombuffer(said(program, clips, "features"), "int8").reshape(steps.shape)
    assert np.abs(features - steps).max() <= 1
    told = [label for _, label in lines]
    return told, np.mean(np.array(labels) == told), (features == steps).mean()


@pytest.mark.slow
def test_the_whole_network_is_in_int8_and_answers_as_before(words, exported, opened, sounds):
    assert (exported.format, exported.int8, exported.n) == ("c", True, 20)
    assert exported.agreement == 1
    assert exported.bytes < 105_000  # 85,000 weights
    assert (opened.format, opened.labels) == ("int8", LABELS)
    assert opened.fingerprint() == f"{words.fingerprint()}-int8"
    kinds = {t["dtype"] for t in opened._runtime.network.interpreter.get_tensor_details()}
    assert kinds == {np.int8, np.int32}
    found, expected = opened.probabilities(sounds), words.probabilities(sounds)
    assert set(expected.argmax(axis=1)) == {0, 1, 2}
    assert 0 < np.abs(found - expected).max() < 0.2
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    with pytest.raises(hearingai.HearingAIError, match="files of format int8 do not"):
        hearingai.embed(opened, sounds)


def test_its_images_are_those_of_the_classifier(words, opened, sounds):
    told = opened.description["front_end"]
    assert (told["window_size"], told["window_stride"], told["fft_size"]) == (480, 160, 512)
    images = np.asarray(words.network.layers[1](words.images(sounds)))
    np.testing.assert_allclose(opened._runtime.front_end.images(sounds), images, atol=1e-3)


def test_the_c_code_answers_as_the_file(exported, program, opened, sounds):
    told, labels, features = compare(program, opened, sounds)
    assert set(told) == set(LABELS)
    assert labels == 1
    assert features > 0.999
    assert said(program, sounds[:0]) == b""
    assert exported.arena == 31560


def test_the_c_code_reports_what_reaches_its_threshold_in_a_stream(program, opened, sounds):
    weighed = probabilities_of(opened, (sounds * 32768).astype("int16") / np.float32(32768))
    reached = weighed >= [0.5, 0.5, 0.7]
    told = [line.partition("\t") for line in said(program, sounds, "detect").decode().splitlines()]
    best = np.where(reached, weighed, -1).argmax(axis=1)
    expected = [LABELS[i] if any(row) else "" for i, row in zip(best, reached, strict=True)]
    assert [label for _, _, label in told] == expected
    assert {"", LABELS[2]} <= set(expected)
    scores = [float(score or 0) for score, _, _ in told]
    np.testing.assert_allclose(scores, np.where(reached, weighed, 0).max(axis=1), atol=1e-2)


def test_the_c_code_holds_the_same_network(exported, opened):
    text = (Path(exported.path) / "hearingai_model.c").read_text()
    array = text.split("hearingai_model[] = {")[1].split("}")[0]
    model = bytes(int(number) for number in array.split(","))
    assert len(model) == exported.bytes
    assert Path(opened.path).read_bytes().startswith(model)
    header = (Path(exported.path) / "hearingai_model.h").read_text()
    values = dict(re.findall(r"#define HEARINGAI_(\w+) (\S+)", header))
    expected = {"SAMPLE_RATE": "16000", "WINDOW": "480", "STRIDE": "160", "FFT_SIZE": "512"}
    expected |= {"MELS": "40", "FMIN": "20.0f", "FMAX": "7600.0f", "LABELS": "3", "OUTPUTS": "4"}
    expected |= {"ARENA_BYTES": "31560", "MODEL_BYTES": str(len(model))}
    assert expected.items() <= values.items()
    assert np.float32(values["INPUT_SCALE"][:-1]) == opened.description["input"]["scale"]


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("audio-gate", "its front end is a body, or it takes embeddings"),
        ("speech-commands-small", "its front end is LogSpectrogram"),
        ("sound-classification", "its LogMel has several channels, decibels or padding"),
    ],
)
def test_other_classifiers_are_refused(recipe, message, sounds, tmp_path):
    classifier = hearingai.create_classifier(recipe, ["other", "speech"], seed=1)
    for format, name in (("int8", "a.tflite"), ("c", "a")):
        with pytest.raises(hearingai.HearingAIError, match=message):
            hearingai.export(classifier, tmp_path / name, format=format, clips=sounds)
    assert not list(tmp_path.iterdir())


def test_what_does_not_suit_is_refused(words, exported, sounds, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for name, format, options, message in [
        ("a", "c", {}, r"`format=\"c\"` needs `clips`"),
        ("a.tflite", "int8", {}, r"`format=\"int8\"` needs `clips`"),
        ("a.onnx", "int8", {}, "to suit `format`, int8"),
        ("a.tflite", "c", {}, "to suit `format`, c"),
        ("folder", "c", {"clips": sounds, "overwrite": True}, "folder of something else"),
        ("file", "c", {"clips": sounds, "overwrite": True}, "C sources are in a folder"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=message):
            hearingai.export(words, tmp_path / name, format=format, **options)
    with pytest.raises(hearingai.HearingAIError, match="holds C sources, which are compiled"):
        hearingai.load_exported(exported.path)


@pytest.mark.parametrize(
    ("fft_size", "message"),
    [(256, "has MAX_POOL_2D; format int8 writes"), (240, r"power of two\. Received: 240")],
)
def test_what_the_c_code_does_not_know_is_refused(fft_size, message, tmp_path):
    need(*LIBRARIES["litert"])
    front_end = hearingai.LogMel(sample_rate=8000, n_mels=16, fft_size=fft_size, frames=22)
    stack = [keras.Input((22, 16, 1)), keras.layers.MaxPooling2D(2), keras.layers.Flatten()]
    network = keras.Sequential([*stack, keras.layers.Dense(2, activation="softmax")])
    clip = {"sample_rate": 8000, "duration": 0.25}
    classifier = hearingai.AudioClassifier(front_end, network, ["a", "b"], **clip)
    with pytest.raises(hearingai.HearingAIError, match=message):
        hearingai.export(classifier, tmp_path / "a", format="c", clips=np.ones((2, 2000)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"front_end": {}},
        {"front_end": {"frames": 98}},
        {"front_end": {"window_values": [1.0]}},
        {"front_end": {"bands": [[0, [1.0] * 300]] * 40}},
        {"front_end": {"bands": [[-1, [1.0]]] * 40}},
        {"front_end": {"fft_size": 10**9}},
        {"front_end": {"window_values": [float("nan")] * 480}},
        {"front_end": {"bands": [[0, [float("inf")]]] * 40}},
        {"input": {"scale": -1.0}},
        {"input": {"scale": 1e-60}},
        {"input": {"zero_point": 500}},
        {"output": {"label_of": [0, 1, 2, 3]}},
        {"output": {"label_of": [0, 1]}},
        {"duration": 0.5},
        {"channels": 2},
    ],
)
def test_a_document_that_does_not_suit_itself_is_refused(opened, change):
    facts = json.loads(json.dumps(opened.description))
    assert understood(json.dumps(facts), "a.tflite") == facts
    for name, value in change.items():
        inner = isinstance(value, dict) and value
        facts[name] = facts[name] | value if inner else value
    with pytest.raises(hearingai.HearingAIError, match="does not say what its labels are"):
        understood(json.dumps(facts), "a.tflite")


def test_a_file_of_magnitudes_of_padded_frames_without_normalisation(tmp_path):
    need(*LIBRARIES["litert"])
    layer = hearingai.LogMel(sample_rate=8000, n_mels=8, padding="fft", power=1, norm="slaney")
    dense = keras.layers.Dense(2, activation="softmax")
    network = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), dense])
    clip = {"sample_rate": 8000, "duration": 0.1}
    classifier = hearingai.AudioClassifier(layer, network, ["a", "b"], **clip)
    clips = np.random.default_rng(1).uniform(-1, 1, (9, 800)).astype("float32")
    images, weights = np.asarray(layer(clips)), np.random.default_rng(2).normal(0, 0.2, (64, 2))
    dense.set_weights([weights, -images.reshape(9, 64).mean(axis=0) @ weights])
    path = tmp_path / "a.tflite"
    done = hearingai.export(classifier, path, format="int8", clips=clips)
    assert (done.format, done.int8, done.arena) == ("int8", True, None)
    opened = hearingai.load_exported(path)
    np.testing.assert_allclose(opened._runtime.front_end.images(clips), images, atol=1e-4)
    expected = classifier.probabilities(clips)
    assert expected.std(axis=0).min() > 0.02
    np.testing.assert_allclose(opened.probabilities(clips), expected, atol=0.04)


def test_factors_are_written_as_litert_computes_with_them():
    assert fixed_point(0.75) == (3 * 2**29, 0)
    assert fixed_point(1.0) == (2**30, 1)
    assert fixed_point(3 / 64) == (3 * 2**29, -4)
    assert fixed_point(1 - 2**-40) == (2**30, 1)
    assert fixed_point(2.0**-40) == (0, 0)


def test_any_label_is_text_in_c():
    assert text_in_c('a b"\\') == r'"a b\042\134"'
    assert text_in_c("größ??!") == r'"gr\303\266\303\237\077\077\041"'


@pytest.mark.slow
def test_a_hundred_real_clips_have_the_same_labels(data_dir, tmp_path):
    """As benchmarks/small_device.py measures it."""
    need(*LIBRARIES["litert"])
    classifier = hearingai.pretrained("ten-words")
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=classifier.labels[:10])
    files = [hearingai.read_audio(f, 16000)[0] for f in clips["fname"][::11]]
    heard = np.stack([sound for sound in files if len(sound) == 16000][:100])
    done = hearingai.export(classifier, tmp_path / "c", format="c", clips=clips[::9])
    assert done.agreement > 0.97
    program = built(done.path, tmp_path / "classify")
    opened = hearingai.load_exported(tmp_path / "c" / "network.tflite")
    _, labels, features = compare(program, opened, heard)
    assert (labels, len(heard)) == (1, 100)
    assert features > 0.999
