"""Batches of decoded clips, in an order that the seed and the epoch alone decide."""

import keras
import numpy as np

from .clips import to_float32


class ClipBatches(keras.utils.PyDataset):
    """Batches of `(waveforms, one-hot classes)` for `keras.Model.fit`, on every backend.

    Args:
        sound: int16 `(clips, samples)`.
        class_id: Class of each clip, from 0.
        n_classes: Number of classes.
        batch_size: Clips a batch; the last one may be smaller.
        seed: Decides the order; `None` keeps the clips in theirs.
    """

    def __init__(self, sound, class_id, n_classes, batch_size, seed=None):
        super().__init__()
        self.sound, self.class_id, self.seed = sound, class_id, seed
        self.batch_size = batch_size
        self.one_hot = np.eye(n_classes, dtype="float32")
        self.start_epoch(0)

    def start_epoch(self, epoch):
        """Lay the clips in the order of an epoch, which depends on nothing before it."""
        self.order = np.arange(len(self.sound))
        if self.seed is not None:
            np.random.default_rng([self.seed, epoch]).shuffle(self.order)

    @property
    def num_batches(self):
        """Batches an epoch."""
        return -(-len(self.sound) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return to_float32(self.sound[rows]), self.one_hot[self.class_id[rows]]
