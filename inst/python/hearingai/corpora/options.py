"""The options of a run in a folder, declared once for all functions that take them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypedDict

from .._typing import PathLike
from ..runtime.shared_options import TEXTS, Option

Workers: TypeAlias = int | Literal["auto"] | None
"""How many processes share the work; `"auto"` takes one for each core, `None` this process."""


EngineName: TypeAlias = Literal["processes", "ray"]
"""Whose processes share the work: this machine's, or those of a cluster of Ray."""


class RunOptions(TypedDict, total=False):
    """Where the results of a run are kept, and who does the work."""

    out: Annotated[
        PathLike | None,
        Option(
            None,
            "A folder for the run, also at `s3://`, `gs://` or `az://`: a manifest of the "
            "recordings, the tables in Parquet files of some recordings each, a table of errors "
            "and a summary; needs pyarrow. Called again, "
            "the run goes on with what is missing, and with recordings that could not be opened; "
            "with another classifier, other options or other recordings it is an error. "
            "`read_run` reads it.",
        ),
    ]
    workers: Annotated[
        Workers,
        Option(
            None,
            'Processes that share the work, or `"auto"` for one a core; each opens the classifier '
            "and computes on its share of the cores. A recording at which they end twice is "
            "listed as one that cannot be read. `None` works in this process; on Ray it is "
            '`"auto"`, a worker for each core of the cluster.',
        ),
    ]
    shard: Annotated[
        str | None,
        Option(
            None,
            'The slice of the run to do, such as `"3/50"` for the third of 50: any number of '
            "processes and machines may work on one folder `out` at once. "
            '`"auto"` takes the slice of the environment: `HEARINGAI_SHARD`, else that of a Slurm '
            "array. `None` takes `HEARINGAI_SHARD` where it is set, else all.",
        ),
    ]
    engine: Annotated[EngineName, Option("processes", TEXTS["engine"])]
    address: Annotated[str | None, Option(None, TEXTS["address"])]
    gpus_per_worker: Annotated[float, Option(0.0, TEXTS["gpus_per_worker"])]
