"""Detectors of words made from their text: the same from R and from Python."""

import numpy as np
import pytest

import hearingai

pytest.importorskip("pyopen_wakeword", reason="the extra `speech` is not installed")

CALLS = {
    "english": (
        'c("no", "yes"), voices = 4, others = "nose", clips = clips, seed = 3',
        '["no", "yes"], voices=4, others=["nose"], clips=clips, seed=3',
    ),
    "arabic": (
        'list(yes = c("نعم", "[[n\'aQam]]"), no = "لا"), language = "ar", voices = 4, seed = 3',
        '{"yes": ["نعم", "[[n\'aQam]]"], "no": "لا"}, language="ar", voices=4, seed=3',
    ),
}


@pytest.mark.slow
def test_detectors_of_words_are_equal(rscript, python, folder, tmp_path, monkeypatch):
    """Each language speaks the words and computes the embeddings itself, in a cache of its own."""
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    in_r = "".join(
        f"{name} <- word_classifier({call})\n"
        f"writeBin(as.vector(as.matrix(predict({name}, clips, type = 'prob'))), "
        f"'{tmp_path}/{name}-r')\n"
        f"limits <- classifier_info({name})$thresholds\n"
        f"cat(fingerprint({name}), sprintf('%.15g', limits), '\\n')\n"
        for name, (call, _) in CALLS.items()
    )
    told = rscript(f"clips <- load_clips('{folder}')\n{in_r}")
    in_python = "".join(
        f"{name} = hearingai.word_classifier({call})\n"
        f"answer = hearingai.predict({name}, clips).filter(like='prob_')\n"
        f"answer.to_numpy('float64').T.tofile('{tmp_path}/{name}-python')\n"
        f"print({name}.fingerprint(), *{name}.record['thresholds'].values())\n"
        for name, (_, call) in CALLS.items()
    )
    said = python(f"clips = hearingai.load_clips({str(folder)!r})\n{in_python}")
    of_r, of_python = ([line.split() for line in text.splitlines()] for text in (told, said))
    assert [line[0] for line in of_r] == [line[0] for line in of_python]
    for r, py in zip(of_r, of_python, strict=True):
        np.testing.assert_allclose(np.array(r[1:], float), np.array(py[1:], float), rtol=1e-12)
    for name in CALLS:
        answers = [np.fromfile(tmp_path / f"{name}-{who}") for who in ("r", "python")]
        assert len(answers[0]) == 4 * 48
        np.testing.assert_array_equal(*answers)


def test_the_languages_are_the_same(rscript):
    told = rscript("table <- languages()\ncat(paste(table$language, table$voices), sep = '\\n')")
    table = hearingai.languages()
    assert told.splitlines() == [f"{r.language} {r.voices}" for r in table.itertuples()]
