"""Body: a pretrained network from elsewhere that turns sound into embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..audio.cuts import Cuts
from ..errors import HearingAIError
from .description import LONGEST_NAME, check_description

_CHUNK = 2**20  # bytes that are hashed at a time
UNKNOWN_LICENCE = "unknown"  # which may forbid anything
_VERSION = 1  # raised when equal files and samples give other embeddings than before


@dataclass(frozen=True)
class Body:
    """A pretrained network from elsewhere: waveforms in, a sequence of embeddings out.

    `get_body` finds one by its name, `open_body` opens any file. `fit("head", clips, body=...)` and
    `few_shot` train a head on it.

    Args:
        name: Its name; of a file that `open_body` opened, the file's name.
        sample_rate: Rate of the waveforms it takes, Hz.
        window: Samples that one embedding hears.
        hop: Samples from one window to the next.
        size: Values of an embedding.
        licence: Licence of its weights, as its publisher gives it.
        source: Who made it, and where it is to be had.
        files: Paths of its files.
        compute: A function of one waveform and the starts of its windows, in samples, to their
            embeddings, `(windows, size)`.
        duration: Usual length of a clip, seconds.
        padding: Samples of silence put before and after each clip.
        pooling: What a head does with the embeddings of a clip by default: `"flatten"` keeps their
            order, `"mean"` averages them, `"statistics"` takes their extremes too.
        path: Where the user has its files, absolute; `None` for a body of an installed package.
        options: How `open_body` read its file; empty for a body that has a name.
        sha256: SHA-256 of its files, one after the other, as they were opened; empty hashes them
            now.
        runtime: What computes it, where the user chooses that, such as a Keras backend.
        hear: A function that gives what `compute` gives, of many clips at once and to the last
            bit: of `Cuts`, the silence before and after each clip, and the starts of a clip's
            windows, to `(clips, windows, size)`; `None` computes clip by clip.

    Example:
        >>> import hearingai, numpy
        >>> body = hearingai.get_body("speech-embedding")  # doctest: +SKIP
        >>> body.embeddings(numpy.zeros((2, 16000), "float32")).shape  # doctest: +SKIP
        (2, 9, 96)
    """

    hears_embeddings: ClassVar[bool] = False  # as a classifier tells it

    name: str
    sample_rate: int
    window: int
    hop: int
    size: int
    licence: str
    source: str
    files: tuple[str, ...]
    duration: float
    compute: Callable[[np.ndarray, np.ndarray], np.ndarray]
    padding: int = 0
    pooling: str = "mean"
    path: str | None = None
    options: tuple[tuple[str, Any], ...] = ()
    sha256: str = ""
    runtime: str = ""
    hear: Callable[[Cuts, int, int, np.ndarray], np.ndarray] | None = None

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", sha256_of(self.files))
        check_description(self.description())

    def frames(self, samples: int) -> int:
        """How many embeddings a clip of so many samples has."""
        return len(self._starts(samples))

    def samples(self, frames: int) -> int:
        """The samples of the shortest clip that has so many embeddings."""
        return self.window + (frames - 1) * self.hop - 2 * self.padding

    def embeddings(self, waveforms: np.ndarray | Cuts) -> np.ndarray:
        """The embeddings of a batch of clips.

        Args:
            waveforms: `(batch, samples)`, float32 in -1...1, at `sample_rate`; or `Cuts`, clips
                that overlap.

        Returns:
            Array `(batch, frames, size)`, float32: one embedding a window. The windows lie `hop`
            apart; where more than half a window would be left over, one more ends with the clip. A
            clip shorter than a window lies in its middle.
        """
        cuts = waveforms if isinstance(waveforms, Cuts) else Cuts.of(waveforms)
        before, after, starts = self.places(cuts.samples)
        found = np.empty((len(cuts), len(starts), self.size), "float32")
        if self.hear is not None and len(cuts):
            found[:] = self.hear(cuts, before, after, starts)
        else:
            for row, clip in zip(found, cuts, strict=True):
                row[:] = self.compute(np.pad(clip, (before, after)), starts)
        if not np.isfinite(found).all():
            raise HearingAIError(f"the body `{self.name}` answered with values that are not finite")
        return found

    def places(self, samples: int) -> tuple[int, int, np.ndarray]:
        """Where the windows of a clip lie.

        Returns:
            `(before, after, starts)`: samples of silence that a clip of so many samples gets before
            and after it, and the starts of its windows in what this makes of it.
        """
        lacking = max(0, self.window - samples - 2 * self.padding)
        before = self.padding + lacking // 2
        return before, self.padding + lacking - lacking // 2, self._starts(samples)

    def _starts(self, samples: int) -> np.ndarray:
        room = max(0, samples + 2 * self.padding - self.window)
        starts = np.arange(0, room + 1, self.hop)
        left_over = room - starts[-1] > self.window / 2
        return np.append(starts, room) if left_over else starts

    @property
    def identity(self) -> str:
        """What decides the embeddings of a clip, besides its samples."""
        cut = (self.sample_rate, self.window, self.hop, self.padding)
        return f"{self.sha256} {cut} {sorted(self.options)} {self.runtime} {_VERSION}"

    def description(self) -> dict[str, Any]:
        """What an artifact holds of it: enough to find it again, none of its weights."""
        return {
            "name": self.name[:LONGEST_NAME],
            "sha256": self.sha256,
            "licence": self.licence,
            "source": self.source,
            "path": self.path,
            "options": dict(self.options),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """How it reaches another process: by its description."""
        from .registry import NAMED
        from .saved import opened_again

        if not self.options and self.name not in NAMED:
            raise HearingAIError(
                f"the body `{self.name}` cannot be sent to another process or be copied, since "
                f"it holds a function; open its file with open_body(), or stay in one process"
            )
        return opened_again, (self.description(),)

    def __repr__(self) -> str:
        window, hop = self.window / self.sample_rate, self.hop / self.sample_rate
        return (
            f"<Body {self.name}: {self.size} values from {window:g} s every {hop:g} s at "
            f"{self.sample_rate} Hz, licence {self.licence}>"
        )


def sha256_of(files: Sequence[str]) -> str:
    """SHA-256 of files, one after the other; of a folder also the names of what is in it."""
    hasher = hashlib.sha256()
    for path in map(Path, files):
        if path.is_file():
            _add(hasher, path)
            continue
        for file in sorted(p for p in path.rglob("[!.]*") if p.is_file()):
            hasher.update(f"{file.relative_to(path).as_posix()} {file.stat().st_size}\n".encode())
            _add(hasher, file)
    return hasher.hexdigest()


def refuse_no_body(body: Any) -> None:
    """Refuse what is given as an argument `body` and is none; `None` is not given."""
    if body is not None and not isinstance(body, Body):
        raise HearingAIError(f"`body` must be a `Body`, see get_body(). Received: {body!r}")


def check_same(name: str, wanted: str, found: str, file: str | Path) -> None:
    """Refuse a file of a body that is not the one wanted, by their SHA-256."""
    if found != wanted:
        raise HearingAIError(
            f"its body `{name}` is another than the one it was trained with: {file} "
            f"has the SHA-256 {found[:16]}..., and {wanted[:16]}... is wanted"
        )


def _add(hasher: Any, file: Path) -> None:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            hasher.update(chunk)
