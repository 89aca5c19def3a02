"""Mix pairs of clips and their labels."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..runtime.arguments import choose, positive
from .base import SHAPES, per_clip
from .mixing import MixingAugmentation, blend


@keras.saving.register_keras_serializable(package="hearingai")
class Mixup(MixingAugmentation):
    """Mix each clip with another one of the batch: `ratio` of its own, the rest of the other.

    Ratios are drawn from the Beta(alpha, alpha) distribution, partners by a random order of the
    batch; the labels are mixed by the same ratio. A frame of an embedding is mixed where neither
    is padding, and stays as it is otherwise.

    Args:
        alpha: Below 1 most clips are mixed only a little; 1 draws ratios uniformly.
        domain: What is mixed: `"waveform"`, `"image"` or `"embedding"`.
        probability: Share of the clips that are mixed.
        seed: Whole number that decides what is drawn.

    Input shape:
        A batch of the domain's shape and its labels, `(batch, n_classes)`.

    Output shape:
        Those of the input.

    Raises:
        HearingAIError: `alpha` is not positive, or another argument is out of range.

    Source:
        Zhang et al. 2018, "mixup: Beyond empirical risk minimization".

    Example:
        >>> import hearingai, numpy
        >>> x, y = hearingai.Mixup().apply(
        ...     [[4.0, 0.0], [0.0, 8.0]], [[1, 0], [0, 1]], partner=[1, 0], ratio=[0.75, 1.0]
        ... )
        >>> numpy.asarray(x).tolist(), numpy.asarray(y).tolist()
        ([[3.0, 2.0], [0.0, 8.0]], [[0.75, 0.25], [0.0, 1.0]])
    """

    def __init__(
        self,
        alpha: float = 0.2,
        *,
        domain: str = "waveform",
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.alpha = positive("alpha", alpha)
        self.domain = choose("domain", domain, tuple(SHAPES))
        self._quantiles = lower_quantiles(self.alpha)

    def parameters(self, shape: Any, labels: Any) -> dict[str, Any]:
        """Draw `partner`, int32, and `ratio`, the share of a clip's own sound."""
        return {"partner": self.shuffled(shape[0]), "ratio": self._ratio((shape[0],))}

    def change(self, x: Any, labels: Any, other: Any, other_labels: Any, ratio: Any) -> Any:
        """Mix clips and labels."""
        share = per_clip(ratio, labels)
        mixed_labels = share * labels + (1 - share) * other_labels
        return blend(x, other, ratio, self.domain), mixed_labels

    def _ratio(self, shape: Any) -> Any:
        """Draw from Beta(alpha, alpha) by a table: gamma sampling does not compile everywhere."""
        table = ops.convert_to_tensor(self._quantiles)
        place = self.uniform(shape, 0.0, len(self._quantiles) - 1.0)
        below = ops.minimum(ops.floor(place), len(self._quantiles) - 2.0)
        at, part = ops.cast(below, "int32"), place - below
        power = (1 - part) * ops.take(table, at) + part * ops.take(table, at + 1)
        lower = power ** (1 / exponent(self.alpha))
        return ops.where(self.uniform(shape) < 0.5, lower, 1 - lower)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"alpha": self.alpha, "domain": self.domain}


def exponent(alpha: float) -> float:
    """Power of x in which the lower half of Beta(alpha, alpha) has no pole."""
    return min(alpha, 1.0)


def lower_quantiles(alpha: float, size: int = 4097) -> np.ndarray:
    """Quantiles of the lower half of Beta(alpha, alpha), to the power of `exponent(alpha)`.

    The density is `(x (1 - x))^(alpha - 1)`. Below 1 it has a pole at zero, which is gone in
    `x^alpha`: only then are its sum and the linear interpolation of its quantiles accurate.
    """
    power = np.linspace(0, 0.5 ** exponent(alpha), 16 * size)
    x = power ** (1 / exponent(alpha))
    density = (1 - x) ** (alpha - 1) if alpha < 1 else (4 * x * (1 - x)) ** (alpha - 1)
    below = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.interp(np.linspace(0, below[-1], size), below, power).astype("float32")
