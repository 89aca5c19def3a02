"""What an unknown argument may stand for."""

import pytest

import hearingai
from hearingai.errors import HearingAIError
from hearingai.runtime.argument_names import meant_argument


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("lr", ["clips", "learning_rate"], "learning_rate"),
        ("newdata", ["object", "recordings"], "recordings"),
        ("newdata", ["x", "clips"], "clips"),
        ("newdata", ["x", "y"], None),
        ("epoch", ["epochs", "seed"], "epochs"),
        ("sr", ["seed", "window"], None),
    ],
)
def test_names_of_others_and_misspelt_ones_are_known(name, known, meant):
    assert meant_argument(name, known) == meant


def test_functions_and_recipes_suggest_what_they_have():
    with pytest.raises(HearingAIError, match="no argument `lr`. Did you mean `learning_rate`"):
        hearingai.fit("words", None, lr=0.1)
    with pytest.raises(HearingAIError, match="has no `epoch`. Did you mean `epochs`"):
        hearingai.get_recipe("words", epoch=3)
    with pytest.raises(HearingAIError, match="Did you mean 'words'"):
        hearingai.get_recipe("wrds")
