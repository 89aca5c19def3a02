"""A detector of ten words that learns on windows of made recordings: words laid into noise.

Of each window that holds a whole word it learns the word, and of one that holds half a word or
none, `background`: in a long recording most windows are like that.
"""

import tempfile
from pathlib import Path

import measure
import pandas as pd

import hearingai

SEED = 1
EVERY = 2.5  # seconds from word to word
HOP = 0.2  # seconds from window to window
# Of each recording the ratios of word to noise, in dB, and the level of the noise.
RECORDINGS = (
    ((5, 10, 15), -30),
    ((10, 20, 25), -40),
    ((0, 10, 20), -45),
    ((5, 15, 20), -50),
)
VARIED = ("speed_change", "gain")
HEAD = {
    "copies": 1,
    "network_options": {"hidden": 512},
    "label_smoothing": 0.05,
    "schedule": "cosine",
    "epochs": 30,
    "batch_size": 128,
}


def corpus(data):
    """Every clip of speech there is, split by speaker, and each recording of noise's middle."""
    clips = hearingai.speech_commands(data).drop(columns=["split", "class_id"])
    clips["class"] = clips["class"].where(clips["class"].isin(measure.TEN_WORDS), "_unknown_")
    shares = {"train": 0.63, "validation": 0.07, "test": 0.3}
    clips = hearingai.split_clips(clips, shares, by="speaker", seed=SEED)
    noise = hearingai.background_noise(data)
    noise["middle"] = noise["duration"] / 2
    return clips, noise


def train(clips, noise, options):
    """Train the detector on the first halves of the noise, and save it."""
    recipe = hearingai.get_recipe(options.recipe)
    if options.body:
        recipe = hearingai.get_recipe(recipe, body=options.body)
    if recipe.body:
        recipe = hearingai.get_recipe(recipe, augment=VARIED, **HEAD)
    background = pd.DataFrame({"fname": noise["fname"], "start": 0.0, "end": noise["middle"]})
    with tempfile.TemporaryDirectory() as folder:
        windows = _windows(clips[clips["split"] == "train"], background, Path(folder), options)
        print(windows["class"].value_counts().to_string(), flush=True)
        classifier = hearingai.fit(
            recipe,
            windows,
            duration=1.0,
            validation=False,
            epochs=options.epochs,
            seed=SEED,
            checkpoint=options.model.with_suffix(".checkpoint.keras"),
        )
    hearingai.save_classifier(classifier, options.model)
    return classifier


def _windows(clips, background, folder, options):
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
            seed=SEED + i,
        )
        tables.append(
            hearingai.clips_from_annotations(
                path,
                truth,
                window=1.0,
                hop=HOP,
                min_overlap=0.9,
                negative_overlap=0.5,
                negatives=0.8,
                one_label=True,
                seed=SEED + i,
            )
        )
    return pd.concat(tables, ignore_index=True).drop(columns="class_id")
