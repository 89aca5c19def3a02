"""The settings of a training, checked before anything is read."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, TypedDict

import keras
import pandas as pd

from .._typing import OnError, PathLike, Progress, TrainingDevice
from ..augment import Augmentation
from ..classifier.model import AudioClassifier
from ..errors import HearingAIError
from ..recipes.recipe import Recipe
from ..recipes.registry import get_recipe
from ..runtime.arguments import flag, positive
from ..runtime.precision import precision_of
from ..runtime.shared_options import TEXTS, Option
from ._optimizers import optimizer_of
from ._trainer import augmentations_of
from .class_weights import check_class_weight

Callback: TypeAlias = keras.callbacks.Callback | Callable[[int, dict[str, float]], object]
"""A Keras callback, or a function of `(epoch, logs)` that is called after each epoch."""

Augment: TypeAlias = str | Augmentation | Sequence[str | tuple[str, dict] | Augmentation]
"""Augmentations: layers, names or `(name, options)`; one, or a list of them."""

Recorded: TypeAlias = PathLike | Sequence[PathLike] | pd.DataFrame
"""Recordings: a folder or a file, a list of them, or a table with a column `fname`."""

Precision: TypeAlias = Literal["auto", "float32", "bfloat16"]


class TrainingOptions(TypedDict, total=False):
    """The options that `fit`, `fine_tune` and `cross_validate` share."""

    epochs: Annotated[
        int | None, Option(None, "Passes over the training clips; `None` takes the recipe's.")
    ]
    batch_size: Annotated[int | None, Option(None, "Clips per step; `None` takes the recipe's.")]
    optimizer: Annotated[
        str | keras.optimizers.Optimizer | None,
        Option(None, "Name of a Keras optimizer or an optimizer; `None` takes the recipe's."),
    ]
    learning_rate: Annotated[
        float | None, Option(None, "Learning rate in place of the optimizer's own.")
    ]
    clipnorm: Annotated[
        float | None,
        Option(None, "Largest norm of a gradient, in place of the optimizer's own."),
    ]
    augment: Annotated[
        Augment | None,
        Option(
            None,
            "Augmentations in training: a list of layers, names or `(name, options)`, see "
            "`hearingai.augment`; an empty list for none; `None` takes the recipe's.",
        ),
    ]
    class_weight: Annotated[
        Literal["balanced"] | Mapping[str, float] | None,
        Option(
            None,
            '`"balanced"` gives rare classes more weight in the loss; a dict from label to '
            "weight sets it, 1 for labels that are not named.",
        ),
    ]
    sampling: Annotated[
        Literal["shuffled", "balanced"] | None,
        Option(
            None,
            '`"shuffled"` shows each training clip once an epoch; `"balanced"` draws as many, so '
            "that rare classes or labels come as often as others; `None` takes the recipe's.",
        ),
    ]
    background: Annotated[Recorded | None, Option(None, TEXTS["background"])]
    patience: Annotated[
        int | None,
        Option(
            None,
            "Epochs without improvement before training stops and the best epoch's weights are "
            "restored; `None` takes the recipe's.",
        ),
    ]
    callbacks: Annotated[
        Callback | Sequence[Callback] | None,
        Option(None, TEXTS["callbacks"]),
    ]
    precision: Annotated[Precision, Option("auto", TEXTS["precision"])]
    device: Annotated[TrainingDevice, Option("auto", TEXTS["training_device"])]
    on_error: Annotated[
        OnError,
        Option(
            "report",
            '`"report"` leaves unreadable recordings out with a warning; `"raise"` stops at the '
            "first.",
        ),
    ]
    partial: Annotated[bool, Option(False, TEXTS["partial"])]


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides a training, besides its clips and the classifier it starts from.

    Attributes:
        recipe: The recipe, with every change that the call makes.
        seed: Decides initial weights, split, order, augmentation and dropout.
        deterministic: Whether the backend's sums are in a fixed order.
        precision: What the network computes in, `"float32"` or `"bfloat16"`.
        device: Where to compute.
        optimizer: A name or an optimizer; `None` is the recipe's.
        learning_rate: In place of the optimizer's own.
        clipnorm: In place of the optimizer's own.
        loss: A name or a loss; `None` is the cross-entropy, smoothed as the recipe says.
        metrics: Names or metrics, beside the accuracy.
        class_weight: Weights of the classes in the loss, see `fit`.
        callbacks: The user's Keras callbacks.
        checkpoint: A file to save the state to after every epoch.
        store: Where decoded clips are kept, see `fit`.
        on_error: What to do about clips that cannot be read.
        partial: Whether to read what is there of recordings that are truncated or damaged.
        progress: Whether and how to show progress.
    """

    recipe: Recipe
    seed: int
    deterministic: bool = False
    precision: str = "float32"
    device: TrainingDevice = "auto"
    optimizer: str | keras.optimizers.Optimizer | None = None
    learning_rate: float | None = None
    clipnorm: float | None = None
    loss: str | keras.losses.Loss | None = None
    metrics: tuple[str | keras.metrics.Metric, ...] = ()
    class_weight: str | Mapping[str, float] | None = None
    callbacks: tuple[keras.callbacks.Callback, ...] = ()
    checkpoint: PathLike | None = None
    store: PathLike | Literal[False] | None = None
    on_error: OnError = "report"
    partial: bool = False
    progress: Progress = None

    def __post_init__(self) -> None:
        flag("partial", self.partial)
        self.optimizer_for(steps=1)
        check_class_weight(self.class_weight)

    def optimizer_for(self, steps: int) -> keras.optimizers.Optimizer:
        """The optimizer of a training of so many steps."""
        return optimizer_of(
            self.recipe,
            steps,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            clipnorm=self.clipnorm,
        )


