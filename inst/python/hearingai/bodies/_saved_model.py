"""Networks in SavedModels, run by TensorFlow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import HearingAIError
from ..runtime.extras import need
from ..runtime.using_keras import check_not_forked
from ._network import NEEDS, Network, Tensor, one_by_one
from .body import sha256_of


def saved_model(path: Path) -> Network:
    """Open the signature `serving_default` of a SavedModel."""
    tensorflow = need("tensorflow", NEEDS)
    check_not_forked()
    sha256 = sha256_of([str(path)])
    with tensorflow.device("CPU"):
        model = tensorflow.saved_model.load(str(path))
    function = model.signatures.get("serving_default")
    if function is None:
        raise HearingAIError(f"`{path}` has no signature `serving_default`")
    inputs = [
        Tensor(name, tuple(-1 if n is None else n for n in spec.shape), spec.dtype.name)
        for name, spec in function.structured_input_signature[1].items()
    ]
    outputs = [
        Tensor(name, tuple(-1 if n is None else n for n in spec.shape), spec.dtype.name)
        for name, spec in function.structured_outputs.items()
    ]

    def answer(values: np.ndarray, name: str) -> np.ndarray:
        check_not_forked()
        with tensorflow.device("CPU"):
            return function(**{inputs[0].name: tensorflow.constant(values)})[name].numpy()

    return Network(inputs, outputs, outputs, one_by_one(answer), sha256)
