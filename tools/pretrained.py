"""Build a classifier of the package, in inst/python/hearingai/models, and its model card.

    python tools/pretrained.py ten-words SPEECH_COMMANDS [--classes 36|12] [--seeds N] [--epochs N]
    python tools/pretrained.py speech SPEECH_COMMANDS --sounds ESC-10
        [--seed N | --only-measure | --only-final | --only-card] [--work FOLDER]

Speakers and recordings of noise are dealt to five parts. Each seed trains on four parts and is
measured on the fifth, another one each: a network from scratch, a head on the speech embedding,
both together, and a network that these two teach, see pretrained_learning.py. Then a last network
is taught on all five, by the networks of all seeds and a head. What a seed came to is kept in the
work folder, where a training that was broken off goes on, and the card tells of all that lie there.
"""

import argparse
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from model_card import ALONE, EVERY, FALSE, FOUND, TOGETHER, card
from pretrained_clips import PARTS, TEN, speech, ten_words, ten_words_groups
from pretrained_learning import all_kinds, taught_by_all, together

import hearingai

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "inst" / "python" / "hearingai" / "models"
MOST_BYTES = 600_000
SPEECH_COMMANDS = "Speech Commands, Pete Warden and Google, 2017-2018, CC BY 4.0"


@dataclass(frozen=True)
class Build:
    """What one of the classifiers is made of, and what its card says."""

    clips: Callable[[Any], pd.DataFrame]
    groups: Callable[[list[str]], dict[str, list[str]]]
    licence: str
    title: str
    about: str
    data: str
    limits: str


BUILDS = {
    "ten-words": Build(
        ten_words,
        ten_words_groups,
        "CC BY 4.0",
        "ten English words",
        "It hears a second of sound and says which of ten words was spoken: "
        f"{', '.join(TEN)}. Any other word is `unknown`; sound without speech is `silence`.",
        f"{SPEECH_COMMANDS} (https://arxiv.org/abs/1804.03209). Its recordings of background noise "
        "are `silence`, and so is noise that was computed. The classifier is a work derived from "
        "these recordings: name them where you pass it on.",
        "- It knows English words only, said alone: words within fluent speech are often taken for "
        "one of the ten, or missed.\n"
        "- Few other words were heard in training, and each from few speakers: a word that sounds "
        "like one of the ten, such as *know*, *ride* or *for*, may be taken for it.\n"
        "- Most speakers were adults at a computer or a phone. Children, strong accents, far "
        "microphones and rooms with much echo were hardly heard.\n"
        "- Music, animals and machines were hardly heard: they are not always `silence`.\n"
        "- It is no safety device, and does not know who speaks.",
    ),
    "speech": Build(
        speech,
        lambda labels: {"speech": ["speech"], "other": ["other"]},
        "CC BY 4.0 and CC BY 3.0",
        "is somebody speaking?",
        "It hears a second of sound and says whether somebody speaks in it: `speech` or `other`.",
        f"{SPEECH_COMMANDS} (https://arxiv.org/abs/1804.03209). ESC-10, Karol J. Piczak and those "
        "of Freesound whom its credits name, CC BY 3.0. Noise was computed besides. The classifier "
        "is a work derived from these recordings: name them where you pass it on.",
        "- Its speech is English words, said alone by one person: fluent speech, other languages "
        "and several voices at once were not heard.\n"
        "- Singing, laughter, crowds and music were not heard, and may be taken for speech.\n"
        "- Of each second it gives one answer: it does not say where within it somebody speaks.\n"
        "- It is no safety device, and does not know who speaks.",
    ),
}


def measured(members: Sequence[Any], build: Build, tests: pd.DataFrame) -> dict[str, Any]:
    """The share of each label's clips that is recognised, and what is taken for a word."""
    groups = build.groups(members[0].labels)
    classifier = together([hearingai.merge_labels(member, groups) for member in members])
    name_of = {
        old: new for new, olds in build.groups(list(set(tests["class"]))).items() for old in olds
    }
    truth = tests["class"].map(name_of).to_numpy()
    table = hearingai.predict(classifier, tests, progress=False)
    said = table["label"].to_numpy()
    recall = {label: float((said[truth == label] == label).mean()) for label in classifier.labels}
    found = {"recall": recall, "accuracy": float(np.mean(list(recall.values())))}
    if {*TEN} <= {*recall}:
        word = np.isin(truth, TEN)
        found[TOGETHER] = float((said == truth)[word].mean())
        alone = table[[f"prob_{label}" for label in TEN]].to_numpy().argmax(axis=1)
        found[ALONE] = float((np.array(TEN)[alone] == truth)[word].mean())
        if len(members[0].labels) > len(classifier.labels):
            spoken = tests[tests["class"] != "silence"]
            every = hearingai.predict(together(members), spoken, progress=False)["label"]
            found[EVERY] = float((every.to_numpy() == spoken["class"].to_numpy()).mean())
        right = np.sort(table["score"].to_numpy()[word & (said == truth)])[::-1]
        needed = int(np.ceil(FOUND * word.sum()))
        if needed <= len(right):
            taken = np.isin(said, TEN) & (table["score"].to_numpy() >= right[needed - 1])
            found[FALSE] = float(taken[truth == "unknown"].mean())
    return found


