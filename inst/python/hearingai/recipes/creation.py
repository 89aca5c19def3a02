"""create_classifier(): an untrained classifier, of a recipe or of parts of one's own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..bodies.body import Body
from ..bodies.registry import get_body
from ..classifier.model import AudioClassifier
from ..errors import HearingAIError
from ..frontends.layers_in_order import FrontEnd
from ..networks import network
from ..networks.checks import ShapeError
from ..runtime.arguments import flag, name_list
from ..runtime.backend import draw_seed
from ..runtime.generators import seeded
from ..runtime.shared_options import shared_options
from ..runtime.using_keras import using_keras
from .architecture import Architecture
from .audio_gate import AUDIO_GATE
from .checks import network_arguments
from .head import HEAD
from .own_networks import Network, made_network
from .recipe import Recipe, as_text
from .registry import EMBEDDING_SIZE, for_labels, get_recipe, given
from .speech_commands import SPEECH_COMMANDS_SMALL


@shared_options
def create_classifier(
    recipe: str | Recipe | None = None,
    labels: Sequence[str] = (),
    *,
    frontend: FrontEnd | None = None,
    network: Network | None = None,
    sample_rate: int | None = None,
    body: str | Body | None = None,
    duration: float | None = None,
    seed: int | None = None,
    target: str | None = None,
    multi_label: bool = False,
) -> AudioClassifier:
    """Build the untrained classifier of a recipe, or of a front end and a network.

    Args:
        recipe: Name of a recipe, or a `Recipe`; `None` for a classifier of the `network` given.
        labels: The classes, at least two.
        frontend: Front end in place of the recipe's: a layer such as `LogMel()`, a list of layers,
            or a function from the sample rate to a layer.
        network: Network in place of the recipe's: a name, a Keras model or a function
            `(input_shape, n_classes) -> model`, see `get_recipe`. Without a recipe it is given,
            and hears one second, or what `duration` says, by the `frontend` or the `body`; with
            neither it takes AudioSet embeddings.
        sample_rate: Rate that every recording is converted to, Hz; `None` takes the recipe's, or
            without a recipe the front end's, else 16000.
        body: {body}
        duration: {duration}
        seed: Whole number that decides the initial weights; `None` draws one.
        target: The positive class, of two labels; `None` takes the second, unless it alone is of
            the rest (`other`, `background`, `silence`, `unknown`).
        multi_label: Whether a clip may have any number of the labels, also none; each then has a
            probability by itself, and a single label will do.

    Returns:
        An `AudioClassifier`.

    Raises:
        HearingAIError: There is no such recipe, the network does not suit front end and labels,
            or the labels do not suit the recipe.

    Example:
        >>> import hearingai
        >>> hearingai.create_classifier("speech-commands", ["no", "yes"], seed=1).labels
        ['no', 'yes']

        >>> import keras
        >>> network = keras.Sequential([
        ...     keras.Input((97, 64, 1)),
        ...     keras.layers.Flatten(),
        ...     keras.layers.Dense(2, activation="softmax"),
        ... ])
        >>> hearingai.create_classifier(
        ...     frontend=hearingai.LogMel(), network=network, labels=["no", "yes"], seed=1
        ... ).count_params()
        12418
    """
    changes = given(
        frontend=frontend, network=network, sample_rate=sample_rate, body=body, duration=duration
    )
    made_by = _own_recipe(changes) if recipe is None else get_recipe(recipe, **changes)
    multi_label = flag("multi_label", multi_label)
    made_by = for_labels(made_by, multi_label)
    labels = name_list("labels", labels)
    if not labels:
        raise HearingAIError("`labels` must be given: the classes, at least two")
    if len(labels) < (1 if multi_label else 2):
        raise HearingAIError(f"`labels` must be the classes, at least two. Received: {labels[0]}")
    seed = draw_seed(seed)
    with using_keras(), seeded(seed):
        classifier = _create(made_by, labels, seed, target, multi_label)
    if recipe is None:
        classifier.recipe = None
    return classifier


def _own_recipe(changes: dict[str, Any]) -> Recipe:
    """What trains a classifier of no recipe: one that suits any network of what it hears."""
    if "network" not in changes:
        raise HearingAIError(
            "`recipe` or `network` must be given: the name of a recipe, see list_recipes(), or a "
            "network, see get_recipe()"
        )
    if "body" in changes or "frontend" not in changes:
        return get_recipe(HEAD if "body" in changes else AUDIO_GATE, **changes)
    recipe = get_recipe(SPEECH_COMMANDS_SMALL, **changes)
    rate = getattr(recipe.frontend, "sample_rate", None)
    return recipe if "sample_rate" in changes else replace(recipe, **given(sample_rate=rate))


def _create(
    recipe: Recipe, labels: Sequence[str], seed: int, target: str | None, multi_label: bool
) -> AudioClassifier:
    clips, options = recipe.clip_format, recipe.network_options
    if multi_label and "activation" in network_arguments(recipe.network):
        options = {"activation": "sigmoid"} | options
    body = None if recipe.body is None else get_body(recipe.body)
    frontend, duration = None, recipe.duration
    image_shape: tuple[int | None, ...]
    if body is not None and clips is not None:
        image_shape = (body.frames(clips.samples), body.size)
        duration = clips.samples / clips.sample_rate
        if "pooling" in network_arguments(recipe.network):
            options = {"pooling": body.pooling} | options
    elif recipe.frontend is None or clips is None:
        image_shape = (recipe.frames, EMBEDDING_SIZE)
    else:
        make: Any = recipe.frontend
        frontend = make(clips.sample_rate)
        frontend.build((None, *clips.shape))
        image_shape = tuple(frontend.compute_output_shape((None, *clips.shape))[1:])
    if isinstance(recipe.network, str):
        paired = recipe.takes_embeddings and len(labels) == 2 and not multi_label
        outputs = 1 if paired else len(labels)
        try:
            made = network(recipe.network, image_shape, outputs, **options)
        except ShapeError as error:
            if frontend is None:
                raise
            wrong = "`frontend`: its images are too small"
            if "frames" in error.short:
                wrong = f"`duration`: clips of {duration:g} s are too short"
            raise HearingAIError(f"{wrong}: {error}") from error
    else:
        made = made_network(recipe.network, image_shape, len(labels), options, multi_label)
    classifier = AudioClassifier(
        frontend=frontend,
        network=made,
        labels=labels,
        sample_rate=None if clips is None else clips.sample_rate,
        duration=duration,
        channels=recipe.channels,
        crop=recipe.crop,
        target=target,
        multi_label=multi_label,
        recipe=recipe.name,
        record={"initial_seed": seed},
        body=body,
    )
    classifier.own_recipe = recipe
    return classifier


def described(
    recipe: Recipe, made: AudioClassifier | Sequence[str], multi_label: bool = False
) -> Recipe:
    """A recipe to compare with others: a network of one's own is what it makes, not its name.

    Args:
        recipe: The recipe.
        made: A classifier that was made by it, or the labels to make one for.
        multi_label: Whether clips may have any number of these.
    """
    if isinstance(recipe.network, str):
        return recipe
    classifier = made
    if not isinstance(classifier, AudioClassifier):
        classifier = create_classifier(recipe, classifier, seed=0, multi_label=multi_label)
    told = Architecture(classifier.network).get_config()
    return replace(recipe, network=as_text(told | {"config": told["config"] | {"name": ""}}))
