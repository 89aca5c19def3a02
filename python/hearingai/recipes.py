"""Recipes: the named, complete set-ups of data shape, front end, network and training."""

from dataclasses import dataclass, field

import pandas as pd

from .backend import draw_seed, set_seed
from .classifier import AudioClassifier
from .errors import choose
from .frontends import LogSpectrogram
from .networks import network


@dataclass(frozen=True)
class Recipe:
    """A complete set-up: what a clip is, what the network sees, and how it is trained.

    Attributes:
        name: What to call it by.
        description: What it is for, in a line.
        source: The publication or tutorial it follows.
        sample_rate: Rate every recording is converted to, Hz.
        duration: Length every recording is fitted to, seconds.
        crop: What is kept of a longer recording: its `"start"` or its `"loudest"` stretch.
        frontend: The front end's class.
        frontend_options: Its arguments, besides the rate.
        network: Name of the network.
        optimizer: Name of the Keras optimizer.
        optimizer_options: Its arguments.
        batch_size: Clips a step.
        epochs: Passes over the training clips.
        validation: Share of the clips kept for validation where the table has no `split`.
    """

    name: str
    description: str
    source: str
    sample_rate: int
    duration: float
    crop: str
    frontend: type
    network: str
    optimizer: str
    frontend_options: dict = field(default_factory=dict)
    optimizer_options: dict = field(default_factory=dict)
    batch_size: int = 32
    epochs: int = 10
    validation: float = 0.3


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="speech-commands",
            description="one spoken word a second, from a log spectrogram",
            source="the Speech Commands tutorial of Keras for R, as published",
            sample_rate=16000,
            duration=1.0,
            crop="loudest",
            frontend=LogSpectrogram,
            network="speech_cnn",
            optimizer="Adadelta",
            # The tutorial's default; today's default of 0.001 does not train.
            optimizer_options={"learning_rate": 1.0},
        ),
        Recipe(
            name="speech-commands-small",
            description="the same words with a fraction of the arithmetic, steady to train",
            source="the smaller model that the tutorial suggests as a next step",
            sample_rate=16000,
            duration=1.0,
            crop="loudest",
            frontend=LogSpectrogram,
            network="speech_cnn_small",
            optimizer="Adam",
            optimizer_options={"learning_rate": 1e-3, "clipnorm": 1.0},
            epochs=20,
        ),
    )
}


def get_recipe(name):
    """Look a recipe up by its name.

    Args:
        name: A name that `list_recipes()` shows, or a `Recipe`, which is returned as it is.

    Returns:
        A `Recipe`.

    Example:
        >>> import hearingai
        >>> hearingai.get_recipe("speech-commands").epochs
        10
    """
    if isinstance(name, Recipe):
        return name
    return RECIPES[choose("recipe", name, tuple(RECIPES))]


def recipe_of(classifier):
    """The recipe a classifier is trained further by; the steady one where it names none."""
    return RECIPES.get(classifier.recipe, RECIPES["speech-commands-small"])


def list_recipes():
    """List the recipes.

    Returns:
        A DataFrame with a row a recipe: `name`, `network`, `optimizer`, `epochs`, `batch_size`,
        `sample_rate`, `duration`, `description`.
    """
    columns = ("name", "network", "optimizer", "epochs", "batch_size", "sample_rate", "duration")
    columns += ("description",)
    return pd.DataFrame([{c: getattr(r, c) for c in columns} for r in RECIPES.values()])


def create_classifier(recipe, labels, seed=None):
    """Build the untrained classifier of a recipe.

    Args:
        recipe: Name of a recipe, or a `Recipe`.
        labels: The classes, at least two.
        seed: Whole number that decides the initial weights; `None` draws one.

    Returns:
        An `AudioClassifier`.

    Example:
        >>> import hearingai
        >>> hearingai.create_classifier("speech-commands", ["no", "yes"], seed=1).labels
        ['no', 'yes']
    """
    setup = get_recipe(recipe)
    seed = draw_seed(seed)
    set_seed(seed)
    frontend = setup.frontend(sample_rate=setup.sample_rate, **setup.frontend_options)
    samples = round(setup.sample_rate * setup.duration)
    image_shape = frontend.compute_output_shape((None, samples))[1:]
    return AudioClassifier(
        frontend=frontend,
        network=network(setup.network, image_shape, len(labels)),
        labels=labels,
        sample_rate=setup.sample_rate,
        duration=setup.duration,
        crop=setup.crop,
        recipe=setup.name,
        record={"initial_seed": seed},
    )
