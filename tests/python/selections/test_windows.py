"""Clips of annotated recordings: each has the labels that the rule says, and none by guess."""

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning


@pytest.fixture
def site(tmp_path):
    """Two recordings, of six seconds and of three and a half."""
    for name, seconds in (("a.wav", 6), ("b.wav", 3.5)):
        hearingai.write_audio(tmp_path / name, np.full(int(seconds * 1000), 0.1), 1000)
    return tmp_path


def marks(site, *rows):
    """Annotations, `(name, start, end, label)` each."""
    table = pd.DataFrame(rows, columns=["fname", "start", "end", "label"])
    return table.assign(fname=[str(site / f"{name}.wav") for name in table["fname"]])


def labels(clips, name="a"):
    """The labels of the clips of a recording, by their starts."""
    of = clips[clips["fname"].str.endswith(f"{name}.wav")]
    return dict(zip(of["start"], of["labels"], strict=True))


def test_a_grid_covers_each_recording_to_its_end(site):
    clips = hearingai.clips_from_annotations(site, marks(site, ("a", 0, 6, "x")), 2, 1)
    assert list(clips) == ["fname", "labels", "start", "end", "recording"]
    assert labels(clips) == dict.fromkeys([0, 1, 2, 3, 4], ("x",))
    assert labels(clips, "b") == dict.fromkeys([0, 1, 1.5], ())
    assert (clips["end"] - clips["start"] == 2).all()
    assert clips["recording"].tolist() == clips["fname"].tolist()
    long = hearingai.clips_from_annotations(site, marks(site, ("a", 0, 1, "x")), 5)
    assert long[["start", "end"]].values.tolist() == [[0, 5], [1, 6], [0, 3.5]]


def test_overlapping_labels_are_sets(site):
    table = marks(site, ("a", 0, 2, "wren"), ("a", 1, 3, "owl"), ("a", 1.2, 1.4, "owl"))
    clips = hearingai.clips_from_annotations(site, table, 1)
    assert labels(clips) == {0: ("wren",), 1: ("owl", "wren"), 2: ("owl",), 3: (), 4: (), 5: ()}
    both = marks(site, ("a", 0, 1, "wren; owl;"))
    assert labels(hearingai.clips_from_annotations(site, both, 1))[0] == ("owl", "wren")


@pytest.mark.filterwarnings("ignore:no window holds enough")
@pytest.mark.parametrize(
    ("of", "share", "expected"),
    [
        ("annotation", 0.25, {0: ("x",), 1: ("x",), 2: ("long",), 3: ("long",), 4: ("long",)}),
        ("annotation", 0.75, {1: ("x",), 2: ("long",), 3: ("long",), 4: ("long",)}),
        ("annotation", 0.76, {2: ("long",), 3: ("long",), 4: ("long",)}),
        ("window", 0.3, {1: ("x",), 2: ("long",), 3: ("long",), 4: ("long",)}),
        ("window", 0.31, {2: ("long",), 3: ("long",), 4: ("long",)}),
        ("window", 0.0, {0: ("x",), 1: ("x",), 2: ("long",), 3: ("long",), 4: ("long",)}),
    ],
)
def test_the_share_is_of_the_annotation_or_of_the_window(site, of, share, expected):
    """A quarter of `x` lies in the first window, three quarters in the next."""
    table = marks(site, ("a", 0.9, 1.3, "x"), ("a", 2, 5, "long"))
    clips = hearingai.clips_from_annotations(site, table, 1, min_overlap=share, of=of, negatives=0)
    assert labels(clips) == expected


@pytest.mark.filterwarnings("ignore:no window holds enough")
def test_of_a_window_annotations_of_one_label_add_up(site):
    table = marks(site, ("a", 0.1, 0.3, "x"), ("a", 0.2, 0.4, "x"), ("a", 0.6, 0.8, "x"))
    table = pd.concat([table, marks(site, ("a", 1.5, 1.5, "x"))])  # of a window it is nothing
    for share, expected in ((0.5, {0: ("x",)}), (0.51, {})):
        clips = hearingai.clips_from_annotations(
            site,
            table,
            1,
            min_overlap=share,
            of="window",
            negatives=1 if expected else "unannotated",
        )
        assert {k: v for k, v in labels(clips).items() if v} == expected
        assert 1 not in labels(clips)


