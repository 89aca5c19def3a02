"""Networks that are described layer by layer, as R does it."""

import pytest

import hearingai
from hearingai.bridge import Layers, describe_network
from hearingai.recipes.architecture import Architecture
from own_networks import SHAPE, made, small


def dense(*args, **options):
    return {"layer": "Dense", "args": list(args), "options": options}


def test_a_described_network_is_that_of_keras():
    told = [
        {"layer": "Conv2D", "args": [3, 5], "options": {"activation": "relu"}},
        {"layer": "Dropout", "args": [0.2], "options": {}},
        {"layer": "GlobalAveragePooling2D", "args": [], "options": {}},
        dense(4, activation="relu"),
        dense(2, activation="softmax"),
    ]
    assert made(Layers(told)).fingerprint() == made(small).fingerprint()
    shown = describe_network(Layers(told, SHAPE))
    assert shown["shapes"] == ["44 x 13 x 3", "44 x 13 x 3", "3", "4", "2"]
    assert sum(shown["parameters"]) == made(small).count_params()
    assert describe_network(Architecture(small(SHAPE, 2)))["layers"] == shown["layers"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"layer": "Conv2d", "args": [], "options": {}}, "no layer `Conv2d`. .*`Conv2D`?"),
        ({"layer": "layer_dense", "args": [], "options": {}}, "Did you mean `Dense`?"),
        ({"layer": "Lambda", "args": [], "options": {}}, "`Lambda` cannot be a layer here"),
        (dense(), "missing a required argument: 'units'"),
        (dense(3, activaton="relu"), "no argument `activaton`. Did you mean `activation`?"),
        (dense(3, activation="rellu"), "Dense cannot be made: .*rellu"),
    ],
)
def test_a_misspelt_layer_is_named(told, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        made(Layers([told]))


def test_a_layer_that_cannot_follow_is_counted():
    told = [{"layer": "MaxPooling2D", "args": [16], "options": {}}] * 2
    with pytest.raises(hearingai.HearingAIError, match="layer 2 of `network`, MaxPooling2D, .*3 x"):
        made(Layers(told))
    with pytest.raises(hearingai.HearingAIError, match="must have layers"):
        made(Layers([]))
