"""Training that is broken off, collapses or learns nothing."""

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.training._callbacks import CollapseGuard

SMALL = "speech-commands-small"


def test_ctrl_c_ends_cleanly_with_what_was_learnt(words):
    calls = []

    def interrupt(done, total, text):
        calls.append(done)
        if "Epoch 2/" in text:
            raise KeyboardInterrupt

    with pytest.warns(hearingai.HearingAIWarning, match="interrupted in epoch 2"):
        classifier = hearingai.fit(SMALL, words, epochs=50, seed=1, progress=interrupt)
    assert classifier.record["interrupted"]
    assert len(hearingai.training_history(classifier)) == 1
    assert np.isfinite(hearingai.evaluate(classifier, words[words["split"] == "test"]).loss)


class KilledError(Exception):
    pass


def test_a_killed_training_goes_on_to_the_same_weights(words, tmp_path):
    settings = {"epochs": 4, "seed": 3, "deterministic": True}
    whole = hearingai.fit(SMALL, words, **settings)
    path = tmp_path / "run.keras"

    def kill(done, total, text):
        if "Epoch 3/" in text:
            raise KilledError

    with pytest.raises(KilledError):
        hearingai.fit(SMALL, words, checkpoint=path, progress=kill, **settings)
    resumed = hearingai.fit(SMALL, words, checkpoint=path, **settings)
    assert resumed.fingerprint() == whole.fingerprint()
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    pd.testing.assert_frame_equal(
        hearingai.training_history(resumed)[columns], hearingai.training_history(whole)[columns]
    )
    done = hearingai.fit(SMALL, words, checkpoint=path, **settings)
    assert done.fingerprint() == whole.fingerprint()
    with pytest.raises(hearingai.HearingAIError, match="another training.*seed"):
        hearingai.fit(SMALL, words, checkpoint=path, **(settings | {"seed": 4}))


@pytest.mark.slow
def test_what_collapsed_is_no_checkpoint(words, tmp_path):
    settings = {"epochs": 2, "seed": 1, "optimizer": "SGD", "learning_rate": 1e38}
    settings["checkpoint"] = tmp_path / "run.keras"
    for _ in range(2):
        with pytest.warns(hearingai.HearingAIWarning, match="no longer finite"):
            classifier = hearingai.fit("speech-commands", words, **settings)
        assert classifier.record["collapsed"]
        assert np.isfinite(classifier.get_weights()[0]).all()


def test_a_loss_that_is_not_finite_is_named_and_undone(words):
    with pytest.warns(hearingai.HearingAIWarning, match="no longer finite.*clipnorm=1"):
        classifier = hearingai.fit(
            "speech-commands", words, epochs=3, seed=1, optimizer="SGD", learning_rate=1e38
        )
    assert classifier.record["collapsed"]
    assert all(np.isfinite(np.asarray(w)).all() for w in classifier.get_weights())


@pytest.mark.parametrize("validation", [None, False])
def test_weights_that_one_step_broke_are_not_kept_for_the_loss_before_it(words, validation):
    """A loss is that of the weights before its step: that of a first and only one is fine."""
    clips = words[::8].drop(columns="split")
    with pytest.warns(hearingai.HearingAIWarning, match="diverged.*initial.*learning_rate") as told:
        classifier = hearingai.fit(
            SMALL, clips, epochs=1, seed=1, learning_rate=1e300, validation=validation
        )
    assert len(told) == 1
    assert classifier.record["collapsed"]
    with pytest.warns(hearingai.HearingAIWarning, match="used in training"):
        found = hearingai.evaluate(classifier, words)
    assert found.n == len(words)
    assert np.isfinite(found.loss)


def guarded(losses, chance=2.3026, window=4, at_once=1):
    """Run the guard over losses of one epoch, as Keras reports them: the mean so far."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    guard = CollapseGuard(chance, window, at_once)
    guard.set_model(model)
    guard.on_train_begin()
    guard.on_epoch_begin(0)
    for i, loss in enumerate(losses):
        model.set_weights([np.full((1, 1), loss), np.zeros(1)])
        if (i + 1) % at_once and i + 1 < len(losses):
            continue
        guard.on_train_batch_end(i, {"loss": float(np.mean(losses[: i + 1]))})
        if guard.collapsed:
            break
    return guard, model


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_fall_back_to_chance_is_noticed_and_the_best_weights_return(at_once):
    guard, model = guarded([2.3] * 4 + [1.0] * 8 + [2.31] * 8, at_once=at_once)
    assert guard.collapsed
    with pytest.warns(hearingai.HearingAIWarning, match="rose to 2.3.*best weights so far"):
        guard.finish()
    assert model.get_weights()[0][0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "losses", [[2.3] * 20, [2.3] * 4 + [1.0] * 16, [1.0] * 8 + [2.3] * 2 + [1.0] * 8]
)
def test_learning_slowly_or_stumbling_is_no_collapse(losses):
    assert not guarded(losses)[0].collapsed


@pytest.mark.slow
def test_a_network_that_learnt_nothing_is_named(words):
    with pytest.warns(hearingai.HearingAIWarning, match="learnt nothing"):
        hearingai.fit(SMALL, words, epochs=10, batch_size=8, seed=1, learning_rate=1e-12)
