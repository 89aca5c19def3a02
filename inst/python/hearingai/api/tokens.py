"""The token that a client of the API must know."""

import os
import secrets
from pathlib import Path
from typing import Any

from .._typing import PathLike
from ..errors import HearingAIError

VARIABLE = "HEARINGAI_TOKEN"
_SHORTEST = 16  # characters; no client can try so many that it finds one
_LONGEST = 512


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(24)


def known_token(token: str | None = None) -> str | None:
    """The token that is given, else that of the environment; `None` where there is neither."""
    if token is not None:
        return _checked("token", token)
    found = os.environ.get(VARIABLE)
    return None if found is None else _checked(VARIABLE, found)


def token_in(path: PathLike) -> str:
    """The token in a file, without the end of its line.

    Raises:
        HearingAIError: The file cannot be read, or holds no token.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "is not text"
        raise HearingAIError(f"`token_file` {path}: {reason}") from None
    return _checked("token_file", text.strip())


def _checked(argument: str, token: Any) -> str:
    """A token; errors do not show it."""
    usable = isinstance(token, str) and token.isascii() and token.isprintable()
    if not usable or " " in token or not _SHORTEST <= len(token) <= _LONGEST:
        raise HearingAIError(
            f"`{argument}` must be a token of {_SHORTEST} to {_LONGEST} printable ASCII characters "
            f"without spaces, such as `openssl rand -hex 24` prints"
        )
    return token


def is_token(header: bytes, token: str) -> bool:
    """Whether an `Authorization` header has the token; takes as long wherever they differ."""
    scheme, _, given = header.partition(b" ")
    same = secrets.compare_digest(given.strip(), token.encode())
    return scheme.lower() == b"bearer" and same
