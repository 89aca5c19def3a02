import numpy as np
import pytest
import soundfile

from hearingai.audio.writing import write_audio
from hearingai.datasets import audio_folder
from hearingai.errors import HearingAIError, HearingAIWarning


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_audio(path, np.zeros(800), 8000)


def test_any_format_in_any_depth(tmp_path):
    put(tmp_path, "dog/b.flac", "dog/a.WAV", "dog/deep/er/c.ogg", "cat/d.mp3", "cat/e.aiff")
    clips = audio_folder(tmp_path)
    assert list(clips) == ["fname", "class", "class_id"]
    assert clips["fname"].tolist() == [
        str(tmp_path / name)
        for name in ("cat/d.mp3", "cat/e.aiff", "dog/a.WAV", "dog/b.flac", "dog/deep/er/c.ogg")
    ]
    assert clips["class"].tolist() == ["cat", "cat", "dog", "dog", "dog"]
    assert clips["class_id"].tolist() == [0, 0, 1, 1, 1]


def test_what_is_passed_over(tmp_path):
    put(tmp_path, "dog/a.wav", "_noise/x.wav", ".git/x.wav", "dog/_old/x.wav", "dog/.x.wav")
    (tmp_path / "dog" / "notes.txt").write_text("a dog")
    (tmp_path / "table.csv").write_text("fname\n")
    assert audio_folder(str(tmp_path))["fname"].tolist() == [str(tmp_path / "dog" / "a.wav")]


def test_bad_files_are_named_and_left_out(tmp_path):
    put(tmp_path, "dog/good.wav", "cat/good.wav")
    (tmp_path / "dog" / "a.wav").touch()
    (tmp_path / "dog" / "b.wav").write_text("not audio")
    soundfile.write(tmp_path / "dog" / "silent.wav", [], 8000)
    for k in range(5):
        (tmp_path / "dog" / f"c{k}.flac").touch()
    expected = r"left out 8 .*a\.wav is empty; .*b\.wav is not audio.* and 3 more"
    with pytest.warns(HearingAIWarning, match=expected) as caught:
        clips = audio_folder(tmp_path)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert len(clips) == 2


def test_errors(tmp_path):
    with pytest.raises(HearingAIError, match="`path` must be a folder.*does not exist"):
        audio_folder(tmp_path / "gone")
    with pytest.raises(HearingAIError, match="holds no class folders"):
        audio_folder(tmp_path)
    put(tmp_path, "loose.wav")
    with pytest.raises(HearingAIError, match="is a file"):
        audio_folder(tmp_path / "loose.wav")
    (tmp_path / "dog").mkdir()
    with pytest.raises(HearingAIError, match=r"no recording that can be read in its 1 .*\.wav"):
        audio_folder(tmp_path)
    (tmp_path / "dog" / "a.wav").touch()
    with pytest.raises(HearingAIError, match=r"no recording.*1 not read.*a\.wav is empty"):
        audio_folder(tmp_path)


def left_out(folder):
    with pytest.warns(HearingAIWarning) as caught:
        clips = audio_folder(folder)
    assert len(caught) == 1
    return clips, str(caught[0].message)


def test_classes_that_vanish_are_named_with_the_reasons(tmp_path):
    put(tmp_path, "bark/1.wav", "quack/1.wav")
    for name in ("meow/1.qcp", "meow/2.QCP", "quack/3.aax", "notes/a.txt", "bark/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"?")
    (tmp_path / "moo").mkdir()
    clips, message = left_out(tmp_path)
    assert clips["class"].tolist() == ["bark", "quack"]
    assert "left out 4 file(s)" in message
    assert "3 of endings that cannot be read (.qcp, .aax) in meow, quack" in message
    assert "1 of endings that cannot be read (.txt) in notes" in message
    assert "1 empty folder(s): moo. No clips are left of: meow, moo, notes" in message


def test_recordings_beside_the_class_folders_are_named(tmp_path):
    put(tmp_path, "bark/1.wav", "loose.wav")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    clips, message = left_out(tmp_path)
    assert len(clips) == 1
    assert "2 beside the class folders (gone, loose.wav)" in message


def test_folders_above_the_class_folders_are_a_split(tmp_path):
    put(tmp_path, "train/a/1.wav", "train/b/1.wav", "test/a/2.wav", "Val/b/3.wav")
    clips = audio_folder(tmp_path)
    assert clips["class"].tolist() == ["b", "a", "a", "b"]
    assert clips["split"].tolist() == ["validation", "test", "train", "train"]


@pytest.mark.parametrize("other", ["bus/1.wav", "test/2.wav"])
def test_a_class_may_be_called_train(tmp_path, other):
    put(tmp_path, "train/a/1.wav", other)
    clips = audio_folder(tmp_path)
    assert sorted(clips["class"]) == sorted([other.split("/")[0], "train"])
    assert "split" not in clips


def test_esc10(data_dir):
    clips = audio_folder(data_dir / "esc10")
    assert len(clips) == 400
    assert clips["class"].nunique() == 10


def test_a_recording_in_two_class_folders_is_named(tmp_path):
    put(tmp_path, "dog/a.wav", "cat/b.wav")
    (tmp_path / "cat" / "link.wav").symlink_to(tmp_path / "dog" / "a.wav")
    with pytest.warns(
        HearingAIWarning, match=r"1 recording.*several classes.*as cat, dog"
    ) as caught:
        assert len(audio_folder(tmp_path)) == 3
    assert len(caught) == 1
