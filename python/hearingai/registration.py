"""Let plain Keras open our files: register our classes as soon as Keras is there, not before."""

import importlib
import importlib.util
import sys

MODULES = (  # whose import registers classes
    "hearingai.classifier",
    "hearingai.frontends",
    "hearingai.networks",
    "hearingai.schedules",
)


def register():
    """Register our classes with Keras now if it is loaded, else right after its import."""
    if "keras" in sys.modules:
        _import_modules()
    else:
        sys.meta_path.insert(0, _AfterKeras())


def _import_modules():
    for name in MODULES:
        importlib.import_module(name)


class _AfterKeras:
    """An import hook that waits for Keras; importing Keras ourselves would cost seconds."""

    def find_spec(self, name, path=None, target=None):
        """Find Keras as ever, and follow its import with ours."""
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                _import_modules()

            spec.loader.exec_module = exec_module
        return spec
