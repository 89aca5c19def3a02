"""Read a recording block by block, with only one block in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial as partial_of

import numpy as np

from .._typing import PathLike
from ..errors import AudioFileError, HearingAIError
from ..runtime.addresses import address_of
from ..runtime.arguments import flag, no_rate, path_of, positive
from ..runtime.remote import RemoteError
from ..runtime.remote_files import RemoteFile, Source
from ._av_sound import open_av
from ._layouts import layout_kept, layout_of
from ._sections import Layout, Section
from ._sndfile import open_sndfile
from ._sound import BrokenSoundError, Sound
from .doubts import doubt
from .samples import LOUDEST

_BLOCK = 2**18  # values a block, of all channels together
_SMALL_BLOCK = 1024  # samples
OFFER = "; `partial` reads what is there"  # how an error ends that need not be one
PASSING = "cannot be opened"  # how one begins that is not the recording's fault: it may pass


@contextmanager
def open_blocks(
    path: PathLike, start: float = 0.0, duration: float | None = None, *, partial: bool = False
) -> Iterator[Blocks]:
    """Open a recording, or a part of it, to read it block by block.

    All sound in the file is read, also where its header declares another length.

    Args:
        path: An audio file.
        start: Where to begin, in seconds.
        duration: How much to read, in seconds; `None` reads to the end.
        partial: Read what is there of a file that is truncated or damaged, with a warning.

    Yields:
        A `Blocks`.

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated or not audio, or ends
            before `start`.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(numpy.zeros((2, 8000)), path, 16000)
        >>> with open_blocks(path, start=0.1) as sound:
        ...     print(sound.sample_rate, sound.samples, [b.shape for b in sound.read(5000)])
        16000 6400 [(5000, 2), (1400, 2)]
    """
    source, partial = reached(path), flag("partial", partial)
    layout = check_file(source)
    for text in filter(None, (layout.doubt, layout.loss)):
        if text is layout.loss and not partial:
            raise AudioFileError(path, text + OFFER)
        doubt(path, text, lost=text is layout.loss)
    try:
        with _open(source, layout.sections[0]) as sound:
            yield Blocks(source, layout.sections, sound, start, duration, partial)
    except BrokenSoundError as error:
        check_fetched(source)
        raise AudioFileError(path, str(error)) from None


def reached(path: Source) -> Source:
    """A path of this machine as it is; what is at an address is asked for.

    Raises:
        AudioFileError: It does not exist, or cannot be asked for.
    """
    address = None if isinstance(path, RemoteFile) else address_of(path)
    if address is None:
        return path
    try:
        return RemoteFile(address, partial_of(doubt, address))
    except RemoteError as error:
        raise AudioFileError(address, str(error)) from None


def check_fetched(source: Source, *, ended: bool = False) -> None:
    """Raise an error where a part of a file could not be fetched, which looked like its end.

    Args:
        source: The file.
        ended: Whether nothing more is read; then also where it changed meanwhile.
    """
    if not isinstance(source, RemoteFile):
        return
    if ended:
        source.ended()
    if source.failure is not None:
        raise AudioFileError(source, source.failure)


def _open(path: Source, section: Section) -> AbstractContextManager[Sound]:
    """Open a section of a file by the library that decodes it."""
    if section.packets is not None:
        return open_av(path, section.packets)
    return open_sndfile(path, section)


class Blocks:
    """A recording that is open for reading, made by `open_blocks`.

    Attributes:
        sample_rate: Hz.
        channels: How many.
        samples: Samples to read of each channel; `None` where the file does not give the number,
            such as a FLAC that was written to a stream.
        format: What kind of file it is, such as `"WAV"`.
        subtype: How its samples are stored, such as `"PCM_16"`.
    """

    def __init__(
        self,
        path: Source,
        sections: tuple[Section, ...],
        sound: Sound,
        start: float,
        duration: float | None,
        partial: bool,
    ) -> None:
        self._path, self._sections, self._partial = path, sections, partial
        self._sound = sound  # of the first section, which is open
        self.sample_rate, self.channels = sound.sample_rate, sound.channels
        self.format, self.subtype = sound.format, sound.subtype
        if wrong := no_rate(self.sample_rate):
            raise AudioFileError(path, wrong)
        self._lengths = [sound.samples]
        self._lengths += [self._length_of(section) for section in sections[1:]]
        known = [length for length in self._lengths if length is not None]
        total = sum(known) if len(known) == len(sections) else None
        self._first = round(start * self.sample_rate)
        self._most: int | None = None
        if duration is not None:
            self._most = max(1, round(positive("duration", duration) * self.sample_rate))
        self.samples: int | None = None
        if total is not None:
            if self._first and self._first >= total:
                raise AudioFileError(path, f"ends before `start` = {start:g} s")
            left = total - self._first
            self.samples = self._most = left if self._most is None else min(left, self._most)

    def _length_of(self, section: Section) -> int | None:
        """Samples of a later section, which must have the format of the first."""
        with _open(self._path, section) as sound:
            if (sound.sample_rate, sound.channels) != (self.sample_rate, self.channels):
                raise AudioFileError(
                    self._path,
                    f"holds joined recordings that differ: {self.channels} channel(s) at "
                    f"{self.sample_rate} Hz, then {sound.channels} at {sound.sample_rate} Hz",
                )
            return sound.samples

    def read(self, size: int | None = None) -> Iterator[np.ndarray]:
        """Read what was asked for.

        Args:
            size: Samples a block; `None` takes a quarter of a million values.

        Yields:
            float32 of shape `(samples, channels)`, none of them empty.

        Raises:
            AudioFileError: The file has no samples, fewer than it declares, or values that are
                not finite.
        """
        size, done, broken = size or max(1, _BLOCK // self.channels), 0, None
        if self._partial:  # where decoding fails, the samples of the same block are lost
            size = min(size, _SMALL_BLOCK)
        try:
            for block in self._blocks(size):
                done += len(block)
                self._check_values(block)
                yield block
        except BrokenSoundError as error:
            check_fetched(self._path, ended=True)
            broken = str(error)
            if not self._partial:
                raise AudioFileError(self._path, broken + (OFFER if done else "")) from None
        else:
            check_fetched(self._path, ended=True)
        if not done:
            raise AudioFileError(self._path, "holds no samples")
        if broken is None and (self.samples is None or done + self._sound.slack >= self.samples):
            return
        reason = f"is truncated: {done} of {self.samples} samples can be read"
        if broken is not None:
            reason = f"is damaged after {done} samples: {broken}"
        if not self._partial:
            raise AudioFileError(self._path, reason + OFFER)
        doubt(self._path, reason, lost=True)

    def _check_values(self, block: np.ndarray) -> None:
        """Refuse what is no sound, see `as_samples`."""
        low, high = float(block.min()), float(block.max())
        if low >= -LOUDEST and high <= LOUDEST:
            return
        reason = f"holds samples of up to {max(-low, high):g}, where full scale is 1"
        if not np.isfinite([low, high]).all():
            reason = "holds values that are not finite (NaN or infinite)"
        raise AudioFileError(self._path, reason)

    def _blocks(self, size: int) -> Iterator[np.ndarray]:
        """Blocks of one section after the other, from the first requested sample."""
        left, begin = self._most, 0
        for i, (section, length) in enumerate(zip(self._sections, self._lengths, strict=True)):
            if length is not None and begin + length <= self._first:  # wholly before it
                begin += length
                continue
            opened: AbstractContextManager = nullcontext(self._sound)  # the first one is open
            with opened if i == 0 else _open(self._path, section) as sound:
                sound.go_to(max(0, self._first - begin), size)
                while left is None or left > 0:
                    block = sound.read(_most(size, left))
                    check_fetched(self._path)
                    if not len(block):
                        break
                    left = None if left is None else left - len(block)
                    yield block
            begin += length or 0


def _most(size: int, left: int | None) -> int:
    return size if left is None else min(size, left)


def check_file(path: Source) -> Layout:
    """Raise errors that libsndfile does not tell apart; returns the `Layout` of the file."""
    path = reached(path)
    if isinstance(path, RemoteFile):
        return _layout_at(path)
    try:
        path = path_of("path", path)
    except HearingAIError:
        if not isinstance(path, (str, os.PathLike)):
            raise
        # The error of this recording alone, where there are several.
        raise AudioFileError(path, "does not exist: no file can have this name") from None
    try:
        if path.is_dir():
            raise AudioFileError(path, "is a directory")
        if not path.exists():
            raise AudioFileError(path, "does not exist")
        if path.stat().st_size == 0:
            raise AudioFileError(path, "is empty")
        return layout_kept(path)
    except OSError as error:  # no permission, a share that went away
        raise AudioFileError(path, f"{PASSING} ({error.strerror or error})") from None


def _layout_at(source: RemoteFile) -> Layout:
    """The `Layout` of a file at an address."""
    if source.size == 0:
        raise AudioFileError(source, "is empty")
    try:
        layout = layout_of(source)
    except RemoteError as error:
        raise AudioFileError(source, str(error)) from None
    except AudioFileError:
        check_fetched(source)
        raise
    check_fetched(source)
    return layout
