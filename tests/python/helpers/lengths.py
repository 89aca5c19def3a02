"""How much is read of a file, and what is told of it."""

import warnings

import hearingai


def seconds(path, **options):
    """Seconds that are read, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        waveform, rate = hearingai.read_audio(path, **options)
    assert hearingai.audio_info(path, **options)["samples"] == waveform.shape[-1]
    return waveform.shape[-1] / rate, [str(w.message) for w in caught]
