"""What sounds almost like a word: its phonemes with one or two of them changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

_VOWELS = tuple("aeiouyAEIOUVYQ@0&3")  # that eSpeak's names of vowels begin with
_TRIES = 50  # a near miss that is new


def near_misses(
    word: Sequence[str],
    sounds: Collection[str],
    n: int,
    rng: np.random.Generator,
    apart_from: Collection[tuple[str, ...]] = (),
) -> list[tuple[str, ...]]:
    """Draw sequences of phonemes that are one or two edits away from a word.

    A phoneme is put in the place of another (a vowel for a vowel), left out, or added.

    Args:
        word: Its phonemes.
        sounds: The phonemes to draw from.
        n: How many; fewer where a short word has no more.
        rng: Random numbers.
        apart_from: Sequences that are to stay others.

    Returns:
        Sequences of phonemes, each once.
    """
    of_kind = {kind: sorted(p for p in sounds if is_vowel(p) == kind) for kind in (True, False)}
    taken, found = {tuple(word), *apart_from}, list[tuple[str, ...]]()
    for _ in range(n * _TRIES):
        if len(found) == n:
            break
        edited = list(word)
        for _ in range(rng.integers(1, 3) if len(word) > 2 else 1):
            edited = _edited(edited, of_kind, rng)
        if tuple(edited) not in taken and any(is_vowel(p) for p in edited):
            taken.add(tuple(edited))
            found.append(tuple(edited))
    return found


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many phonemes must be changed, left out or added to make one of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def is_vowel(phoneme: str) -> bool:
    """Whether one of eSpeak's phonemes is a vowel."""
    return phoneme.startswith(_VOWELS)


def as_text(sequence: Sequence[str]) -> str:
    """Phonemes as eSpeak NG reads them, the first vowel stressed."""
    first = next((i for i, p in enumerate(sequence) if is_vowel(p)), -1)
    marked = [f"'{p}" if i == first else p for i, p in enumerate(sequence)]
    return f"[[{'|'.join(marked)}]]"


def _edited(word: list[str], of_kind: dict[bool, list[str]], rng: np.random.Generator) -> list[str]:
    at, way = int(rng.integers(len(word))), rng.random()
    if way < 0.2 and len(word) > 2:
        return word[:at] + word[at + 1 :]
    if way < 0.4:
        other = of_kind[bool(rng.random() < 0.3)]
        return [*word[:at], str(rng.choice(other)), *word[at:]] if other else word
    others = of_kind[is_vowel(word[at])]
    return [*word[:at], str(rng.choice(others)), *word[at + 1 :]] if others else word
