"""The exceptions and the warning of the package."""

from __future__ import annotations

import re
import sys
import unicodedata
import warnings
from collections.abc import Iterable
from types import FrameType

# Packages between a warning and the line that made the call: Keras opens our files, and a frame of
# contextlib is on the stack when a `with` block warns.
_BETWEEN = ("hearingai", "keras", "contextlib")
_SCHEME = r"[a-z][a-z0-9+.-]*:/{1,2}"
_NO_PORT = r"(?!\d*(?:/|$))"
_CONTAINER = r"(?!(?:az|abfss?):/{1,2}[^/\s@:]*@)"  # of Azure: its account follows, as a host does
_LOGIN = re.compile(  # of a whole address; a password may hold slashes
    rf"{_CONTAINER}({_SCHEME})(?:[^/]*|[^/@:]*:{_NO_PORT}[^@]*)@", re.IGNORECASE
)
# In a text each is looked for from the end of a scheme on: in time that grows with the text alone.
_BEGUN = r"(?<=[a-z0-9+.-])"
_NO_CONTAINER = r"(?!(?:(?<=\baz)|(?<=\babfs)|(?<=\babfss)):/{1,2}[^/\s@:]*@)"
_USER = re.compile(rf"{_BEGUN}{_NO_CONTAINER}(:/{{1,2}})[^/\s?#]*@", re.IGNORECASE)
_ASKED = re.compile(  # names of files may hold blanks and quotes; an address begins no other
    rf"({_BEGUN}:/(?:(?!:/)[^?])*)(\?(?:(?!:/).|(?<==http):/|(?<==https):/)*)",
    re.IGNORECASE | re.DOTALL,
)
# S3 and Google, Azure, CloudFront, others
_SECRET = re.compile(
    r"signature|sig=|credential|token|secret|passw|pwd|key|hmac|jwt|auth(?!ors?\b)", re.IGNORECASE
)
_SIGNATURE = re.compile(
    rf"[?&][^\s&?]*?(?:{_SECRET.pattern})[^\s`'\";,)]*",
    re.IGNORECASE,
)
_UNREADABLE = ("Cc", "Cs", "Zl", "Zp")  # controls, surrogates, breaks


def readable(text: object) -> str:
    r"""Text that every terminal and file takes: names may hold bytes and breaks that none does.

    Bytes that are not UTF-8, breaks of lines and what controls a terminal are escaped.

    Example:
        >>> print(readable("caf\udce9\n.wav"))
        caf\xe9\n.wav
    """
    return escaped(without_secrets(str(text)))


def escaped(text: str) -> str:
    """Text in which breaks of lines and what controls a terminal are escaped."""
    if text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in _UNREADABLE else c for c in text)


def without_secrets(text: str) -> str:
    """Text whose addresses have no user, no password and no signature.

    Example:
        >>> without_secrets("https://me:word@host/a.wav?X-Amz-Signature=0a1b is gone")
        'https://host/a.wav?... is gone'
    """
    if ":/" not in text:
        return text
    return _ASKED.sub(_without_signature, _USER.sub(r"\1", text))


def _without_signature(found: re.Match[str]) -> str:
    """An address and what follows its `?`, without all up to the end of the last signature."""
    ends = [signature.end() for signature in _SIGNATURE.finditer(found[2])]
    return f"{found[1]}?...{found[2][ends[-1] :]}" if ends else found[0]


def unsigned(address: str) -> str:
    """A whole address without a user, a password and a signature, whatever is in its path.

    Example:
        >>> unsigned("https://me:word@host/site 1/it's a.wav?sv=1&sig=0a1b")
        "https://host/site 1/it's a.wav?..."
        >>> unsigned("abfss://birds@account.dfs.core.windows.net/a.wav?version=3")
        'abfss://birds@account.dfs.core.windows.net/a.wav?version=3'
    """
    if login := _LOGIN.match(address):
        address = login[1] + address[login.end() :]
    place, _, query = address.partition("?")
    told = re.match(_SCHEME, place, re.IGNORECASE) and _SECRET.search(query)
    return f"{place}?..." if told else address


def as_utf8(text: str) -> str:
    r"""Text that can be written: bytes of names that are not UTF-8 are escaped, as `\xe9`."""
    if text.isascii():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) == "Cs" else c for c in text)


def _told(text: str) -> str:
    return as_utf8(without_secrets(text))


def _escaped(character: str) -> str:
    code = ord(character)
    byte = 0xDC80 <= code <= 0xDCFF  # of a file's name that is not UTF-8
    return f"\\x{code - 0xDC00:02x}" if byte else repr(character)[1:-1]


def first_few(texts: Iterable[str], most: int = 5, between: str = ", ") -> str:
    """The first few of many texts, and how many more there are.

    Example:
        >>> first_few(["a", "b", "c", "d"], 2), first_few("ab", between="; ")
        ('a, b and 2 more', 'a; b')
    """
    texts = list(texts)
    more = f"{between.strip(' ,')} and {len(texts) - most} more" if len(texts) > most else ""
    return between.join(texts[:most]) + more


def first_line(error: Exception) -> str:
    """The first line of another library's message, as part of one of ours."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].replace("`", "")[:300] if lines else type(error).__name__


class HearingAIError(ValueError):
    """An argument or a file cannot be used; the message names it and says what is valid."""

    def __init__(self, *args: object) -> None:
        super().__init__(*[_told(arg) if isinstance(arg, str) else arg for arg in args])


class AudioFileError(HearingAIError):
    """A recording cannot be read.

    Attributes:
        path: The file, as it was given.
        reason: Why it cannot be read, in a few words.
    """

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{readable(unsigned(str(path)))}: {reason}")
        self.path = str(path)
        self.reason = without_secrets(reason)

    def __reduce__(self) -> tuple[type[AudioFileError], tuple[str, str]]:
        return type(self), (self.path, self.reason)  # copied to another process


class MissingBackendError(HearingAIError, ImportError):
    """Keras or its backend cannot be imported."""


class HearingAIWarning(UserWarning):
    """The call succeeds, but its result needs attention."""


def warn(message: str) -> None:
    """Warn, with the line of the user that made the call."""
    frame: FrameType | None = sys._getframe(1)
    depth = 2
    while frame is not None and _package_of(frame) in _BETWEEN:
        frame, depth = frame.f_back, depth + 1
    warnings.warn(_told(message), HearingAIWarning, stacklevel=depth)


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
