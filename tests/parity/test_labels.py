"""Any number of labels a clip: R and Python train, answer and measure alike."""

import json

import numpy as np
import pytest

import hearingai
from chords import write_chords

OPTIONS = {"epochs": 1, "batch_size": 16, "seed": 1, "deterministic": True, "precision": "float32"}

IN_R = """
clips <- read_clips("{table}")
classifier <- fit("gate", clips, epochs = 1, batch_size = 16, seed = 1, deterministic = TRUE,
  precision = "float32", sampling = "balanced")
save_classifier(classifier, "{file}")
found <- predict(classifier, clips)
result <- suppressWarnings(evaluate(classifier, clips))
cat(jsonlite::toJSON(list(
  fingerprint = fingerprint(classifier), labels = clips$labels, predicted = found$.pred_labels,
  probabilities = as.matrix(found[c(".pred_high", ".pred_low", ".pred_middle")]),
  metrics = setNames(as.list(result$metrics$value), result$metrics$metric)
), digits = NA, auto_unbox = FALSE, na = "null"))
"""


@pytest.mark.slow
def test_one_seed_gives_both_languages_the_same_labels(rscript, tmp_path):
    clips = write_chords(tmp_path, 40)
    clips.to_csv(tmp_path / "clips.csv", index=False)
    file = tmp_path / "r.keras"
    told = json.loads(rscript(IN_R.format(table=tmp_path / "clips.csv", file=file)))
    ours = hearingai.fit("gate", clips, sampling="balanced", progress=False, **OPTIONS)
    assert told["fingerprint"] == [ours.fingerprint()]
    assert [tuple(sets) for sets in told["labels"]] == clips["labels"].tolist()
    for classifier in (ours, hearingai.load_classifier(file)):
        found = hearingai.predict(classifier, clips)
        assert [tuple(sets) for sets in told["predicted"]] == found["labels"].tolist()
        values = found.filter(like="prob_").to_numpy("float64")
        np.testing.assert_allclose(values, told["probabilities"], rtol=1e-14)
    with pytest.warns(hearingai.HearingAIWarning, match="were used in training"):
        result = hearingai.evaluate(ours, clips).metrics
    expected = dict(zip(result["metric"], result["value"], strict=True))
    assert {name: value[0] for name, value in told["metrics"].items()} == pytest.approx(expected)
