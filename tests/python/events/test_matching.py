"""Recordings by the names that tables give them, however these are written."""

import unicodedata

import pandas as pd
import pytest

import hearingai
from hearingai.events._matching import Matcher


def test_accents_are_the_same_in_one_letter_or_two():
    one, two = (unicodedata.normalize(form, "Café_é.WAV") for form in ("NFC", "NFD"))
    assert one != two
    for there, told in ((one, two), (two, one)):
        assert Matcher([f"/x/{there}"]).of_name(told.lower()) == [f"/x/{there}"]
        assert Matcher([f"/x/{there}"]).of_name(f"C:\\y\\{told}") == [f"/x/{there}"]


def test_a_table_is_of_the_recording_with_its_accents(tmp_path):
    names = [unicodedata.normalize(form, "é") for form in ("NFC", "NFD")]
    assert Matcher([f"{names[1]}.wav"]).of_table(tmp_path / f"{names[0]}.txt") == [
        f"{names[1]}.wav"
    ]


@pytest.mark.parametrize("name", ["a" * 5000, "a\0.wav", "", "../../a.wav"])
def test_names_that_no_file_has_are_names_all_the_same(name, tmp_path):
    events = pd.DataFrame({"fname": [name], "start": 1, "end": 2, "label": "x"})
    assert hearingai.read_annotations(events)["fname"].tolist() == [name]
    if "\0" in name or not name:
        return  # no cell of a text
    for form in ("csv", "kaleidoscope"):
        path = tmp_path / f"{form}.csv"
        if form == "csv":
            hearingai.write_events(events, path)
        else:
            path.write_text(f"INDIR,FOLDER,IN FILE,OFFSET,DURATION,MANUAL ID\nx,,{name},1,1,owl\n")
        found = hearingai.read_annotations(path)["fname"].tolist()
        assert found == [name if form == "csv" else f"x/{name}"]
