"""Live sound from the page: samples arrive over a WebSocket, results are sent back."""

import asyncio
import base64
import math
import time
import wave
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..annotation.stream import Stream
from ..audio.raw_pcm import Pcm
from ..audio.samples import to_int16
from ..errors import HearingAIError
from ..events.tracking import Event, Smoother
from ..runtime.arguments import positive
from ..web.uploads import disk_trouble
from .library import Library
from .picture import Columns, Parts, power_bytes, thousandths
from .settings import number
from .sound import LONGEST

_LAG = 15.0  # seconds of sound that may wait to be analysed
_PATIENCE = 60  # seconds without sound
_RATES = 100, 768_000  # Hz


async def microphone(socket: WebSocket) -> None:
    """Analyse what a page sends: 16-bit samples of one channel, and at the end the text `stop`.

    Each reply is a JSON object. At the end the sound becomes a recording of the library.
    """
    library: Library = socket.app.state.library
    key = None
    await socket.accept()
    try:
        key, reason = await _record(socket, library)
        answer = {"key": key, "reason": reason}
    except WebSocketDisconnect:  # the page has closed
        return
    except OSError as error:
        answer = {"error": disk_trouble(error)}
    except Exception as error:  # whatever the error, the page shows it
        answer = {"error": str(error)}
    try:
        await socket.send_json(answer)
        await socket.close()
    except WebSocketDisconnect:  # closed meanwhile: no recording is needed
        if key is not None:
            library.remove(key)


async def _record(socket: WebSocket, library: Library) -> tuple[str, str | None]:
    """Analyse sound to its end; returns the key of its recording, and why it ended, if known."""
    with library.room() as room:
        live, reason = await _listen(socket, library, room)
        name = time.strftime("microphone %Y-%m-%d %H.%M.%S.wav")
        return await run_in_threadpool(library.add, room, name, socket.query_params), reason


async def _listen(socket: WebSocket, library: Library, room: Path) -> tuple["_Live", str | None]:
    """Analyse sound to its end; returns the `_Live` sound and the reason for its end, if any."""
    if not library.turn.acquire(blocking=False):
        doing = (
            "a detector is being made" if library.detector.busy else "a recording is being analysed"
        )
        raise HearingAIError(f"{doing}; start the microphone when it is done")
    try:
        with await run_in_threadpool(_Live, library, room, socket.query_params) as live:
            await socket.send_json({"bands": live.bands, "step": live.step})
            reason = await _converse(socket, live)
    finally:
        library.turn.release()
    if not live.seconds:
        raise HearingAIError("no sound came")
    return live, reason


async def _converse(socket: WebSocket, live: "_Live") -> str | None:
    """Receive sound while earlier sound is analysed; returns the reason for its end, if any."""
    waiting, came = bytearray(), asyncio.Event()
    ended: list[str | None] = []

    async def take() -> None:
        try:
            while not ended:
                sound = await _sent(socket)
                if sound is None:
                    ended.append(None)
                elif reason := live.refuses(len(sound), len(waiting)):
                    ended.append(reason)
                else:
                    waiting.extend(sound)
                came.set()
        except TimeoutError:
            ended.append(f"no sound was received for {_PATIENCE} s")
        finally:  # also where the page has closed
            came.set()

    taking = asyncio.create_task(take())
    try:
        while not (ended or taking.done()) or waiting:
            await came.wait()
            came.clear()
            sound = bytes(waiting)
            waiting.clear()
            if sound:
                await socket.send_json(await run_in_threadpool(live.feed, sound))
            if taking.done():
                taking.result()
    finally:
        taking.cancel()
    await socket.send_json(await run_in_threadpool(live.finish))
    return ended[0]


async def _sent(socket: WebSocket) -> bytes | None:
    """The next sound that a page sends; `None` at its end."""
    with anyio.fail_after(_PATIENCE):
        message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message.get("bytes")


