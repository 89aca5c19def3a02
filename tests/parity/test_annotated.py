"""Annotated recordings: both languages read, divide, draw and cut the same."""

import numpy as np
import pandas as pd

import hearingai

OPTIONS = (
    "hop = 0.5, min_overlap = 0.4, negative_overlap = 0.2, of = 'window', negatives = 1.5, seed = 3"
)


def test_annotations_clips_and_cuts_are_the_same_in_r(rscript, tmp_path):
    rng = np.random.default_rng(1)
    (tmp_path / "sound").mkdir()
    for name in ("a", "b"):
        sound = rng.uniform(-0.5, 0.5, (2, 20000))
        hearingai.write_audio(sound, tmp_path / "sound" / f"{name}.wav", 2000, subtype="PCM_24")
    rows = [
        (1, "S", k, k + rng.uniform(0.1, 2), 100 + k, f"{n}.wav") for n in "ab" for k in range(8)
    ]
    header = ["Selection", "View", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "Begin File"]
    marks = pd.DataFrame(rows, columns=header).assign(Species=["owl", "wren"] * 8)
    marks["File Offset (s)"] = marks["Begin Time (s)"]
    marks.to_csv(tmp_path / "x.selections.txt", sep="\t", index=False)
    rscript(
        f"setwd('{tmp_path}')\n"
        "marks <- read_annotations('x.selections.txt', 'sound')\n"
        "write_events(marks, 'marks.csv')\n"
        f"clips <- clips_from_annotations('sound', marks, 1, {OPTIONS})\n"
        "clips$labels <- vapply(clips$labels, paste, '', collapse = ';')\n"
        "write.csv(clips, 'clips.csv', row.names = FALSE)\n"
        "cut <- cut_events(marks, 'r', n = 3, context = 0.1, seed = 2)\n"
        "write_events(cut, 'cut.csv')"
    )
    folder = tmp_path
    marks = hearingai.read_annotations(folder / "x.selections.txt", folder / "sound")
    columns = ["start", "end", "label", "low", "Selection"]
    in_r = hearingai.read_events(folder / "marks.csv")
    pd.testing.assert_frame_equal(in_r[columns], marks[columns])
    assert in_r["fname"].tolist() == [f"sound/{f[-5:]}" for f in marks["fname"]]
    options = {
        "hop": 0.5,
        "min_overlap": 0.4,
        "negative_overlap": 0.2,
        "of": "window",
        "negatives": 1.5,
        "seed": 3,
    }
    clips = hearingai.clips_from_annotations(folder / "sound", marks, 1, **options)
    in_r = pd.read_csv(folder / "clips.csv", keep_default_na=False)
    assert in_r["start"].tolist() == clips["start"].tolist()
    assert in_r["labels"].tolist() == [";".join(labels) for labels in clips["labels"]]
    cut = hearingai.cut_events(marks, folder / "python", n=3, context=0.1, seed=2)
    assert len(cut) == 6
    back = hearingai.read_events(folder / "cut.csv")
    names = [f.removeprefix(f"{folder}/python/") for f in cut["fname"]]
    assert [f.removeprefix("r/") for f in back["fname"]] == names
    for name in names:
        assert (folder / "r" / name).read_bytes() == (folder / "python" / name).read_bytes()
