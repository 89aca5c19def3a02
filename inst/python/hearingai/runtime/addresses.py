"""Addresses in object stores and on servers, told from paths of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import PurePath

from ..errors import HearingAIError, readable, unsigned

NEEDS = {  # what fsspec needs beside itself
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    "hf": "huggingface_hub",
    "memory": "fsspec",
}
# Paths of pathlib have one slash where an address has two.
_ADDRESS = re.compile(rf"({'|'.join(NEEDS)}):/{{1,2}}(?=[^/])", re.IGNORECASE)


def address_of(path: object) -> str | None:
    """The address that a path is; `None` for a path of this machine.

    Example:
        >>> from pathlib import Path
        >>> address_of("s3://bucket/a.wav"), address_of(Path("s3://bucket/a.wav"))
        ('s3://bucket/a.wav', 's3://bucket/a.wav')
        >>> address_of("a.wav") is None
        True
    """
    if isinstance(path, PurePath):
        path = path.as_posix()
    if not isinstance(path, str):
        return None
    found = _ADDRESS.match(path)
    return f"{found[1].lower()}://{path[found.end() :]}" if found else None


def joined(folder: str, name: str) -> str:
    """The address of a file beside or below a folder's; absolute names stay as they are."""
    own = address_of(name)
    if own is not None or os.path.isabs(name):  # noqa: PTH117
        return own or name
    return f"{folder.rstrip('/')}/{name}"


def refuse_secrets(argument: str, addresses: Sequence[object]) -> None:
    """Raise an error where an address holds a password or a signature, before it is written."""
    for address in addresses:
        if isinstance(address, str) and unsigned(address) != address:
            raise HearingAIError(
                f"`{argument}`: an address with a password or a signature is not written into a "
                f"run. Its library finds credentials in the environment and in its own files. "
                f"Received: {readable(unsigned(address))}"
            )
