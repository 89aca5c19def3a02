"""Initial weights of layers that are made alike."""

from typing import Any

import keras


def own_initializer(initializer: Any) -> Any:
    """An initializer used twice gives equal weights, so every layer gets its own."""
    drawn = keras.initializers.get(initializer)
    return drawn.clone() if isinstance(drawn, keras.initializers.Initializer) else drawn