def test_a_point_is_in_its_window(site):
    table = marks(site, ("a", 1.5, 1.5, "click"), ("a", 6, 6, "end"))
    clips = hearingai.clips_from_annotations(site, table, 1, min_overlap=1, negatives=0)
    assert labels(clips) == {1: ("click",), 5: ("end",)}


def test_what_holds_too_little_is_neither_one_nor_the_other(site):
    table = marks(site, ("a", 0, 1.1, "x"))
    assert list(labels(hearingai.clips_from_annotations(site, table, 1))) == [0, 2, 3, 4, 5]


def test_half_a_call_may_be_an_example_of_none(site):
    """A fifth of `x` lies in the second window, four fifths in the third, half of `y` in each."""
    table = marks(site, ("a", 1.9, 2.4, "x"), ("a", 3.5, 4.5, "y"))
    given = {"annotations": table, "window": 1, "min_overlap": 0.75}

    def found(share):
        return labels(hearingai.clips_from_annotations(site, negative_overlap=share, **given))

    assert [found(share).get(1) for share in (0, 0.19, 0.2, 0.5)] == [None, None, (), ()]
    assert [found(share).get(3) for share in (0, 0.49, 0.5)] == [None, None, ()]
    assert found(0.75)[2] == ("x",)
    with pytest.raises(hearingai.HearingAIError, match="at most `min_overlap`, 0.75, not 0.8"):
        found(0.8)
    point = marks(site, ("a", 1.5, 1.5, "x"), ("a", 3, 4, "y"))
    clips = hearingai.clips_from_annotations(
        site, point, 1, of="window", min_overlap=0.5, negative_overlap=0.5
    )
    assert 1 not in labels(clips)


def test_negatives_are_drawn_by_a_seed(site):
    table = marks(site, ("a", 0, 1, "x"), ("b", 0, 1, "x"))
    given = {"annotations": table, "window": 0.5, "negatives": 1.5}
    one, same, other = (
        hearingai.clips_from_annotations(site, **given, seed=seed) for seed in (1, 1, 2)
    )
    assert one["labels"].map(len).tolist().count(0) == 6
    assert one["labels"].map(len).sum() == 4
    pd.testing.assert_frame_equal(one, same)
    assert one["start"].tolist() != other["start"].tolist()
    assert one.sort_values(["fname", "start"])["start"].tolist() == one["start"].tolist()


def test_no_column_of_the_recordings_is_taken_for_ours(site):
    recordings = pd.DataFrame({"fname": [str(site / "a.wav")], "seconds": ["6.0"], "held": [1]})
    clips = hearingai.clips_from_annotations(recordings, marks(site, ("a", 0, 1, "x")), 1)
    assert labels(clips)[0] == ("x",)
    assert set(clips["seconds"]) == {"6.0"} and set(clips["held"]) == {1}


def test_negatives_for_each_label_need_labels(site):
    none = marks(site, ("a", 0, 1, "x"))[:0]
    with pytest.raises(HearingAIError, match="`negatives=5` is for each that does"):
        hearingai.clips_from_annotations(site / "a.wav", none, 1, negatives=5)


def test_labels_of_two_kinds_are_not_counted():
    table = pd.DataFrame({"fname": ["a"], "class": ["x"], "labels": [["y"]]})
    with pytest.raises(HearingAIError, match="`table` has a column `class`"):
        hearingai.label_counts(table)


def test_too_few_negatives_are_told(site):
    table = marks(site, ("a", 0, 1, "x"))
    with pytest.warns(HearingAIWarning, match="asks for 100 clips .* and the recordings have 9;"):
        clips = hearingai.clips_from_annotations(site, table, 1, negatives=100)
    assert len(clips) == 10


def test_only_what_is_said_to_be_empty_is_a_negative(site):
    rows = [("a", 0, 1, "x"), ("a", 2, 3.5, "background"), ("a", 3.5, 5, "background")]
    table = marks(site, *rows)
    clips = hearingai.clips_from_annotations(site, table, 1, negatives="annotated")
    assert labels(clips) == {0: ("x",), 2: (), 3: (), 4: ()}
    assert labels(clips, "b") == {}
    renamed = table.replace("background", "nada")
    clips = hearingai.clips_from_annotations(site, renamed, 1, negatives="annotated", empty="nada")
    assert labels(clips) == {0: ("x",), 2: (), 3: (), 4: ()}


