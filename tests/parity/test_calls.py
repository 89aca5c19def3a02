"""Every call of Python in the R face fits the function that it calls."""

import inspect
import json

import pytest

import hearingai
from hearingai.bridge import find

# What functions of the bridge hand on as they got it, by the names that R calls.
WRAPPED = {
    f"bridge.{name}": getattr(hearingai, name)
    for name in (
        *("annotate", "cross_validate", "detection_metrics", "evaluate", "explain", "export"),
        *("gate", "prepare"),
    )
} | {"bridge.live": hearingai.listen}

# Prints a line a call: its name, how many arguments have no name, and the names of the others.
CALLS = """
  calls <- list()
  is_call <- function(x, name) is.call(x) && identical(x[[1]], as.name(name))
  walk <- function(x) {
    if (!is.call(x)) {
      return()
    }
    if (is_call(x, "py_call") && is.character(x[[2]])) {
      args <- as.list(x)[-(1:2)]
      args <- args[!rlang::names2(args) %in% ".call"]
      args <- Filter(function(a) !is_call(a, "!") && !identical(a, as.name("...")), args)
      names <- rlang::names2(args)
      call <- list(name = x[[2]], unnamed = sum(!nzchar(names)), named = I(names[nzchar(names)]))
      calls[[length(calls) + 1]] <<- call
    }
    for (part in as.list(x)) if (!rlang::is_missing(part)) walk(part)
  }
  space <- asNamespace("hearingai")
  for (name in ls(space, all.names = TRUE)) {
    if (is.function(space[[name]])) walk(body(space[[name]]))
  }
  cat(jsonlite::toJSON(calls, auto_unbox = TRUE))
"""


@pytest.fixture(scope="module")
def calls(rscript):
    return json.loads(rscript(CALLS))


def test_the_functions_that_r_calls_are_there(calls):
    assert len(calls) > 80
    for name in {call["name"] for call in calls}:
        assert callable(find(name)), name


def test_r_names_nothing_of_the_core_but_public_functions_and_the_bridge(calls):
    inner = {call["name"] for call in calls if "." in call["name"]}
    assert {name.partition(".")[0] for name in inner} == {"bridge"}


def test_r_passes_arguments_that_python_has(calls):
    for call in calls:
        function = find(call["name"])
        known = dict(inspect.signature(function).parameters)
        if call["name"] in WRAPPED:
            known |= inspect.signature(WRAPPED[call["name"]]).parameters
        any_name = any(p.kind is p.VAR_KEYWORD for p in known.values())
        if not any_name or call["name"] in WRAPPED:
            assert set(call["named"]) <= set(known), call


def test_r_passes_by_position_what_python_takes_by_position(calls):
    """Beyond the second, an argument has its name: its place may change."""
    for call in calls:
        parameters = inspect.signature(find(call["name"])).parameters.values()
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters):
            by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            assert call["unnamed"] <= sum(p.kind in by_place for p in parameters), call
        assert call["unnamed"] <= 2, call
