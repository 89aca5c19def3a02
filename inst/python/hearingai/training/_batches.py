"""Batches of decoded clips, in an order that the seed and the epoch alone decide."""

from collections.abc import Sequence

import keras
import numpy as np

from ..clips.packed import PackedClips


class ClipBatches(keras.utils.PyDataset):
    """Batches of `(clips, one-hot classes)` for `keras.Model.fit`, on every backend.

    Args:
        clips: `PackedClips` or an array: int16 waveforms `(n, samples)` or
            `(n, channels, samples)`, or uint8 embeddings `(n, frames, features)`. The batches
            keep their type, a quarter or half of a float's bytes; the classifier converts them.
        class_id: Class of each clip, from 0.
        n_classes: Number of classes.
        batch_size: Clips per batch; the last one may be smaller.
        seed: Decides the order; `None` keeps that of the clips.
        rows: Which of the clips to use; `None` takes all.
        weights: Weight of each class in the loss; `None` weighs them equally.
        paired: Pass the classes as an input too, for augmentations that mix both.
        copies: Changed copies of all clips; each epoch draws for each clip itself or a copy.
        targets: What each clip is to be answered with, in place of its class alone.
    """

    def __init__(
        self,
        clips: PackedClips | np.ndarray,
        class_id: np.ndarray,
        n_classes: int,
        batch_size: int,
        *,
        seed: int | None = None,
        rows: Sequence[int] | np.ndarray | None = None,
        weights: Sequence[float] | np.ndarray | None = None,
        paired: bool = False,
        copies: Sequence[PackedClips] = (),
        targets: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.clips, self.class_id, self.seed = clips, np.asarray(class_id), seed
        self.rows = np.arange(len(clips)) if rows is None else np.asarray(rows)
        self.weights = None if weights is None else np.asarray(weights, "float32")
        self.batch_size, self.paired = batch_size, paired
        one_hot = np.eye(n_classes, dtype="float32")
        self.targets = one_hot[self.class_id] if targets is None else targets.astype("float32")
        self.versions, self.drawn = [clips, *copies], np.zeros(len(clips), int)
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Shuffle the clips for an epoch; the order depends on the seed and the epoch alone."""
        self.order = self.rows.copy()
        if self.seed is not None:
            draw = np.random.default_rng([self.seed, epoch])
            draw.shuffle(self.order)
            self.drawn = draw.integers(len(self.versions), size=len(self.clips))

    @property
    def num_batches(self) -> int:
        """Batches per epoch."""
        return -(-len(self.rows) // self.batch_size)

    def __getitem__(self, index: int) -> tuple:
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        x, targets = self.clips[rows], self.targets[rows]
        if len(self.versions) > 1:
            for place, row in enumerate(rows):
                x[place] = self.versions[self.drawn[row]][row : row + 1][0]
        x = (x, targets) if self.paired else x
        if self.weights is None:
            return x, targets
        return x, targets, self.weights[self.class_id[rows]]
