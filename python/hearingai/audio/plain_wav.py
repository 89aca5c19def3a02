"""The quick way to read the commonest recording: a short 16-bit wav of one channel."""

import io
import wave

import numpy as np

_MOST = 2**24  # bytes read at once
_ENDINGS = (".wav", ".wave")


def read_pcm(path):
    """Read a 16-bit wav of one channel as it is stored.

    Args:
        path: Any file; only one that ends in .wav or .wave is looked into.

    Returns:
        `(samples, sample_rate)`, int16; `None` for whatever is not a short, whole and plain wav,
        for `read_audio` to read or to say what is wrong with it.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(path, numpy.zeros(8), 16000)
        >>> samples, rate = read_pcm(path)
        >>> samples.tolist(), rate
        ([0, 0, 0, 0, 0, 0, 0, 0], 16000)
    """
    if not str(path).lower().endswith(_ENDINGS):
        return None
    try:
        with open(path, "rb", buffering=0) as file:
            # Read at once: threads that read piece by piece wait for each other at every piece.
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            return None
        with wave.open(io.BytesIO(content)) as sound:
            if sound.getnchannels() != 1 or sound.getsampwidth() != 2:
                return None
            n = sound.getnframes()
            if content.find(b"data") + 8 + 2 * n != len(content):  # a header that is not true, say
                return None
            samples = np.frombuffer(sound.readframes(n), "<i2")
            return (samples, sound.getframerate()) if 0 < n == len(samples) else None
    except (OSError, EOFError, ValueError, RuntimeError, wave.Error):
        return None
