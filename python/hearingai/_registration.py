"""Start Keras quietly, and register our classes as soon as it is there."""

import importlib
import importlib.util
import sys

MODULES = (  # whose import registers classes
    "hearingai.classifier.model",
    "hearingai.frontends",
    "hearingai.networks",
    "hearingai.recipes.schedules",
)


def register():
    """Register our classes with Keras now if it is loaded, else right after its import."""
    if "keras" in sys.modules:
        _import_modules()
    else:
        sys.meta_path.insert(0, _AroundKeras())


def _import_modules():
    from .runtime.backend import quieten_tensorflow

    quieten_tensorflow()
    for name in MODULES:
        importlib.import_module(name)


class _AroundKeras:
    """An import hook that waits for Keras; importing Keras ourselves would cost seconds."""

    def find_spec(self, name, path=None, target=None):
        """Find Keras as ever; before its import we set it up, after it we register our classes."""
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                from .runtime.backend import starting_keras

                try:
                    with starting_keras():
                        load(module)
                except BaseException:  # another attempt may follow, on another backend
                    sys.meta_path.insert(0, self)
                    raise
                _import_modules()

            spec.loader.exec_module = exec_module
        return spec