def test_labels_are_chosen_renamed_merged_and_doubted(site):
    rows = [("a", 0, 1, "wren"), ("a", 1, 2, "owl"), ("a", 2, 3, "frog"), ("a", 3, 4, "?")]
    table = marks(site, *rows, ("a", 4, 5, ""))
    new = {"wren": "bird", "owl": "bird", "?": None}
    expected = {0: ("bird",), 1: ("bird",), 2: ("frog",), 5: ()}
    assert labels(hearingai.clips_from_annotations(site, table, 1, labels=new)) == expected
    as_table = pd.DataFrame({"label": list(new), "new": list(new.values())})
    assert labels(hearingai.clips_from_annotations(site, table, 1, labels=as_table)) == expected
    chosen = hearingai.clips_from_annotations(site, table, 1, labels=["wren"])
    assert labels(chosen) == {0: ("wren",), 1: (), 2: (), 3: (), 5: ()}
    with pytest.warns(HearingAIWarning, match="no annotation has the label wern"):
        hearingai.clips_from_annotations(site, table, 1, labels={"wern": "bird"})
    merged = marks(site, ("a", 0, 0.3, "wren"), ("a", 0.5, 0.8, "owl"))
    given = {"of": "window", "min_overlap": 0.6, "negatives": 0, "labels": new | {"?": "x"}}
    with pytest.warns(HearingAIWarning, match=r"has the label \?"):
        assert labels(hearingai.clips_from_annotations(site, merged, 1, **given)) == {0: ("bird",)}


def test_labels_that_no_clip_has_are_told(site):
    table = marks(site, ("a", 0, 1, "x"), ("a", 2, 2.1, "short"), ("a", 3, 3.1, "short"))
    with pytest.warns(
        HearingAIWarning, match=r"no window holds enough .*: short \(2\)\. A smaller"
    ):
        hearingai.clips_from_annotations(site, table, 1, of="window")
    with pytest.raises(HearingAIError, match="no window of the recordings"), pytest.warns():
        hearingai.clips_from_annotations(site, table[1:], 1, of="window", negatives="annotated")


def test_labels_that_others_cover_are_told(site):
    table = marks(site, ("a", 0, 1, "wren"), ("a", 0.5, 0.8, "owl"))
    with pytest.warns(HearingAIWarning, match=r"no window .*: owl \(1\)\..* `one_label=False`"):
        clips = hearingai.clips_from_annotations(site, table, 1, one_label=True)
    assert set(clips["class"]) == {"wren", "background"}


@pytest.mark.filterwarnings("ignore:no window holds enough")
def test_one_label_a_clip_is_a_table_of_classes(site):
    table = marks(site, ("a", 0, 0.6, "wren"), ("a", 0.4, 1, "b"), ("a", 1, 1.9, "a"))
    table = pd.concat([table, marks(site, ("a", 1.2, 2, "b"))])
    clips = hearingai.clips_from_annotations(site / "a.wav", table, 1, one_label=True)
    assert list(clips) == ["fname", "class", "class_id", "start", "end", "recording"]
    assert clips["class"].tolist() == ["b", "a", *["background"] * 4]
    assert clips["class_id"].tolist() == [1, 0, 2, 2, 2, 2]


def test_parts_and_columns_of_a_table_of_recordings(site):
    names = [str(site / "a.wav"), str(site / "a.wav"), str(site / "b.wav"), str(site / "c.wav")]
    recordings = pd.DataFrame({"fname": names, "start": [0, 4, 0, 0], "end": [2, 5, 9, 9]})
    recordings = recordings.assign(site=["n", "n", "s", "s"], recording=["one", None, "two", "x"])
    table = marks(site, ("a", 0, 6, "x"))
    with pytest.warns(HearingAIWarning, match=r"left out 1 recording\(s\).*c.wav does not exist"):
        clips = hearingai.clips_from_annotations(recordings, table, 1)
    assert labels(clips) == {0: ("x",), 1: ("x",), 4: ("x",)}
    assert list(labels(clips, "b")) == [0, 1, 2, 2.5]
    assert clips["site"].tolist() == ["n"] * 3 + ["s"] * 4
    assert clips["recording"].tolist() == ["one", "one", names[0]] + ["two"] * 4


