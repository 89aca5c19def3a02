"""What a record says was spoken goes to word_classifier(), so a file must hold that alone."""

import pytest

from hearingai.classifier.record_checks import check_record
from hearingai.errors import HearingAIError

LABELS = ["yes", "unknown", "silence"]
SPOKEN = {
    "words": {"yes": ["yes", "[[jEs]]"]},
    "language": "en",
    "voices": 12,
    "others": ["yet"],
    "duration": 1.0,
    "epochs": None,
    "synthesizer": "1.52.0",
}


def test_what_was_spoken_is_kept():
    check_record({"spoken": SPOKEN}, LABELS)


@pytest.mark.parametrize(
    "spoken",
    [
        None,
        SPOKEN | {"store": "elsewhere"},
        {name: SPOKEN[name] for name in SPOKEN if name != "synthesizer"},
        SPOKEN | {"words": {"go": ["go"]}},
        SPOKEN | {"words": {"yes": "yes"}},
        SPOKEN | {"others": [1]},
        SPOKEN | {"duration": float("nan")},
        SPOKEN | {"duration": 10**400},
        SPOKEN | {"voices": "12"},
    ],
)
def test_anything_else_is_refused(spoken):
    with pytest.raises(HearingAIError, match="`spoken` of its training record is damaged"):
        check_record({"spoken": spoken}, LABELS)


@pytest.mark.parametrize("name", ["thresholds", "spoken", "gate"])
def test_a_record_of_many_labels_is_checked_at_once(name):
    labels = [str(i) for i in range(100_000)]
    told = {
        "thresholds": dict.fromkeys(labels, 0.5),
        "spoken": SPOKEN | {"words": {label: [label] for label in labels}},
        "gate": {"target": labels},
    }
    check_record({name: told[name]}, labels)
    with pytest.raises(HearingAIError, match=f"`{name}` of its training record is damaged"):
        check_record({name: told[name]}, labels[1:])
