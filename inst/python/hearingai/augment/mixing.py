"""What augmentations that mix pairs of clips share."""

from typing import Any

from keras import ops

from ..errors import HearingAIError
from .base import Augmentation, as_tensor, per_clip


class MixingAugmentation(Augmentation):
    """A change that mixes each clip, and its label, with another clip of the batch.

    Called with a pair `(x, labels)`, it returns such a pair. Labels are one-hot or soft,
    `(batch, n_classes)`, and come back as float32. A clip whose partner is itself is left as it is.

    A subclass draws the `partner` and other parameters in `parameters(shape, labels)` and mixes
    the two in `change(x, labels, other, other_labels, **parameters)`.

    Args:
        probability: Share of the clips that are mixed; the others stay as they are.
        seed: Whole number that decides what is drawn; `None` draws one.
        **kwargs: `name` and `dtype` of the layer; it computes in float32.

    Raises:
        HearingAIError: An argument is out of range, or a batch or its labels have another shape.
    """

    mixes = True

    # Mixing needs the labels too: `draw` and `apply` differ from those of other augmentations.

    def draw(self, shape: Any, labels: Any) -> dict[str, Any]:  # type: ignore[override]
        """Draw the parameters for a batch.

        Args:
            shape: Shape of the batch.
            labels: Its labels, `(batch, n_classes)`.

        Returns:
            A dict of tensors, one row per clip; `partner` is the index of the clip to mix with.
        """
        labels = as_labels(labels, shape[0])
        return {"acts": self.draw_acts(shape[0])} | self.parameters(shape, labels)

    def apply(  # type: ignore[override]
        self, x: Any, labels: Any, partner: Any, acts: Any = None, **parameters: Any
    ) -> tuple[Any, Any]:
        """Mix a batch as drawn.

        Args:
            x: The batch.
            labels: Its labels, `(batch, n_classes)`.
            partner: Index in the batch of the clip that each is mixed with, int32 `(batch,)`.
            acts: Which clips to mix, bool `(batch,)`; `None` mixes all.
            **parameters: The rest of a draw.

        Returns:
            The mixed batch and its labels.
        """
        x = self.checked(x)
        labels = as_labels(labels, x.shape[0])
        partner = ops.cast(ops.convert_to_tensor(partner), "int32")
        parameters = {name: as_tensor(value) for name, value in parameters.items()}
        other, other_labels = ops.take(x, partner, axis=0), ops.take(labels, partner, axis=0)
        mixed, mixed_labels = self.change(x, labels, other, other_labels, **parameters)
        apart = ops.not_equal(partner, ops.arange(ops.shape(x)[0], dtype="int32"))
        acts = apart if acts is None else ops.logical_and(apart, acts)
        return (
            ops.where(per_clip(acts, x), mixed, x),
            ops.where(per_clip(acts, labels), mixed_labels, labels),
        )

    def call(self, pair: Any, training: bool | None = None) -> Any:
        """Mix the batch in training; return it as it is otherwise."""
        x, labels = pair
        x = self.checked(x)
        labels = as_labels(labels, x.shape[0])
        if not training:
            return x, labels
        return self.apply(x, labels, **self.draw(ops.shape(x), labels))

    def shuffled(self, batch: Any) -> Any:
        """Draw an order of the batch, int32 `(batch,)`."""
        return ops.cast(ops.argsort(self.uniform((batch,))), "int32")

    def one_of(self, allowed: Any) -> Any:
        """Draw a partner for each clip among those allowed in its row; itself if there is none."""
        batch = ops.shape(allowed)[0]
        lot = ops.where(allowed, self.uniform((batch, batch)), -1.0)
        best = ops.cast(ops.argmax(lot, axis=1), "int32")
        itself = ops.arange(batch, dtype="int32")
        return ops.where(ops.any(allowed, axis=1), best, itself)


def as_labels(labels: Any, batch: Any) -> Any:
    """Labels as a float32 tensor, checked to have a row for each clip and a column per class."""
    labels = ops.convert_to_tensor(labels, dtype="float32")
    rows = labels.shape[0] if len(labels.shape) == 2 else -1
    if rows == -1 or (isinstance(batch, int) and rows not in (batch, None)):
        raise HearingAIError(
            "labels must have the shape (batch, n_classes), one-hot or soft, with a row for each "
            f"clip. Received: {tuple(labels.shape)} for {batch} clips"
        )
    return labels


def blend(x: Any, other: Any, ratio: Any, domain: str) -> Any:
    """`ratio * x + (1 - ratio) * other`; embeddings only where both have a frame.

    An all-zero frame of an embedding is padding and is not mixed.
    """
    ratio = per_clip(ratio, x)
    mixed = ratio * x + (1 - ratio) * other
    if domain != "embedding":
        return mixed
    return ops.where(ops.logical_and(is_frame(x), is_frame(other)), mixed, x)


def is_frame(embeddings: Any) -> Any:
    """Which frames are not padding, bool `(batch, frames, 1)`."""
    return ops.any(ops.not_equal(embeddings, 0), axis=-1, keepdims=True)
