import json
import sys
from pathlib import Path

import numpy as np
import pytest

from fresh import python
from hearingai.audio.reading import audio_info, read_audio
from hearingai.datasets import background_noise, spoken_words
from hearingai.datasets.speech_commands import official_split
from hearingai.errors import HearingAIError
from hearingai.synthesis import espeak

try:
    espeak.find_espeak()
except HearingAIError:
    pytest.skip("eSpeak NG is not installed", allow_module_level=True)

module = sys.modules["hearingai.datasets.spoken_words"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twenty clips a word: their table and folder."""
    path = tmp_path_factory.mktemp("words") / "corpus"
    return spoken_words(["yes", "no", "up"], n=20, seed=0, path=path), path


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_table_and_files(corpus):
    clips, path = corpus
    assert list(clips) == ["fname", "class", "class_id", "speaker", "split"]
    assert clips["class"].value_counts().to_dict() == {"yes": 20, "no": 20, "up": 20}
    assert clips["fname"].str.fullmatch(r".*[\\/](yes|no|up)[\\/][0-9a-f]{8}_nohash_\d+\.wav").all()
    info = audio_info(clips["fname"][0])
    assert (info["sample_rate"], info["samples"], info["channels"]) == (16000, 16000, 1)
    assert (info["format"], info["subtype"]) == ("WAV", "PCM_16")
    noise = background_noise(path)
    assert noise["duration"].tolist() == [10.0, 10.0]


def test_every_speaker_says_every_word_on_one_side(corpus):
    clips, _ = corpus
    assert (clips.groupby(["class", "speaker"]).size() == 2).all()
    sides = clips.groupby("speaker")["split"].agg(["nunique", "first"])
    assert (sides["nunique"] == 1).all()
    assert sides["first"].value_counts().to_dict() == {"train": 6, "validation": 2, "test": 2}
    assert all(official_split(s) == side for s, side in sides["first"].items())


@pytest.mark.parametrize(
    ("n", "speakers", "held_back"), [(1, 1, 0), (7, 7, 1), (25, 12, 2), (60, 30, 4), (200, 100, 15)]
)
def test_number_of_speakers(n, speakers, held_back):
    drawn = list(module._speakers(module._plan("yes", n, 0, 16000)))
    assert len(drawn) == len({s["id"] for s in drawn}) == speakers
    assert sum(s["takes"] for s in drawn) == n
    splits = [official_split(s["id"]) for s in drawn]
    assert splits.count("validation") == splits.count("test") == held_back
    first = [s["voice"].split("+")[1] for s in drawn[:30]]
    assert len(set(first)) == len(first)


def test_clips_are_loud_enough_and_not_clipped(corpus):
    for name in corpus[0]["fname"]:
        peak = np.abs(read_audio(name)[0]).max()
        assert 0.099 < peak < 0.901


@pytest.mark.slow
def test_words_can_be_told_apart_on_unseen_speakers(tmp_path):
    """Kernel ridge regression on band energies around the loudest moment does it."""
    clips = spoken_words(seed=0, path=tmp_path)
    images = np.array([image(read_audio(name)[0]) for name in clips["fname"]])
    likeness = np.exp(-np.square(images[:, None] - images).mean(axis=-1))
    truth, train = np.eye(6)[clips["class_id"]] - 1 / 6, (clips["split"] == "train").to_numpy()
    weights = np.linalg.solve(likeness[train][:, train] + 0.1 * np.eye(train.sum()), truth[train])
    found = (likeness[~train][:, train] @ weights).argmax(axis=1)
    assert (found == clips["class_id"][~train]).mean() > 0.8


def image(waveform):
    frames = np.lib.stride_tricks.sliding_window_view(waveform, 480)[::320] * np.hanning(480)
    power = np.abs(np.fft.rfft(frames, 512)[:, :200]) ** 2
    bands = np.log(power.reshape(len(frames), 25, 8).mean(axis=2) + 1e-5)
    bands -= np.median(bands, axis=0)
    loudest = np.argmax(np.convolve(bands.mean(axis=1), np.ones(15), "same"))
    part = np.pad(bands, ((12, 12), (0, 0)), "edge")[loudest : loudest + 25]
    return ((part - part.mean()) / part.std()).ravel()


def test_two_processes_make_the_same_bytes(corpus, tmp_path):
    code = "import sys; from hearingai.datasets import spoken_words as s; "
    code += "s(['up', 'no', 'yes'], n=20, seed=0, path=sys.argv[1])"
    python(code, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(corpus[1])


def test_another_seed_makes_other_speakers(corpus, tmp_path):
    other = spoken_words("no", n=2, seed=1, path=tmp_path / "other")
    assert not set(other["speaker"]) & set(corpus[0]["speaker"])


def test_without_a_seed_that_of_the_folder_is_taken_or_one_is_drawn(corpus, monkeypatch):
    clips, path = corpus
    assert spoken_words(["yes", "no", "up"], n=20, path=path).equals(clips)
    plans = [module._plan("no", 1, module.draw_seed(None), 16000)["seed"] for _ in range(3)]
    assert len(set(plans)) == 3


def test_a_finished_folder_is_listed_without_espeak(corpus, monkeypatch):
    clips, path = corpus
    before = contents(path)
    monkeypatch.setattr(module, "speak", None)
    assert spoken_words(["up", "yes", "no"], n=20.0, path=str(path)).equals(clips)
    assert contents(path) == before


def test_nothing_is_overwritten(corpus, tmp_path):
    with pytest.raises(HearingAIError, match="other arguments \\(n = 20\\); nothing was overwr"):
        spoken_words(["yes", "no", "up"], n=21, path=corpus[1])
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(HearingAIError, match="`path` must be a new or empty folder"):
        spoken_words("yes", n=1, path=tmp_path)
    with pytest.raises(HearingAIError, match="`path` must be a new or empty folder"):
        spoken_words("yes", n=1, path=tmp_path / "mine.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_the_cache_is_made_once_and_mended(tmp_path, monkeypatch):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    clips = spoken_words("yes", n=3, seed=0, sample_rate=8000)
    folder = Path(clips["fname"][0]).parents[1]
    assert folder.parent == tmp_path / "spoken_words"
    assert audio_info(clips["fname"][0])["samples"] == 8000
    before = contents(folder)
    with monkeypatch.context() as patched:
        patched.setattr(module, "speak", None)
        assert spoken_words("yes", n=3, seed=0, sample_rate=8000).equals(clips)
    Path(clips["fname"][0]).unlink()
    assert spoken_words("yes", n=3, seed=0, sample_rate=8000).equals(clips)
    assert contents(folder) == before
    assert len(list((tmp_path / "spoken_words").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"words": "a/b"}, "made of letters. Received: 'a/b'"),
        ({"words": ["yes", "_x"]}, "made of letters. Received: '_x'"),
        ({"words": 3}, "made of letters. Received: 3"),
        ({"words": []}, "different words"),
        ({"words": ["yes", "Yes"]}, "different words"),
        ({"n": 0}, "`n` must be a positive whole number"),
        ({"seed": -1}, "`seed` must be a whole number from 0 to 2147483647. Received: -1"),
        ({"seed": float("nan")}, "`seed` must be a whole number"),
        ({"sample_rate": None}, "`sample_rate` must be a positive whole number"),
    ],
)
def test_arguments_are_checked(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        spoken_words(**arguments)


def test_a_long_word_fits_into_the_second(tmp_path):
    clips = spoken_words("pneumonoultramicroscopicsilicovolcanoconiosis", n=2, path=tmp_path)
    assert [audio_info(f)["duration"] for f in clips["fname"]] == [1.0, 1.0]


def test_without_espeak_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(espeak.importlib, "import_module", missing)
    monkeypatch.setattr(espeak.ctypes.util, "find_library", lambda _: None)
    with pytest.raises(HearingAIError, match=r'pip install "hearingai\[demo\]"`\n.*apt install'):
        spoken_words("yes", n=1)


def missing(_):
    raise ImportError


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import os; os.abort()", r"exit status -?\d+.*no message"),
        ("raise SystemExit('no voices')", "exit status 1.*no voices"),
        ('print(\'{"answer": {"sample_rate": 22050, "version": "9"}}\')', "exit status 0"),
    ],
)
def test_a_crash_leaves_nothing_behind(tmp_path, monkeypatch, script, message):
    child = tmp_path / "child.py"
    child.write_text(script)
    monkeypatch.setattr(espeak, "_CHILD", child)
    with pytest.raises(HearingAIError, match=f"ended unexpectedly .{message}"):
        spoken_words("yes", n=2, path=tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["child.py"]


def test_voices_in_a_folder_of_a_long_name(tmp_path, monkeypatch):
    library, data = espeak.find_espeak()
    if data is None:
        pytest.skip("the system's eSpeak NG knows its own folder")
    job = ("en-us+f2", "yes", 160, 50, 50, 1.0)
    ((sound, rate),) = espeak.speak([job], 0)
    assert rate == 22050 and 0.2 < len(sound) / rate < 0.8
    long = tmp_path / ("long" * 50)
    long.symlink_to(data, target_is_directory=True)
    monkeypatch.setattr(espeak, "find_espeak", lambda: (library, str(long)))
    ((again, _),) = espeak.speak([job], 0)
    assert np.array_equal(sound, again)
    monkeypatch.setattr(Path, "symlink_to", no_links)
    ((copied, _),) = espeak.speak([job], 0)
    assert np.array_equal(sound, copied)


def no_links(*_, **__):
    raise OSError


def test_an_accent_that_is_missing_falls_back():
    jobs = [(voice, "yes", 160, 50, 50, 1.0) for voice in ("en-none+f2", "en+f2")]
    sounds = [len(sound) for sound, _ in espeak.speak(jobs, 0)]
    assert abs(sounds[0] - sounds[1]) < 2000


def test_the_marker_tells_what_was_made(corpus):
    made = json.loads((corpus[1] / module.MARKER).read_text())
    assert made["words"] == ["no", "up", "yes"]
    assert (made["n"], made["seed"], made["sample_rate"]) == (20, 0, 16000)
