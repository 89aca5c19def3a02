"""The trainings behind the classifiers in the package: a network, a head, and what they teach."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pretrained_clips import SEED

import hearingai

RECIPE, BODY = "words", "speech-embedding"
COPIES = 5  # of each clip, that a teacher answers
VARIED = ("speed_change", "time_shift", "coloured_noise", "background_noise", "gain")
HEAD = {
    "copies": 4,
    "network_options": {"hidden": 512},
    "label_smoothing": 0.05,
    "schedule": "cosine",
    "epochs": 60,
}


def together(members: Sequence[Any]) -> Any:
    """One classifier, or several as an ensemble."""
    return hearingai.ensemble(members) if len(members) > 1 else members[0]


def all_kinds(clips: pd.DataFrame, stem: Path, options: Any, seed: int) -> dict[str, list[Any]]:
    """A network from scratch, a head, both, and a network that both teach, by name."""
    recipe = recipe_with(clips, options)
    network = learnt(recipe, clips, Path(f"{stem}-network.keras"), options, seed=seed)
    head = learnt(head_of(recipe), clips, Path(f"{stem}-head.keras"), options, seed=seed)
    both = [network, head]
    taught = taught_by(together(both), recipe, clips, stem, options, seed=seed)
    return {"taught": [taught], "network": [network], "head": [head], "network and head": both}


def taught_by_all(clips: pd.DataFrame, stem: Path, options: Any) -> Any:
    """A network taught on all clips, half by the networks of all seeds, half by a new head."""
    recipe = recipe_with(clips, options)
    head = learnt(head_of(recipe), clips, Path(f"{stem}-head.keras"), options, seed=SEED)
    files = sorted(stem.parent.glob(f"{stem.name}-[0-9]*-network.keras"))
    networks = [hearingai.load_classifier(file) for file in files]
    teacher = hearingai.ensemble([*networks, head], weights=[*[1] * len(files), len(files)])
    return taught_by(teacher, recipe, clips, stem, options, seed=SEED, deterministic=True)


def recipe_with(clips: pd.DataFrame, options: Any) -> hearingai.Recipe:
    """The recipe, which adds those recordings of noise too that are among the clips."""
    noises = hearingai.background_noise(options.data)["fname"]
    recordings = sorted({*noises} & {*clips["fname"]})
    recipe = hearingai.get_recipe(RECIPE)
    recorded = ("background_noise", {"noise": recordings, "snr_db": (0, 30), "probability": 0.4})
    place = [name for name, _ in recipe.augment].index("coloured_noise")
    augment = (*recipe.augment[:place], recorded, *recipe.augment[place:])
    return hearingai.get_recipe(RECIPE, augment=augment)


def head_of(recipe: hearingai.Recipe) -> hearingai.Recipe:
    """A head on the body, whose copies of the clips are changed as the recipe does."""
    augment = [(name, how) for name, how in recipe.augment if name in VARIED]
    return hearingai.get_recipe("head", body=BODY, augment=augment, **HEAD)


def taught_by(
    teacher: Any,
    recipe: hearingai.Recipe,
    clips: pd.DataFrame,
    stem: Path,
    options: Any,
    **how: Any,
) -> Any:
    """A network that a teacher teaches on copies of the clips."""
    recipe = hearingai.get_recipe(recipe, copies=COPIES)
    return learnt(recipe, clips, Path(f"{stem}-taught.keras"), options, teacher=teacher, **how)


def learnt(
    recipe: hearingai.Recipe, clips: pd.DataFrame, path: Path, options: Any, **how: Any
) -> Any:
    """Train on a table, unless the file is there; a training that was broken off goes on."""
    if path.exists():
        return hearingai.load_classifier(path)
    checkpoint = path.with_suffix(".checkpoint.keras")
    print(f"{path.stem}, {len(clips)} clips", flush=True)
    made = hearingai.fit(
        recipe,
        clips.drop(columns="part"),
        validation=False,
        epochs=options.epochs,
        checkpoint=checkpoint,
        callbacks=[lambda epoch, logs: print(f"  {epoch + 1}: {logs['loss']:.4f}", flush=True)],
        progress=False,
        **how,
    )
    if made.record["interrupted"] or made.record["collapsed"]:
        raise SystemExit(f"The training did not end well; {checkpoint} holds its state")
    hearingai.save_classifier(made, path)
    checkpoint.unlink()
    return made
