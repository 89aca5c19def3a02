"""Writing a classifier down, rebuilding it, and its fingerprint."""

from pathlib import Path
from typing import Any

import keras

from ..runtime.backend import jit_compile
from ..runtime.generators import kept_generators
from ..runtime.using_keras import using_keras
from .configuration import digest_of_config, for_every_backend, from_config, to_config
from .handing_over import Handed, saved
from .keras_models import hash_of_weights


class IsSaved(keras.Model):
    """The part of `AudioClassifier` that writes it down, rebuilds it and identifies it."""

    body: Any

    def fingerprint(self) -> str:
        """SHA-256 of the weights in order, and of a body."""
        return hash_of_weights(self, "" if self.body is None else self.body.sha256)

    def configuration(self) -> str:
        """SHA-256 of all else that decides its answers: front end, network, labels, clips."""
        return digest_of_config(self)

    def handed_over(self, folder: Path, name: str) -> Handed:
        """How another process opens it, see `handed_over`; it is saved in the folder."""
        return saved(self, folder / f"{name}.keras")

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the classifier."""
        return to_config(self)

    def get_compile_config(self) -> dict[str, Any]:
        """How it was compiled, with names that every backend of Keras can load."""
        return for_every_backend(super().get_compile_config())

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile it as saved, for the present backend and device."""
        super().compile_from_config(config | {"jit_compile": jit_compile()})

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Rebuild the classifier."""
        with using_keras(), kept_generators():  # layers that draw are made with a seed drawn
            return cls(**from_config(config, custom_objects))
