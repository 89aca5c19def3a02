"""Exported by either language, run by either: the same answers."""

import numpy as np

import hearingai
from fresh import need


def test_a_file_of_either_language_runs_in_both(rscript, folder, tmp_path):
    need("ai_edge_litert")
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=4)
    saved = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    ours = hearingai.export(classifier, tmp_path / "python.tflite").path
    theirs = str(tmp_path / "r.tflite")
    printed = rscript(
        f"clips <- head(load_clips('{folder}'), 6)\n"
        f"made <- export(load_classifier('{saved}'), '{theirs}', clips = clips)\n"
        f"answers <- lapply(c('{ours}', '{theirs}'), \\(f) predict(load_exported(f), clips))\n"
        f"writeBin(unlist(lapply(answers, `[[`, '.pred_yes')), '{tmp_path}/p.bin')\n"
        "cat(made$format, made$n, made$agreement, made$bytes, made$accuracy_before)"
    )
    kind, n, agreement, size, accuracy = printed.split()
    clips = hearingai.load_clips(folder)[:6]
    opened = hearingai.load_exported(theirs)
    expected = hearingai.predict(opened, clips)
    assert (kind, int(n), float(agreement)) == ("litert", 6, 1)
    assert int(float(size)) == (tmp_path / "r.tflite").stat().st_size
    assert (
        float(accuracy) == (hearingai.predict(classifier, clips)["label"] == clips["class"]).mean()
    )
    found = np.fromfile(tmp_path / "p.bin", dtype="float64").reshape(2, -1)
    np.testing.assert_array_equal(found, np.stack([expected["prob_yes"]] * 2))
    assert opened.description == hearingai.load_exported(ours).description
