"""Labels of the rest are heard and not reported, unless they are asked for."""

import numpy as np
import pytest

import hearingai
from hearingai.events.rules import event_rules
from hearingai.events.windows import Grid, exact
from hearingai.gates._settings import gate_settings
from hearingai.tables.rest_labels import is_unknown

GRID = Grid(10, 10, exact(0.5))
LABELS = ["_background_noise_", "no", "silence", "unknown", "yes"]


def reported(known, **options):
    rules = event_rules(known, GRID, **options)
    return [rules.labels[i] for i in rules.reported]


@pytest.mark.parametrize(
    "name", ["silence", "_silence_", "Background", "_background_noise_", "unknown", "other"]
)
def test_the_rest_is_not_reported(name):
    assert reported(["a", name, "z"]) == ["a", "z"]


def test_it_is_reported_where_it_is_asked_for_or_all_there_is():
    assert reported(LABELS) == ["no", "yes"]
    assert reported(LABELS, labels=["silence", "yes"]) == ["silence", "yes"]
    assert reported(LABELS, labels=LABELS) == LABELS
    assert reported(LABELS, ignore="no") == ["yes"]
    assert reported(["silence", "unknown"]) == ["silence", "unknown"]


def test_what_stands_for_the_unknown_is_known():
    assert [name for name in [*LABELS, "_Unknown_", "other"] if is_unknown(name)] == [
        "unknown",
        "_Unknown_",
    ]


@pytest.mark.parametrize(
    ("labels", "target"),
    [
        (["other", "speech"], "speech"),
        (["speech", "unknown"], "speech"),
        (["background", "turkey"], "turkey"),
        (["no", "yes"], "yes"),
        (["background", "silence"], "silence"),
        (["a", "b", "unknown"], None),
    ],
)
def test_the_positive_class_is_none_of_the_rest(labels, target):
    classifier = hearingai.create_classifier("speech-commands-small", labels, seed=1)
    assert classifier.target == target


def test_a_gate_lets_through_all_but_the_rest():
    classifier = hearingai.create_classifier("speech-commands-small", LABELS, seed=1)
    assert gate_settings(classifier).target == ("no", "yes")
    assert gate_settings(classifier, "unknown").target == ("unknown",)
    plain = hearingai.create_classifier("speech-commands-small", ["a", "b", "c"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="`target` must name the labels"):
        gate_settings(plain)


def test_windows_show_every_label():
    classifier = hearingai.create_classifier("speech-commands-small", LABELS, seed=1)
    found = hearingai.annotate(classifier, np.zeros(32000), threshold=0.01)
    assert [f"prob_{label}" for label in LABELS] == list(found.windows)[3:]
    assert set(found.events["label"]) == {"no", "yes"}
