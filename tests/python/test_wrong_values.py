"""Every public function, every argument, a catalogue of wrong values: our errors alone come out."""

import inspect
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai
from audioset_body import audioset_body
from bodies import write_onnx
from hearingai.errors import HearingAIError
from slow import first_quick
from wrong_values import calls, catalogue


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def things(place):
    """What the calls are made of."""
    rng = np.random.default_rng(0)
    rows = []
    for class_ in ("a", "b"):
        for i in range(4):
            path = place / "clips" / class_ / f"{i}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            hearingai.write_audio(path, rng.uniform(-0.5, 0.5, 800), 1000)
            rows.append((str(path), class_, i % 2, "train" if i else "test", f"s{i}"))
    clips = pd.DataFrame(rows, columns=["fname", "class", "fold", "split", "speaker"])
    recipe = hearingai.get_recipe("gate", sample_rate=1000, network_options={"filters": (2, 2)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = hearingai.create_classifier(recipe, ["a", "b"], seed=1)
    events = pd.DataFrame(
        {"fname": "x.wav", "start": [0.0, 1.0], "end": [0.5, 1.5], "label": "a", "score": 0.9}
    )
    model = hearingai.save_classifier(classifier, place / "model.keras")
    hearingai.write_events(events, place / "events.csv")
    clips.to_csv(place / "clips.csv", index=False)
    gate = hearingai.create_classifier(recipe, ["unwanted", "wanted"], seed=1, target="wanted")
    sound, noise = rng.uniform(-0.5, 0.5, 1500), place / "noise.wav"
    hearingai.write_audio(noise, rng.uniform(-0.1, 0.1, 4000), 1000)
    truth = ["a", "b", "a", "b"]
    return {
        "clips": clips,
        "recipe": recipe,
        "classifier": classifier,
        "gate": gate,
        "tagger": hearingai.create_classifier("audio-gate", ["a", "b"], seed=1),
        "body": audioset_body(place / "vggish_model.ckpt"),
        "events": events,
        "model": model,
        "sound": sound,
        "truth": truth,
        "scores": [0.9, 0.2, 0.6, 0.7],
        "wav": clips["fname"][0],
        "noise": str(noise),
        "gated": hearingai.gate(classifier, sound, target="a"),
        "folder": str(place / "clips"),
        "network": str(write_onnx(place / "network.onnx")),
        "place": place,
    }


LAYERS = ("LogMel", "LogSpectrogram", "MFCC", "Deltas", "Scaling", "Gain", "TimeShift")
LAYERS += ("SpeedChange", "SpecAugment", "Mixup", "BetweenClass", "PositiveMix")
LAYERS += ("EmbeddingJitter", "BackgroundNoise", "BandWarp", "ColouredNoise", "Equalizer")
LAYERS += ("RoomResponse", "Telephone", "Codec", "Clipping", "MicrophoneTilt", "PitchShift")
WITHOUT_ARGUMENTS = {"info", "list_bodies", "list_pretrained", "list_recipes", "next_batch"}
WITHOUT_ARGUMENTS |= {"spoken_words", "languages"}
NAMES = sorted(
    name
    for name in set(hearingai.__all__) - WITHOUT_ARGUMENTS
    if inspect.isfunction(getattr(hearingai, name)) or name in ("Stream", "Gate", *LAYERS)
)
# Functions that are tried with their own arguments alone: the shared ones, in the named function.
SHARED = dict.fromkeys(("cross_validate", "tune", "fine_tune", "few_shot", "train_gate"), "fit")
SHARED |= {"Stream": "annotate", "listen": "annotate", "explore": "annotate", "embed": "predict"}
SHARED |= {"explain": "predict", "evaluate": "predict", "gate": "Gate", "prepare": "fit"}
SHARED |= {"word_classifier": "fit"}
SHARED |= {
    "learn_novelty": "predict",
    "calibrate": "predict",
    "choose_thresholds": "annotate",
    "mine_false_alarms": "annotate",
}


def arguments_of(name):
    """The names of a function's arguments, but for those tried elsewhere."""

    def names(name):
        kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        parameters = inspect.signature(getattr(hearingai, name)).parameters.values()
        return [p.name for p in parameters if p.kind not in kinds]

    elsewhere = set(names(SHARED[name])) - {"classifier", "clips"} if name in SHARED else set()
    return [argument for argument in names(name) if argument not in elsewhere | {"title"}]


MAKERS = ("training.fitting.create_classifier", "training.tuning.untrained")
MAKERS += ("words.word_classifier.create_classifier", "gates.training.create_classifier")


@pytest.fixture
def at_once(monkeypatch, tmp_path, things):
    """What takes long or leaves the machine does nothing."""
    from hearingai.training import fitting

    def refuse(*_, **__):
        raise HearingAIError("not in this test")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["hearingai.datasets.speech_commands"], "fetch", refuse)
    for module in ("training.cross_validation.at_once", "training.cross_validation.in_turn"):
        monkeypatch.setattr(f"hearingai.{module}", refuse)
    monkeypatch.setattr(fitting, "run_epochs", refuse)
    monkeypatch.setattr("hearingai.training.tuning.read_clips", refuse)
    monkeypatch.setattr("hearingai.words.word_classifier.make", refuse)
    for maker in MAKERS:
        name = "gate" if maker.startswith("gates") else "classifier"
        monkeypatch.setattr(f"hearingai.{maker}", lambda *_, name=name, **__: things[name])
    monkeypatch.setattr("hearingai.training.fine_tuning.on_same_body", refuse)
    monkeypatch.setattr("hearingai.training.few_shots.on_same_body", refuse)
    monkeypatch.setattr("hearingai.words.mining.on_same_body", refuse)
    monkeypatch.setattr("hearingai.gates.training.mixtures", refuse)
    monkeypatch.setattr("hearingai.explorer.exploring.Explorer", refuse)
    monkeypatch.setattr("hearingai.api.server.ApiServer", refuse)
    monkeypatch.setattr("hearingai.exports.conversion.convert", refuse)


def test_every_public_function_is_tried(things):
    assert set(NAMES) == set(calls(things))


@pytest.mark.parametrize("third", first_quick(0, 1, 2))
@pytest.mark.parametrize("name", NAMES)
def test_wrong_values_are_our_errors(name, third, things, place, at_once):
    """A third of the catalogue for each argument; another for the next."""
    function, right = getattr(hearingai, name), calls(things)[name]
    found, values = [], list(catalogue(place).items())
    for i, argument in enumerate(arguments_of(name)):
        for wrong, value in values[(third + i) % 3 :: 3]:
            if (name, argument, wrong) == ("listen", "source", "None"):
                continue  # the microphone
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    function(**right | {argument: value})
            except HearingAIError:
                pass
            except Exception as error:
                found.append(f"{argument} = {wrong}: {type(error).__name__}: {error}"[:200])
    assert not found, "\n".join(found)
