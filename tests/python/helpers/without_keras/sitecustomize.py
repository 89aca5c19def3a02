"""On PYTHONPATH: no backend of Keras, nor Keras itself, can be imported, as where none is there."""

import sys

BLOCKED = {"jax", "keras", "tensorflow", "torch"}


class _Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, _Missing())
