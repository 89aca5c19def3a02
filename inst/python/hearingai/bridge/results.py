"""Functions whose results are objects of the core; here they return dicts.

Tables in a dict become columns when `call` returns it.
"""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .packing import pack, unpack

if TYPE_CHECKING:
    from ..gates.files import Gated
    from ..inference.explanation import Explanation


def evaluate(classifier: Any, clips: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Evaluate a classifier."""
    from ..inference.evaluating import evaluate

    return vars(evaluate(classifier, clips, **options))


def evaluation(fields: dict[str, Any]) -> Any:
    """What `model_card` takes, of a dict that `evaluate` here returned."""
    absent = dict.fromkeys(("n_seen", "groups", "grouped_by"))
    return SimpleNamespace(**absent | fields)


def compile(classifier: Any, *settings: Any, **options: Any) -> Any:
    """Compile a copy of a classifier."""
    from ..training.compiling import compile

    return compile(copied(classifier), *settings, **options)


def copied(classifier: Any) -> Any:
    """A copy of a classifier."""
    from ..training.fine_tuning import copy_of

    return copy_of(classifier)


def first_batch(generator: Any) -> list[np.ndarray]:
    """The first batch of a generator."""
    from ..inference.generated import begun

    return [np.asarray(part) for part in next(iter(begun(generator)))]


def annotate(classifier: Any, recordings: Any, **options: Any) -> dict[str, Any]:
    """Annotate recordings."""
    from ..annotation.annotating import annotate

    return _fields_of(annotate(classifier, recordings, **options))


def read_run(folder: str, table: str | None = None) -> dict[str, Any]:
    """A table of a run, its name, and the labels and classes of the classifier."""
    from ..corpora.reading import read_run, run_about

    about = run_about(folder)
    told = {name: about["identity"].get(name) for name in ("labels", "classes")}
    found = read_run(folder, table)
    if "samples" in found:  # bytes, which no column of R holds
        found = found.drop(columns="samples")
    return told | {"table": found, "name": about["tables"][0] if table is None else table}


def run_files(folder: str, table: str | None = None) -> list[str]:
    """The files of a run's table on this machine; of a run in a store their copies."""
    from ..corpora.reading import read_run
    from ..runtime.addresses import address_of, joined
    from ..runtime.remote_files import file_here

    files = list(read_run(folder, table, as_dataset=True).files)
    address = address_of(folder)
    if address is None:
        return files
    inside = ["/".join(file.split("/")[-2:]) for file in files]
    return [str(file_here("folder", joined(address, name))) for name in inside]


def _fields_of(result: Any) -> dict[str, Any]:
    """The fields of a result, also of one that reads them when they are asked for."""
    return {field.name: getattr(result, field.name) for field in fields(result)}


def choose_thresholds(classifier: Any, recordings: Any, **options: Any) -> dict[str, Any]:
    """Choose thresholds."""
    from ..words.thresholds import choose_thresholds

    return vars(choose_thresholds(classifier, recordings, **options))


def reliability(predictions: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Measure calibration."""
    from ..evaluation.reliability import reliability

    return vars(reliability(predictions, **options))


def mine_false_alarms(classifier: Any, recordings: Any, **options: Any) -> dict[str, Any]:
    """Mine false alarms."""
    from ..words.mining import mine_false_alarms

    return vars(mine_false_alarms(classifier, recordings, **options))


def export(classifier: Any, path: str, **options: Any) -> dict[str, Any]:
    """Export a classifier."""
    from ..exports import export

    return vars(export(classifier, path, **options))


def prepare(clips: Any, **options: Any) -> dict[str, Any]:
    """Decode a corpus."""
    from ..training.preparation import prepare

    return vars(prepare(clips, **options))


def read_audio(path: Any, **options: Any) -> dict[str, Any]:
    """Read recordings; their waveforms are a list, since no column of a table holds them.

    Args:
        path: A path, a list of paths, or a table.
        **options: See `read_audio`.
    """
    from ..audio.several import read_audio

    if isinstance(path, str):
        waveform, rate = read_audio(path, **options)
        return {"waveforms": [waveform], "table": pd.DataFrame({"sample_rate": [rate]})}
    table = read_audio(path, **options)
    return {"waveforms": list(table["waveform"]), "table": table.drop(columns="waveform")}


def cross_validate(recipe: Any, clips: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Cross-validate a recipe."""
    from ..training.cross_validation import cross_validate

    return vars(cross_validate(recipe, clips, **options))


def detection_metrics(events: pd.DataFrame, truth: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Compare events with the truth; rows are counted from 1."""
    from ..evaluation import detection_metrics

    result = vars(detection_metrics(events, truth, **options))
    return result | {"truth": result["truth"].assign(event=result["truth"]["event"] + 1)}


def detection_history(
    events: pd.DataFrame, effort: Any, heard: pd.DataFrame | None = None, **options: Any
) -> pd.DataFrame:
    """Count detections; `heard` are the recordings of an annotation."""
    from ..surveys.detection_history import detection_history

    return detection_history(_annotated(events, heard), effort, **options)


def activity_pattern(
    events: pd.DataFrame, effort: Any, heard: pd.DataFrame | None = None, **options: Any
) -> pd.DataFrame:
    """Tell activity by the hour, likewise."""
    from ..surveys.activity import activity_pattern

    return activity_pattern(_annotated(events, heard), effort, **options)


def _annotated(events: pd.DataFrame, heard: pd.DataFrame | None) -> Any:
    """Events, with the recordings that were heard where they are of an annotation."""
    return events if heard is None else SimpleNamespace(events=events, recordings=heard)


def estimate_density(scores: Any, validated: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Estimate call density."""
    from ..surveys.density import estimate_density

    return vars(estimate_density(scores, validated, **options))


def presence_matrix(history: pd.DataFrame, *args: Any, **options: Any) -> dict[str, Any]:
    """A detection history as a matrix, with the names of its rows and columns."""
    from ..surveys.detection_history import presence_matrix

    wide = presence_matrix(history, *args, **options)
    return {"values": wide.to_numpy(), "rows": list(wide.index), "columns": list(wide.columns)}


def gate(classifier: Any, sound: Any, **options: Any) -> dict[str, Any]:
    """Gate a sound; the source is left out."""
    from ..gates.files import gate

    result = vars(gate(classifier, sound, **options))
    return {k: v for k, v in result.items() if k != "source"}


def gated(fields: dict[str, Any]) -> Gated:
    """The `Gated` of a dict that `gate` here returned."""
    from ..gates.files import Gated

    return Gated(**fields)


def explain(classifier: Any, recording: Any, **options: Any) -> dict[str, Any]:
    """Explain a recording; the front end is packed into bytes."""
    from ..inference.explanation import explain

    result = vars(explain(classifier, recording, **options))
    frontend = result["frontend"]
    return result | {"frontend": None if frontend is None else pack(frontend)}


def explanation(fields: dict[str, Any]) -> Explanation:
    """The explanation of a dict that `explain` here returned."""
    from ..inference.explanation import Explanation

    arrays = ("image", "relevance", "times", "frequencies")
    made = {k: np.asarray(fields[k]) for k in arrays if fields[k] is not None}
    if fields["frontend"] is not None:
        made["frontend"] = unpack(fields["frontend"])
    return Explanation(**fields | made)
