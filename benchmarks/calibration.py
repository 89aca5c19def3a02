"""Probabilities that come true, thresholds that keep what they promise, on people kept apart.

    python benchmarks/calibration.py SPEECH_COMMANDS [--quick] [--out FILE]

Four in ten people teach ten words, three in ten calibrate and choose thresholds, three in ten are
measured; each seed divides the people anew. What remains of the error is mostly chance: so many
clips measure some even where probabilities are exactly right, which is drawn and told beside it.
The classifiers: `few_shot` of ten clips a word on the speech embedding, and the recipe `head` of
all clips. What is not known is measured by the other 25 words: how often they count as unknown
where one in twenty clips of the ten words does.
"""

import measure
import numpy as np

import hearingai

SEEDS = 6
PRECISION = 0.9
SHARES = {"train": 0.4, "validation": 0.3, "test": 0.3}


def classifiers(train):
    """Each classifier by its name."""
    body = hearingai.get_body("speech-embedding")
    return {
        "ten clips a word": hearingai.few_shot(body, train, shots=10, seed=1, progress=False),
        "all clips": hearingai.fit("head", train, body=body, seed=1, progress=False),
    }


def measured(classifier, known, choose, test, strangers):
    """What a classifier reaches on clips of people kept apart."""
    calibrated = hearingai.calibrate(classifier, choose, progress=False)
    found = [hearingai.evaluate(each, test, progress=False) for each in (classifier, calibrated)]
    errors = [*map(_error, found), _exact(found[1])]
    chosen = hearingai.choose_thresholds(
        calibrated, choose, wanted_precision=PRECISION, progress=False
    )
    said = found[1].predictions
    precisions, recalls = [], []
    for label, level in chosen.thresholds.items():
        taken, there = said[f"prob_{label}"] >= level, said["class"] == label
        precisions.append((taken & there).sum() / max(taken.sum(), 1))
        recalls.append((taken & there).sum() / there.sum())
    knowing = hearingai.learn_novelty(classifier, known, progress=False)
    unknown = [
        (hearingai.predict(knowing, clips, unknown=True, progress=False)["novelty"] > 1).mean()
        for clips in (test, strangers)
    ]
    return [*errors, np.mean(precisions), np.mean(recalls), *unknown]


def _error(found):
    return hearingai.reliability(found).summary["expected_calibration_error"].item()


def _exact(found, draws=200):
    """The mean error where the most probable word is right exactly as often as it says."""
    said = found.predictions["score"].to_numpy()
    said = said[np.isfinite(said)]
    rng = np.random.default_rng(1)
    place = np.minimum((said * 15).astype(int), 14)
    gaps = [
        np.abs(np.bincount(place, said - (rng.random(len(said)) < said), 15)).sum() / len(said)
        for _ in range(draws)
    ]
    return float(np.mean(gaps))


COLUMNS = (
    *("ECE before", "ECE after", "ECE of exact probabilities"),
    *("precision at thresholds for 0.9", "recall there"),
    *("ten words as unknown", "other words as unknown"),
)


def main():
    options = measure.arguments(__doc__, data="required").parse_args()
    clips = hearingai.speech_commands(options.data).drop(columns=["split", "class_id"])
    known = clips["class"].isin(measure.TEN_WORDS)
    words, others = clips[known].reset_index(drop=True), clips[~known]
    found = {}
    for seed in range(1, 2 if options.quick else SEEDS + 1):
        parts = hearingai.split_clips(words, SHARES, by="speaker", seed=seed)
        train, choose, test = (parts[parts["split"] == n].drop(columns="split") for n in SHARES)
        strangers = others[others["speaker"].isin(test["speaker"])]
        for name, classifier in classifiers(train).items():
            row = measured(classifier, choose, choose, test, strangers)
            print(name, seed, dict(zip(COLUMNS, row, strict=True)), flush=True)
            found.setdefault(name, []).append(row)
    rows = [
        {"classifier": name} | {c: _told(v) for c, v in zip(COLUMNS, np.array(r).T, strict=True)}
        for name, r in found.items()
    ]
    every = np.array(list(found.values()))
    aims = [
        measure.aim("ECE after, the worst mean", every[:, :, 1].mean(axis=1).max(), at_most=0.03),
        measure.aim(
            "precision at thresholds for 0.9, off by, the worst mean",
            np.abs(every[:, :, 3].mean(axis=1) - PRECISION).max(),
            at_most=0.03,
        ),
    ]
    note = (
        "ECE: expected calibration error of the most probable word, in 15 bins. Precision and "
        "recall are means over the ten words. Means and standard deviations over six divisions "
        "of the people."
    )
    measure.report(options, "Calibration and thresholds", rows, aims, note)


def _told(values):
    spread = f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"


if __name__ == "__main__":
    main()
