import os

import numpy as np
import pytest
import soundfile

from hearingai.audio.files import EXTENSIONS
from hearingai.audio.folders import audio_files, look_below
from hearingai.audio.reading import audio_info
from hearingai.errors import HearingAIWarning

FORMATS = {
    **dict.fromkeys((".wave", ".bwf"), "WAV"),
    **dict.fromkeys((".mp1", ".mp2", ".mpa", ".mpga"), "MP3"),
    **dict.fromkeys((".aif", ".aifc", ".aiffc"), "AIFF"),
    **dict.fromkeys((".sph", ".nist"), "NIST"),
    **dict.fromkeys((".ircam", ".sf"), "IRCAM"),
    **dict.fromkeys((".svx", ".8svx"), "SVX"),
    **dict.fromkeys((".oga", ".opus"), "OGG"),
    ".snd": "AU",
}


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_every_ending_is_read(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    kind = FORMATS.get(ending, ending[1:].upper())
    soundfile.write(path, np.zeros(8000), 8000, format=kind)
    assert audio_info(path)["samples"] >= 8000
    assert audio_files(tmp_path) == [str(path)]


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_links_are_followed_and_loops_end(tmp_path):
    touch(tmp_path, "in/z/a.wav", "out/b.wav", "out/c.wav")
    (tmp_path / "in" / "far").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in" / "z")
    (tmp_path / "out" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "one.wav").symlink_to(tmp_path / "out" / "b.wav")
    found = [os.path.relpath(file, tmp_path / "in") for file in audio_files(tmp_path / "in")]
    assert found == ["far/b.wav", "far/c.wav", "one.wav", "z/a.wav"]


def test_a_link_to_nothing_is_a_problem(tmp_path):
    touch(tmp_path, "a.wav", "notes.txt")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    below = look_below(tmp_path)
    assert [problem.reason for problem in below.problems] == ["is a link to nothing"]
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    (tmp_path / "a.wav").touch()
    names = [os.path.basename(file) for file in look_below(tmp_path).recordings]  # noqa: PTH119
    assert {"a.wav", "loop.wav"} <= set(names)
    assert below.others == [str(tmp_path / "notes.txt")]


def test_sound_of_other_endings_is_named(tmp_path):
    touch(tmp_path, "a.wav", "b.qcp", "deep/c.QCP", "d.txt", ".hidden.qcp")
    expected = r"left out 2 file\(s\) in .*: 2 of endings that cannot be read \(\.qcp\)"
    with pytest.warns(HearingAIWarning, match=expected) as caught:
        assert audio_files(tmp_path) == [str(tmp_path / "a.wav")]
    assert caught[0].filename == __file__
