"""R's functions driven from this very process."""

import os
import sys
from unittest import mock

import numpy as np
import pytest

import hearingai
from fresh import need


@pytest.fixture(scope="module")
def r(rscript):
    need("rpy2")
    # R writes into the environment what other processes had better not see.
    with mock.patch.dict(os.environ, RETICULATE_PYTHON=sys.executable):
        from rpy2 import robjects

        robjects.r("library(hearingai)")
        yield robjects.r


def test_tables_are_equal(r, folder):
    clips = hearingai.load_clips(folder)
    table = r("load_clips")(str(folder))
    assert list(table.names) == list(clips.columns)
    assert list(table.rx2("fname")) == list(clips["fname"])
    assert list(table.rx2("class").levels) == sorted(set(clips["class"]))
    assert list(table.rx2("class")) == [i + 1 for i in clips["class_id"]]
    for column in ("speaker", "split"):
        assert list(table.rx2(column)) == list(clips[column])


def test_predictions_are_equal(r, folder, tmp_path):
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=8)
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    clips = hearingai.load_clips(folder)
    table = r("predict")(r("load_classifier")(path), r("load_clips")(str(folder)))
    expected = hearingai.predict(classifier, clips)
    assert list(table.rx2(".pred_class").levels) == classifier.labels
    np.testing.assert_array_equal(table.rx2(".pred_yes"), expected["prob_yes"])
    labels = [classifier.labels[i - 1] for i in table.rx2(".pred_class")]
    assert labels == list(expected["label"])


def test_both_languages_use_one_interpreter(r, python):
    assert r("hearingai:::core()$`__version__`")[0] == hearingai.__version__
    prefix = python("import sys; print(sys.prefix)")
    assert r("reticulate::import('sys')$prefix")[0] == prefix
