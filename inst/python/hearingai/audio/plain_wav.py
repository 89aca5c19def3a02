"""A fast reader for the most common recording: a short 16-bit wav of one channel."""

import numpy as np

from .._typing import PathLike
from ..runtime.addresses import address_of
from ..runtime.arguments import no_rate
from ._headers import head_of_wav

_MOST = 2**24  # bytes read at once
_ENDINGS = (".wav", ".wave")


def read_pcm(path: PathLike) -> tuple[np.ndarray, int] | None:
    """Read a 16-bit wav of one channel as it is stored.

    Args:
        path: Any file; only one that ends in .wav or .wave is opened.

    Returns:
        `(samples, sample_rate)`, int16; `None` for everything but a short, complete and plain wav,
        which `read_audio` then reads or refuses.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(numpy.zeros(8), path, 16000)
        >>> samples, rate = read_pcm(path)
        >>> samples.tolist(), rate
        ([0, 0, 0, 0, 0, 0, 0, 0], 16000)
    """
    if not str(path).lower().endswith(_ENDINGS) or address_of(path) is not None:
        return None
    try:
        with open(path, "rb", buffering=0) as file:
            # Read at once: threads that read piece by piece wait for each other at every piece.
            content = file.read(_MOST + 1)
    except (OSError, ValueError):
        return None
    if len(content) > _MOST:
        return None
    head = head_of_wav(content)
    if not head or head.channels != 1 or head.format != "int16" or no_rate(head.sample_rate):
        return None
    if head.begin + head.length != len(content):  # other chunks, or a wrong header
        return None
    samples = content[head.begin :]
    if not 0 < len(samples) == head.length or head.length % 2:
        return None
    return np.frombuffer(samples, "<i2"), head.sample_rate
