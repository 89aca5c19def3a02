"""What the tests of annotations share."""

import numpy as np
import pytest

import hearingai


@pytest.fixture
def recordings(tmp_path):
    """Ten seconds each: `A.WAV`, and `b.flac` and `c.wav` in folders below."""
    folder = tmp_path / "recordings"
    for name in ("A.WAV", "north/b.flac", "south/c.wav"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        hearingai.write_audio(folder / name, np.full(10000, 0.1), 1000)
    return folder


@pytest.fixture
def table(tmp_path):
    """Write a table by its name: texts in tabs, or in commas for a CSV."""
    (tmp_path / "tables").mkdir()

    def write(name, header, *rows, separator=None, encoding="utf-8"):
        separator = separator or ("," if name.endswith(".csv") else "\t")
        lines = [separator.join(map(str, row)) for row in (header, *rows)]
        (tmp_path / "tables" / name).write_text("\n".join(lines) + "\n", encoding)
        return tmp_path / "tables" / name

    return write
