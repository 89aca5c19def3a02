"""List files of embeddings as a table without labels."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from .._typing import PathLike
from ..errors import AudioFileError
from ._tfrecord import payloads
from .turkey import records

EMBEDDING_FILES = (".tfrecord", ".json", ".jsonl")


def list_embeddings(files: Iterable[PathLike]) -> pd.DataFrame:
    """List every record of files of embeddings: a table `fname`, `record`.

    A file that cannot be read is listed once, so that the reader reports why.
    """
    rows = []
    for name in map(str, files):
        read = records if name.endswith(EMBEDDING_FILES[1:]) else payloads
        try:
            count = sum(1 for _ in read(name))
        except (AudioFileError, OSError):
            count = 0
        rows += [(name, number) for number in range(max(count, 1))]
    return pd.DataFrame(rows, columns=["fname", "record"])
