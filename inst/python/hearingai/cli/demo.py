"""The demonstration: synthesised words, a classifier trained on them, and its results."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import hearingai
from hearingai import AudioClassifier, Evaluation

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.files import made_folder, write_table
from ..runtime.sizes import counted

PLOTS = ("waveform", "spectrogram", "history", "confusion", "alluvial")


def run(
    folder: PathLike,
    words: Sequence[str],
    *,
    n: int = 100,
    epochs: int = 20,
    seed: int = 1,
    say: Callable[[str], object] = print,
) -> dict[str, Any]:
    """Synthesise words, train, save, predict and draw.

    Args:
        folder: Folder of the results; created if missing. Files of an earlier run are replaced.
        words: The words to tell apart.
        n: Clips a word.
        epochs: Passes over the clips.
        seed: Seeds all random choices.
        say: Called with a line of text before each step.

    Returns:
        A dict with `folder`, `model`, `predictions`, `plots`, `accuracy`, `n`, `fingerprint` and
        `pretrained`, the accuracy of the classifier in the package on the words that it knows.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise HearingAIError(f"`{folder}` is not a folder")
    made_folder(folder)
    say(f"Synthesising {n} clips each of: {', '.join(words)}")
    clips = hearingai.spoken_words(words, n=n, seed=seed)
    write_table(clips, folder / "clips.csv", overwrite=True)
    ready = _ready_made(clips)
    if ready is not None:
        say(f"ten-words, the classifier in the package, recognises {ready:.3f} of them untrained")
    say(f"Training on {sum(clips['split'] == 'train')} clips for {counted(epochs, 'epoch')}")
    classifier = hearingai.fit("speech-commands-small", clips, epochs=epochs, seed=seed)
    model = hearingai.save_classifier(classifier, folder / "words.keras", overwrite=True)
    say(f"Saved {model}")
    unseen = clips[clips["split"] == "test"]
    result = hearingai.evaluate(classifier, unseen)
    say(f"Accuracy {result.accuracy:.3f} on {result.n} clips of new speakers")
    predictions = folder / "predictions.csv"
    # As float64, whose text R reads back to the same number.
    numbers = result.predictions.select_dtypes("float32").columns
    write_table(
        result.predictions.astype(dict.fromkeys(numbers, "float64")), predictions, overwrite=True
    )
    plots = _draw(folder, classifier, unseen, result)
    return {
        "folder": str(folder),
        "model": str(model),
        "predictions": str(predictions),
        "plots": plots,
        "accuracy": result.accuracy,
        "n": result.n,
        "fingerprint": classifier.fingerprint(),
        "pretrained": ready,
    }


def _ready_made(clips: pd.DataFrame) -> float | None:
    """The accuracy of the classifier in the package on the words that it knows, if any."""
    classifier = hearingai.pretrained("ten-words")
    known = clips[clips["class"].isin(classifier.labels)]
    return hearingai.evaluate(classifier, known).accuracy if len(known) else None


def _draw(
    folder: Path,
    classifier: AudioClassifier,
    clips: pd.DataFrame,
    result: Evaluation,
) -> list[str]:
    """Draw the five plots; returns their paths."""
    first = clips.iloc[0]
    waveform, rate = hearingai.read_audio(first["fname"], sample_rate=classifier.sample_rate)
    image = classifier.images(waveform[None])[0]
    title = f'"{first["class"]}", said by {first["speaker"]}'
    figures = (
        hearingai.plot_waveform(waveform, rate, title=title),
        hearingai.plot_spectrogram(image, sample_rate=rate, title=title),
        hearingai.plot_history(hearingai.training_history(classifier)),
        hearingai.plot_confusion(result.confusion),
        hearingai.plot_alluvial(result.confusion, min_n=1),
    )
    paths = [folder / f"{name}.png" for name in PLOTS]
    for figure, path in zip(figures, paths, strict=True):
        figure.savefig(path, dpi=120, bbox_inches="tight")
    return [str(path) for path in paths]
