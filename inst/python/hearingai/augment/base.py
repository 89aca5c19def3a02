"""What every augmentation is: a draw of random parameters and a pure function that applies them."""

from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_seed, share

SHAPES = {
    "waveform": ((2, 3), "(batch, samples) or (batch, channels, samples)"),
    "image": ((4,), "(batch, frames, bins, channels)"),
    "embedding": ((3,), "(batch, frames, values)"),
}


class Augmentation(keras.layers.Layer):
    """A change to the clips of a batch that is drawn for each clip, in training only.

    A subclass draws the parameters in `parameters(shape)` and applies them in
    `change(x, **parameters)`. `apply(x, **draw(shape))` is what a training step computes; the same
    draw applied again gives the same result.

    Args:
        probability: Share of the clips that are changed; the others stay as they are.
        seed: Whole number that decides what is drawn; `None` draws one.
        **kwargs: `name` and `dtype` of the layer; it computes in float32.

    Attributes:
        domain: What it changes: `"waveform"`, `"image"` or `"embedding"`.
        mixes: Whether it mixes pairs of clips, and their labels with them.
        in_graph: Whether it can be in a compiled step; otherwise it needs the clips' values.
        seed_generator: Source of the random numbers.

    Raises:
        HearingAIError: An argument is out of range, or a batch has the wrong number of axes.
    """

    domain = "waveform"
    mixes = False
    in_graph = True

    def __init__(self, probability: float = 1.0, seed: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.probability = share("probability", probability)
        self.seed = None if seed is None else check_seed(seed)
        self.seed_generator = keras.random.SeedGenerator(self.seed)

    def parameters(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Draw what `change` needs for a batch of a shape: a dict of tensors, one row per clip."""
        raise NotImplementedError

    def change(self, *args: Any, **parameters: Any) -> Any:
        """Change every clip of a batch as drawn; the result has the shape of the batch."""
        raise NotImplementedError

    def draw(self, shape: Any) -> dict[str, Any]:
        """Draw the parameters for a batch.

        Args:
            shape: Shape of the batch.

        Returns:
            A dict of tensors, one row per clip; `acts` says which clips are changed.
        """
        return {"acts": self.draw_acts(shape[0])} | self.parameters(shape)

    def apply(self, x: Any, acts: Any = None, **parameters: Any) -> Any:
        """Change a batch as drawn.

        Args:
            x: The batch.
            acts: Which clips to change, bool `(batch,)`; `None` changes all.
            **parameters: The rest of a draw.

        Returns:
            A tensor of the shape of `x`.
        """
        x = self.checked(x)
        parameters = {name: as_tensor(value) for name, value in parameters.items()}
        changed = self.change(x, **parameters)
        return changed if acts is None else ops.where(per_clip(acts, x), changed, x)

    def call(self, x: Any, training: bool | None = None) -> Any:
        """Change the batch in training; return it as it is otherwise."""
        x = self.checked(x)
        return self.apply(x, **self.draw(ops.shape(x))) if training else x

    def checked(self, x: Any) -> Any:
        """Return `x` as a tensor of the layer's type, checked to have the axes of its domain."""
        x = ops.convert_to_tensor(x, dtype=self.compute_dtype)
        axes, meaning = SHAPES[self.domain]
        if len(x.shape) not in axes:
            raise HearingAIError(
                f"{self.domain}s must have the shape {meaning}. Received: {tuple(x.shape)}"
            )
        return x

    def draw_acts(self, batch: Any) -> Any:
        """Draw which clips to change."""
        return self.uniform((batch,)) < self.probability

    def uniform(self, shape: Any, lowest: float = 0.0, highest: float = 1.0) -> Any:
        """Draw from `lowest` up to `highest`."""
        return keras.random.uniform(shape, lowest, highest, "float32", seed=self.seed_generator)

    def whole(self, shape: Any, count: Any) -> Any:
        """Draw whole numbers from 0 up to, not including, `count`, a number or a tensor."""
        count = ops.cast(count, "float32")
        number = ops.floor(self.uniform(shape) * count)
        return ops.cast(ops.minimum(number, count - 1), "int32")  # the product may round up

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shapes stay as they are."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"probability": self.probability, "seed": self.seed}


def as_tensor(value: Any) -> Any:
    """Convert to a float32 tensor: a replayed draw may hold plain numbers."""
    return ops.cast(ops.convert_to_tensor(value), "float32")


def per_clip(values: int, x: Any) -> Any:
    """Add axes to one value per clip, to broadcast against `x`."""
    return ops.reshape(values, (-1,) + (1,) * (len(x.shape) - 1))


def with_power_of(x: Any, changed: Any) -> Any:
    """Scale changed waveforms to the mean power that each clip had; silence stays silence."""
    axes = tuple(range(1, len(x.shape)))
    before, after = (ops.mean(ops.square(v), axis=axes, keepdims=True) for v in (x, changed))
    return changed * ops.sqrt(before / ops.maximum(after, 1e-30))


def take_samples(x: Any, index: Any) -> Any:
    """Take samples of each clip: `index` is int32 `(batch, n)`, the same for all channels."""
    shape = ops.shape(x)
    rows = shape[0] if len(x.shape) == 2 else shape[0] * shape[1]
    first = ops.reshape(ops.arange(rows, dtype="int32") * shape[-1], (*shape[:-1], 1))
    index = index if len(x.shape) == 2 else ops.expand_dims(index, 1)
    return ops.take(ops.reshape(x, (-1,)), first + index)
