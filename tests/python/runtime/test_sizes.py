import pytest

from hearingai.runtime.sizes import counted, size_text


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


def test_one_thing_is_no_several():
    assert [counted(n, "epoch") for n in (0, 1, 2.0)] == ["0 epochs", "1 epoch", "2 epochs"]
