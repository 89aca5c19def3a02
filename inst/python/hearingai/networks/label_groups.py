"""One probability for each group of labels, as a Keras layer."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError


@keras.saving.register_keras_serializable(package="hearingai")
class LabelGroups(keras.layers.Layer):
    """Sum the probabilities of each group of labels, or take the largest; those of others stay.

    It has no weights, so the head of a network that ends in it is the layer before.

    Args:
        kept: Positions of the labels that stay, in the order of the output.
        groups: Positions of the labels of each group; their probabilities follow those that stay.
        largest: Take the largest of each group in the place of the sum: that of labels of which a
            clip may have several.

    Input shape:
        `(batch, labels)`; each label stays or is in one group.

    Output shape:
        `(batch, len(kept) + len(groups))`.

    Raises:
        HearingAIError: A label is in no group and does not stay, or is named twice.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.networks.LabelGroups(kept=[2], groups=[[0, 1], [3]])
        >>> probabilities = numpy.array([[0.25, 0.125, 0.5, 0.125]], "float32")
        >>> numpy.array(layer(probabilities)).tolist()
        [[0.5, 0.375, 0.125]]
    """

    def __init__(
        self,
        kept: Sequence[int],
        groups: Sequence[Sequence[int]],
        largest: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.largest = bool(largest)
        self.kept = [int(i) for i in kept]
        self.groups = [[int(i) for i in group] for group in groups]

    def build(self, input_shape: Any) -> None:
        """Check that each label has one place."""
        placed = sorted([*self.kept, *(i for group in self.groups for i in group)])
        if placed != list(range(input_shape[-1])):
            raise HearingAIError(
                f"`groups` and `kept` must name each of {input_shape[-1]} labels once. "
                f"Received: {self.groups[:8]} and {self.kept[:8]}"
            )
        self.built = True

    def call(self, probabilities: Any) -> Any:
        """The probabilities of the labels that stay, then those of the groups."""
        together = ops.max if self.largest else ops.sum
        parts = [ops.take(probabilities, self.kept, axis=-1)] if self.kept else []
        for group in self.groups:
            parts.append(together(ops.take(probabilities, group, axis=-1), axis=-1, keepdims=True))
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the probabilities."""
        return (*input_shape[:-1], len(self.kept) + len(self.groups))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        own: dict[str, Any] = {"kept": self.kept, "groups": self.groups}
        return super().get_config() | own | ({"largest": True} if self.largest else {})
