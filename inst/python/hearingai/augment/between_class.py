"""Mix clips of two classes to learn the ratio."""

from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_rate, choose, number
from .base import per_clip
from .loudness import loudness_db
from .mixing import MixingAugmentation


@keras.saving.register_keras_serializable(package="hearingai")
class BetweenClass(MixingAugmentation):
    """Mix each clip with one of another class; the label is their ratio in the mix.

    With the ratio r drawn from 0 to 1 and the levels G1 and G2 of the two clips in dB,
    `p = 1 / (1 + 10^((G1 - G2) / 20) (1 - r) / r)`, the sound becomes
    `(p x1 + (1 - p) x2) / sqrt(p^2 + (1 - p)^2)` and the label `r y1 + (1 - r) y2`. A clip's
    level is that of its loudest window of about 0.1 s. The partner is drawn from all clips of the
    batch whose class (the largest label; above or below 0.5 for a single column) is another;
    where there is none, the clip stays as it is.

    Args:
        sample_rate: Rate of the waveforms, Hz.
        weighting: `"A"` applies A-weighting to the level; `"none"` takes the mean power.
        floor_db: Least level of a clip, dB.
        probability: Share of the clips that are mixed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`, and their labels,
        `(batch, n_classes)`.

    Output shape:
        Those of the input.

    Raises:
        HearingAIError: `sample_rate` is below 100 Hz, or another argument is out of range.

    Source:
        Tokozume, Ushiku and Harada 2018, "Learning from between-class examples for deep sound
        recognition", with the level as in the authors' code.

    Example:
        >>> import hearingai, numpy
        >>> clips = numpy.stack([numpy.full(2048, 0.5), numpy.full(2048, -0.5)])
        >>> x, y = hearingai.BetweenClass(16000).apply(
        ...     clips, numpy.eye(2), partner=[1, 0], ratio=[0.25, 1.0]
        ... )
        >>> numpy.asarray(y).tolist()
        [[0.25, 0.75], [0.0, 1.0]]
    """

    def __init__(
        self,
        sample_rate: int | None,
        *,
        weighting: str = "A",
        floor_db: float = -80.0,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.sample_rate = check_rate(sample_rate)
        if self.sample_rate < 100:
            raise HearingAIError(f"`sample_rate` must be at least 100 Hz. Received: {sample_rate}")
        self.weighting = choose("weighting", weighting, ("A", "none"))
        self.floor_db = number("floor_db", floor_db)

    def parameters(self, shape: Any, labels: Any) -> dict[str, Any]:
        """Draw `partner`, int32, and `ratio`, the share of a clip's own sound."""
        single = labels.shape[-1] == 1
        class_id = labels[:, 0] > 0.5 if single else ops.argmax(labels, axis=-1)
        others = ops.not_equal(class_id[:, None], class_id[None])
        return {"partner": self.one_of(others), "ratio": self.uniform((shape[0],))}

    def change(self, x: Any, labels: Any, other: Any, other_labels: Any, ratio: Any) -> Any:
        """Mix clips and labels."""
        level = loudness_db(x, self.sample_rate, self.weighting, self.floor_db)
        other_level = loudness_db(other, self.sample_rate, self.weighting, self.floor_db)
        # The same as the formula above, without its division by a ratio of zero.
        p = ratio / (ratio + 10.0 ** ((level - other_level) / 20) * (1 - ratio))
        p, share = per_clip(p, x), per_clip(ratio, labels)
        mixed = (p * x + (1 - p) * other) / ops.sqrt(p**2 + (1 - p) ** 2)
        return mixed, share * labels + (1 - share) * other_labels

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "sample_rate": self.sample_rate,
            "weighting": self.weighting,
            "floor_db": self.floor_db,
        }
