import zipfile

import keras
import numpy as np
import pytest

import hearingai
from fresh import python
from hearingai import networks


@pytest.fixture
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["a", "b", "c"], seed=1)


def sound(n=3):
    return np.random.default_rng(0).uniform(-1, 1, (n, 16000)).astype("float32")


def test_it_is_a_keras_model_from_waveforms_to_probabilities(classifier):
    assert isinstance(classifier, keras.Model)
    probabilities = np.asarray(classifier(sound()))
    assert probabilities.shape == (3, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_call_is_front_end_then_network(classifier):
    by_hand = classifier.network(hearingai.LogSpectrogram()(sound()))
    np.testing.assert_array_equal(classifier(sound()), by_hand)


def test_the_seed_decides_the_weights():
    def make(seed):
        return hearingai.create_classifier(
            "speech-commands-small", ["a", "b"], seed=seed
        ).fingerprint()

    assert make(1) == make(1) != make(2)


def test_the_fingerprint_sees_every_weight(classifier):
    before = classifier.fingerprint()
    for weight in classifier.weights:
        value = np.array(weight)
        changed = value.copy()
        changed.flat[-1] += 1
        weight.assign(changed)
        assert classifier.fingerprint() != before
        weight.assign(value)
    assert classifier.fingerprint() == before


def around(classifier, **changed):
    """A classifier with the same weights."""
    told = {name: getattr(classifier, name) for name in ("frontend", "network", "labels")}
    told |= {"sample_rate": 16000, "duration": 1.0, "crop": "loudest"}
    return hearingai.AudioClassifier(**told | changed)


def test_the_configuration_sees_all_but_the_weights(classifier):
    changes = [
        {"crop": "start"},
        {"multi_label": True},
        {"labels": ["b", "a", "c"]},
        {"frontend": hearingai.LogSpectrogram(offset=0.1)},
        {"sample_rate": 8000, "duration": 2.0},
    ]
    others = [around(classifier, **change) for change in changes]
    assert {other.fingerprint() for other in others} == {classifier.fingerprint()}
    found = [classifier.configuration(), *(other.configuration() for other in others)]
    assert len(set(found)) == len(found)


def test_the_configuration_is_that_of_every_session(classifier, tmp_path):
    again = hearingai.create_classifier("speech-commands-small", ["a", "b", "c"], seed=2)
    assert again.configuration() == classifier.configuration()
    assert around(classifier, record={"seed": 3}).configuration() == classifier.configuration()
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    assert hearingai.load_classifier(path).configuration() == classifier.configuration()
    told = python(f"import hearingai\nprint(hearingai.load_classifier({path!r}).configuration())")
    assert told.stdout.split()[-1] == classifier.configuration()


def test_saved_and_opened_it_is_the_same(classifier, tmp_path):
    classifier.record["seed"] = 7
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    opened = hearingai.load_classifier(path)
    assert opened.fingerprint() == classifier.fingerprint()
    assert opened.labels == ["a", "b", "c"]
    assert (opened.sample_rate, opened.duration, opened.crop) == (16000, 1.0, "loudest")
    assert opened.recipe == "speech-commands-small"
    assert opened.record == classifier.record
    np.testing.assert_array_equal(
        opened.predict_on_batch(sound()), classifier.predict_on_batch(sound())
    )


def test_opened_it_is_compiled_for_the_machine_that_is_here(classifier, tmp_path, monkeypatch):
    classifier.compile("adam", "categorical_crossentropy", jit_compile=True)  # as on a GPU
    classifier.optimizer.build(classifier.trainable_variables)
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    monkeypatch.setattr("hearingai.classifier.is_saved.jit_compile", lambda: False)  # as on a CPU
    assert hearingai.load_classifier(path).get_compile_config()["jit_compile"] is False


def test_plain_keras_opens_it_in_safe_mode(classifier, tmp_path):
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    assert keras.saving.load_model(path, safe_mode=True).fingerprint() == classifier.fingerprint()


def test_nothing_is_overwritten_unasked_and_nothing_half_written(classifier, tmp_path):
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    with pytest.raises(hearingai.HearingAIError, match="overwrite"):
        hearingai.save_classifier(classifier, path)
    hearingai.save_classifier(classifier, path, overwrite=True)
    assert [f.name for f in tmp_path.iterdir()] == ["a.keras"]


@pytest.mark.parametrize(
    ("name", "words"), [("a.h5", r"end in \.keras"), ("no/such/a.keras", "does not exist")]
)
def test_bad_paths_are_refused(classifier, tmp_path, name, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.save_classifier(classifier, tmp_path / name)


def test_a_file_from_a_stranger_runs_no_code(tmp_path):
    trace = tmp_path / "trace"
    act = eval(f"lambda x: (open({str(trace)!r}, 'w').close(), x)[1]")
    evil = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(act)])
    evil.save(tmp_path / "evil.keras")
    trace.unlink()
    with pytest.raises(hearingai.HearingAIError, match="Lambda"):
        hearingai.load_classifier(tmp_path / "evil.keras")
    assert not trace.exists()
    keras.saving.load_model(tmp_path / "evil.keras", safe_mode=False)
    assert trace.exists()  # so that the test could fail


def test_the_artifact_holds_no_pickle(classifier, tmp_path):
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    names = set(zipfile.ZipFile(path).namelist())
    assert names == {"metadata.json", "config.json", "model.weights.h5"}


def test_labels_must_fit_the_network():
    network = networks.speech_cnn_small((98, 257, 1), 2)
    front_end = hearingai.LogSpectrogram()
    with pytest.raises(hearingai.HearingAIError, match="3 names"):
        hearingai.AudioClassifier(
            front_end, network, ["a", "b", "c"], sample_rate=16000, duration=1.0
        )
    with pytest.raises(hearingai.HearingAIError, match="differ"):
        hearingai.AudioClassifier(front_end, network, ["a", "a"], sample_rate=16000, duration=1.0)


def test_a_classifier_of_ones_own_parts_needs_no_recipe(tmp_path):
    front_end = hearingai.LogSpectrogram(20, 10, 8000)
    network = networks.speech_cnn((99, 129, 1), 2)
    own = hearingai.AudioClassifier(front_end, network, ["x", "y"], sample_rate=8000, duration=1.0)
    opened = hearingai.load_classifier(hearingai.save_classifier(own, tmp_path / "own.keras"))
    assert opened.fingerprint() == own.fingerprint()
    assert hearingai.classifier_info(opened)["recipe"] is None


def test_a_recipe_names_its_published_parts():
    recipe = hearingai.get_recipe("speech-commands")
    assert (recipe.network, recipe.batch_size, recipe.epochs) == ("speech_cnn", 32, 10)
    assert (recipe.optimizer, recipe.optimizer_options) == ("Adadelta", {"learning_rate": 1.0})
    classifier = hearingai.create_classifier(recipe, [f"w{i:02d}" for i in range(30)], seed=1)
    assert classifier.count_params() == 2_226_846
    assert list(hearingai.list_recipes()["name"])[0] == "speech-commands"
    with pytest.raises(hearingai.HearingAIError, match="speech-commands-small"):
        hearingai.get_recipe("speech-comands")


@pytest.mark.parametrize("seed", [-1, 1.5, 2**31, True])
def test_a_bad_seed_is_refused(seed):
    with pytest.raises(hearingai.HearingAIError, match="seed"):
        hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=seed)
