"""Embeddings of recordings: the input of a network's head."""

from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, Progress, Recordings, Runtime
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..classifier.protocol import Classifier, check_classifier
from ..clips.packed import PackedClips
from ..corpora.options import RunOptions
from ..corpora.running import wanted
from ..errors import HearingAIError
from ..runtime.arguments import choose, flag, positive
from ..runtime.shared_options import shared_options
from ._shards import run_over
from .answers import answers_of, embedding_table, with_notes
from .batches import Batches, batches_of, table_of
from .body_windows import body_windows
from .runtimes import in_runtime, keras_alone, with_runtime


@shared_options
def embed(
    classifier: Classifier | Body,
    recordings: Recordings,
    *,
    layer: str | None = None,
    sample_rate: int | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    runtime: Runtime | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """Compute the embedding of each recording.

    An embedding is the input of the network's head, which is its last layer with weights
    (normalisations aside). Where that is a map or a sequence, it is averaged over its places.
    Recordings that sound alike to the network have
    embeddings that lie near each other, whatever their labels. Of a body itself, see `get_body`,
    each window has a row.

    Args:
        classifier: An `AudioClassifier`, of sound or of AudioSet embeddings; an exported one,
            see `load_exported`; or a body, which hears one recording after the other, here: no
            `layer`, `device`, `runtime` and `**options` are for it.
        recordings: See `predict`: paths, a table, or sound itself.
        layer: Name of the layer of `classifier.network` whose output is taken instead; exported
            files hold the input of the head alone.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's or the body's own.
        batch_size: Recordings per step; the next are read meanwhile.
        device: See `predict`.
        runtime: {runtime}
        on_error: `"report"` gives the reason why a file cannot be read in the column
            `error`; `"raise"` stops at the first.
        partial: {partial}
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.
        **options: A run in a folder, see `RunOptions`.

    Returns:
        A DataFrame with a row per recording, in order: `fname` (`None` for sound), `embedding_1`,
        `embedding_2` ..., float32 (NaN where the recording cannot be read), and `error` (`None`
        where all went well); with `partial` also `note`, see `predict`.
        `table.filter(like="embedding_")` holds the numbers alone. Of a body a row per window:
        `row` (the recording's place in `recordings`, from 0), `fname`, `start` and `end` of the
        window, `embedding_1` ... and `error`; a file that cannot be read has one row. Times are
        seconds in the file. Windows may begin before what is heard and end behind it: some bodies
        put silence around each recording or part, and all of them around what is shorter than a
        window.

    Raises:
        HearingAIError: `recordings` is of no known kind, there is no such layer, the network has no
            layers to tell apart, the exported file holds no embeddings, or a body is given an
            argument that it does not take.
        AudioFileError: A file cannot be read and `on_error="raise"`.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> table = hearingai.embed(classifier, numpy.zeros((2, 16000)))
        >>> table.shape, list(table.columns[:2])
        ((2, 130), ['fname', 'embedding_1'])
    """
    choose("on_error", on_error, ("report", "raise"))
    partial = flag("partial", partial)
    if isinstance(classifier, Body):
        usual = {"device": "auto", "engine": "processes"}
        for name, value in {
            "layer": layer,
            "device": device,
            "runtime": runtime,
            **options,
        }.items():
            if value and value != usual.get(name):
                raise HearingAIError(f"`{name}` is for classifiers, not for a body")
        positive("batch_size", batch_size, whole=True)
        return body_windows(classifier, recordings, sample_rate, on_error, partial, progress)
    check_classifier(classifier)
    if layer is not None:
        keras_alone(runtime, "layer", "other layers than the input of the head")
    if wanted(options):
        settings: dict[str, Any] = {"device": device, "on_error": on_error, "partial": partial}
        settings["batch_size"] = positive("batch_size", batch_size, whole=True)
        settings["layer"] = layer
        found = table_of(classifier, recordings)
        n = 0 if found is None else len(found)
        classifier = in_runtime(classifier, runtime, n, batch_size, device, options)
        table = run_over("embed", classifier, found, options, settings, progress)[0]
        return with_runtime(table, classifier, runtime)
    fnames, source = batches_of(classifier, recordings, sample_rate, batch_size, on_error, partial)
    classifier = in_runtime(classifier, runtime, len(fnames), batch_size, device, options)
    with collected_doubts() as doubts, classifier.on_device(device):
        table = embedding_table(classifier.embedder(layer), fnames, source, progress)
    table = with_notes(table, doubts) if partial else table
    return with_runtime(table, classifier, runtime)


def embed_clips(classifier: Classifier, clips: PackedClips, size: int = 64) -> np.ndarray:
    """The embeddings of decoded clips, `(clips, values)`, float32.

    Args:
        classifier: A classifier.
        clips: `PackedClips`.
        size: Clips per step.
    """
    embedder, rows = classifier.embedder(), np.arange(len(clips))
    source: Batches = (
        (part, clips[part], np.arange(len(part)), [])
        for part in np.split(rows, range(size, len(rows), size))
    )
    return answers_of(embedder.embeddings, embedder.size, len(rows), source, progress=False)[0]
