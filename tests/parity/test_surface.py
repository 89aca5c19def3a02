"""The same functions under the same names with the same arguments in the same order."""

import inspect
import json

import pytest

import hearingai
from hearingai.training.settings import TrainingOptions

# What one language has and the other does not need.
PYTHON_ONLY = {
    "Annotation",  # a list of class hearingai_annotation in R
    "Body",  # a list of class hearingai_body in R
    "AudioClassifier",  # made by create_classifier(), opened by load_classifier()
    "ChosenThresholds",  # a list of class hearingai_thresholds in R
    "Reliability",  # a list of class hearingai_reliability in R
    "MinedFalseAlarms",  # a list of class hearingai_mining in R
    "CrossValidation",  # a list of class hearingai_cv in R
    "Density",  # a list of class hearingai_density in R
    "DetectionMetrics",  # a list of class hearingai_detection in R
    "Ensemble",  # a list of class hearingai_ensemble in R
    "Exported",  # a list of class hearingai_export in R
    "ExportedClassifier",  # opened by load_exported()
    "Gated",  # a list of class hearingai_gated in R
    "Evaluation",  # a list of class hearingai_evaluation in R
    "Explanation",  # a list of class hearingai_explanation in R
    "ApiServer",  # a list of class hearingai_api in R
    "Explorer",  # a list of class hearingai_explorer in R
    "Prepared",  # a list of class hearingai_prepared in R
    "Recipe",
    "AudioFileError",
    "HearingAIError",  # conditions of class hearingai_error in R
    "HearingAIWarning",
    "info",  # hearingai_sitrep() in R
    "networks",
}
R_ONLY = {
    "as_sound",  # a pair of samples and rate in Python
    "adapt",  # a method of Scaling in Python
    "feed",  # a method of Stream in Python, as is `finish`
    "finish",
    "fingerprint",  # a method of the classifier in Python
    "hearingai_available",
    "hearingai_sitrep",
    "install_hearingai",  # pip does it in Python
    "layer",  # Keras itself builds networks in Python, as `network` and `layer` do in R
    "network",
    "plot_clips",  # what plot() of a table of clips draws; pandas draws counts itself
    "stream_state",  # attributes of Stream in Python
}
# What R gathers in dots, Python has names for. Further names come from the table in R/py-errors.R.
RENAMED = {}
RENAMED["clip_table"] = {"columns": "..."}
RENAMED["get_recipe"] = {"changes": "..."}

PASSED_ON = {"cross_validate", "fine_tune"}

# Arguments that an R generic is known to have and Python has no use for: none of them changes what
# is computed.
R_ARGUMENTS = {
    "fit": {"in_place"},  # R trains a copy, Python always the classifier itself
    "predict": {"type"},  # a part of the answer, as other R packages name it
}


@pytest.fixture(scope="module")
def r_formals(rscript):
    code = """
      names <- getNamespaceExports("hearingai")
      own <- Filter(function(n) environmentName(environment(get(n))) == "hearingai", names)
      methods <- list(
        annotate = hearingai:::annotate.hearingai_classifier,
        compile = hearingai:::compile.hearingai_classifier,
        fit = hearingai:::fit.hearingai_classifier,
        predict = hearingai:::predict.hearingai_classifier,
        evaluate = hearingai:::evaluate.hearingai_classifier,
        embed = hearingai:::embed.hearingai_classifier,
        explain = hearingai:::explain.hearingai_classifier
      )
      functions <- c(mget(setdiff(own, names(methods)), envir = asNamespace("hearingai")), methods)
      plain <- function(x) if (is.symbol(x) || is.call(x)) deparse(x) else x
      cat(jsonlite::toJSON(lapply(functions, function(f) lapply(as.list(formals(f)), plain)),
        auto_unbox = TRUE, null = "null", digits = NA))
    """
    return json.loads(rscript(code))


@pytest.fixture(scope="module")
def renamed(rscript):
    """The table by which messages of the core name R's arguments."""
    return json.loads(
        rscript("""
          cat(jsonlite::toJSON(lapply(hearingai:::renamed_arguments, as.list), auto_unbox = TRUE))
        """)
    )


def python_functions():
    names = set(hearingai.__all__) - {"__version__"} - PYTHON_ONLY
    return {name: _parameters(name) for name in names}


def _parameters(name):
    """The parameters; those that only pass on to Keras have no place in R."""
    parameters = inspect.signature(getattr(hearingai, name)).parameters
    return {k: p for k, p in parameters.items() if k != "kwargs"}


def _by_position(name):
    """Those that are given by their place; the order of all others is free."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [k for k, p in _parameters(name).items() if p.kind not in (keyword, p.VAR_KEYWORD)]


def test_every_function_is_in_both_languages(r_formals):
    assert set(r_formals) - R_ONLY == set(python_functions())


@pytest.mark.parametrize("name", sorted(python_functions()))
def test_arguments_and_defaults_are_equal(r_formals, renamed, name):
    renamed = renamed["all"] | renamed.get(name, {}) | RENAMED.get(name, {})
    in_python = [renamed.get(p, p) for p in python_functions()[name]]
    own = R_ARGUMENTS.get(name, set())
    assert own <= set(r_formals[name])
    in_r = [p for p in r_formals[name] if p not in own and (p != "..." or "..." in in_python)]
    if name in PASSED_ON:  # R takes the settings of trainings in dots
        assert "..." in r_formals[name]
        in_python = [p for p in in_python if p in in_r or p not in TrainingOptions.__annotations__]
    by_position = [renamed.get(p, p) for p in _by_position(name)]
    assert in_r[: len(by_position)] == by_position
    assert sorted(in_r) == sorted(in_python)
    for parameter in python_functions()[name].values():
        if renamed.get(parameter.name, parameter.name) not in in_r:
            continue
        default = r_formals[name][renamed.get(parameter.name, parameter.name)]
        if parameter.default is not inspect.Parameter.empty:
            expected = parameter.default
            assert _same(default, expected), (parameter.name, default, expected)


def _same(r, python):
    if isinstance(python, tuple):
        return r == f"c({', '.join(json.dumps(p) for p in python)})"
    if isinstance(python, float) and isinstance(r, str):  # a negative number is a call in R
        return float(r) == python
    return r == python