class _Live:
    """Sound that is passed to a `Stream` and written to a file."""

    def __init__(self, library: Library, room: Path, asked: Mapping[str, str]) -> None:
        settings = library.settings
        classifier = settings.hearing
        rate = positive(
            "sample_rate", number("sample_rate", asked.get("sample_rate", "")), whole=True
        )
        if not _RATES[0] <= rate <= _RATES[1]:
            raise HearingAIError(f"`sample_rate` must be {_RATES[0]}...{_RATES[1]}")
        self.grid = settings.grid(asked)
        rules = settings.rules(self.grid, asked)
        names = [classifier.labels[i] for i in rules.reported]
        levels: dict[str, Any] = {
            "threshold": dict(zip(names, rules.threshold.tolist(), strict=True)),
            "low": dict(zip(names, rules.low.tolist(), strict=True)),
        }
        times: dict[str, Any] = {
            n: getattr(rules, n) for n in ("smooth", "min_duration", "min_gap", "refractory")
        }
        self._stream = Stream(
            classifier,
            rate,
            window=float(self.grid.window),
            hop=float(self.grid.hop),
            labels=names,
            device=settings.device,
            **levels,
            **times,
        )
        self._places = {label: i for i, label in enumerate(classifier.labels)}
        self._smoother = Smoother(math.floor(rules.smooth / 2 / self.grid.hop), len(self._places))
        self._columns = Columns(rate, classifier.sample_rate, at_once=8)
        self._rate, self._pcm, self._bytes = rate, Pcm("int16"), 0
        self._most = min(settings.max_bytes, 2 * rate * settings.max_seconds, LONGEST)
        self._file = wave.open(str(room / "sound"), "wb")  # noqa: SIM115  (closed by `__exit__`)
        self._file.setparams((1, 2, rate, 0, "NONE", ""))

    def __enter__(self) -> "_Live":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def seconds(self) -> float:
        return self._stream.seconds

    @property
    def bands(self) -> int:
        return self._columns.bands

    @property
    def step(self) -> float:
        return float(self._columns.step)

    def refuses(self, new: int, waiting: int) -> str | None:
        """Count received bytes; returns a reason where they are too many."""
        if self._bytes + new > self._most:
            return "stopped: this is the longest recording that the microphone may make"
        if waiting > _LAG * 2 * self._rate:
            return "sound arrives faster than it can be analysed; use a longer step"
        self._bytes += new
        return None

    def feed(self, content: bytes) -> dict[str, Any]:
        """Process samples; returns what the page shows."""
        sound = self._pcm.sound(content)
        self._file.writeframesraw(to_int16(sound[0]).astype("<i2").tobytes())
        events = self._stream.feed(sound)
        rows = self._stream.windows.iloc[:, 2:].to_numpy()
        return self._answer(events, self._smoother.push(rows), self._columns.feed(sound.T))

    def finish(self) -> dict[str, Any]:
        """The last reply."""
        events = self._stream.finish()
        rows = self._smoother.push(self._stream.windows.iloc[:, 2:].to_numpy())
        rows = np.concatenate([rows, self._smoother.flush()])
        return self._answer(events, rows, ())

    def _answer(
        self, events: Sequence[Event], rows: np.ndarray, columns: Iterable[Parts]
    ) -> dict[str, Any]:
        columns = list(columns)
        low, high = ([v for c in columns for v in thousandths(c[i])] for i in range(2))
        power = b"".join(power_bytes(c[2]).tobytes() for c in columns)
        return {
            "seconds": self.seconds,
            "rows": [thousandths(row) for row in rows],
            "events": [self._row(event) for event in events],
            "active": [self._row(event) for event in self._stream.active],
            "low": low,
            "high": high,
            "power": base64.b64encode(power).decode(),
        }

    def _row(self, event: Event) -> list[float]:
        return [event.start, event.end, self._places[event.label], event.score]
