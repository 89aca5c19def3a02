"""Embeddings, fine-tuning, few shots and explanations: the same from R and from Python."""

import numpy as np
import pytest

import hearingai


@pytest.fixture(scope="module")
def first(folder, tmp_path_factory):
    """A classifier of two words, and the same clips under other names."""
    clips = hearingai.load_clips(folder)
    path = tmp_path_factory.mktemp("first") / "first.keras"
    made = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=4)
    hearingai.save_classifier(made, path)
    table = clips[["fname", "class", "speaker"]].assign(**{"class": "a " + clips["class"]})
    table.to_csv(path.with_name("other.csv"), index=False)
    return path


def doubles(path):
    return np.fromfile(path, dtype="float64")


def test_embeddings_heads_and_relevances_are_equal(rscript, python, first, tmp_path):
    told = rscript(
        f"first <- load_classifier('{first}')\n"
        f"clips <- read_clips('{first.with_name('other.csv')}')\n"
        "table <- embed(first, clips)\n"
        f"writeBin(as.vector(as.matrix(table[2:129])), '{tmp_path}/e.bin')\n"
        "found <- explain(first, clips$fname[3], label = 'yes', steps = 8)\n"
        f"writeBin(as.vector(found$relevance), '{tmp_path}/r.bin')\n"
        "few <- few_shot(first, clips, shots = 6, seed = 9)\n"
        "tuned <- fine_tune(first, clips, epochs = 1, seed = 9, deterministic = TRUE,\n"
        "  batch_size = 16)\n"
        "cat(fingerprint(few), fingerprint(tuned), classifier_info(tuned)$tuned_from)"
    ).split()
    python(
        "import numpy\n"
        f"first = hearingai.load_classifier({str(first)!r})\n"
        f"clips = hearingai.read_clips({str(first.with_name('other.csv'))!r})\n"
        "table = hearingai.embed(first, clips).filter(like='embedding_').to_numpy('float64')\n"
        f"table.T.tofile('{tmp_path}/e.py')\n"
        "found = hearingai.explain(first, clips['fname'][2], label='yes', steps=8)\n"
        f"found.relevance.T.astype('float64').tofile('{tmp_path}/r.py')\n"
        "few = hearingai.few_shot(first, clips, shots=6, seed=9)\n"
        "tuned = hearingai.fine_tune(first, clips, epochs=1, seed=9, deterministic=True,\n"
        "    batch_size=16)\n"
        f"print(few.fingerprint(), tuned.fingerprint(), first.fingerprint(),\n"
        f"    file=open('{tmp_path}/prints', 'w'))"
    )
    assert told == (tmp_path / "prints").read_text().split()
    for name in ("e", "r"):
        from_r = doubles(tmp_path / f"{name}.bin")
        assert len(from_r) > 5000
        np.testing.assert_array_equal(from_r, doubles(tmp_path / f"{name}.py"))
