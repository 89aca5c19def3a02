"""What the tests of the core and of both languages share."""

import pytest


def pytest_collection_modifyitems(items):
    """Give slow tests an hour before they count as hanging."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(3600))
