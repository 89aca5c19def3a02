"""A classifier's file for everybody: without the names of this machine's folders."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

from ..errors import unsigned

_CONFIG = "config.json"
_FOLDERS = re.compile(r".*[/\\](?=.)", re.DOTALL)


def write_public_copy(source: Path, target: Path) -> None:
    """Copy a `.keras` file; weights and fingerprint stay.

    A training record names recordings that were read in part (`notes`), and folders of noise
    (`augment`); a body where its file lay. Of paths and addresses the last part alone is kept, and
    the place of a body is left out.
    """
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for member in before.infolist():
            content = before.read(member)
            if member.filename == _CONFIG:
                content = json.dumps(_public(json.loads(content))).encode()
            after.writestr(member, content)


def _public(config: dict[str, Any]) -> dict[str, Any]:
    own = dict(config["config"])
    record = own["record"] = dict(own.get("record") or {})
    if "augment" in record:
        record["augment"] = _without_folders(record["augment"])
    if isinstance(record.get("notes"), dict):
        record["notes"] = _of_names(record["notes"])
    if own.get("body") is not None:
        own["body"] = own["body"] | {"path": None}
    return config | {"config": own}


def _of_names(notes: dict[str, Any]) -> dict[str, Any]:
    """Notes by the names of files; those of one name are told together."""
    told: dict[str, Any] = {}
    for path, note in notes.items():
        name = _without_folders(path)
        told[name] = f"{told[name]}; {note}" if name in told else note
    return told


def _without_folders(value: Any) -> Any:
    """Every text in a value without what is before its last separator."""
    if isinstance(value, dict):
        return {name: _without_folders(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_folders(part) for part in value]
    return _FOLDERS.sub("", unsigned(value)) if isinstance(value, str) else value
