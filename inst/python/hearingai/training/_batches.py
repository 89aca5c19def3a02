"""Batches of decoded clips, in an order that the seed and the epoch alone decide."""

from collections.abc import Sequence

import keras
import numpy as np

from ..clips.packed import PackedClips


class ClipBatches(keras.utils.PyDataset):
    """Batches of `(clips, targets)` for `keras.Model.fit`, on every backend.

    Args:
        clips: `PackedClips` or an array: int16 waveforms `(n, samples)` or
            `(n, channels, samples)`, or uint8 embeddings `(n, frames, features)`. The batches
            keep their type, a quarter or half of a float's bytes; the classifier converts them.
        truth: Class of each clip, from 0; or the labels that it has, see `Store`.
        n_classes: Number of classes.
        batch_size: Clips per batch; the last one may be smaller.
        seed: Decides the order; `None` keeps that of the clips.
        rows: Which of the clips to use; `None` takes all.
        weights: Weight of each class in the loss; `None` weighs them equally.
        paired: Pass the classes as an input too, for augmentations that mix both.
        odds: How likely each clip is to be drawn, with replacement; `None` shows each once.
        copies: Changed copies of all clips; each epoch draws for each clip itself or a copy.
        targets: What each clip and each of its copies is to be answered with, in place of its
            class or labels, `(1 + copies, clips, classes)`.
    """

    def __init__(
        self,
        clips: PackedClips | np.ndarray,
        truth: np.ndarray,
        n_classes: int,
        batch_size: int,
        *,
        seed: int | None = None,
        rows: Sequence[int] | np.ndarray | None = None,
        weights: Sequence[float] | np.ndarray | None = None,
        paired: bool = False,
        odds: np.ndarray | None = None,
        copies: Sequence[PackedClips] = (),
        targets: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.clips, self.truth, self.seed, self.odds = clips, np.asarray(truth), seed, odds
        self.rows = np.arange(len(clips)) if rows is None else np.asarray(rows)
        self.weights = None if weights is None else np.asarray(weights, "float32")
        self.batch_size, self.paired = batch_size, paired
        if targets is None:
            one_hot = np.eye(n_classes, dtype="float32")
            targets = self.truth if self.truth.ndim == 2 else one_hot[self.truth]
            targets = np.broadcast_to(targets, (1 + len(copies), *targets.shape))
        self.targets = targets.astype("float32", copy=False)
        self.versions, self.drawn = [clips, *copies], np.zeros(len(clips), int)
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Draw the clips of an epoch in an order that the seed and the epoch alone decide."""
        self.order = self.rows.copy()
        if self.seed is not None:
            draw = np.random.default_rng([self.seed, epoch])
            if self.odds is None:
                draw.shuffle(self.order)
            else:
                self.order = draw.choice(self.rows, len(self.rows), p=self.odds)
            self.drawn = draw.integers(len(self.versions), size=len(self.clips))

    @property
    def num_batches(self) -> int:
        """Batches per epoch."""
        return -(-len(self.rows) // self.batch_size)

    def __getitem__(self, index: int) -> tuple:
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        x, targets = self.clips[rows], self.targets[self.drawn[rows], rows]
        if len(self.versions) > 1:
            for place, row in enumerate(rows):
                x[place] = self.versions[self.drawn[row]][row : row + 1][0]
        x = (x, targets) if self.paired else x
        if self.weights is None:
            return x, targets
        return x, targets, self.weights[self.truth[rows]]
