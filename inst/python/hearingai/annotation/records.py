"""The result of `annotate` as a record, for programs."""

from typing import Any

from .annotating import Annotation


def annotation_record(found: Annotation) -> dict[str, Any]:
    """An `Annotation` without its windows: its tables as lists of rows."""
    return {
        "events": found.events.to_dict("records"),
        "seconds": found.seconds,
        "speed": found.speed,
        "recordings": found.recordings.to_dict("records"),
        "errors": found.errors.to_dict("records"),
        "notes": found.notes.to_dict("records"),
    }
