"""What is hunted: groups of inputs, and the public functions that each is given to."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

import hearingai
import seeds
from hearingai.clips.clip_format import ClipFormat
from hearingai.clips.decoding import decode_all
from mutation import mutate, mutate_zip

FORMAT = ClipFormat(8000, 400)
Run = Callable[[Path], object]


class Ear:
    """Stands for a classifier: `loud` is as probable as the sound of a window is strong."""

    labels = ["loud", "quiet"]
    hears_embeddings, recipe, target, multi_label = False, None, None, False
    sample_rate, duration, channels, samples = 8000, 0.05, 1, 400
    clip_format = FORMAT
    clip_shape = (400,)
    record: dict = {}

    def on_device(self, device):
        return nullcontext()

    def fingerprint(self):
        return "ear"

    def configuration(self):
        return ""

    def probabilities(self, clips):
        strength = np.abs(clips).reshape(len(clips), -1).mean(axis=1).clip(0, 1)
        return np.stack([strength, 1 - strength], axis=1).astype("float32")


@dataclass
class Group:
    """Inputs of one kind.

    Attributes:
        seeds: `{name: (ending, bytes)}`.
        runs: The functions, by name; each takes the path of an input.
        parts: Of a kind that is a zip, the files in it that are changed.
        text: Whether words and numbers are replaced too.
    """

    seeds: dict[str, tuple[str, bytes]]
    runs: dict[str, Run]
    parts: tuple[str, ...] = ()
    text: bool = False
    fits: Callable[[str, str], bool] = field(default=lambda seed, run: True)

    def draw(self, rng):
        """An input: `(name of its seed, name of the function, ending, bytes)`."""
        name = rng.choice(sorted(self.seeds))
        run = rng.choice([run for run in self.runs if self.fits(name, run)])
        ending, data = self.seeds[name]
        if name == "keras" and rng.random() < 0.9:
            return name, run, ending, mutate_zip(data, rng, self.parts)
        if name == "tfrecord" and rng.random() < 0.7:  # behind the checksums
            return name, run, ending, seeds.tfrecord(mutate(seeds.example(), rng))
        if name in ("onnx", "litert") and rng.random() < 0.7:  # else most is no model at all
            return name, run, ending, mutate(data, rng, steady=True)
        other = rng.choice(list(self.seeds.values()))[1]
        return name, run, ending, mutate(data, rng, other, self.text)


def audio():
    """Recordings, read in every way."""
    ear = Ear()

    def gated(path):
        return hearingai.gate(
            ear, path, target="loud", out=path.with_suffix(".out.wav"), overwrite=True
        )

    runs = {
        "read_audio": lambda p: hearingai.read_audio(p),
        "read_audio(partial=)": lambda p: hearingai.read_audio(p, partial=True),
        "read_audio(start=)": lambda p: hearingai.read_audio(
            p, 16000, mono=False, start=0.05, duration=0.1
        ),
        "audio_info": lambda p: hearingai.audio_info(p),
        "audio_info(partial=)": lambda p: hearingai.audio_info(p, partial=True),
        "decode_all": lambda p: decode_all([p], FORMAT, dtype="int16"),
        "annotate": lambda p: hearingai.annotate(ear, [p], hop=0.025),
        "predict": lambda p: hearingai.predict(ear, [p]),
        "gate": gated,
    }
    return Group(seeds.audio_seeds(), runs)


def growing():
    """Files that are still written, as `listen` follows them."""
    plain = ("wav", "wav-24", "wav-float", "wavex")
    made = {name: seed for name, seed in seeds.audio_seeds().items() if name in plain}
    ear, options = Ear(), {"sample_rate": 8000, "wait": 0.01, "hop": 0.025}

    def listened(path):
        return hearingai.listen(ear, path, callback=lambda event: None, **options)

    return Group(made, {"listen": listened})


def tables():
    """Tables of clips and of events."""
    runs = {
        "read_clips": hearingai.read_clips,
        "load_clips": hearingai.load_clips,
        "read_events": hearingai.read_events,
        "read_annotations": hearingai.read_annotations,
    }
    clips = ("read_clips", "load_clips")
    return Group(
        seeds.table_seeds(),
        runs,
        text=True,
        fits=lambda seed, run: (seed == "clips") == (run in clips),
    )


def embeddings():
    """Files of embeddings."""

    def audioset(path):
        (path.parent / "class_labels_indices.csv").write_text(seeds.LABELS)
        return hearingai.audioset_embeddings(path)

    def read(path):
        rows = {"fname": [str(path)] * 3, "record": [0, 1, 2]}
        return hearingai.read_embeddings(pd.DataFrame(rows))

    def load(path):
        (path.parent / "class_labels_indices.csv").write_text(seeds.LABELS)
        return hearingai.load_clips(path)

    runs = {"turkey": hearingai.turkey, "audioset_embeddings": audioset}
    runs |= {"read_embeddings": read, "load_clips": load}
    of_one = {"turkey": False, "audioset_embeddings": True}
    return Group(
        seeds.embedding_seeds(),
        runs,
        text=True,
        fits=lambda seed, run: of_one.get(run, seed == "tfrecord") == (seed == "tfrecord"),
    )


def keras():
    """Saved classifiers: config and weights changed, or the file as it is."""

    def load(path):
        classifier = hearingai.load_classifier(path)
        return hearingai.predict(classifier, np.zeros((1, *classifier.clip_shape)))

    made = {"keras": seeds.model_seeds(())["keras"]}
    return Group(made, {"load_classifier": load}, ("config.json", "model.weights.h5"))


def exported():
    """Exported classifiers."""

    def load(path):
        classifier = hearingai.load_exported(path)
        return hearingai.predict(classifier, np.zeros((1, *classifier.clip_shape)))

    made = {k: v for k, v in seeds.model_seeds().items() if k != "keras"}
    return Group(made, {"load_exported": load})


def page():
    """Requests of the explorer's page."""
    from pages import Page, request_seeds

    asked = Page(Ear(), tempfile.mkdtemp())
    return Group(request_seeds(), {"explore": lambda p: asked.ask(p.read_bytes())}, text=True)


GROUPS = {f.__name__: f for f in (audio, growing, tables, embeddings, keras, exported, page)}
SHARES = {  # of the inputs of a hunt
    "audio": 0.55,
    "growing": 0.02,
    "tables": 0.15,
    "embeddings": 0.10,
    "keras": 0.02,
    "exported": 0.03,
    "page": 0.13,
}


def place(folder, ending, data):
    """A folder that holds nothing but an input; returns its path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / f"input.{ending}"
    path.write_bytes(data)
    return path
