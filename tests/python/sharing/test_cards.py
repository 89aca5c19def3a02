"""Model cards say what is so, and nothing else."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.sharing._markdown import page, plain, table
from small_bodies import energy_body, on_body


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)


@pytest.fixture
def result(trained, words):
    return hearingai.evaluate(trained, words[words["split"] == "test"])


def section(card, name):
    return re.split(r"\n## .*\n", card.partition(f"\n## {name}\n")[2])[0].strip()


def rows(text):
    """The tables of a text: the first cell of each row, and the others."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: others for first, *others in cells}


class Page(HTMLParser):
    """What of a page would load something else, and its headings."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loads = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "srcset")]
        self.loads += [tag] if tag in ("link", "script", "iframe", "img", "object") else []


def test_a_card_has_what_file_and_record_say(trained, words, result):
    card = hearingai.model_card(trained, result, title="Three words", licence="MIT")
    assert card.startswith("# Three words\n")
    facts = {name: told[0] for name, told in rows(card.partition("\n## ")[0]).items()}
    assert facts["labels"] == "down, no, yes"
    assert facts["network"].endswith(f"{trained.count_params():,} parameters")
    assert facts["fingerprint"] == f"`{trained.fingerprint()}`"
    assert (facts["licence"], facts["recipe"]) == ("MIT", "speech-commands-small")
    assert "1 s of sound at 16,000 Hz, one channel" in facts["hears"]
    told = rows(section(card, "How it was trained"))
    assert (told["seed"], told["clips a step"]) == (["1"], ["8"])
    assert told["epochs"][0].startswith(str(len(trained.record["history"])))
    assert "Calibr" not in card and "not calibrated" in card


def test_the_clips_are_counted_as_the_training_had_them(trained, words):
    data = section(hearingai.model_card(trained), "Data")
    parts = [words[words["split"] == part] for part in ("train", "validation")]
    told = rows(data)
    for label in ("down", "no", "yes"):
        assert told[label] == [str((part["class"] == label).sum()) for part in parts]
    train, held = parts
    assert f"{len(train)} clips of {train['speaker'].nunique()} speakers trained on" in data
    assert f"{len(held)} clips of {held['speaker'].nunique()} speakers validated on" in data
    assert "as the table of clips marked them" in data


def test_numbers_are_those_of_the_evaluation_with_intervals_over_speakers(trained, words, result):
    text = section(hearingai.model_card(trained, result), "What was measured")
    speakers = words.loc[words["split"] == "test", "speaker"].nunique()
    assert f"whole speakers, of which there are {speakers}" in text
    assert "None of them was used in training" in text
    first = result.metrics.set_index("metric").loc["accuracy"]
    expected = f"{first['value']:.3f} ({first['low']:.3f} to {first['high']:.3f})"
    assert rows(text)["accuracy"] == [expected if first["low"] < first["high"] else expected[:5]]
    good = result.predictions
    for row in result.per_class.itertuples():
        n, recall, precision = rows(text)[row.label]
        assert int(n) == row.n == (good["class"] == row.label).sum()
        assert float(recall.split()[0]) == pytest.approx(row.recall, abs=5e-4)
        assert float(precision.split()[0]) == pytest.approx(row.precision, abs=5e-4)


def test_an_interval_of_a_label_is_the_bootstrap_of_its_clips():
    rng = np.random.default_rng(0)
    truth = np.array(["a"] * 40 + ["b"] * 40)
    said = np.where(rng.random(80) < 0.7, truth, "b")
    speaker = [f"s{i % 20}" for i in range(80)]
    found = _evaluation(truth, said, speaker)
    text = hearingai.sharing._numbers.measured(found)
    of_a = truth == "a"
    own = hearingai.bootstrap_interval(
        ["x"] * 40,
        list(np.where(said[of_a] == "a", "x", "y")),
        groups=np.array(speaker)[of_a],
        seed=0,
    ).iloc[0]
    expected = f"{own['estimate']:.3f} ({own['low']:.3f} to {own['high']:.3f})"
    assert rows(text)["a"][1] == expected
    assert "rough" not in text
    alone = hearingai.sharing._numbers.measured(_evaluation(truth, said, None))
    assert "single clips" in alone and "too narrow" in alone


def _evaluation(truth, said, groups):
    """An `Evaluation` of these answers."""
    from hearingai.inference.scoring import summary

    class Two:
        labels, multi_label, target, record = ["a", "b"], False, None, {}

    sure = (said == "a") * 0.8 + 0.1
    answers = pd.DataFrame({"fname": "x", "class": truth, "label": said, "score": 0.9})
    answers = answers.assign(prob_a=sure, prob_b=1 - sure, error=None)
    return summary(Two, answers, groups, grouped_by=groups and "speaker")


def test_clips_of_the_training_are_told(trained, words):
    with pytest.warns(hearingai.HearingAIWarning, match="used in training"):
        seen = hearingai.evaluate(trained, words[words["split"] == "train"].head(9))
    assert "**9 clips of these were used in training" in hearingai.model_card(trained, seen)


def test_without_an_evaluation_the_numbers_are_of_validation_and_say_so(trained, classifier):
    text = section(hearingai.model_card(trained), "What was measured")
    assert "Only on the clips that validated" in text
    value = trained.record["validation_metrics"]["accuracy"]
    assert rows(text)["accuracy"] == [f"{value:.3f}"]
    card = hearingai.model_card(classifier)
    assert "Nothing that the file tells of" in section(card, "What was measured")
    assert section(card, "How it was trained") == "It was not trained."
    assert section(card, "Data") == "The file does not say."


def test_decisions_are_told(trained, words):
    held = words[words["split"] == "validation"]
    tuned = hearingai.choose_thresholds(trained, held, wanted_precision=0.5).classifier
    text = section(hearingai.model_card(tuned), "From probabilities to decisions")
    for label, level in tuned.record["thresholds"].items():
        assert rows(text)[label] == [f"{level:.3f}"]
    others = words[words["split"] != "train"]
    known = hearingai.learn_novelty(hearingai.calibrate(trained, held), others, rate=0.1)
    text = section(hearingai.model_card(known), "From probabilities to decisions")
    assert f"Calibrated by `temperature` on {len(held)} clips" in text
    assert "a share of 0.100 may be called unknown" in text


def test_labels_of_any_number_a_clip(tmp_path):
    rng = np.random.default_rng(0)
    names = [str(tmp_path / f"{i}.wav") for i in range(24)]
    for name in names:
        hearingai.write_audio(name, rng.normal(0, 0.1, 16000), 16000)
    labels = [["a"] * (i % 2) + ["b"] * (i % 3 == 0) for i in range(24)]
    clips = hearingai.clip_table(names, labels=labels)
    made = hearingai.create_classifier("words", ["a", "b"], seed=1, multi_label=True)
    result = hearingai.evaluate(made, clips)
    card = hearingai.model_card(made, result)
    assert "any number of these labels" in card
    text = section(card, "What was measured")
    value = dict(zip(result.metrics["metric"], result.metrics["value"], strict=True))
    assert rows(text)["average precision, mean over the labels"] == [f"{value['map_macro']:.3f}"]
    for row in result.per_class.itertuples():
        assert int(rows(text)[row.label][0]) == row.n
        if rows(text)[row.label][1] != "-":
            assert float(rows(text)[row.label][1].split()[0]) == pytest.approx(row.recall, abs=5e-4)


@pytest.mark.parametrize(
    "label", ["a|b", "<img src=x onerror=alert(1)>", "*", "_x_", "`", "[a](b)"]
)
def test_labels_are_shown_as_they_are(label):
    from markdown_it import MarkdownIt

    made = hearingai.create_classifier("speech-commands-small", [label, "z"], seed=1)
    html = hearingai.model_card(made, format="html")
    assert Page(html).loads == [] and html.count("<table>") == html.count("</table>") == 1
    shown = MarkdownIt().renderInline(plain(label))
    assert f"<td>{shown}, z</td>" in html
    import html as entities

    assert entities.unescape(shown) == label


def test_a_page_stands_alone(trained, result):
    text = hearingai.model_card(
        trained, result, format="html", title="A & B", about="See ![me](http://x.y/z.png)."
    )
    found = Page(text)
    assert found.loads == [] and found.tags.count("h1") == 1
    assert text.startswith("<!doctype html>") and "<title>A &amp; B</title>" in text
    assert "http://x.y/z.png" in text  # as text
    assert "<td>down, no, yes</td>" in text


def test_a_table_of_two_columns_is_one_in_html():
    assert "<td>b</td>" in page(table(["", ""], [["a", "b"]]), "t")


def test_code_of_a_card_runs(trained, tmp_path, words, monkeypatch):
    path = tmp_path / "it's.keras"
    hearingai.save_classifier(trained, path)
    card = hearingai.model_card(path)
    assert card.startswith("# it's\n")
    assert rows(card)["file"][0].endswith("MiB")
    assert "hearingai predict 'it'\"'\"'s.keras' recording.wav" in card
    monkeypatch.chdir(tmp_path)
    waveform, rate = hearingai.read_audio(words["fname"][0])
    for name in ("recording.wav", "hours.flac"):
        hearingai.write_audio(name, waveform, rate)
    exec(re.findall(r"```python\n(.*?)```", card, re.S)[0], {})


def test_a_body_that_binds_is_told():
    made = on_body(["a", "b"], energy_body(licence="CC BY-NC-SA 4.0"))
    card = hearingai.model_card(made, licence="MIT")
    told = rows(card)["licence"][0]
    assert told.startswith("CC BY-NC-SA 4.0, of its body") and told.endswith("is under MIT")
    assert made.body.sha256 in rows(card)["body"][0]


def test_a_record_of_a_stranger_breaks_no_card(classifier, tmp_path):
    made = hearingai.load_classifier(hearingai.save_classifier(classifier, tmp_path / "a.keras"))
    odd = {
        "clips": {"train": {"n": "<b>", "labels": [1], "speakers": {}}},
        "n_train": [],
        "augment": [1, None],
        "optimizer": "x",
        "versions": ["a"],
        "validation_metrics": {"accuracy": "very good"},
        "novelty": {"rate": "much"},
        "split_by": 3,
        "history": [{"epoch": 1}],
        "seconds": "<script>",
        "licence": 7,
    }
    made.record |= odd
    html = hearingai.model_card(made, format="html")
    assert Page(html).loads == [] and "<script>" not in html and "<b>" not in html


def test_the_card_of_the_package_is_its_own(classifier):
    own = hearingai.model_card("ten-words")
    assert own.startswith("---\nname: ten-words\n")
    html = hearingai.model_card("ten-words", format="html")
    assert "<td>87124</td>" in html and "What it cannot do</h2>" in html
    with pytest.raises(hearingai.HearingAIError, match="`about` is for a classifier of your own"):
        hearingai.model_card("ten-words", about="Mine.")


def test_wrong_arguments_are_named(classifier, result, tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="`evaluation` must be of this classifier"):
        hearingai.model_card(classifier, result)
    with pytest.raises(hearingai.HearingAIError, match=r"`evaluation` must be what evaluate\(\)"):
        hearingai.model_card(classifier, 0.9)
    with pytest.raises(hearingai.HearingAIError, match="`format` must be one of"):
        hearingai.model_card(classifier, format="pdf")
    with pytest.raises(hearingai.HearingAIError, match="`about` must be text"):
        hearingai.model_card(classifier, about=1)
    with pytest.raises(hearingai.HearingAIError, match="does not exist"):
        hearingai.model_card(tmp_path / "no.keras")


def test_the_shell_writes_cards(run, trained, words, tmp_path):
    model, data = tmp_path / "mine.keras", tmp_path / "clips.csv"
    hearingai.save_classifier(trained, model)
    words[words["split"] == "test"].drop(columns="class_id").to_csv(data, index=False)
    (tmp_path / "about.md").write_text("For *tests*.\n")
    page = tmp_path / "card.html"
    status, out, err = run("card", model, data, "--split", "test", "--out", page)
    assert (status, out) == (0, f"Saved {page}.\n"), err
    assert "whole speakers" in page.read_text()
    status, out, err = run("card", model, "--about", tmp_path / "about.md", "--licence", "MIT")
    assert status == 0, err
    expected = hearingai.model_card(model, about="For *tests*.\n", licence="MIT")
    assert out == expected
    assert json.loads(run("card", model, "--json")[1])["card"] == hearingai.model_card(model)
    status, _, err = run("card", model, "--out", page)
    assert status == 1 and "--overwrite" in err
    assert run("card", model, "--out", page, "--overwrite")[0] == 0
    status, _, err = run("card", model, "--out", tmp_path / "card.pdf")
    assert status == 1 and "--out must end in .md or .html" in err.replace("`", "")
    assert run("card", "ten-words")[1] == hearingai.model_card("ten-words")
