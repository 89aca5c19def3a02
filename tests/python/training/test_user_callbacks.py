"""Callbacks of users: what they are called with, and what they may do."""

import csv
import functools

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import TAGGER
from fresh import need
from slow import slow

EPOCHS = 3
NUMBERS = {"loss", "accuracy", "val_loss", "val_accuracy"}


class Tracker(keras.callbacks.Callback):
    """As the callbacks of MLflow and of Weights & Biases are built; it notes what it is told."""

    def __init__(self):
        super().__init__()
        self.calls, self.logs, self.models = [], [], []

    def set_params(self, params):
        super().set_params(params)
        self.calls.append(("params", params["epochs"]))

    def on_train_begin(self, logs=None):
        self.calls.append("begin")
        self.rate = float(self.model.optimizer.learning_rate)
        self.model.summary(print_fn=lambda *_, **__: None)

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(("batch", batch, set(logs)))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch", epoch))
        self.logs.append(dict(logs))
        self.models.append(self.model)

    def on_test_end(self, logs=None):
        self.calls.append("test")

    def on_train_end(self, logs=None):
        self.calls.append("end")
        self.saved = self.model.get_weights()


def fit(turkeys, callbacks, what=TAGGER, **options):
    options = {"epochs": EPOCHS, "seed": 1, "validation": 0.25, "progress": False} | options
    return hearingai.fit(what, turkeys, callbacks=callbacks, **options)


def test_a_function_is_called_after_each_epoch_from_0_with_all_numbers(turkeys):
    seen = []
    classifier = fit(turkeys, lambda epoch, logs: seen.append((epoch, dict(logs))))
    assert [epoch for epoch, _ in seen] == [0, 1, 2]
    history = hearingai.training_history(classifier)
    for name in NUMBERS:
        assert [logs[name] for _, logs in seen] == pytest.approx(list(history[name]))
    assert all(set(logs) == NUMBERS for _, logs in seen)
    assert all(type(value) is float for _, logs in seen for value in logs.values())


@pytest.mark.parametrize("change", [{}, {"augment": ["embedding_jitter", "mixup"]}])
def test_a_tracker_hears_all_and_its_model_is_the_classifier(turkeys, change):
    tracker = Tracker()
    classifier = fit(turkeys, [tracker], **change)
    assert tracker.calls[:2] == [("params", EPOCHS), "begin"]
    assert tracker.calls[-1] == "end"
    assert tracker.calls.count("test") == EPOCHS
    batches = [call for call in tracker.calls if call[0] == "batch"]
    assert [batch for _, batch, _ in batches] == [0, 1, 2] * EPOCHS  # 36 clips by 16
    assert all(logs == {"loss", "accuracy"} for _, _, logs in batches)
    assert [set(logs) for logs in tracker.logs] == [NUMBERS] * EPOCHS
    assert all(model is classifier for model in tracker.models)
    assert tracker.rate == pytest.approx(0.01)


def test_they_change_nothing(turkeys):
    alone, watched = fit(turkeys, None), fit(turkeys, [Tracker(), lambda epoch, logs: None])
    assert watched.fingerprint() == alone.fingerprint()
    fleeting = ("history", "seconds")
    records = [{k: v for k, v in c.record.items() if k not in fleeting} for c in (alone, watched)]
    assert records[0] == records[1]


