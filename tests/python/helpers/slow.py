"""Parameters that `make test-all` alone tries, beside those that `make test` tries too."""

import pytest


def slow(*values):
    """A set of parameters that is slow."""
    return pytest.param(*values, marks=pytest.mark.slow)


def first_quick(*values):
    """Values of a parameter, of which all but the first are slow."""
    return [values[0], *map(slow, values[1:])]
