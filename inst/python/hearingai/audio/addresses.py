"""Sound at an address: a camera, a radio station, a recording on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np

from ..errors import HearingAIError, unsigned
from ..runtime.arguments import no_rate, positive
from ..runtime.extras import need
from ._av import READ_FORMATS, decode, reason, samples_of
from ._sound import BrokenSoundError
from .blocks import open_blocks

_CHUNK = 0.1  # seconds, at least
_BLOCK = 2**14  # samples
_SCHEMES = {  # and the protocols that each may use
    "http": "http,tcp,httpproxy,crypto",
    "https": "https,http,tls,tcp,httpproxy,crypto",
    "rtsp": "rtsp,rtp,udp,tcp",
    "rtsps": "rtsp,rtp,udp,tcp,tls",
}
_LIVE_FORMATS = (*READ_FORMATS, "rtsp", "sdp", "rtp", "hls", "wav", "flac")


def is_address(source: object) -> bool:
    """Whether a text is an address, and not a path.

    Example:
        >>> is_address("rtsp://camera/1"), is_address("a.wav")
        (True, False)
    """
    return isinstance(source, str) and urlsplit(source).scheme in (*_SCHEMES, "file")


class Address:
    """Sound that arrives from an address, to its end.

    Args:
        address: `http://`, `https://`, `rtsp://` or `rtsps://`; or `file://`, a recording.
        wait: Seconds without sound after which it ends.

    Attributes:
        sample_rate: Hz.
    """

    def __init__(self, address: str, wait: float = 10.0) -> None:
        self._wait = positive("wait", wait)
        parts = urlsplit(address)
        self._said = unsigned(address).partition("?")[0]  # cameras take passwords by any name
        self._path: str | None = None
        if parts.scheme == "file":
            self._path = url2pathname(parts.path)
            with open_blocks(self._path) as sound:
                self.sample_rate = sound.sample_rate
            return
        need("av", f"listening to {parts.scheme}://")
        self._container, self._stream = self._open(address, parts.scheme)
        self._frames = self._decoded()
        first = next(self._frames, None)
        if first is None:
            self._container.close()
            raise HearingAIError(f"`source`: no sound came from {self._said}")
        self._first, self.sample_rate = samples_of(first), first.sample_rate
        self._channels = self._first.shape[1]
        if wrong := no_rate(self.sample_rate):
            raise HearingAIError(f"`source`: {self._said} {wrong}")

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield its sound, float32 `(channels, samples)`."""
        if self._path is not None:
            with open_blocks(self._path) as sound:
                for block in sound.read(_BLOCK):
                    yield block.T
            return
        with closing(self._container):
            waiting = [self._first]
            for frame in self._frames:
                found = (frame.sample_rate, len(frame.layout.channels))
                if found != (self.sample_rate, self._channels):
                    raise HearingAIError(
                        f"`source`: {self._said} changes from {self._channels} channel(s) at "
                        f"{self.sample_rate} Hz to {found[1]} at {found[0]} Hz"
                    )
                waiting.append(samples_of(frame))
                if sum(map(len, waiting)) >= _CHUNK * self.sample_rate:
                    yield np.concatenate(waiting).T
                    waiting = []
            if waiting:
                yield np.concatenate(waiting).T

    def _open(self, address: str, scheme: str) -> tuple[Any, Any]:
        import av

        options = {
            "format_whitelist": ",".join(_LIVE_FORMATS),
            "protocol_whitelist": _SCHEMES[scheme],
        }
        if scheme.startswith("rtsp"):  # by UDP packets get lost, and firewalls stop them
            options["rtsp_transport"] = "tcp"
        try:
            container = av.open(
                address, timeout=self._wait, container_options=options, metadata_errors="replace"
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise HearingAIError(
                f"`source`: {self._said} cannot be opened ({reason(error)})"
            ) from None
        if not container.streams.audio:
            container.close()
            raise HearingAIError(f"`source`: there is no sound at {self._said}")
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        return container, stream

    def _decoded(self) -> Iterator[Any]:
        """The frames; a packet that cannot be decoded is passed over, as players do."""
        import av

        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.error.ExitError:  # nothing came for too long
                return
            except av.error.FFmpegError as error:
                raise HearingAIError(
                    f"`source`: {self._said} broke off ({reason(error)})"
                ) from None
            if packet is None:
                return
            try:
                yield from decode(self._stream.codec_context, packet if packet.size else None)
            except BrokenSoundError:
                continue
