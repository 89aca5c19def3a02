"""Options of a training that several commands share: what learns, how, from which seed, where."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import (
    Augment,
    AugmentOptions,
    Background,
    BodyLicence,
    BodyName,
    BodyRate,
    Copies,
    Duration,
    Epochs,
    Network,
    Options,
    Partial,
    Patience,
    Seed,
    TrainingDevice,
    recipe_from,
)
from .texts import augmentations_from, store_from

if TYPE_CHECKING:
    from ..recipes.recipe import Recipe


@dataclass(frozen=True)
class NetworkChoice:
    """Another network, body, length or copies of clips than the recipe's."""

    network: Network = None
    option: Options = None
    body: BodyName = None
    body_rate: BodyRate = None
    body_licence: BodyLicence = None
    duration: Duration = None
    copies: Copies = None

    def of(self, recipe: str) -> "Recipe":
        """A recipe with these."""
        of_body = (self.body, self.body_rate, self.body_licence, self.duration, self.copies)
        return recipe_from(recipe, self.network, self.option, *of_body)


@dataclass(frozen=True)
class Learning:
    """How a classifier learns."""

    augment: Augment = None
    augment_option: AugmentOptions = None
    epochs: Epochs = None
    batch_size: Annotated[
        int | None, typer.Option(help="Clips a batch; default: the recipe's.")
    ] = None
    optimizer: Annotated[str | None, typer.Option(help="A Keras optimizer, such as Adam.")] = None
    learning_rate: Annotated[float | None, typer.Option(help="The optimizer's learning rate.")] = (
        None
    )
    clipnorm: Annotated[float | None, typer.Option(help="Largest norm of a gradient.")] = None
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Give rare classes more weight in the loss.")
    ] = False
    sampling: Annotated[
        str | None,
        typer.Option(
            help="Clips of an epoch: shuffled, each once, or balanced, rare labels as often as "
            "others; default: the recipe's."
        ),
    ] = None
    background: Background = None
    patience: Patience = None

    def options(self) -> dict[str, Any]:
        """What `fit` takes."""
        return {
            "augment": augmentations_from(self.augment, self.augment_option),
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "optimizer": self.optimizer,
            "learning_rate": self.learning_rate,
            "clipnorm": self.clipnorm,
            "class_weight": "balanced" if self.balanced else None,
            "sampling": self.sampling,
            "background": self.background,
            "patience": self.patience,
        }


@dataclass(frozen=True)
class Randomness:
    """The random seed of a training, and whether it is reproducible."""

    seed: Seed = None
    deterministic: Annotated[
        bool,
        typer.Option("--deterministic", help="Equal seeds give equal weights, bit for bit."),
    ] = False

    def options(self) -> dict[str, Any]:
        """What `fit` takes."""
        return {"seed": self.seed, "deterministic": self.deterministic}


@dataclass(frozen=True)
class Computing:
    """Precision and device of a training, and the store of decoded clips."""

    precision: Annotated[
        str, typer.Option(help="What the network computes in: auto, float32 or bfloat16.")
    ] = "auto"
    device: TrainingDevice = "auto"
    partial: Partial = False
    store: Annotated[
        str | None,
        typer.Option(
            help="Folder for the decoded clips; `none` stores none; default: the user's cache, for "
            "those of more than 64 MiB."
        ),
    ] = None

    @property
    def one_device(self) -> Any:
        """Where to compute what is no training."""
        from ..runtime.distribution import one_device

        return one_device(self.device)

    def options(self) -> dict[str, Any]:
        """What `fit` takes."""
        store = store_from(self.store)
        options = {"precision": self.precision, "device": self.device}
        return options | {"store": store, "partial": self.partial}
