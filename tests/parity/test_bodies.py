"""Heads on a pretrained body: the same from R and from Python, and each opens the other's file."""

import numpy as np
import pytest

import hearingai

pytest.importorskip("pyopen_wakeword", reason="the extra `speech` is not installed")


def test_heads_on_a_body_are_equal(rscript, python, folder, tmp_path, monkeypatch):
    """Each language computes the embeddings itself, in a cache of its own."""
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    told = rscript(
        "body <- get_body('speech-embedding')\n"
        f"clips <- load_clips('{folder}')\n"
        "few <- few_shot(body, clips, shots = 6, seed = 9)\n"
        "head <- fit('head', clips, body = body, epochs = 2, seed = 9, deterministic = TRUE)\n"
        f"save_classifier(few, '{tmp_path}/few-r.keras')\n"
        f"save_classifier(head, '{tmp_path}/head-r.keras')\n"
        "write <- function(classifier, name) {\n"
        "  answer <- predict(classifier, clips, type = 'prob')\n"
        f"  writeBin(as.vector(as.matrix(answer)), paste0('{tmp_path}/', name))\n"
        "}\n"
        "write(few, 'few-r')\n"
        "write(head, 'head-r')\n"
        "cat(fingerprint(few), fingerprint(head), body$py$sha256)"
    ).split()
    said = python(
        "body = hearingai.get_body('speech-embedding')\n"
        f"clips = hearingai.load_clips({str(folder)!r})\n"
        "few = hearingai.few_shot(body, clips, shots=6, seed=9)\n"
        "head = hearingai.fit('head', clips, body=body, epochs=2, seed=9, deterministic=True)\n"
        "for name, made in (('few', few), ('head', head)):\n"
        f"    made.save(f'{tmp_path}/{{name}}-python.keras')\n"
        "    answer = hearingai.predict(made, clips).filter(like='prob_')\n"
        f"    answer.to_numpy('float64').T.tofile(f'{tmp_path}/{{name}}-python')\n"
        "print(few.fingerprint(), head.fingerprint(), body.sha256)"
    ).split()
    assert told == said
    for name in ("few", "head"):
        of_r, of_python = (np.fromfile(tmp_path / f"{name}-{who}") for who in ("r", "python"))
        assert len(of_r) == 2 * 48
        np.testing.assert_array_equal(of_r, of_python)


def test_each_language_opens_what_the_other_saved(rscript, folder, tmp_path):
    clips = hearingai.load_clips(folder)
    first = hearingai.few_shot(hearingai.get_body("speech-embedding"), clips, shots=4, seed=2)
    hearingai.save_classifier(first, tmp_path / "python.keras")
    told = rscript(
        f"opened <- load_classifier('{tmp_path}/python.keras')\n"
        f"save_classifier(opened, '{tmp_path}/r.keras')\n"
        "cat(fingerprint(opened), classifier_info(opened)$body$name)"
    ).split()
    assert told == [first.fingerprint(), "speech-embedding"]
    again = hearingai.load_classifier(tmp_path / "r.keras", body=first.body)
    assert again.fingerprint() == first.fingerprint()
    probabilities = [hearingai.predict(c, clips).filter(like="prob_") for c in (first, again)]
    np.testing.assert_array_equal(*probabilities)


def test_windows_of_recordings_are_equal(rscript, folder, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    files = [*map(str, sorted(folder.rglob("*.wav"))[:3]), str(bad)]
    listed = ", ".join(f"'{file}'" for file in files)
    told = rscript(
        f"found <- embed(get_body('speech-embedding'), c({listed}))\n"
        "numbers <- as.matrix(found[c('row', 'start', 'end', paste0('embedding_', 1:96))])\n"
        f"writeBin(as.vector(numbers), '{tmp_path}/windows')\n"
        "cat(sum(!is.na(found$.error)), basename(found$fname[is.na(found$start)]))"
    )
    found = hearingai.embed(hearingai.get_body("speech-embedding"), files)
    numbers = found.drop(columns=["fname", "error"]).assign(row=found["row"] + 1)
    from_r = np.fromfile(tmp_path / "windows").reshape(numbers.shape[::-1]).T
    np.testing.assert_array_equal(from_r, numbers.to_numpy("float64"))
    assert told == "1 bad.wav"
