"""The classifiers that are part of the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..runtime.arguments import choose

if TYPE_CHECKING:
    import pandas as pd

    from .model import AudioClassifier

FOLDER = Path(__file__).parents[1] / "models"  # NAME.keras, and its model card NAME.md
FACTS_END = "---\n"  # before and after the facts of a card


def pretrained_names() -> tuple[str, ...]:
    """The names of the classifiers in the package, sorted; needs no Keras."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.keras")))


def pretrained_file(name: str) -> Path:
    """The `.keras` file of a classifier in the package."""
    return FOLDER / f"{choose('name', name, pretrained_names())}.keras"


def pretrained(name: str) -> AudioClassifier:
    """Open a classifier that is part of the package: trained, and in need of no download.

    `"ten-words"` recognises yes, no, up, down, left, right, on, off, stop and go in English; any
    other word is `unknown`, and sound without speech is `silence`. It takes the loudest second of
    a longer recording; `annotate`, `listen` and `explore` take all of it. What each classifier is
    for, and what it cannot do, is in its `model_card`.

    Args:
        name: A name that `list_pretrained()` shows.

    Returns:
        An `AudioClassifier`, like one of your own: `fine_tune` and `few_shot` take it too.

    Raises:
        HearingAIError: There is no classifier of that name.

    Source:
        Warden (2018), Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition,
        https://arxiv.org/abs/1804.03209. Data: CC BY 4.0.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.pretrained("ten-words")
        >>> classifier.labels[-2:], classifier.sample_rate
        (['unknown', 'silence'], 16000)
    """
    from .saving import load_classifier

    return load_classifier(pretrained_file(name))


def list_pretrained() -> pd.DataFrame:
    """List the classifiers that are part of the package.

    Returns:
        A DataFrame with a row per classifier: `name`, `labels` (text), `parameters`, `size` (bytes
        of its file), `licence` (of the data that it was trained on), `accuracy` (the mean over the
        labels, on speakers and noises that were not used in training).

    Example:
        >>> import hearingai
        >>> list(hearingai.list_pretrained()["name"])
        ['ten-words']
    """
    import pandas as pd

    return pd.DataFrame(pretrained_rows())


def pretrained_rows() -> list[dict[str, Any]]:
    """The rows of `list_pretrained`, where a table is not needed."""
    rows = []
    for name in pretrained_names():
        facts = facts_of_card(card_in_package(name))
        rows.append(
            {
                "name": name,
                "labels": facts["labels"],
                "parameters": int(facts["parameters"]),
                "size": pretrained_file(name).stat().st_size,
                "licence": facts["licence"],
                "accuracy": float(facts["accuracy"]),
            }
        )
    return rows


def card_in_package(name: str) -> str:
    """The model card of a classifier in the package, Markdown after facts of one line each."""
    return pretrained_file(name).with_suffix(".md").read_text(encoding="utf-8")


def facts_of_card(card: str) -> dict[str, str]:
    """The lines `name: value` between the dashes that a card in the package begins with."""
    lines = card.split(FACTS_END)[1].splitlines()
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}
