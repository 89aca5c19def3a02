"""True and found events that several files of tests compare."""

import numpy as np
import pandas as pd

TRUTH = pd.DataFrame(
    {
        "fname": ["a", "a", "a", "b"],
        "start": [1.0, 5.0, 9.0, 1.0],
        "end": [2.0, 6.0, 9.5, 2.0],
        "label": ["go", "no", "up", "go"],
    }
)
EVENTS = pd.DataFrame(
    {
        "fname": ["a", "a", "a", "a", "b"],
        "start": [1.0, 1.2, 5.1, 20.0, 1.1],
        "end": [2.0, 2.0, 6.0, 21.0, 2.1],
        "label": ["go", "go", "up", "go", "go"],
        "score": [0.9, 0.8, 0.7, 0.6, 0.5],
    }
)


def random_lists(seed, n=40, span=30.0):
    """Crowded events and true events of three labels, the same for a seed."""
    rng = np.random.default_rng(seed)

    def one():
        start = np.round(rng.uniform(0, span, n), 2)
        end = np.round(start + rng.uniform(0.2, 1, n), 2)
        return pd.DataFrame(
            {"fname": "a", "start": start, "end": end, "label": rng.choice(list("abc"), n)}
        )

    return one(), one()
