"""What the Hub reads of a repository: the head of its card, in YAML."""

from __future__ import annotations

from typing import Any

# The Hub's own names of licences; any other is `other`, with its name.
_LICENCES = {"apache-2.0", "mit", "unlicense", "openrail", "cc0-1.0", "mpl-2.0"}
_LICENCES |= {f"cc-by{kind}-{v}.0" for kind in ("", "-sa", "-nc", "-nc-sa", "-nd") for v in (3, 4)}
_LICENCES |= {"bsd-2-clause", "bsd-3-clause", "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-3.0"}
_LICENCES |= {"cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"}
_LICENCES -= {"cc-by-nd-3.0"}
# The Hub's names of what an `Evaluation` measures.
_METRICS = {
    "accuracy": ("accuracy", "Accuracy"),
    "f1_macro": ("f1", "F1, mean over the labels"),
    "map_macro": ("mean_average_precision", "Average precision, mean over the labels"),
    "roc_auc": ("roc_auc", "Area under the ROC curve"),
}


def hub_head(name: str, licence: str | None, evaluation: Any) -> str:
    """The head of a card, between its lines of dashes.

    Args:
        name: The name of the repository, without its owner.
        licence: The licence that holds for the classifier, or `None`.
        evaluation: Its `Evaluation`, or `None`.
    """
    from huggingface_hub import ModelCardData

    results = [] if evaluation is None else _results(evaluation)
    data = ModelCardData(
        **_licence(licence),
        library_name="hearingai",
        pipeline_tag="audio-classification",
        tags=["hearingai", "audio", "audio-classification"],
        metrics=[result.metric_type for result in results] or None,
        model_name=name,
        eval_results=results or None,
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _licence(licence: str | None) -> dict[str, Any]:
    if licence is None:
        return {}
    known = "-".join(licence.lower().split())
    if known in ("cc0", "cc-0"):
        known = "cc0-1.0"
    return (
        {"license": known} if known in _LICENCES else {"license": "other", "license_name": licence}
    )


def _results(evaluation: Any) -> list[Any]:
    from huggingface_hub import EvalResult

    values = dict(zip(evaluation.metrics["metric"], evaluation.metrics["value"], strict=True))
    clips = "clips that were not used in training"
    if evaluation.n_seen is None:
        clips = "clips of which it is unknown whether they were used in training"
    elif evaluation.n_seen:
        clips = f"clips, {evaluation.n_seen} of which were used in training"
    return [
        EvalResult(
            task_type="audio-classification",
            dataset_type="own",
            dataset_name=f"{evaluation.n} {clips}",
            metric_type=kind,
            metric_name=words,
            metric_value=round(float(values[metric]), 6),
        )
        for metric, (kind, words) in _METRICS.items()
        if metric in values and values[metric] == values[metric]
    ]
