"""The model card of a classifier in the package, from what was measured."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd

TOGETHER, FALSE = "the ten words together", "other words taken for one of the ten"
ALONE, EVERY = "the ten words, among themselves", "every word of the data, before they are merged"
FOUND = 0.9  # share of the words that are recognised where false ones are counted

KINDS = (
    "The classifier in the package is `taught`: a small network that learnt, beside the classes, "
    "what a network of its kind and a head on the speech embedding say together of the clips. "
    "Those two are measured too, each alone and together."
)


def card(build: Any, classifier: Any, clips: pd.DataFrame, results: list[Any], options: Any) -> str:
    """The model card, in Markdown, after facts of one line each."""
    facts = {
        "name": options.name,
        "labels": ", ".join(classifier.labels),
        "parameters": classifier.network.count_params(),
        "licence": build.licence,
        "accuracy": f"{np.mean([r['taught']['accuracy'] for r in results]):.3f}"
        if results
        else "nan",
        "fingerprint": classifier.fingerprint(),
    }
    head = "".join(f"{name}: {value}\n" for name, value in facts.items())
    speakers = clips["speaker"][clips["part"] > 0].nunique()
    command = f"python tools/pretrained.py {options.name} SPEECH_COMMANDS"
    ways = {"ten-words": f" --classes {options.classes}", "speech": " --sounds ESC-10"}
    command += ways[options.name]
    command += "" if options.epochs is None else f" --epochs {options.epochs}"
    epochs = len(classifier.record["history"])
    return f"""---
{head}---

# {options.name}: {build.title}

{folded(build.about)}

## What was measured

{numbers(results)}
## Data and licence

{folded(build.data)}

## What it cannot do

{folded(build.limits)}

## How it was built

    {command}

The recipe `{classifier.recipe}`, epochs: {epochs}, on {len(clips):,} clips of \
{speakers} speakers and recordings, seed {classifier.record["seed"]}, deterministic.
"""


def numbers(results: list[Any]) -> str:
    """What the seeds came to, as a table: a column for each kind of classifier."""
    if not results:
        return "Nothing yet.\n"
    kinds = [kind for kind, found in results[0].items() if isinstance(found, dict)]
    rows = {"mean over the labels": [[r[kind]["accuracy"] for r in results] for kind in kinds]}
    for name in (TOGETHER, ALONE, EVERY, FALSE):
        if all(name in r[kind] for r in results for kind in kinds):
            rows[name] = [[r[kind][name] for r in results] for kind in kinds]
    for label in results[0][kinds[0]]["recall"]:
        rows[f"`{label}`"] = [[r[kind]["recall"][label] for r in results] for kind in kinds]
    lines = [f"| {name} | {' | '.join(map(mean_of, values))} |\n" for name, values in rows.items()]
    n, clips = len(results), sum(r["clips"] for r in results)
    trainings = f"{n} trainings, each" if n > 1 else "One training"
    text = (
        f"{trainings} without a fifth of the speakers and of the recordings of noise, on which it "
        f"was then measured: {clips:,} clips in all. The share of them that was recognised"
    )
    text += ", mean and standard deviation" if n > 1 else ""
    if FALSE in rows:
        text += f"; false ones are counted at the threshold where {FOUND:.0%} of the ten are found"
    return f"""{folded(text + ". " + KINDS)}

| | {" | ".join(kinds)} |
| --- |{" --- |" * len(kinds)}
{"".join(lines)}
The classifier in the package was then taught in the same way on all of them.
"""


def folded(text: str) -> str:
    """Paragraphs and items in lines of a hundred characters."""
    lines = text.splitlines()
    inside = ["  " if line.startswith("- ") else "" for line in lines]
    return "\n".join(
        textwrap.fill(line, 100, subsequent_indent=indent, break_on_hyphens=False)
        for line, indent in zip(lines, inside, strict=True)
    )


def mean_of(values: list[float]) -> str:
    """Mean and deviation, as text."""
    spread = f" ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else ""
    return f"{np.mean(values):.3f}{spread}"
