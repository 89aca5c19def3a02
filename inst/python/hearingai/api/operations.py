"""The operations of the API, one table: `app` routes requests by it, `document` describes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .answers import ANNOTATE, PREDICT, annotation_of, prediction_of

Answer: TypeAlias = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Operation:
    """An operation.

    Attributes:
        method: `"GET"` or `"POST"`; those take a recording.
        path: Where it is.
        name: Its name in the document.
        says: What it does.
        answer: The schema of its answer, in the document; `None` of what is no JSON.
        query: What the query may have.
        work: Of a recording, what computes the answer.
        free: Whether it needs no token.
    """

    method: str
    path: str
    name: str
    says: str
    answer: str | None
    query: tuple[str, ...] = ()
    work: Answer | None = None
    free: bool = False


OPERATIONS = (
    Operation("GET", "/v1/health", "health", "Whether the server runs.", "Health", free=True),
    Operation(
        "GET",
        "/v1/classifier",
        "classifier",
        "The classifier, and the options of events where a request names no others.",
        "Classifier",
    ),
    Operation(
        "POST",
        "/v1/predict",
        "predict",
        "The label of a recording, or its labels. Of one that is longer than a clip, one stretch "
        "is heard.",
        "Prediction",
        PREDICT,
        prediction_of,
    ),
    Operation(
        "POST",
        "/v1/annotate",
        "annotate",
        "The events in a recording of any length: which label occurs from when to when.",
        "Annotation",
        ANNOTATE,
        annotation_of,
    ),
    Operation("GET", "/openapi.json", "openapi", "This document.", "Document", free=True),
    Operation("GET", "/docs", "docs", "The same as a page to read.", None, free=True),
)
FREE = frozenset(operation.path for operation in OPERATIONS if operation.free)
