"""Near misses: sequences of phonemes a step or two from a word."""

import numpy as np
import pytest

from hearingai.synthesis.near_misses import as_text, distance, near_misses

SOUNDS = ["j", "E", "s", "t", "p", "n", "oU", "aI", "I"]


def test_near_misses_are_near_and_new():
    word, other = ("j", "E", "s"), ("j", "E", "t")
    found = near_misses(word, SOUNDS, 20, np.random.default_rng(0), [other])
    assert len(found) == len(set(found)) == 20
    assert not {word, other} & set(found)
    assert {distance(word, each) for each in found} == {1, 2}
    assert found == near_misses(word, SOUNDS, 20, np.random.default_rng(0), [other])


def test_a_word_without_more_near_misses_has_fewer():
    found = near_misses(("oU",), ["oU", "n"], 50, np.random.default_rng(0))
    assert set(found) == {("n", "oU")} or set(found) == {("n", "oU"), ("oU", "oU")}


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "bc", 1), ("abc", "", 3), ("ab", "ba", 2)],
)
def test_distance_counts_edits(one, other, wanted):
    assert distance(one, other) == distance(other, one) == wanted


def test_phonemes_are_written_as_espeak_reads_them():
    assert as_text(["j", "E", "s"]) == "[[j|'E|s]]"