def test_a_model_saved_by_a_callback_answers_and_tells_of_its_training(turkeys, tmp_path):
    class Save(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.save(tmp_path / f"{epoch}.keras")

    classifier = fit(turkeys, Save(), augment=["mixup"])
    saved = [hearingai.load_classifier(tmp_path / f"{epoch}.keras") for epoch in range(EPOCHS)]
    assert saved[classifier.record["best_epoch"] - 1].fingerprint() == classifier.fingerprint()
    assert len({one.fingerprint() for one in saved}) == EPOCHS
    assert [len(hearingai.training_history(one)) for one in saved] == [1, 2, 3]
    assert saved[0].record["trained_on"] == classifier.record["trained_on"]


@pytest.mark.parametrize(
    ("hook", "augment"),
    [
        ("on_epoch_end", []),
        ("on_train_batch_end", ["mixup"]),
        slow("on_epoch_end", ["mixup"]),
        slow("on_train_batch_end", []),
    ],
)
def test_a_callback_may_stop_the_training(turkeys, augment, hook):
    stop = keras.callbacks.Callback()

    def told(number, logs=None):
        stop.model.stop_training = number == 1

    setattr(stop, hook, told)
    classifier = fit(turkeys, [stop], augment=augment)
    assert len(classifier.record["history"]) == (2 if hook == "on_epoch_end" else 1)
    assert not classifier.record["interrupted"]
    again = fit(turkeys, None, what=classifier)  # the wish to stop was of that training
    assert len(again.record["history"]) == EPOCHS


def test_what_a_callback_raises_comes_out_as_it_is(turkeys):
    class OwnError(Exception):
        pass

    def fail(epoch, logs):
        raise OwnError("mine")

    classifier = hearingai.create_classifier(TAGGER, ["other", "turkey"], seed=1)
    with pytest.raises(OwnError, match="^mine$"):
        fit(turkeys, fail, what=classifier, precision="bfloat16")
    assert {layer.compute_dtype for layer in classifier.network.layers} == {"float32"}
    assert "history" not in classifier.record
    assert len(hearingai.predict(classifier, turkeys)) == len(turkeys)


def test_ctrl_c_lets_callbacks_close_what_they_have_open(turkeys):
    tracker = Tracker()

    def interrupt(epoch, logs):
        if epoch == 1:
            raise KeyboardInterrupt

    with pytest.warns(hearingai.HearingAIWarning, match="interrupted"):
        fit(turkeys, [tracker, interrupt])
    assert tracker.calls.count("end") == 1


def test_keras_own_callbacks_do_their_work(turkeys, tmp_path):
    rates = []

    class Rate(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

    fit(
        turkeys,
        [
            keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 / (epoch + 1)),
            keras.callbacks.ModelCheckpoint(str(tmp_path / "best.keras"), save_best_only=True),
            keras.callbacks.BackupAndRestore(str(tmp_path / "backup")),
            Rate(),
        ],
        augment=["mixup"],
    )
    with open(tmp_path / "log.csv") as log:
        rows = list(csv.DictReader(log))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert set(rows[0]) >= NUMBERS
    assert rates == pytest.approx([0.01, 0.005, 0.01 / 3])
    assert hearingai.load_classifier(tmp_path / "best.keras").labels == ["other", "turkey"]


def test_tensorboard_writes_its_events(turkeys, tmp_path):
    need("tensorflow")
    need("tensorboard")
    fit(turkeys, keras.callbacks.TensorBoard(str(tmp_path), histogram_freq=1), augment=["mixup"])
    assert {folder.name for folder in tmp_path.iterdir()} == {"train", "validation"}


def test_the_best_weights_are_back_when_callbacks_end(turkeys):
    tracker = Tracker()
    classifier = fit(turkeys, tracker, patience=1, learning_rate=1.0, epochs=9)
    assert classifier.record["best_epoch"] < len(classifier.record["history"])
    for mine, theirs in zip(tracker.saved, classifier.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_after_a_break_epochs_go_on_from_where_they_were(turkeys, tmp_path):
    epochs = []

    def killed(epoch, logs):
        epochs.append(epoch)
        if epochs == [0, 1]:
            raise RuntimeError("the machine went down")

    options = {"checkpoint": tmp_path / "state.keras", "validation": False}
    with pytest.raises(RuntimeError, match="went down"):
        fit(turkeys, killed, **options)
    fit(turkeys, killed, **options)
    assert epochs == [0, 1, 1, 2]  # an epoch whose callbacks failed is not finished


def test_a_generator_and_a_classifier_call_them_with_the_classifier(words):
    models = []

    class Note(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            models.append(self.model)
            self.model.stop_training = True

    generator = hearingai.data_generator(words, 16, seed=1)
    classifier = hearingai.create_classifier("speech-commands-small", ["down", "no", "yes"], seed=1)
    hearingai.fit(classifier, generator, steps_per_epoch=1, epochs=3, callbacks=Note(), seed=1)
    assert models == [classifier]


@pytest.mark.slow
def test_folds_trials_and_new_tasks_call_them(turkeys):
    seen = []

    def note(epoch, logs):
        seen.append(epoch)

    options = {"callbacks": note, "epochs": 2, "seed": 1, "progress": False}
    result = hearingai.cross_validate(TAGGER, turkeys, folds=2, validation=False, **options)
    assert seen == [0, 1, 0, 1]
    assert "callbacks" not in result.settings["options"]
    with pytest.raises(hearingai.HearingAIError, match="`callbacks` cannot.*`parallel`"):
        hearingai.cross_validate(TAGGER, turkeys, folds=2, parallel=2, **options)
    need("optuna")
    seen.clear()
    hearingai.tune(TAGGER, turkeys, {"batch_size": [8, 16]}, validation=0.25, **options)
    assert seen == [0, 1, 0, 1]


def test_fine_tuning_calls_them(turkeys):
    epochs = []
    made = hearingai.create_classifier(TAGGER, ["other", "turkey"], seed=1)
    note = [lambda epoch, logs: epochs.append(epoch)]
    hearingai.fine_tune(made, turkeys, epochs=2, seed=1, callbacks=note)
    assert epochs == [0, 1]


@pytest.mark.parametrize(
    ("callbacks", "words_"),
    [
        ("csv", "must be Keras callbacks.*functions.*'csv'"),
        ([keras.callbacks.CSVLogger], "must be Keras callbacks.*CSVLogger"),
        ([lambda epoch, logs: None, 3], "must be Keras callbacks.*Received: 3"),
        (lambda epoch: None, r"two arguments, \(epoch, logs\)"),
        ({"a": 1}, "must be Keras callbacks"),
    ],
)
def test_anything_else_is_refused_before_anything_is_read(callbacks, words_):
    nothing = pd.DataFrame({"fname": ["/no/such.wav"] * 2, "class": ["a", "b"]})
    with pytest.raises(hearingai.HearingAIError, match=words_):
        hearingai.fit("speech-commands-small", nothing, callbacks=callbacks)


def test_callables_of_all_kinds_are_functions(turkeys):
    seen = []

    class Note:
        def __call__(self, epoch, logs):
            seen.append(("object", epoch))

    def noted(name, epoch, logs):
        seen.append((name, epoch))

    fit(turkeys, (Note(), functools.partial(noted, "partial")), epochs=1)
    assert seen == [("object", 0), ("partial", 0)]
