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

NAN, INF = float("nan"), float("inf")


class Nothing:
    """An object of a class that nobody knows."""


def catalogue(place):
    """What people pass by mistake, and what attackers pass."""
    return {
        "None": None,
        "True": True,
        "minus one": -1,
        "a fraction": 1.5,
        "nan": NAN,
        "infinity": INF,
        "a huge number": 10**30,
        "complex": 1j,
        "text": "no such thing",
        "no text": "",
        "bytes": b"bytes",
        "an odd name": "a\udce9\0b",
        "no list": [],
        "a list of None": [None],
        "a nested list": [[1, [2]], "x"],
        "a dict": {"no": "such"},
        "a set": {1},
        "an object": Nothing(),
        "an array of nan": np.full(3, NAN),
        "an array of text": np.array(["a", "b"]),
        "four axes": np.zeros((2, 3, 4, 5)),
        "no table": pd.DataFrame(),
        "a table of gaps": pd.DataFrame({"fname": [None], "class": [None], "label": [None]}),
        "times as text": pd.DataFrame(
            {"fname": ["a.wav"], "class": ["a"], "label": ["a"], "start": ["0,1"], "end": ["x"]}
        ),
        "a folder": place,
        "a long name": "x" * 5000,
    }


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
    sound, noise = rng.uniform(-0.5, 0.5, 1500), place / "noise.wav"
    hearingai.write_audio(noise, rng.uniform(-0.1, 0.1, 4000), 1000)
    truth = ["a", "b", "a", "b"]
    return {
        "clips": clips,
        "recipe": recipe,
        "classifier": classifier,
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


def calls(t):
    """A right call of every public function: its arguments by name."""
    hearing = {"classifier": t["classifier"], "hop": 0.25}
    new = str(t["place"] / "new")
    score = {"truth": t["truth"], "score": t["scores"], "target": "a"}
    labels = {"truth": t["truth"], "predicted": ["a", "a", "b", "b"]}
    placed = {"events": t["events"], "truth": t["events"]}
    times = pd.DataFrame({"fname": ["x.wav"], "time": "2024-05-01T04:30Z", "duration": 60})
    times = times.assign(latitude=52.5, longitude=13.4)
    history = hearingai.detection_history(t["events"], times)
    image = np.abs(t["sound"][:400]).reshape(20, 20)
    said = pd.DataFrame({"class": ["a", "b"], "prob_a": [0.9, 0.2], "prob_b": [0.1, 0.8]})
    return {
        "annotate": hearing | {"recordings": t["sound"]},
        "calibrate": {"classifier": t["classifier"], "clips": t["clips"]},
        "learn_novelty": {"classifier": t["classifier"], "clips": t["clips"]},
        "choose_thresholds": hearing | {"recordings": t["sound"]},
        "word_classifier": {"words": "yes", "voices": 1, "clips": t["clips"]},
        "piper_voice": {"path": t["wav"]},
        "mine_false_alarms": hearing | {"recordings": t["noise"], "clips": t["clips"]},
        "Stream": hearing,
        "listen": hearing | {"source": iter(()), "sample_rate": 1000, "wait": 0.01},
        "compile": {"classifier": t["classifier"], "optimizer": "adam", "loss": "kl_divergence"},
        "predict": {"classifier": t["classifier"], "recordings": t["sound"]},
        "embed": {"classifier": t["classifier"], "recordings": t["sound"]},
        "evaluate": {"classifier": t["classifier"], "clips": t["clips"]},
        "explain": {"classifier": t["classifier"], "recording": t["sound"], "steps": 2},
        "gate": {"classifier": t["classifier"], "sound": t["sound"], "target": "a"},
        "Gate": {"classifier": t["classifier"], "sample_rate": 1000, "target": "a"},
        "fit": {"classifier": t["recipe"], "clips": t["clips"], "epochs": 1},
        "cross_validate": {"recipe": t["recipe"], "clips": t["clips"], "folds": "fold"},
        "tune": {
            "recipe": t["recipe"],
            "clips": t["clips"],
            "space": {"batch_size": [2]},
            "validation": 0.5,
        },
        "fine_tune": {"classifier": t["classifier"], "clips": t["clips"]},
        "merge_labels": {"classifier": t["classifier"], "groups": {"c": ["a"]}},
        "pretrained": {"name": "ten-words"},
        "model_card": {"classifier": "ten-words"},
        "push_to_hub": {"classifier": t["classifier"], "repository": "nobody"},
        "few_shot": {"classifier": t["classifier"], "clips": t["clips"]},
        "train_gate": {"wanted": t["folder"], "unwanted": t["folder"], "n_mixtures": 4},
        "prepare": {"clips": t["clips"], "recipe": t["recipe"], "store": new},
        "export": {"classifier": t["classifier"], "path": new},
        "explore": hearing,
        "serve_api": hearing,
        "read_run": {"folder": t["folder"]},
        "get_body": {"name": "birdnet"},
        "open_body": {"path": t["network"], "sample_rate": 1000},
        "body_info": {"path": t["network"]},
        "create_classifier": {"recipe": "gate", "labels": ["a", "b"]},
        "get_recipe": {"name": "gate"},
        "classifier_info": {"classifier": t["classifier"]},
        "training_history": {"classifier": t["classifier"]},
        "add_body": {"classifier": t["tagger"], "body": t["body"]},
        "save_classifier": {"classifier": t["classifier"], "path": new + ".keras"},
        "load_classifier": {"path": t["model"]},
        "load_exported": {"path": t["model"]},
        "ensemble": {"classifiers": [t["classifier"]] * 2},
        "data_generator": {"df": t["clips"], "batch_size": 2, "sample_rate": 1000},
        "audio_info": {"path": t["wav"]},
        "read_audio": {"path": t["wav"]},
        "write_audio": {"path": new + ".wav", "waveform": t["sound"], "sample_rate": 1000},
        "resample": {"waveform": t["sound"], "from_rate": 1000, "to_rate": 500},
        "fit_channels": {"waveform": t["sound"], "channels": 1},
        "fit_length": {"waveform": t["sound"], "samples": 100},
        "find_tones": {"waveform": t["sound"], "sample_rate": 1000},
        "two_tone": {},
        "audio_folder": {"path": t["folder"]},
        "load_clips": {"path": t["folder"]},
        "read_clips": {"path": str(t["place"] / "clips.csv")},
        "clip_table": {"fname": ["a.wav", "b.wav"], "class_": ["a", "b"]},
        "split_clips": {"clips": t["clips"], "fractions": {"train": 0.5, "test": 0.5}},
        "fold_split": {"clips": t["clips"], "fold": "s1", "by": "speaker"},
        "read_events": {"path": str(t["place"] / "events.csv")},
        "read_annotations": {"path": t["events"], "recordings": t["folder"]},
        "clips_from_annotations": {
            "recordings": t["folder"],
            "annotations": t["events"].assign(fname=t["wav"]),
            "window": 0.2,
        },
        "cut_events": {"events": t["events"].assign(fname=t["wav"]), "folder": new + "-cut"},
        "label_counts": {"table": t["clips"]},
        "write_events": {"events": t["events"], "path": new + ".csv"},
        "recording_times": {"recordings": t["wav"]},
        "add_times": {"events": t["events"], "times": times},
        "detection_history": {"events": t["events"], "effort": times},
        "presence_matrix": {"history": history},
        "activity_pattern": {"events": t["events"], "effort": times},
        "density_sample": {"scores": t["events"], "n": 1},
        "estimate_density": {"scores": t["events"], "validated": t["events"].assign(present=1)},
        "detection_metrics": placed,
        "streaming_accuracy": placed,
        "lay_clips": {
            "background": t["noise"],
            "clips": t["clips"],
            "path": new + "-laid.wav",
            "sample_rate": 1000,
        },
        "binary_metrics": score,
        "choose_threshold": score,
        "score_curve": score,
        "bootstrap_interval": labels | {"n": 10},
        "class_report": labels,
        "confusion": labels,
        "class_aucs": {
            "truth": t["truth"],
            "probabilities": np.full((4, 2), 0.5),
            "labels": ["a", "b"],
        },
        "mel_filters": {"sample_rate": 1000, "fft_size": 64, "n_mels": 8},
        "plot_alluvial": {"confusion": hearingai.confusion(**labels), "min_n": 1},
        "plot_confusion": {"confusion": hearingai.confusion(**labels)},
        "plot_curve": score,
        "plot_detections": placed,
        "plot_reliability": {"found": hearingai.reliability(said)},
        "reliability": {"evaluation": said},
        "plot_detection_history": {"history": history},
        "plot_activity": {"pattern": hearingai.activity_pattern(t["events"], times)},
        "plot_density": {"density": Nothing()},
        "plot_det": {"metrics": hearingai.detection_metrics(t["events"], t["events"], duration=9)},
        "plot_events": {"events": t["events"]},
        "plot_spectrogram": {"image": image},
        "plot_waveform": {"waveform": t["sound"], "sample_rate": 1000},
        "plot_panels": {"sound": t["sound"], "sample_rate": 1000},
        "plot_bands": {"n_mels": 8, "sample_rate": 8000},
        "plot_augmented": {"sound": t["sound"], "augment": "gain", "sample_rate": 1000},
        "plot_history": {"history": pd.DataFrame({"epoch": [1], "loss": [1.0], "accuracy": [0.5]})},
        "plot_folds": {"result": pd.DataFrame({"fold": [1, 2], "accuracy": [0.5, 0.6]})},
        "plot_tuning": {"table": pd.DataFrame({"trial": [1], "units": [1], "accuracy": [0.5]})},
        "plot_gate": {"gated": t["gated"]},
        "plot_explanation": {"explanation": Nothing()},
        "gate_levels": {"gated": t["gated"], "wanted": t["sound"], "unwanted": t["sound"]},
        "read_embeddings": {"clips": t["clips"]},
        "speech_commands": {"path": t["folder"]},
        "background_noise": {"path": t["folder"]},
        "urbansound8k": {"path": t["folder"]},
        "esc50": {"path": t["folder"]},
        "fsdd": {"path": t["folder"]},
        "turkey": {"path": t["folder"]},
        "audioset_embeddings": {"path": t["folder"]},
        "LogSpectrogram": {},
        "LogMel": {},
        "MFCC": {},
        "Deltas": {},
        "Scaling": {},
        "Gain": {},
        "TimeShift": {},
        "SpeedChange": {},
        "SpecAugment": {},
        "Mixup": {},
        "BetweenClass": {"sample_rate": 1000},
        "PositiveMix": {},
        "EmbeddingJitter": {},
        "BandWarp": {},
        "ColouredNoise": {},
        "Equalizer": {},
        "RoomResponse": {"responses": [t["wav"]], "sample_rate": 1000},
        "Telephone": {},
        "Codec": {},
        "Clipping": {},
        "MicrophoneTilt": {},
        "PitchShift": {},
        "BackgroundNoise": {"noise": [t["wav"]], "sample_rate": 1000},
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


@pytest.fixture
def at_once(monkeypatch, tmp_path, things):
    """What takes long or leaves the machine does nothing."""
    from hearingai.training import fitting

    def refuse(*_, **__):
        raise HearingAIError("not in this test")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["hearingai.datasets.speech_commands"], "fetch", refuse)
    for module in ("gates.training", "training.tuning"):
        monkeypatch.setattr(f"hearingai.{module}.fit_read", refuse)
    for module in ("training.cross_validation.at_once", "training.cross_validation.in_turn"):
        monkeypatch.setattr(f"hearingai.{module}", refuse)
    monkeypatch.setattr(fitting, "run_epochs", refuse)
    monkeypatch.setattr("hearingai.words.word_classifier.make", refuse)
    monkeypatch.setattr(fitting, "create_classifier", lambda *_, **__: things["classifier"])
    monkeypatch.setattr("hearingai.training.fine_tuning.on_same_body", refuse)
    monkeypatch.setattr("hearingai.training.few_shots.on_same_body", refuse)
    monkeypatch.setattr("hearingai.words.mining.on_same_body", refuse)
    monkeypatch.setattr("hearingai.gates.training.mixtures", refuse)
    monkeypatch.setattr("hearingai.explorer.exploring.Explorer", refuse)
    monkeypatch.setattr("hearingai.api.server.ApiServer", refuse)
    monkeypatch.setattr("hearingai.exports.conversion.convert", refuse)


def test_every_public_function_is_tried(things):
    assert set(NAMES) == set(calls(things))


@pytest.mark.parametrize("name", NAMES)
def test_wrong_values_are_our_errors(name, things, place, at_once):
    function, right = getattr(hearingai, name), calls(things)[name]
    found = []
    for argument in arguments_of(name):
        for wrong, value in catalogue(place).items():
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
