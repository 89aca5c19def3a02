"""What a network makes of a recording before it decides: its embedding."""

import keras
import numpy as np
import pandas as pd

from ..classifier.bodies import vectors_of
from ..classifier.model import as_float
from ..runtime.arguments import choose
from ..runtime.backend import jit_compile, on_device
from .prediction import answers_of, batches_of


def embed(
    classifier,
    recordings,
    layer=None,
    sample_rate=None,
    batch_size=64,
    device="auto",
    on_error="report",
    progress=None,
):
    """Describe each recording by the numbers that the network decides on.

    An embedding is the input of the network's head, which is its last layer with weights
    (normalisations aside): what the head weighs to name a label. Where that is a map or a
    sequence, it is averaged over its places. Recordings that sound alike to the network have
    embeddings that lie near each other, whatever their labels.

    Args:
        classifier: An `AudioClassifier`, of sound or of AudioSet embeddings.
        recordings: See `predict`: paths, a table, or sound itself.
        layer: Name of the layer of `classifier.network` whose output is taken instead.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own.
        batch_size: Recordings a step; others are read meanwhile.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
        on_error: `"report"` answers a file that cannot be read with its reason in the column
            `error`; `"raise"` stops at the first.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.

    Returns:
        A DataFrame with a row a recording, in order: `fname` (`None` for sound), `embedding_1`,
        `embedding_2` ..., float32 (NaN where the recording cannot be read), and `error` (`None`
        where all went well). `table.filter(like="embedding_")` holds the numbers alone.

    Raises:
        HearingAIError: `recordings` is of no known kind, there is no such layer, or the network
            has no layers to tell apart.
        AudioFileError: A file cannot be read and `on_error="raise"`.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> table = hearingai.embed(classifier, numpy.zeros((2, 16000)))
        >>> table.shape, list(table.columns[:2])
        ((2, 130), ['fname', 'embedding_1'])
    """
    choose("on_error", on_error, ("report", "raise"))
    model = embedder(classifier, layer)
    fnames, source = batches_of(classifier, recordings, sample_rate, batch_size, on_error)
    with on_device(device):
        values, errors = answers_of(
            model, model.output_shape[-1], len(fnames), source, progress, text="Embedding"
        )
    names = [f"embedding_{i + 1}" for i in range(values.shape[1])]
    table = pd.DataFrame(values, columns=names)
    table.insert(0, "fname", pd.Series(fnames, dtype=object))
    return table.assign(error=pd.Series(errors, dtype=object))


def embedder(classifier, layer=None):
    """A Keras model from clips to their embeddings, of the classifier's own layers."""
    network = classifier.network
    body = keras.Model(network.inputs, vectors_of(network, layer))
    clips = keras.Input(classifier.clip_shape)
    model = keras.Model(clips, body(classifier.images(clips)))
    if not jit_compile():
        model.jit_compile = False
    return model


def embed_clips(classifier, clips, size=64):
    """The embeddings of clips that are decoded already, `(clips, values)`, float32.

    Args:
        classifier: An `AudioClassifier`.
        clips: `PackedClips`.
        size: Clips a step.
    """
    model, rows = embedder(classifier), np.arange(len(clips))
    source = (
        (part, keras.ops.convert_to_numpy(as_float(clips[part])), np.arange(len(part)), [])
        for part in np.split(rows, range(size, len(rows), size))
    )
    width = model.output_shape[-1]
    return answers_of(model, width, len(rows), source, progress=False)[0]
