import os
import time
from pathlib import Path

import numpy as np
import pytest

from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.tables.clip_table import read_clips
from hearingai.tables.text_tables import _names, guess_types, read_text_table


@pytest.fixture
def read(tmp_path):
    def read_it(text, encoding="utf-8", reader=read_clips):
        path = tmp_path / "c.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return reader(path)

    return read_it


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(read, encoding, separator):
    clips = read(f"fname{separator}class\r\nä.wav{separator}Möwe\r\n\r\n", encoding)
    assert clips["fname"].str.endswith("ä.wav").all()
    assert clips["class"].tolist() == ["Möwe"]
    assert list(clips) == ["fname", "class", "class_id"]


def test_latin_1_is_read_and_named(read):
    with pytest.warns(HearingAIWarning, match=r"c\.csv is not written in UTF-8"):
        clips = read("fname,class\na.wav,Möwe\n", "latin-1")
    assert clips["class"].tolist() == ["Möwe"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fname,class\na,b\na,b,c\n", "line 3 has 3 values, and its header names 2 columns: fn"),
        ("fname,class,class\na,b,c\n", "two columns 'class'"),
        ('fname,class\n"a"b,c\n', "line 2 is malformed"),
        ('fname,class\n"a,c\n', "is malformed"),
        ("fname,class\na,b\n".encode("utf-16-le"), "no text in UTF-8, nor in UTF-16"),
        ("", "it is empty"),
    ],
)
def test_malformed_tables_are_named(read, text, message):
    with pytest.raises(HearingAIError, match=rf"cannot read the table `.*c\.csv`: .*{message}"):
        read(text)


def test_empty_cells_behind_the_header_are_none(read):
    assert list(read("fname,class,,\na,b,,\nc,d,,,\n")) == ["fname", "class", "class_id"]


def test_spaces_behind_commas_are_none(read):
    assert read("fname, class\na, b\n")["class"].tolist() == ["b"]


def test_types_of_other_columns(read):
    clips = read(
        "fname,class,fold,room,take,gain,ok,long,speaker,day\n"
        "01,a,1,007,2,1.5,TRUE,12345678901234567890,12,NA\n"
        "02,b,2,12,NA,-2e-1,FALSE,1,NA,x\n"
    )
    assert [f[-2:] for f in clips["fname"]] == ["01", "02"]
    assert clips["fold"].tolist() == [1, 2]
    assert clips["fold"].dtype == "int64"
    assert clips["room"].tolist() == ["007", "12"]
    assert clips["take"].tolist()[0] == 2.0
    assert np.isnan(clips["take"].tolist()[1])
    assert clips["gain"].tolist() == [1.5, -0.2]
    assert clips["ok"].tolist() == [True, False]
    assert clips["long"].tolist() == ["12345678901234567890", "1"]
    assert clips["speaker"].tolist() == ["12", None]
    assert clips["day"].tolist() == [None, "x"]


def test_decimal_commas_stand_between_semicolons(read):
    assert read("fname;class;start\na;b;1,5\nc;d;2\n")["start"].tolist() == [1.5, 2.0]
    with pytest.raises(HearingAIError, match=r"must be seconds.* Received: '1,5'"):
        read('fname,class,start\na,b,"1,5"\n')


def test_types_are_guessed_of_what_is_no_text(read):
    table, separator = read("a,b\n1,1\n", reader=read_text_table)
    assert separator == ","
    assert guess_types(table, ("a",)).values.tolist() == [["1", 1]]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(HearingAIError, match="is no regular file"):
        read_clips(tmp_path / "a.csv")


def test_many_columns_take_no_time_to_tell_apart():
    began = time.monotonic()
    assert len(_names(Path("a.csv"), [str(i) for i in range(40_000)])) == 40_000
    assert time.monotonic() - began < 2
