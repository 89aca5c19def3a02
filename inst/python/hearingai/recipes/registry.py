"""Recipes: the named, complete systems; Keras starts when the first one is asked for."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ..errors import HearingAIError
from ..runtime.argument_names import meant_argument
from ..runtime.arguments import choose
from .audio_gate import AUDIO_GATE
from .embedding_attention import EMBEDDING_ATTENTION
from .embedding_gru import EMBEDDING_GRU
from .gate import GATE
from .head import HEAD
from .hearing_ai import HEARING_AI
from .recipe import Recipe
from .sound_classification import SOUND_CLASSIFICATION
from .sounds import SOUNDS
from .speech_commands import SPEECH_COMMANDS, SPEECH_COMMANDS_SMALL
from .words import WORDS

if TYPE_CHECKING:
    import pandas as pd

    from ..classifier.model import AudioClassifier

EMBEDDING_SIZE = 128  # values per frame of an AudioSet embedding

RECIPES = {
    recipe.name: recipe
    for recipe in (
        SPEECH_COMMANDS,
        SPEECH_COMMANDS_SMALL,
        HEARING_AI,
        SOUND_CLASSIFICATION,
        EMBEDDING_GRU,
        EMBEDDING_ATTENTION,
        AUDIO_GATE,
        GATE,
        WORDS,
        SOUNDS,
        HEAD,
    )
}


def get_recipe(name: str | Recipe, **changes: Any) -> Recipe:
    """Look up a recipe by its name, with changes if wanted.

    Args:
        name: A name that `list_recipes()` shows, or a `Recipe`.
        **changes: New values of the recipe's attributes, such as `network`, `network_options`,
            `augment`, `optimizer`, `epochs`. `network_options`, `optimizer_options` and
            `schedule_options` replace the recipe's whole dict; with another network, optimizer or
            schedule they start empty. `network` is the name of one, see `hearingai.networks`; a
            Keras model, of which the layers are taken, with new weights drawn by the seed of each
            training; or a function `(input_shape, n_classes) -> model`, called once for each
            classifier, whose model keeps the weights it comes with, and whose further arguments
            are `network_options`. A model must take what the front end gives, and give the
            probability of each label.

    Returns:
        A `Recipe`.

    Raises:
        HearingAIError: There is no such recipe, attribute, network, optimizer, schedule or
            augmentation, or it has no such option; the message lists the valid ones.

    Example:
        >>> import hearingai
        >>> hearingai.get_recipe("speech-commands").epochs
        10
        >>> hearingai.get_recipe("audio-gate", network="linear_tagger").network
        'linear_tagger'

        >>> import keras
        >>> def small(input_shape, n_classes, hidden=16):
        ...     return keras.Sequential([
        ...         keras.Input(input_shape),
        ...         keras.layers.GlobalAveragePooling2D(),
        ...         keras.layers.Dense(hidden, activation="relu"),
        ...         keras.layers.Dense(n_classes, activation="softmax"),
        ...     ])
        >>> recipe = hearingai.get_recipe(
        ...     "speech-commands", network=small, network_options={"hidden": 8}
        ... )
        >>> hearingai.create_classifier(recipe, ["no", "yes"], seed=1).count_params()
        34
    """
    recipe = name if isinstance(name, Recipe) else RECIPES[choose("recipe", name, tuple(RECIPES))]
    known = [f.name for f in fields(Recipe)]
    for attribute in changes:
        if attribute not in known:
            near = meant_argument(attribute, known)
            meant = f"Did you mean `{near}`? " if near else ""
            raise HearingAIError(
                f"a recipe has no `{attribute}`. {meant}It has: {', '.join(known)}; arguments of "
                f"the network go into `network_options`, of the optimizer into `optimizer_options`"
            )
    from .checks import check_recipe
    from .own_networks import checked_network

    if "network" in changes:
        changes = changes | {"network": checked_network(changes["network"])}
    for part in ("network", "optimizer", "schedule"):
        if changes.get(part, getattr(recipe, part)) != getattr(recipe, part):
            changes = {f"{part}_options": {}} | changes
    return check_recipe(replace(recipe, **changes))


def for_labels(recipe: Recipe, multi_label: bool) -> Recipe:
    """A recipe as it is where clips have any number of labels; what a user changed stays so."""
    usual = RECIPES.get(recipe.name, recipe)
    if not multi_label or not recipe.multi_label:
        return recipe
    own = {f.name for f in fields(Recipe) if getattr(recipe, f.name) != getattr(usual, f.name)}
    changes = {name: value for name, value in recipe.multi_label.items() if name not in own}
    options = {name: getattr(recipe, name) for name in own if name.endswith("_options")}
    return get_recipe(recipe, **changes, **options)


def recipe_of(classifier: AudioClassifier) -> Recipe:
    """The recipe of a classifier; a robust default where its file names none."""
    return for_labels(_recipe_of(classifier), classifier.multi_label)


def _recipe_of(classifier: AudioClassifier) -> Recipe:
    if classifier.own_recipe is not None:
        return classifier.own_recipe
    if classifier.body is not None:
        changes = {"body": classifier.body, "duration": classifier.duration}
        return replace(RECIPES.get(classifier.recipe or "head", HEAD), **changes)
    steady = "audio-gate" if classifier.hears_embeddings else "speech-commands-small"
    return RECIPES.get(classifier.recipe or steady, RECIPES[steady])


def list_recipes() -> pd.DataFrame:
    """List the recipes.

    Returns:
        A DataFrame with a row per recipe: `name`, `network`, `optimizer`, `epochs`, `batch_size`,
        `sample_rate` and `duration` (missing for recipes of embeddings), `description`.

    Examples:
        >>> import hearingai
        >>> "hearing-ai" in set(hearingai.list_recipes()["name"])
        True
    """
    import pandas as pd

    return pd.DataFrame(recipe_rows())


def recipe_rows() -> list[dict[str, Any]]:
    """The rows of `list_recipes`, where a table is not needed."""
    columns = ("name", "network", "optimizer", "epochs", "batch_size", "sample_rate", "duration")
    return [{c: getattr(r, c) for c in (*columns, "description")} for r in RECIPES.values()]


def given(**changes: Any) -> dict[str, Any]:
    """The changes of a recipe that are not `None`, which leaves it as it is."""
    return {name: value for name, value in changes.items() if value is not None}
