"""Clips decoded from one language are found from the other."""

import hearingai
from hearingai.clips import store_files


def test_what_r_prepared_python_trains_on(rscript, folder, tmp_path, monkeypatch):
    store = tmp_path / "store"
    path, n = rscript(
        f"prepared <- prepare(load_clips('{folder}'), 'speech-commands-small', store = '{store}')\n"
        "cat(prepared$path, prepared$n, sep = '\\n')"
    ).split("\n")
    monkeypatch.setattr(store_files, "read_each", None)  # nothing is decoded again
    clips = hearingai.load_clips(folder)
    found = hearingai.prepare(clips, "speech-commands-small", store=store)
    assert (found.path, found.n) == (path, int(n))
    hearingai.fit("speech-commands-small", clips, epochs=1, seed=1, store=store)
    assert len(list(store.glob("*/*/store.json"))) == 1
