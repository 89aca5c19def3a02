"""A detector of ten words that learns on windows of made recordings: words laid into noise.

Of each window that holds a whole word it learns the word, and of one that holds half a word or
none, `background`: in a long recording most windows are like that. A small network and a head on a
body learn from the same windows and are asked together, since their errors differ.
"""

import tempfile
from pathlib import Path

import measure
import pandas as pd

import hearingai

BODY = "speech-embedding"
EVERY = 2.5  # seconds from word to word
HOP = 0.4  # seconds from window to window
# Of each recording the ratios of word to noise, in dB, and the level of the noise.
RECORDINGS = (
    ((5, 10, 15), -30),
    ((10, 20, 25), -40),
    ((0, 10, 20), -45),
    ((5, 15, 20), -50),
)
# A word that is shifted may leave its window, and one that is stretched grow longer than it.
SPEED = ("speed_change", {"limits": (0.9, 1.1)})
UNFIT = ("speed_change", "time_shift")
LEARNING = {
    "words": {"epochs": 10},
    "head": {
        "body": BODY,
        "augment": (SPEED, "gain"),
        "copies": 1,
        "network_options": {"hidden": 512},
        "label_smoothing": 0.05,
        "schedule": "cosine",
        "epochs": 30,
        "batch_size": 128,
    },
}


def corpus(data, seed):
    """Every clip of speech there is, split by speaker, and each recording of noise's middle."""
    clips = hearingai.speech_commands(data).drop(columns=["split", "class_id"])
    clips["class"] = clips["class"].where(clips["class"].isin(measure.TEN_WORDS), "_unknown_")
    shares = {"train": 0.63, "validation": 0.07, "test": 0.3}
    clips = hearingai.split_clips(clips, shares, by="speaker", seed=seed)
    noise = hearingai.background_noise(data)
    noise["middle"] = noise["duration"] / 2
    return clips, noise


def detector(clips, noise, options, seed):
    """The members that learnt by each recipe, trained where their files are missing, as one."""
    paths = {name: _path(name, options, seed) for name in options.recipes}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        _train(clips, noise, {name: paths[name] for name in missing}, options, seed)
    members = [hearingai.load_classifier(path) for path in paths.values()]
    return hearingai.ensemble(members) if len(members) > 1 else members[0]


def _path(name, options, seed):
    quick = "-quick" if options.quick else ""
    return options.model.with_name(f"{options.model.name}-{name}-{seed}{quick}.keras")


def _train(clips, noise, paths, options, seed):
    """Train by each recipe on the first halves of the noise, and save what has learnt."""
    background = pd.DataFrame({"fname": noise["fname"], "start": 0.0, "end": noise["middle"]})
    with tempfile.TemporaryDirectory() as folder:
        teaching = clips[clips["split"] == "train"]
        windows = _windows(teaching, background, Path(folder), options, seed)
        print(windows["class"].value_counts().to_string(), flush=True)
        for name, path in paths.items():
            classifier = hearingai.fit(
                _recipe(name),
                windows,
                duration=1.0,
                validation=False,
                epochs=1 if options.quick else None,
                seed=seed,
            )
            hearingai.save_classifier(classifier, path)


def _recipe(name):
    """A recipe as a detector learns by it: windows have their words where they have them."""
    settings = LEARNING[name]
    if "augment" not in settings:
        kept = [step for step in hearingai.get_recipe(name).augment if step[0] not in UNFIT]
        settings = settings | {"augment": (SPEED, *kept)}
    return hearingai.get_recipe(name, **settings)


def _windows(clips, background, folder, options, seed):
    """Windows of recordings in which each clip lies once, with the words that lie in them."""
    tables = []
    for i, (snr, level) in enumerate(RECORDINGS[: 1 if options.quick else None]):
        path = folder / f"{i}.flac"
        mixed = clips.sample(frac=1, random_state=i)[: 40 if options.quick else None]
        truth = hearingai.lay_clips(
            background,
            mixed,
            path,
            snr_db=snr,
            every=EVERY,
            duration=EVERY * (len(mixed) + 1),
            level_db=level,
            sample_rate=measure.RATE,
            seed=seed + i,
        )
        tables.append(
            hearingai.clips_from_annotations(
                path,
                truth,
                window=1.0,
                hop=HOP,
                min_overlap=0.9,
                negative_overlap=0.5,
                negatives=0.6,
                one_label=True,
                seed=seed + i,
            )
        )
    return pd.concat(tables, ignore_index=True).drop(columns="class_id")
