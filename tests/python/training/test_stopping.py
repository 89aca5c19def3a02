"""Learning rates, early stopping, collapse: what they do, without training anything."""

import math

import keras
import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.recipes.schedules import OneCycle, schedule_of
from hearingai.training._callbacks import CollapseGuard, HistoryRecord
from hearingai.training._stopping import EarlyStopping, Plateau

# torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=10,
# anneal_strategy="linear", cycle_momentum=False), torch 2.13: the rate of each step
TORCH = [
    0.004,
    0.052,
    0.1,
    0.0857143428571429,
    0.0714286857142857,
    0.0571430285714286,
    0.0428573714285714,
    0.0285717142857143,
    0.0142860571428571,
    4e-7,
]


def rates(schedule, steps):
    return [float(schedule(step)) for step in range(steps)]


def test_one_cycle_is_that_of_torch():
    np.testing.assert_allclose(rates(OneCycle(0.1, 10), 10), TORCH, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(("top", "steps", "rise"), [(1e-3, 37, 0.3), (0.5, 1000, 0.1)])
def test_one_cycle_is_that_of_the_torch_installed_here(top, steps, rise):
    need("torch")
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        top,
        total_steps=steps,
        pct_start=rise,
        anneal_strategy="linear",
        cycle_momentum=False,
    )
    expected = []
    for _ in range(steps):
        expected.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step() if len(expected) < steps else None
    np.testing.assert_allclose(
        rates(OneCycle(top, steps, rise), steps), expected, rtol=1e-4, atol=1e-8
    )


def test_one_cycle_stays_low_after_its_end_and_survives_a_single_step():
    schedule = OneCycle(0.1, 10)
    assert float(schedule(50)) == pytest.approx(4e-7)
    assert all(math.isfinite(rate) for rate in rates(OneCycle(0.1, 1), 3))


def test_one_cycle_is_rebuilt_from_its_configuration():
    schedule = OneCycle(0.1, 10, rise=0.2, start=10.0, end=100.0)
    again = OneCycle.from_config(schedule.get_config())
    assert rates(again, 10) == rates(schedule, 10)


def test_cosine_warms_up_in_a_straight_line_and_falls_as_a_cosine():
    schedule = schedule_of("cosine", 0.2, 20, warmup=0.25)  # 5 steps up, 15 down
    up = [0.04 + (0.2 - 0.04) * step / 5 for step in range(5)]
    down = [0.1 * (1 + math.cos(math.pi * step / 15)) for step in range(15)]
    np.testing.assert_allclose(rates(schedule, 20), up + down, rtol=1e-5, atol=1e-8)


def test_cosine_of_a_single_step():
    assert math.isfinite(float(schedule_of("cosine", 0.1, 1)(0)))


def test_a_constant_rate_and_a_plateau_are_numbers():
    assert schedule_of("constant", 0.1, 10) == schedule_of("plateau", 0.1, 10) == 0.1
    with pytest.raises(hearingai.HearingAIError, match="one_cycle"):
        schedule_of("one_cycle", 0.1, 10)


def model_at(rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
    return model


def rate_of(model):
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
@pytest.mark.parametrize("patience", [1, 2, 3])
def test_the_plateau_is_that_of_keras(monitor, patience):
    values = [0.9, 0.8, 0.8, 0.79995, 0.7, 0.75, 0.71, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.6, 0.6, 0.6]
    if monitor == "val_accuracy":
        values = [1 - value for value in values]
    settings = {"monitor": monitor, "factor": 0.1, "patience": patience}
    theirs = keras.callbacks.ReduceLROnPlateau(
        **settings, min_lr=1e-5, mode="max" if monitor == "val_accuracy" else "min"
    )
    theirs.set_model(model_at(0.01))
    theirs.on_train_begin()
    history, model = HistoryRecord(), model_at(0.01)
    ours = Plateau(history, model.optimizer, **settings, floor=1e-5)
    ours.set_model(model)
    for epoch, value in enumerate(values):
        ours.on_epoch_begin(epoch)
        assert rate_of(model) == pytest.approx(rate_of(theirs.model), rel=1e-5)
        theirs.on_epoch_end(epoch, {monitor: value})
        history.rows.append({"epoch": epoch + 1, monitor: value})
    assert rate_of(model) < 0.01


def test_a_plateau_needs_an_optimizer_whose_rate_can_be_set():
    scheduled = keras.optimizers.SGD(OneCycle(0.1, 10))
    with pytest.raises(hearingai.HearingAIError, match="optimizer.*schedule of its own"):
        Plateau(HistoryRecord(), scheduled)


def stopped(values, patience, monitor="val_loss", path=None):
    """Early stopping over epochs that gave `values`; epoch e leaves the weights e."""
    history, model = HistoryRecord(), model_at(0.1)
    stopping = EarlyStopping(history, model, monitor, patience, path)
    stopping.set_model(model)
    for epoch, value in enumerate(values):
        model.set_weights([np.full((1, 1), epoch + 1.0), np.zeros(1)])
        history.rows.append({"epoch": epoch + 1, monitor: value})
        stopping.on_epoch_end(epoch)
        if model.stop_training:
            break
    return stopping, model


def test_training_stops_when_the_best_epoch_lies_too_far_back():
    stopping, model = stopped([3, 2, 1, 1, 1.5, 2, 0], patience=3)
    assert len(stopping.history.rows) == 6
    assert stopping.finish() == 3
    assert model.get_weights()[0][0, 0] == 3


def test_more_accuracy_is_better_and_nan_is_never_best():
    assert stopped([0.1, 0.5, 0.4], 5, "val_accuracy")[0].finish() == 2
    assert stopped([math.nan, 2.0, math.nan], 5)[0].finish() == 2


def test_where_no_epoch_gave_a_number_no_weights_come_back():
    stopping, model = stopped([math.nan, math.inf], 5)
    model.set_weights([np.full((1, 1), 7.0), np.zeros(1)])
    assert stopping.finish() == 0
    assert model.get_weights()[0][0, 0] == 7


def test_the_best_weights_are_taken_up_after_a_break(tmp_path):
    stopping, _ = stopped([3, 1, 2], patience=9, path=tmp_path / "run.keras")
    model = model_at(0.1)
    again = EarlyStopping(stopping.history, model, "val_loss", 9, tmp_path / "run.keras")
    again.resume()
    assert again.finish() == 2
    assert model.get_weights()[0][0, 0] == 2
    again.path.unlink()
    with pytest.raises(hearingai.HearingAIError, match="best weights.*missing"):
        again.resume()


def test_the_charge_for_weights_is_not_taken_for_a_bad_guess():
    """A loss of chance plus the penalty on the weights is that of a guess, no worse."""
    model = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2"),
        ]
    )
    penalty = float(sum(model.losses))
    assert penalty > 0
    guard = CollapseGuard(chance=0.02, window=4)
    guard.set_model(model)
    guard.on_train_begin()
    guard.on_epoch_begin(0)
    for step, loss in enumerate([0.01] * 8 + [0.015] * 8):
        mean = (guard.mean_before * step + loss + penalty) / (step + 1)
        guard.on_train_batch_end(step, {"loss": mean})
    assert guard.best == pytest.approx(0.01)
    assert not guard.collapsed
