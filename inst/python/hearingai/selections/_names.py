"""Which label of a clip an annotation gives: its own, another, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from ..errors import HearingAIError, warn
from ..runtime.arguments import name_list
from ..tables.columns import blank, check_columns

OTHER = object()  # a sound that is known, and none of those wanted
EMPTY = object()  # nothing

Span: TypeAlias = tuple[float, float]


class Names:
    """The argument `labels` of `clips_from_annotations`.

    Args:
        labels: Labels that are wanted, or what they are renamed to: a dict or a table; or `None`.
        there: The labels of the annotations.
    """

    def __init__(self, labels: Any, there: Iterable[str]) -> None:
        known = set(there)
        self._new: Mapping[str, Any] = {}
        self._only = False
        if isinstance(labels, pd.DataFrame):
            check_columns("labels", labels, ("label", "new"))
            rows = zip(labels["label"], labels["new"], blank(labels["new"]), strict=True)
            self._new = {str(label): None if none else str(new) for label, new, none in rows}
        elif isinstance(labels, Mapping):
            self._new = labels
        elif labels is not None:
            wanted = [str(name) for name in name_list("labels", labels)]
            self._new, self._only = dict(zip(wanted, wanted, strict=True)), True
        for name, new in self._new.items():
            if not isinstance(name, str) or not (new is None or isinstance(new, str)):
                raise HearingAIError(
                    f"`labels` must rename labels to text, or to `None`. Received: {new!r} for "
                    f"{name!r}"
                )
        absent = sorted(set(self._new) - known)
        if absent:
            warn(f"no annotation has the label {', '.join(absent)}, which `labels` names")

    def of(self, label: str) -> Any:
        """The label of its clips; `None` where it is not known, `OTHER` where it is not wanted."""
        if not label:
            return None
        return self._new.get(label, OTHER if self._only else label)

    def gathered(
        self, marks: Mapping[str, Sequence[Span]], rest: set[str]
    ) -> dict[Any, list[Span]]:
        """The annotations of a recording by the labels of clips, and `EMPTY`.

        Args:
            marks: Start and end of each, by its own label.
            rest: Labels which say that nothing is there.
        """
        found: dict[Any, list[Span]] = {}
        for label, spans in marks.items():
            key = EMPTY if label in rest else self.of(label)
            found.setdefault(key, []).extend(spans)
        return found
