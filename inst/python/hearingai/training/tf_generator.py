"""The tutorial's spectrogram generator, on tf.data: files are read inside the graph."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from ..audio.blocks import check_file
from ..audio.doubts import for_this_call, noted_doubts
from ..audio.reading import audio_info
from ..errors import AudioFileError, HearingAIError, first_few, readable
from ..inference.generated import begun
from ..runtime.arguments import check_rate, flag, positive
from ..runtime.backend import draw_seed
from ..runtime.generators import kept_generators
from ..tables.class_types import classes_of
from ..tables.clip_table import check_classes


def data_generator(
    df: pd.DataFrame,
    batch_size: int,
    *,
    shuffle: bool = True,
    window_size_ms: float = 30,
    window_stride_ms: float = 10,
    sample_rate: int = 16000,
    duration: float = 1.0,
    labels: Sequence[str] | None = None,
    seed: int | None = None,
    repeat: bool = True,
) -> Any:
    """Generate batches of log spectrograms and one-hot classes, as the tutorial does.

    Slices of the table are shuffled (buffer of 100), read, decoded and featurised in parallel,
    repeated for ever, batched and prefetched. Clips shorter than `duration` are padded with
    zeros, longer ones cut. `fit(classifier, clips)` reads any format, decodes once and is
    faster; use this for a pipeline of your own.

    Args:
        df: A table of clips, 16-bit wav files of one rate.
        batch_size: Clips per batch.
        shuffle: Draw the clips in random order, each from the next hundred as the tutorial does
            (shuffle a table that is sorted by class itself), or in the table's.
        window_size_ms: Length of a frame, milliseconds.
        window_stride_ms: Distance from frame to frame, milliseconds.
        sample_rate: Rate of the files, Hz.
        duration: Length of a clip, seconds.
        labels: The classes in the order of the one-hot columns; `None` takes that of the table's
            `class_id`, else that of the alphabet.
        seed: Whole number that decides the order; `None` draws one.
        repeat: Repeat for ever; `False` ends after one pass.

    Returns:
        A `tf.data.Dataset` of `(images, classes)` batches, float32 `(batch, frames, bins, 1)`
        and `(batch, classes)`; with the attributes `labels` and `steps_per_epoch`. `fit`,
        `evaluate` and `predict` take it, and begin with its first batch each time.

    Raises:
        HearingAIError: A file is not 16-bit wav of that rate (the message names it, and what
            reads it), TensorFlow is not installed, or an argument is out of range.

    Source:
        The TensorFlow and Keras-for-R tutorials on Speech Commands.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> images, classes = next(iter(hearingai.data_generator(clips, 32, seed=1)))
        >>> tuple(images.shape), tuple(classes.shape)
        ((32, 98, 257, 1), (32, 2))
    """
    from ..frontends import frame_sizes, n_frames

    tf = _tensorflow()
    labels = _in_order_of_ids(df) if labels is None else labels
    clips = check_classes(df, labels)
    batch_size = positive("batch_size", batch_size, whole=True)
    sample_rate = check_rate(sample_rate)
    samples = round(sample_rate * positive("duration", duration, most=86_400))
    shuffle, repeat = flag("shuffle", shuffle), flag("repeat", repeat)
    window, stride, fft_size = frame_sizes(window_size_ms, window_stride_ms, sample_rate)
    frames = n_frames(samples, window, stride)
    _check_readable_in_graph(clips["fname"], sample_rate)
    classes = list(labels) if labels is not None else sorted(set(clips["class"]))

    def read(fname, class_id):
        wav, _ = tf.audio.decode_wav(tf.io.read_file(fname), 1, samples)
        spectrum = tf.signal.stft(wav[:, 0], window, stride, fft_size)
        image = tf.math.log(tf.square(tf.abs(spectrum)) + 0.01)
        return image[..., tf.newaxis], tf.one_hot(class_id, len(classes))

    slices = (np.array([os.fsencode(f) for f in clips["fname"]]), clips["class_id"].to_numpy())
    shapes = ([frames, fft_size // 2 + 1, 1], [len(classes)])
    seed = draw_seed(seed) if shuffle else None

    def build(repeat):
        """A new dataset, in the order of the first: what was read of another does not matter."""
        dataset = tf.data.Dataset.from_tensor_slices(slices)
        if shuffle:
            with kept_generators():
                tf.random.set_seed(seed)  # tf.data mixes it in
                dataset = dataset.shuffle(100, seed=seed, reshuffle_each_iteration=True)
        dataset = dataset.map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        if repeat:
            dataset = dataset.repeat()
        return dataset.padded_batch(batch_size, padded_shapes=shapes).prefetch(tf.data.AUTOTUNE)

    dataset = build(repeat)
    dataset.build, dataset.repeats = build, repeat
    dataset.clips = None if shuffle else clips
    dataset.windows = window_size_ms, window_stride_ms, sample_rate
    dataset.labels, dataset.classes = classes, classes_of(df)
    dataset.steps_per_epoch = -(-len(clips) // batch_size)
    return dataset


def _in_order_of_ids(df: Any) -> list[str] | None:
    """Classes, as text, by the numbers that a table gives them, if it gives each its own."""
    if not isinstance(df, pd.DataFrame) or not {"class", "class_id"} <= set(df):
        return None
    pairs = df[["class", "class_id"]].drop_duplicates()
    unique = pairs["class"].is_unique and pairs["class_id"].is_unique
    if not all(isinstance(name, str) for name in pairs["class"]):
        return None
    if not unique or pairs.isna().any(axis=None) or pairs["class_id"].dtype.kind not in "iuf":
        return None
    return list(pairs.sort_values("class_id")["class"])


def next_batch(generator: Any) -> list[np.ndarray] | None:
    """Take the next batch of a generator as arrays.

    Args:
        generator: What `data_generator` returned.

    Returns:
        A list of two float32 arrays, images `(batch, frames, bins, 1)` and classes
        `(batch, classes)`; `None` at the end of a generator that does not repeat.

    Examples:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> images, classes = hearingai.next_batch(hearingai.data_generator(clips, 32, seed=1))
        >>> images.shape, classes.shape
        ((32, 98, 257, 1), (32, 2))
    """
    if not hasattr(generator, "_batches"):
        generator._batches = iter(begun(generator))
    batch = next(generator._batches, None)
    return None if batch is None else [np.asarray(part) for part in batch]


def _tensorflow():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import tensorflow
    except ImportError:
        raise HearingAIError(
            'data_generator() needs TensorFlow. Type: `pip install "hearingai[tensorflow]"`'
        ) from None
    return tensorflow


def _check_readable_in_graph(fnames, sample_rate):
    """Name the files that the graph could not read in the middle of an epoch."""

    def fault(fname):
        try:
            layout, info = check_file(fname), audio_info(fname)
        except AudioFileError as error:
            return f"{readable(fname)} {error.reason}"
        if not layout.true_size:
            return f"{readable(fname)} {layout.doubt or 'has a header without its true size'}"
        found = (info["format"], info["subtype"], info["sample_rate"])
        if found in (("WAV", "PCM_16", sample_rate), ("WAVEX", "PCM_16", sample_rate)):
            return None
        return f"{readable(fname)} is {found[0]} {found[1]} at {found[2]} Hz"

    with noted_doubts(), ThreadPoolExecutor() as pool:
        faults = [f for f in pool.map(for_this_call(fault), fnames) if f]
    if faults:
        shown = first_few(faults, 3, "; ")
        raise HearingAIError(
            f"data_generator() reads 16-bit wav at {sample_rate} Hz inside the TensorFlow graph, "
            f"and {len(faults)} of {len(fnames)} recordings are not: {shown}. "
            f"fit(classifier, clips) reads any format, rate and depth"
        )
