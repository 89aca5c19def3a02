"""Files that PyAV opens: sound, and film with sound, in formats that libsndfile does not read."""

from __future__ import annotations

import errno
import importlib.util
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from ..runtime.remote_files import Source, open_binary, path_here
from ._sound import BrokenSoundError

INSTALL = 'Type: `pip install "hearingai[av]"`'
READ_FORMATS = (  # ffmpeg's names; no list of other files or addresses, and nothing without a head
    *("mov", "mp4", "matroska", "webm", "asf", "wv", "aac", "loas", "ac3", "eac3", "amr", "flv"),
    *("avi", "mpeg", "mpegts", "tta", "ape", "mpc", "mpc8", "dsf", "iff", "rm", "ogg", "caf"),
    *("dts", "dtshd", "qcp", "mp3"),
)
_NAMES = {"mov": "MP4", "matroska": "MATROSKA", "wv": "WAVPACK", "ape": "MONKEY", "iff": "DSDIFF"}
_PROTECTED = ("drms", "enca", "aavd", "drmi")  # four-character codes of encrypted sound
_DRM = bytes.fromhex("b3fb112223bdd211b4b700a0c955fc6e")  # the encryption object of ASF
_BUFFER = 2**16  # bytes read at once
_PASSED_OVER = 48  # ffmpeg's AVDISCARD_ALL


class _Source(io.FileIO):
    """A file whose damage may send its reader to places that it does not have."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position; -1 where there is none, since PyAV would print the error."""
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1


@cache
def is_installed() -> bool:
    """Whether PyAV is there; it is not loaded."""
    return importlib.util.find_spec("av") is not None


@contextmanager
def opened(path: Source) -> Iterator[tuple[Any, Any]]:
    """Open a file by PyAV, by its content and not by its name.

    Yields:
        `(container, stream)`: the stream is the first one of sound, which `demux` gives alone.

    Raises:
        BrokenSoundError: It holds no sound, or cannot be opened.
    """
    import av

    with _Source(path_here(path)) as file:
        try:
            container = av.open(
                file,
                buffer_size=_BUFFER,
                container_options={"format_whitelist": ",".join(READ_FORMATS)},
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise BrokenSoundError(f"is not audio that can be read ({reason(error)})") from None
        with container:
            yield container, _sound_of(container, path)


def _sound_of(container: Any, path: Source) -> Any:
    """The first stream of sound; the demuxer passes over the others."""
    if not container.streams.audio:
        film = bool(container.streams.video)
        raise BrokenSoundError("is film without sound" if film else "holds no sound")
    stream = container.streams.audio[0]
    if _is_protected(container, stream, path):
        raise BrokenSoundError("is protected (DRM), so that only its player can read it")
    if getattr(stream, "codec_context", None) is None:
        raise BrokenSoundError("holds sound in a coding that cannot be read")
    for other in container.streams:
        if other is not stream and hasattr(other, "discard"):
            other.discard = _PASSED_OVER
    _set_up(stream.codec_context)
    return stream


def _is_protected(container: Any, stream: Any, path: Source) -> bool:
    if container.format.name == "asf":
        with open_binary(path, whole=True) as file:
            return _DRM in file.read(_BUFFER)
    return getattr(stream.codec_context, "codec_tag", "") in _PROTECTED


def _set_up(decoder: Any) -> Any:
    """Let a decoder start no threads, which a fork would lose, and check what it decodes."""
    decoder.thread_count = 1
    decoder.options = {"err_detect": "crccheck"}
    return decoder


def fresh_decoder(stream: Any) -> Any:
    """A decoder for a stream that has heard nothing."""
    import av

    known = stream.codec_context
    decoder = av.CodecContext.create(known.codec.name, "r")
    if known.extradata:
        decoder.extradata = known.extradata
    decoder.sample_rate, decoder.layout = known.sample_rate, known.layout
    return _set_up(decoder)


def decode(decoder: Any, packet: Any) -> list[Any]:
    """The frames that a packet gives; with `None` those that the decoder still holds.

    Raises:
        BrokenSoundError: It cannot be decoded.
    """
    import av

    try:
        return decoder.decode(packet)
    except EOFError:
        return []
    except (av.error.FFmpegError, ValueError) as error:
        raise BrokenSoundError(f"cannot be decoded ({reason(error)})") from None


def named(container: Any, stream: Any) -> tuple[str, str]:
    """`(format, subtype)`, such as `("MP4", "AAC")`."""
    kind = container.format.name.split(",")[0]
    return _NAMES.get(kind, kind.upper()), stream.codec_context.codec.canonical_name.upper()


def reason(error: Exception) -> str:
    """What ffmpeg says of an error, as part of a message."""
    number = getattr(error, "errno", None)
    if number in (errno.EINVAL, None):
        return "ffmpeg cannot decode it"
    text = str(getattr(error, "strerror", "") or error).split(":")[0].strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}" if text else "ffmpeg cannot decode it"


def samples_of(frame: Any) -> np.ndarray:
    """The samples of a frame, float32 `(samples, channels)`."""
    values = frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(frame.samples, -1)
    if values.dtype == np.uint8:
        return (values.astype("float32") - 128) / 128
    if values.dtype.kind == "i":
        return (values / 2.0 ** (8 * values.dtype.itemsize - 1)).astype("float32")
    return values.astype("float32")
