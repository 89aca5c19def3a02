"""Long recordings: both languages hear the same, bit for bit, and read each other's files."""

import numpy as np
import pandas as pd
import pytest

import hearingai

RULES = "hop = 0.3, threshold = c(no = 0.4, yes = 0.45), low = 0.4, smooth = 0.6, min_gap = 0.5"


@pytest.fixture(scope="module")
def setup(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    hearingai.save_classifier(classifier, folder / "m.keras")
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.1, (2, 22050 * 7)) * np.repeat(rng.random(7), 22050)
    hearingai.write_audio(folder / "sound.flac", sound, 22050)
    return folder, classifier


def test_annotate_listen_and_stream_are_the_same_in_r(rscript, setup):
    folder, classifier = setup
    printed = rscript(
        f"setwd('{folder}')\n"
        "classifier <- load_classifier('m.keras')\n"
        f"found <- annotate(classifier, 'sound.flac', {RULES})\n"
        "w <- found$windows\n"
        "writeBin(c(w$start, w$end, w$.pred_no, w$.pred_yes), 'w.bin')\n"
        "write_events(found, 'r.csv')\n"
        "sound <- read_audio('sound.flac', mono = FALSE)\n"
        f"stream <- Stream(classifier, 22050, {RULES})\n"
        "events <- rbind(feed(stream, sound$waveform), finish(stream))\n"
        "chunks <- list(sound$waveform[, 1:70000], sound$waveform[, -(1:70000)])\n"
        f"heard <- listen(classifier, chunks, sample_rate = 22050, {RULES})\n"
        "cat(all.equal(heard, found$events[-1], tolerance = 1e-6),\n"
        "  all.equal(events[order(events$start, events$end), ], heard, tolerance = 1e-6))"
    )
    rules = {"hop": 0.3, "threshold": {"no": 0.4, "yes": 0.45}, "low": 0.4, "smooth": 0.6}
    found = hearingai.annotate(classifier, folder / "sound.flac", min_gap=0.5, **rules)
    assert len(found.events)
    columns = ["start", "end", "prob_no", "prob_yes"]
    in_r = np.fromfile(folder / "w.bin").reshape(4, -1).T
    np.testing.assert_array_equal(in_r, found.windows[columns].to_numpy("float64"))
    back = hearingai.read_events(folder / "r.csv")
    pd.testing.assert_frame_equal(back.iloc[:, 1:], found.events.iloc[:, 1:])
    assert printed.split() == ["TRUE", "TRUE"]
