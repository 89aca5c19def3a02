"""The folds of a cross-validation on a cluster of Ray."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..runtime.files import written
from ..runtime.ray_pool import RayPool
from ._fold_runs import run_fold

_MAKE = "hearingai.training._ray_folds:fold_worker"


def on_ray(
    tasks: list[dict],
    parallel: int,
    address: str | None,
    gpus: float,
    listen: Callable[[], object],
) -> Iterator[None]:
    """Run the folds on a cluster of Ray, yielding after each; their files come back.

    Args:
        tasks: The folds.
        parallel: How many at once.
        address: The cluster.
        gpus: The share of a GPU that each has.
        listen: Called repeatedly while they run; an error that it raises ends them.
    """
    pool = RayPool(_MAKE, None, parallel, address, gpus, called=_called)
    with pool:
        for task, files in pool.values(tasks, lambda *_: listen()):
            for name, data in files:
                with written(task["folder"] / name) as partial:
                    partial.write_bytes(data)
            yield


def _called(task: dict[str, Any]) -> str:
    return f"fold {task['name']}"


def fold_worker(_: None) -> Callable[..., list[tuple[str, bytes]]]:
    """What runs folds, in a worker: gives the files of a fold, that which says it is done last."""

    def do(task: dict[str, Any], _: Any) -> list[tuple[str, bytes]]:
        with tempfile.TemporaryDirectory(prefix="hearingai-") as folder:
            run_fold(task | {"folder": Path(folder)})
            files = sorted(Path(folder).iterdir(), key=lambda path: path.suffix == ".json")
            return [(path.name, path.read_bytes()) for path in files]

    return do
