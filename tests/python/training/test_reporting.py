"""What a progress bar says of a training."""

from hearingai.training._callbacks import Reporter


def test_the_last_validation_stays_while_the_next_epoch_runs():
    told = []
    reporter = Reporter(lambda done, text: told.append((done, text)), epochs=2, steps=3)
    logs = {"loss": 0.5, "accuracy": 0.25}
    reporter.on_epoch_begin(0)
    reporter.on_train_batch_end(2, logs)
    reporter.on_epoch_end(0, logs | {"val_loss": 0.7, "val_accuracy": 0.75})
    reporter.on_epoch_begin(1)
    reporter.on_train_batch_end(0, logs)
    assert told == [
        (3, "Epoch 1/2 loss 0.500 accuracy 0.250"),
        (3, "Epoch 1/2 loss 0.500 accuracy 0.250 validation 0.750"),
        (4, "Epoch 2/2 loss 0.500 accuracy 0.250 validation 0.750"),
    ]
