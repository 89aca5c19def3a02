"""Import Keras without its messages, and register our classes as soon as it is loaded."""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False  # `typing` would take longer to import than all the rest
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

MODULES = (  # whose import registers classes
    "hearingai.classifier.model",
    "hearingai.frontends",
    "hearingai.networks",
    "hearingai.recipes.losses",
    "hearingai.recipes.schedules",
)


def register() -> None:
    """Register our classes with Keras now if it is loaded, else right after its import."""
    if "keras" in sys.modules:
        _import_modules()
    else:
        sys.meta_path.insert(0, _AroundKeras())


def _import_modules() -> None:
    from .runtime.backend import quieten_tensorflow

    quieten_tensorflow()
    for name in MODULES:
        importlib.import_module(name)


class _AroundKeras:
    """An import hook that waits for Keras; importing Keras ourselves would cost seconds."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find Keras as usual; configure it before its import and register our classes after it."""
        if name != "keras":
            return None
        import importlib.util

        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                from .runtime.backend import starting_keras

                try:
                    with starting_keras():
                        load(module)
                except BaseException:  # a second import may follow, with another backend
                    sys.meta_path.insert(0, self)
                    raise
                _import_modules()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # around it
        return spec
