"""A classifier's file for everybody: without the names of this machine's folders."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

_CONFIG = "config.json"


def write_public_copy(source: Path, target: Path) -> None:
    """Copy a `.keras` file; weights and fingerprint stay.

    A training record names recordings that were read in part, and folders of noise; a body where
    its file lay. Of such paths the last part alone is kept, and the place of a body is left out.
    """
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for member in before.infolist():
            content = before.read(member)
            if member.filename == _CONFIG:
                content = json.dumps(_public(json.loads(content))).encode()
            after.writestr(member, content)


def _public(config: dict[str, Any]) -> dict[str, Any]:
    own = dict(config["config"])
    own["record"] = _without_folders(own.get("record"))
    if own.get("body") is not None:
        own["body"] = own["body"] | {"path": None}
    return config | {"config": own}


def _without_folders(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_folders(name): _without_folders(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_folders(part) for part in value]
    if not isinstance(value, str):
        return value
    kind = next((k for k in (PurePosixPath, PureWindowsPath) if k(value).is_absolute()), None)
    return value if kind is None else kind(value).name
