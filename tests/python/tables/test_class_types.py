"""Classes come back as they went in: logical, numbers, ordered values."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.classifier.record_checks import check_record
from hearingai.errors import HearingAIError
from hearingai.tables.class_types import as_they_were, classes_of, with_classes


@pytest.mark.parametrize(
    "classes",
    [
        [True, False, True],
        [10, 2, 2],
        [1.5, 0.5, 0.5],
        pd.Categorical(["yes", "no", "no"], categories=["yes", "no", "maybe"]),
        pd.Categorical([10, 2, 2], categories=[10, 2], ordered=True),
        pd.Categorical([True, False, False], categories=[True, False]),
        pd.Categorical([0.5, 1.5, 1.5]),
        ["yes", "no", "no"],
    ],
)
def test_labels_become_what_they_were_made_of(classes):
    column = pd.DataFrame({"class": classes})["class"]
    labels = column.astype(str).astype(object)
    back = as_they_were(labels, classes_of(pd.DataFrame({"class": classes})))
    assert back.tolist() == column.tolist()
    assert [type(value) for value in back] == [type(value) for value in column]
    if isinstance(column.dtype, pd.CategoricalDtype):
        assert back.dtype == column.dtype


def test_the_words_of_r_are_logical_too_and_missing_labels_stay_so():
    back = as_they_were(pd.Series(["TRUE", None, "False"]), {"type": "logical"})
    assert back.tolist() == [True, None, False]


def test_levels_of_an_order_have_none_with_labels_that_were_added():
    classes = {"type": "factor", "levels": ["10", "2"], "of": "integer", "ordered": True}
    labels = pd.Series(["2", "10"])
    ordered = as_they_were(labels, classes, ["10", "2"])
    assert ordered.cat.ordered
    assert ordered.max() == 2
    more = as_they_were(labels, classes, ["10", "2", "background"])
    assert not more.cat.ordered
    assert list(more.cat.categories) == ["10", "2", "background"]


@pytest.mark.parametrize(
    "told", [{"type": "factor", "levels": ["a", "b"]}, {"type": "logical"}, {"type": "integer"}]
)
def test_what_a_table_tells_of_other_values_than_its_own_is_not_believed(told):
    clips = with_classes(pd.DataFrame({"class": ["yes", "no"]}), told)
    assert classes_of(clips) is None
    labels = clips["class"]
    assert as_they_were(labels, told, ["no", "yes"]).tolist() == ["yes", "no"]


def test_labels_that_were_added_leave_text():
    labels = pd.Series(["1", "background"])
    assert as_they_were(labels, {"type": "integer"}).tolist() == ["1", "background"]


@pytest.mark.parametrize(
    "told",
    [
        *(3, {"type": "code"}, {"type": "factor", "levels": ["a", "a"]}),
        {"type": "factor", "levels": ["a"], "of": "factor"},
        {"type": "factor", "levels": ["a"], "ordered": "yes"},
    ],
)
def test_a_damaged_record_is_refused(told):
    with pytest.raises(HearingAIError, match="`classes` of its training record is damaged"):
        check_record({"classes": told}, ["a", "b"])


def test_predictions_and_evaluations_have_the_classes_of_the_training(tmp_path):
    clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
    clips = clips.assign(**{"class": clips["class"] == "yes"})
    trained = hearingai.fit("speech-commands-small", clips, epochs=1, seed=1)
    path = tmp_path / "a.keras"
    hearingai.save_classifier(trained, path)
    loaded = hearingai.load_classifier(path)
    predicted = hearingai.predict(loaded, clips)["label"]
    assert predicted.dtype == bool
    evaluated = hearingai.evaluate(loaded, clips)
    assert evaluated.accuracy == (predicted == clips["class"]).mean()
    assert evaluated.predictions["class"].tolist() == clips["class"].tolist()


def test_labels_that_came_later_are_the_last_levels():
    classes = {"type": "factor", "levels": ["yes", "no"]}
    labels = pd.Series(["no", "background", None])
    made = as_they_were(labels, classes, ["background", "no", "yes"])
    assert list(made.cat.categories) == ["yes", "no", "background"]
    assert made.astype(object).where(made.notna(), None).tolist() == ["no", "background", None]


def test_a_generator_brings_the_classes_too(tmp_path):
    pytest.importorskip("tensorflow")
    names = [str(tmp_path / f"{i}.wav") for i in range(4)]
    for name in names:
        hearingai.write_audio(np.zeros(16000), name, 16000)
    clips = pd.DataFrame({"fname": names, "class": [True, False] * 2})
    generator = hearingai.data_generator(clips, 2, seed=1)
    made = hearingai.fit("speech-commands-small", generator, validation=False, epochs=1, seed=1)
    assert hearingai.predict(made, generator)["label"].dtype == bool


def test_the_type_is_that_of_all_labels_whatever_is_predicted():
    labels, known = pd.Series(["2", "10"]), ["2", "10", "background"]
    assert as_they_were(labels, {"type": "integer"}, known).tolist() == ["2", "10"]
    assert as_they_were(labels, {"type": "integer"}, known[:2]).tolist() == [2, 10]


def test_whole_numbers_of_numpy_in_a_column_of_objects_are_whole_numbers():
    column = pd.Series([np.int64(1), np.int64(2)], dtype=object)
    assert classes_of(pd.DataFrame({"class": column})) == {"type": "integer"}


@pytest.mark.parametrize("levels", [[[1], [2]], [None, "a"], [1, 2], ["a", "a"], ["x"] * 200_000])
def test_damaged_levels_are_refused(levels):
    with pytest.raises(HearingAIError, match="`classes` of its training record is damaged"):
        check_record({"classes": {"type": "factor", "levels": levels}}, ["a", "b"])


@pytest.mark.parametrize(("of", "levels"), [("integer", ["1", "01"]), ("number", ["1", "nan"])])
def test_levels_that_are_no_categories_stay_text(of, levels):
    told = {"type": "factor", "levels": levels, "of": of}
    assert list(as_they_were(pd.Series(levels), told).cat.categories) == levels