def test_tables_are_read_where_they_are_files(site):
    (site / "a.txt").write_text("0\t1\towl\n")
    clips = hearingai.clips_from_annotations(site, site / "a.txt", 1)
    assert labels(clips)[0] == ("owl",)


def test_clips_are_counted(site):
    table = marks(site, ("a", 0, 2, "x"), ("b", 0, 1, "x"), ("a", 1, 2, "y"))
    counts = hearingai.label_counts(hearingai.clips_from_annotations(site, table, 1))
    assert counts.values.tolist() == [
        ["x", 3, 2, 3],
        ["y", 1, 1, 1],
        ["(none)", 7, 2, 7],
    ]
    counts = hearingai.label_counts(pd.concat([table, marks(site, ("a", 2, 2, ""))]))
    assert list(counts) == ["label", "n", "recordings", "seconds"]
    assert counts.values.tolist() == [["x", 2, 2, 3], ["y", 1, 1, 1], ["(none)", 1, 1, 0]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "`window` must be a positive number"),
        ({"hop": -1}, "`hop` must be a positive number"),
        ({"min_overlap": 1.5}, "`min_overlap` must be a number from 0 to 1"),
        ({"of": "both"}, "`of` must be one of 'annotation', 'window'"),
        ({"negatives": "all"}, "`negatives` must be one of 'unannotated', 'annotated' or a number"),
        ({"negatives": -1}, "`negatives` must be a number from 0"),
        ({"labels": {"x": 3}}, "`labels` must rename labels to text, or to `None`"),
        (
            {"labels": pd.DataFrame({"label": ["x"]})},
            "`labels` must have the columns `label`, `new`",
        ),
        ({"annotations": "none.csv"}, "`none.csv` does not exist"),
        ({"recordings": 3}, "`recordings` must be paths"),
    ],
)
def test_unfit_arguments_are_named(site, options, message):
    given = {"recordings": site, "annotations": marks(site, ("a", 0, 1, "x")), "window": 1}
    with pytest.raises(HearingAIError, match=message):
        hearingai.clips_from_annotations(**given | options)


@pytest.mark.parametrize("one_label", [True, False])
def test_a_classifier_learns_from_annotations(tmp_path, one_label):
    """Tones of two pitches in noise, marked in Raven's tables, to a classifier that knows them."""
    rng, folder = np.random.default_rng(1), tmp_path / "recordings"
    folder.mkdir()
    rows = []
    for name in "abcd":
        sound = 0.01 * rng.standard_normal(64000)
        for k, (pitch, label) in enumerate(((3000, "high"), (500, "low")) * 4):
            first = 8000 * k + 800
            sound[first : first + 6000] += 0.5 * np.sin(np.arange(6000) * pitch / 4000 * np.pi)
            rows.append((folder / f"{name}.wav", first / 8000, (first + 6000) / 8000, label))
        hearingai.write_audio(sound, folder / f"{name}.wav", 8000)
    events = pd.DataFrame(rows, columns=["fname", "start", "end", "label"])
    hearingai.write_events(events, tmp_path / "tables", format="raven")
    annotations = hearingai.read_annotations(tmp_path / "tables", folder)
    clips = hearingai.clips_from_annotations(folder, annotations, 1, one_label=one_label)
    assert hearingai.label_counts(clips)["n"].tolist() == [16, 16]

    def network(shape, n_classes):
        layers = [keras.layers.Reshape(shape[:2]), keras.layers.GlobalAveragePooling1D()]
        layers += [keras.layers.Dense(n_classes, "softmax" if one_label else "sigmoid")]
        return keras.Sequential([keras.Input(shape), *layers])

    recipe = hearingai.get_recipe("sounds", sample_rate=8000, duration=1, augment=[])
    given = {"epochs": 5, "learning_rate": 0.1, "validation": 0.25, "seed": 1, "batch_size": 8}
    classifier = hearingai.fit(recipe, clips, network=network, progress=False, **given)
    heard = hearingai.predict(classifier, clips)
    truth, found = ("class", "label") if one_label else ("labels", "labels")
    right = [a == b for a, b in zip(clips[truth], heard[found], strict=True)]
    assert np.mean(right) > 0.9
