"""The schemas of the API's answers, as OpenAPI has them."""

from typing import Any

NUMBER, TEXT = {"type": "number"}, {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
_TRUTH = {"type": "boolean"}
_LEVELS = {"type": "object", "additionalProperties": NUMBER}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"type": [schema["type"], "null"]}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of an object of these properties and no others."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _rows(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _said(schema: dict[str, Any], text: str) -> dict[str, Any]:
    return schema | {"description": text}


_EVENT = _object(
    {
        "fname": TEXT,
        "start": _said(NUMBER, "Seconds from the start of the recording."),
        "end": _said(NUMBER, "Likewise."),
        "label": TEXT,
        "score": _said(NUMBER, "The highest smoothed probability."),
    }
)
_DOUBTS = {"doubts": _said(TEXTS, "What is odd about the file, such as a wrong header.")}
_OPTIONS = ("window", "hop", "smooth", "min_duration", "min_gap", "refractory")

SCHEMAS: dict[str, Any] = {
    "Error": _object({"error": _said(TEXT, "One sentence.")}),
    "Health": _object({"status": {"const": "ok"}}),
    "Classifier": _object(
        {
            "labels": _said(TEXTS, "In the order of the probabilities."),
            "multi_label": _said(_TRUTH, "Whether a recording may have any number of labels."),
            "sample_rate": _said(NUMBER, "Hz."),
            "channels": NUMBER,
            "duration": _said(NUMBER, "Seconds of a clip."),
            **{name: _said(NUMBER, "Seconds.") for name in _OPTIONS},
            "reported": _said(TEXTS, "Labels that have events."),
            "thresholds": _said(_LEVELS, "The probabilities at which their events start."),
            "recipe": _maybe(TEXT),
            "body": _maybe(TEXT),
            "fingerprint": _said(TEXT, "Equal ones give equal predictions."),
            "version": TEXT,
        }
    ),
    "Prediction": _object(
        {"fname": TEXT, "probabilities": _LEVELS},
        {
            "label": _said({}, "The most probable label, of the type of the classes in training."),
            "score": _said(NUMBER, "Its probability."),
            "labels": _said(TEXTS, "Of a classifier of any number of labels: those predicted."),
            "novelty": _said(NUMBER, "Above 1: like nothing that the classifier was taught."),
            "note": _said(TEXT, "With `partial`: what is missing."),
            **_DOUBTS,
        },
    ),
    "Event": _EVENT,
    "Annotation": _object(
        {
            "events": _rows({"$ref": "#/components/schemas/Event"}),
            "seconds": _said(NUMBER, "Length of the recording."),
            "speed": _said(_maybe(NUMBER), "Times faster than real time."),
            "recordings": _rows(_object({"fname": TEXT, "start": NUMBER, "seconds": NUMBER})),
            "errors": _rows(_object({"fname": TEXT, "error": TEXT})),
            "notes": _said(
                _rows(_object({"fname": TEXT, "note": TEXT})), "With `partial`: what is missing."
            ),
        },
        _DOUBTS,
    ),
    "Document": {"type": "object"},
}
