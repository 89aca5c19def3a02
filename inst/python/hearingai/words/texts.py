"""What is to be listened for: labels, and the texts that are spoken for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..errors import HearingAIError, warn
from ..synthesis.languages import check_text, said
from ..tables.rest_labels import is_rest

MOST_WORDS = 100


def texts_of(words: Any) -> dict[str, tuple[str, ...]]:
    """The texts of each label.

    Args:
        words: See `word_classifier`.

    Raises:
        HearingAIError: It is empty, names a word twice or one of the rest, or too many.
    """
    if isinstance(words, str):
        words = [words]
    if isinstance(words, Mapping):
        given = [(label, texts) for label, texts in words.items()]
    elif isinstance(words, Sequence):
        given = [(word, word) for word in words]
    else:
        raise HearingAIError(f"`words` must be words, or texts by label. Received: {words!r}")
    if not given:
        raise HearingAIError("`words` must be one or more words. Received: none")
    if len(given) > MOST_WORDS:
        raise HearingAIError(f"`words` can be {MOST_WORDS} at most. Received: {len(given)}")
    found: dict[str, tuple[str, ...]] = {}
    for label, texts in given:
        label, texts = _label(label), texts if isinstance(texts, (list, tuple)) else [texts]
        if label.casefold() in {known.casefold() for known in found}:
            raise HearingAIError(f"`words` names {label!r} twice")
        if not texts:
            raise HearingAIError(f"`words`: {label!r} has no text that is spoken for it")
        found[label] = tuple(_text(text) for text in texts)
    return found


def refuse_words(others: Sequence[str], texts: Mapping[str, Sequence[str]]) -> None:
    """Refuse texts of strangers that are those of a word.

    Raises:
        HearingAIError: One is.
    """
    spoken = {text.casefold(): label for label, told in texts.items() for text in told}
    for text in others:
        label = spoken.get(" ".join(text.split()).casefold())
        if label is not None:
            raise HearingAIError(
                f"`others`: {text!r} is one of the texts of {label!r}, one of the `words`"
            )


def texts_from(text: str) -> dict[str, tuple[str, ...]]:
    """Texts by label, as they are typed: `"no, tomato=tomato|[[t@m'A:t@U]]"`.

    Raises:
        HearingAIError: A label is named twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for entry in re.split(r",(?![^\[]*\]\])", text.strip().rstrip(",")):
        label, _, told = (part.strip() for part in entry.partition("="))
        if label in found:
            raise HearingAIError(f"`words` names {label!r} twice")
        found[label] = tuple(each.strip() for each in (told or label).split("|"))
    return found


def _label(label: Any) -> str:
    label = _text(label)
    if is_rest(label):
        raise HearingAIError(f"`words`: {label!r} is the label of what is no word; name another")
    return label


def _text(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise HearingAIError(f"`words` must be text. Received: {text!r}")
    return " ".join(text.split())


def phonemes_of(texts: Mapping[str, Sequence[str]], language: str) -> dict[str, list[list[str]]]:
    """The phonemes of every text of each label; words that sound alike are told of.

    Raises:
        HearingAIError: A text cannot be said in the language.
    """
    every = [text for of_label in texts.values() for text in of_label]
    for text in every:
        check_text(text, language)
    spoken = iter(said(every, language))
    found = {label: [next(spoken) for _ in of_label] for label, of_label in texts.items()}
    for one, other in combinations(found, 2):
        if any(word in found[other] for word in found[one]):
            warn(f"`words`: {one!r} and {other!r} sound alike, and one is taken for the other")
    return found
