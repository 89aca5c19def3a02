"""The start of Keras without what few programs use of it, which is loaded when it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import Any

# Pictures need all of Matplotlib, and the wrappers all of scikit-learn and SciPy.
_LATER = ("keras.visualization", "keras.src.visualization", "keras.wrappers")


class _WhenUsed:
    """An import hook: these modules are executed when something of them is asked for."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find one of the modules as usual, and put its execution off."""
        spec = PathFinder.find_spec(name, path, target) if name in _LATER else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def lazy_parts() -> Iterator[None]:
    """Within this context, importing Keras leaves them out."""
    hook = _WhenUsed()
    sys.meta_path.insert(0, hook)
    try:
        yield
    finally:
        sys.meta_path.remove(hook)
