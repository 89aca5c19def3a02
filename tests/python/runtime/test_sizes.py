import pytest

from hearingai.runtime.sizes import size_text


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (34.5 * 2**20, "34.5 MiB"),
        (20 * 2**30, "20.0 GiB"),
        (5000 * 2**40, "5000.0 TiB"),
    ],
)
def test_units_fit(n_bytes, text):
    assert size_text(n_bytes) == text
