"""Learning-rate schedules: functions of the step, by name."""

from typing import Any

import keras

from ..runtime.arguments import choose

SCHEDULES: dict[str, tuple[str, ...]] = {  # and the options that each takes
    "constant": (),
    "plateau": ("factor", "patience", "floor", "delta"),
    "one-cycle": (),
    "cosine": ("warmup",),
}
MONITORS = ("val_loss", "val_accuracy", "val_map", "loss", "accuracy")


@keras.saving.register_keras_serializable(package="hearingai")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """The one-cycle learning rate: a linear rise, then a linear fall to almost zero.

    Args:
        learning_rate: The highest rate.
        steps: Steps of the whole training.
        rise: Share of the steps of the rise.
        start: The first rate is the highest divided by this.
        end: The last rate is the first divided by this.

    Source:
        Smith and Topin (2018), Super-Convergence; the defaults are those of
        `torch.optim.lr_scheduler.OneCycleLR` with linear annealing.
    """

    def __init__(
        self,
        learning_rate: float,
        steps: int,
        rise: float = 0.3,
        start: float = 25.0,
        end: float = 1e4,
    ) -> None:
        self.learning_rate, self.steps, self.rise = learning_rate, steps, rise
        self.start, self.end = start, end

    def __call__(self, step: Any) -> Any:
        """The rate at a step, from 0."""
        step = keras.ops.cast(step, "float32")
        low = self.learning_rate / self.start
        top = max(self.rise * self.steps - 1, 1e-6)
        last = max(self.steps - 1 - top, 1e-6)
        up = low + (self.learning_rate - low) * step / top
        gone = keras.ops.clip((step - top) / last, 0.0, 1.0)
        down = self.learning_rate * (1 - gone) + low / self.end * gone
        return keras.ops.where(step < top, up, down)

    def get_config(self) -> dict[str, float]:
        """Arguments that rebuild the schedule."""
        names = ("learning_rate", "steps", "rise", "start", "end")
        return {name: getattr(self, name) for name in names}


def schedule_of(
    name: str, learning_rate: float, steps: int, *, warmup: float = 0.1
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """The learning rate of a training of `steps` steps: a number, or a schedule by its name.

    Args:
        name: `"constant"`, `"plateau"` (a callback lowers it), `"one-cycle"` or `"cosine"` (with
            a linear warm-up over the share `warmup` of the steps).
        learning_rate: The highest rate.
        steps: Steps of the whole training.
        warmup: Share of the steps of the warm-up.
    """
    choose("schedule", name, tuple(SCHEDULES))
    if name == "one-cycle":
        return OneCycle(learning_rate, steps)
    if name == "cosine":
        warm = max(1, round(warmup * steps))
        return keras.optimizers.schedules.CosineDecay(
            learning_rate / warm,
            max(1, steps - warm),
            warmup_target=learning_rate,
            warmup_steps=warm,
        )
    return learning_rate