def measure(build: Build, clips: pd.DataFrame, seed: int, options: Any) -> None:
    """Train without one part and write what came of it, unless that was done."""
    stem = options.work / f"{stem_of(options)}-{seed}"
    if stem.with_suffix(".json").exists():
        return
    tests = clips["part"] == (seed - 1) % PARTS + 1
    print(f"seed {seed}: {sum(~tests)} clips to learn from, {sum(tests)} to measure on", flush=True)
    made = all_kinds(clips[~tests], stem, options, seed)
    found: dict[str, Any] = {}
    for kind, members in made.items():
        found[kind] = measured(members, build, clips[tests])
        print(f"{kind}: {json.dumps(found[kind])}", flush=True)
    taught = made["taught"][0]
    found |= {"parameters": taught.network.count_params()}
    found |= {"seconds": sum(epoch["seconds"] for epoch in taught.record["history"])}
    found |= {"clips": int(sum(tests)), "speakers": clips["speaker"][tests].nunique()}
    stem.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


def stem_of(options: Any) -> str:
    """How the files in the work folder begin."""
    return f"{options.name}-{options.classes}-{options.epochs or 'all'}"


def final(build: Build, clips: pd.DataFrame, results: list[Any], options: Any) -> None:
    """Teach a network on all parts, and write the classifier and its card."""
    stem = options.work / stem_of(options)
    made = taught_by_all(clips, stem, options)
    classifier = hearingai.merge_labels(made, build.groups(made.labels))
    classifier.record |= {"pretrained": options.name, "data": build.data, "licence": build.licence}
    MODELS.mkdir(exist_ok=True)
    path = MODELS / f"{options.name}.keras"
    hearingai.save_classifier(classifier, path, overwrite=True)
    size = packed(path)
    if size > MOST_BYTES:
        raise SystemExit(f"{path} has {size:,} bytes, more than {MOST_BYTES:,}")
    write_card(build, clips, results, options)
    print(f"Saved {path}: {size:,} bytes, fingerprint {classifier.fingerprint()[:12]}")


def write_card(build: Build, clips: pd.DataFrame, results: list[Any], options: Any) -> None:
    """Write the model card of the classifier that is there."""
    path = MODELS / f"{options.name}.keras"
    classifier = hearingai.load_classifier(path)
    path.with_suffix(".md").write_text(card(build, classifier, clips, results, options))


def packed(path: Path) -> int:
    """Compress a classifier's file, which Keras does not; returns its size."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path.stat().st_size


def main() -> None:
    """Measure, then train."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("name", choices=sorted(BUILDS))
    parser.add_argument("data", type=Path, help="folder of Speech Commands")
    parser.add_argument("--sounds", type=Path, help="folder of ESC-10, for speech")
    parser.add_argument(
        "--classes",
        type=int,
        choices=(12, 36),
        default=36,
        help="learn every word and merge the others into `unknown` (36), or learn it as one (12)",
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many trainings to measure")
    parser.add_argument("--epochs", type=int, help="in place of the recipe's")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "pretrained")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=int, help="measure this seed alone")
    which.add_argument("--only-measure", action="store_true", help="no last training")
    which.add_argument("--only-final", action="store_true", help="measure nothing more")
    which.add_argument("--only-card", action="store_true", help="write the model card anew")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    build = BUILDS[options.name]
    clips = build.clips(options)
    if not (options.only_final or options.only_card):
        for seed in [options.seed] if options.seed else range(1, options.seeds + 1):
            measure(build, clips, seed, options)
    if not (options.only_measure or options.seed):
        files = sorted(options.work.glob(f"{stem_of(options)}-[0-9]*.json"))
        results = [json.loads(file.read_text()) for file in files]
        finish = write_card if options.only_card else final
        finish(build, clips, results, options)


if __name__ == "__main__":
    main()
