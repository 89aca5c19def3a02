"""The options of events are the same, and described, wherever they are taken."""

import inspect

import pytest

import hearingai
from hearingai.events.options import EventOptions
from hearingai.runtime.shared_options import defaults

OPTIONS = ["window", "hop", "threshold", "low", "smooth", "min_duration", "min_gap"]
OPTIONS += ["refractory", "labels", "ignore"]


@pytest.mark.parametrize("name", ["annotate", "listen", "Stream", "explore"])
def test_signature_and_help_show_every_option(name):
    function = getattr(hearingai, name)
    parameters = inspect.signature(function).parameters
    assert [p for p in parameters if p in OPTIONS] == OPTIONS
    assert {p: parameters[p].default for p in OPTIONS} == defaults(EventOptions)
    text = inspect.getdoc(function)
    for option in OPTIONS:
        assert f"\n    {option}: " in text
        assert f"\n    {option}: See" not in text


@pytest.mark.parametrize("name", ["annotate", "listen", "Stream", "explore"])
def test_a_misspelt_option_is_an_error_that_names_the_right_one(name):
    with pytest.raises(hearingai.HearingAIError, match="`treshold`. Did you mean `threshold`"):
        getattr(hearingai, name)(None, None, treshold=0.5)