def training_settings(
    recipe: str | Recipe,
    classifier: AudioClassifier | None = None,
    *,
    seed: int,
    epochs: int | None = None,
    batch_size: int | None = None,
    augment: Augment | None = None,
    sampling: str | None = None,
    patience: int | None = None,
    precision: Precision = "auto",
    device: TrainingDevice = "auto",
    callbacks: Callback | Sequence[Callback] | None = None,
    **others: Any,
) -> TrainingSettings:
    """The settings of a call of `fit` or its like, checked.

    Args:
        recipe: The recipe to start from.
        classifier: The classifier that is trained further; `None` where one is made anew.
        seed: The seed.
        epochs: Of the recipe, if not `None`; so are the next four.
        batch_size: Clips per step.
        augment: Augmentations.
        sampling: How clips are drawn.
        patience: Epochs without improvement.
        precision: As given; the settings hold what `"auto"` selects.
        device: Where to compute.
        callbacks: As given.
        **others: Further attributes of `TrainingSettings`, as they are.
    """
    whole = {"epochs": epochs, "batch_size": batch_size, "patience": patience}
    changes: dict[str, Any] = {
        name: positive(name, value, whole=True)
        for name, value in whole.items()
        if value is not None
    }
    if augment is not None:
        one = isinstance(augment, (str, Augmentation))
        if not one and not isinstance(augment, (list, tuple)):
            raise HearingAIError(
                f"`augment` must be an augmentation, its name, or a list. Received: {augment!r}"
            )
        changes["augment"] = (augment,) if one else tuple(augment)
    if sampling is not None:
        changes["sampling"] = sampling
    recipe = get_recipe(recipe, **changes)
    augmentations_of(recipe, classifier)
    return TrainingSettings(
        recipe,
        seed,
        precision=precision_of(precision, device),
        device=device,
        callbacks=checked_callbacks(callbacks),
        **others,
    )


def checked_callbacks(callbacks: Any) -> tuple[keras.callbacks.Callback, ...]:
    """Keras callbacks of what was given: one or a list of callbacks and functions."""
    if callbacks is None:
        return ()
    if isinstance(callbacks, keras.callbacks.Callback) or not isinstance(callbacks, (list, tuple)):
        callbacks = [callbacks]
    return tuple(map(_checked, callbacks))


def _checked(callback: Any) -> keras.callbacks.Callback:
    if isinstance(callback, keras.callbacks.Callback):
        return callback
    if inspect.isclass(callback) or not callable(callback):
        raise HearingAIError(
            "`callbacks` must be Keras callbacks (instances of keras.callbacks.Callback) or "
            f"functions of (epoch, logs). Received: {callback!r}"
        )
    try:
        inspect.signature(callback).bind(0, {})
    except TypeError:
        raise HearingAIError(
            f"`callbacks`: a function is called with two arguments, (epoch, logs), which "
            f"{getattr(callback, '__name__', callback)!s} does not take"
        ) from None
    except ValueError:  # functions in C may have no signature
        pass
    return keras.callbacks.LambdaCallback(on_epoch_end=callback)
