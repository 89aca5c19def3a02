"""What a classifier's file tells without Keras is what the classifier itself tells."""

import json
import zipfile

import h5py
import keras
import pytest

import hearingai
from fresh import python
from hearingai.classifier.description import file_info
from hearingai.recipes.registry import RECIPES
from small_bodies import energy_body, on_body

TAGGERS = [f"{kind}_tagger" for kind in ("attention", "attention_gru", "conv1d", "conv2d", "gru")]
TAGGERS += ["linear_tagger", "lstm_tagger", "transformer_tagger"]


def saved(classifier, tmp_path):
    return hearingai.save_classifier(classifier, tmp_path / "a.keras")


def told_by(path):
    """What the opened classifier tells, as JSON has it."""
    return json.loads(json.dumps(hearingai.classifier_info(hearingai.load_classifier(path))))


@pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "head"])
def test_the_file_of_every_recipe_tells_all(recipe, tmp_path):
    path = saved(hearingai.create_classifier(recipe, ["no", "yes"], seed=1), tmp_path)
    assert file_info(path) == told_by(path)


@pytest.mark.parametrize("network", TAGGERS)
def test_the_file_of_every_tagger_tells_all(network, tmp_path):
    recipe = hearingai.get_recipe("audio-gate", network=network)
    path = saved(hearingai.create_classifier(recipe, ["no", "yes"], seed=1), tmp_path)
    assert file_info(path) == told_by(path)


def test_the_file_of_a_training_tells_all(trained, tmp_path):
    path = saved(trained, tmp_path)
    assert file_info(path) == told_by(path)


def test_the_shell_describes_a_classifier_without_keras(trained, tmp_path):
    path = saved(trained, tmp_path)
    done = python(
        "import sys; sys.argv = ['hearingai', 'info', sys.argv[1], '--json']\n"
        "from hearingai.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "assert not {'tensorflow', 'keras', 'pandas'} & set(sys.modules)",
        path,
    )
    assert json.loads(done.stdout)["fingerprint"] == trained.fingerprint()


def test_a_body_that_is_not_there_is_told(tmp_path):
    classifier = on_body(["a", "b"], energy_body())
    told = file_info(saved(classifier, tmp_path))
    assert "there is no body `energy`" in told.pop("not_opened")
    assert told == json.loads(json.dumps(hearingai.classifier_info(classifier)))


def test_what_only_keras_can_tell_is_left_to_it(run, tmp_path):
    inner = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), keras.layers.Dense(2)])
    network = keras.Sequential(
        [
            keras.Input((10, 8)),
            keras.layers.TimeDistributed(inner),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Softmax(),
        ]
    )
    classifier = hearingai.AudioClassifier(None, network, ["a", "b"])
    path = saved(classifier, tmp_path)
    assert file_info(path) is None
    assert json.loads(run("info", path, "--json")[1])["fingerprint"] == classifier.fingerprint()


def changed(path, config=None, weights=None):
    """The file with another configuration or other weights, by functions that change them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if config is not None:
        told = json.loads(parts["config.json"])
        config(told["config"])
        parts["config.json"] = json.dumps(told)
    if weights is not None:
        file = path + ".h5"
        with open(file, "wb") as stored:
            stored.write(parts["model.weights.h5"])
        with h5py.File(file, "a") as stored:
            weights(stored)
        with open(file, "rb") as stored:
            parts["model.weights.h5"] = stored.read()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def file(tmp_path):
    return saved(hearingai.create_classifier("audio-gate", ["no", "yes"], seed=1), tmp_path)


def dense(config):
    return next(k for k in config["network"]["config"]["layers"] if k["class_name"] == "Dense")


def test_weights_that_the_model_may_not_have_are_not_its_fingerprint(file):
    def more(stored):
        stored["layers/functional/layers/dense_9/vars/0"] = [1.0, 2.0]

    assert file_info(changed(file, weights=more)) is None


def test_a_layer_that_bears_the_name_of_another_is_not_its_fingerprint(file):
    def disguise(config):
        dense(config).update(registered_name="hearingai>AttentionPooling")

    assert file_info(changed(file, disguise)) is None


def test_what_may_not_be_opened_is_not_described(file):
    def run_code(config):
        dense(config).update(class_name="Lambda")

    with pytest.raises(hearingai.HearingAIError, match="it holds keras.layers.Lambda, which is"):
        file_info(changed(file, run_code))


def test_a_damaged_record_is_not_described(file):
    def spoil(config):
        config["record"]["history"] = "none"

    with pytest.raises(hearingai.HearingAIError, match="`history` of its training record is dam"):
        file_info(changed(file, spoil))


def test_other_models_are_left_to_keras(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save(tmp_path / "a.keras")
    assert file_info(tmp_path / "a.keras") is None
