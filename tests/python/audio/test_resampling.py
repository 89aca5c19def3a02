"""What a stream's resampler holds back."""

import numpy as np
import pytest
import soxr

from hearingai.audio.resampling import resampling_delay


@pytest.mark.parametrize("rates", [(44100, 16000), (8000, 16000), (48000, 22050)])
def test_no_sound_waits_longer_than_the_delay(rates):
    stream, made, waiting = soxr.ResampleStream(*rates, 1, quality="HQ"), 0, []
    for fed in range(100, 2 * rates[0], 100):
        waiting.append(fed - 100 - made * rates[0] / rates[1])
        made += len(stream.resample_chunk(np.zeros(100, "float32")))
    assert 0 < max(waiting) <= resampling_delay(*rates)


def test_equal_rates_wait_for_nothing():
    assert resampling_delay(16000, 16000) == 0
