"""The same features by different libraries, on the same clips in memory, against the FFTs alone.

python benchmarks/features.py [DATA] [--quick] [--out FILE]
"""

import os
from functools import partial

import librosa
import measure
import numpy as np
import scipy.fft
import scipy.signal
import tensorflow as tf

import hearingai
from hearingai.audio.samples import to_float32

# Else PyTorch's threads go on waiting, at full speed, in the turn of another.
os.environ |= {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}
try:
    import torch
except ImportError:
    torch = None

SIZE, WINDOW, STRIDE, FFT, FRAMES, MELS = 64, 480, 160, 512, 98, 64
MARGIN = (FFT - WINDOW) // 2  # librosa and torch put the window in the middle of the FFT
HANN = scipy.signal.get_window("hann", WINDOW).astype("float32")
LIBROSA = {"n_fft": FFT, "hop_length": STRIDE, "win_length": WINDOW, "center": False}
LIMITS = ("the FFTs alone, tf.signal.rfft", "the FFTs alone, scipy.fft.rfft")


def by_librosa(clips):
    return np.log(np.abs(librosa.stft(clips, **LIBROSA)) ** 2 + 0.01)


def by_torch(clips):
    spectrum = torch.stft(
        clips, FFT, STRIDE, WINDOW, torch.from_numpy(HANN), center=False, return_complex=True
    )
    return torch.log(spectrum.real**2 + spectrum.imag**2 + 0.01)


def by_scipy(clips):
    frames = np.lib.stride_tricks.sliding_window_view(clips, WINDOW, axis=-1)[:, ::STRIDE]
    spectrum = scipy.fft.rfft(frames * HANN, FFT, workers=-1)
    return np.log(spectrum.real**2 + spectrum.imag**2 + 0.01)


@tf.function
def by_tensorflow(clips):
    return tf.math.log(tf.square(tf.abs(tf.signal.stft(clips, WINDOW, STRIDE, FFT))) + 0.01)


def mel_by_librosa(clips):
    mel = librosa.feature.melspectrogram(
        y=clips, sr=measure.RATE, n_mels=MELS, htk=True, norm=None, **LIBROSA
    )
    return np.log(mel + 1e-8)


def one_by_one(features):
    return lambda clips: [features(clip) for clip in clips]


def contestants(clips):
    """For each name the function, and its batches."""
    padded = np.pad(clips, ((0, 0), (MARGIN, MARGIN)))
    frames = np.zeros((len(clips) // SIZE, SIZE * FRAMES, FFT), "float32")
    frames += np.random.default_rng(0).normal(size=(SIZE * FRAMES, FFT))
    clips, padded = (a.reshape(len(frames), SIZE, -1) for a in (clips, padded))
    mel = hearingai.LogMel(window_size_ms=30, window_stride_ms=10, n_mels=MELS)
    spectra = {
        "hearingai LogSpectrogram": (tf.function(hearingai.LogSpectrogram()), clips),
        "tf.signal.stft": (by_tensorflow, clips),
        "scipy.fft": (by_scipy, clips),
        "librosa.stft, clip by clip": (one_by_one(by_librosa), padded),
        "librosa.stft, in batches": (by_librosa, padded),
    }
    if torch:
        spectra["torch.stft"] = (by_torch, torch.from_numpy(padded))
    mels = {
        "hearingai LogMel": (tf.function(mel), clips),
        "librosa melspectrogram, clip by clip": (one_by_one(mel_by_librosa), clips),
        "librosa melspectrogram, in batches": (mel_by_librosa, clips),
    }
    ready = [tf.constant(batch) for batch in frames]
    limits = [(tf.function(tf.signal.rfft), ready), (partial(scipy.fft.rfft, workers=-1), frames)]
    return spectra, mels, dict(zip(LIMITS, limits, strict=True))


def check(group):
    """All of a group compute the same; librosa and torch lay bins before frames."""
    (wanted, batches), *others = group.values()
    wanted = np.asarray(wanted(batches[0]))[..., 0]
    for features, batches in others:
        found = np.asarray(features(batches[0]))
        found = found if found.shape == wanted.shape else found.swapaxes(1, 2)
        np.testing.assert_allclose(found, wanted, atol=0.02)


def main():
    options = measure.arguments(__doc__).parse_args()
    n, rounds = (128, 2) if options.quick else (1024, 15)
    with measure.recordings(options.data, n) as files:
        clips = to_float32(measure.decoded(files)[:])
    spectra, mels, limits = contestants(clips)
    check(spectra)
    check(mels)

    def run(features, batches):
        def go():
            for batch in batches:
                features(batch)

        return go

    both = spectra | mels | limits
    seconds = measure.alternate({name: (n, run(*pair)) for name, pair in both.items()}, rounds)
    rows, aims = [], []
    limit = measure.fastest(seconds, LIMITS)
    for group in (spectra, mels):
        ours, *others = group
        best = measure.fastest(seconds, others)
        rows += measure.rates({name: seconds[name] for name in group}, ours)
        aims.append(measure.aim(f"{ours}, against {best}", measure.ratio(seconds, ours, best), 1))
    rows += measure.rates({name: seconds[name] for name in limits}, limit)
    ours = next(iter(spectra))
    aims.append(measure.aim(f"{ours}, share of {limit}", measure.ratio(seconds, ours, limit), 0.5))
    for row in rows:
        row["share of the FFTs' rate"] = measure.ratio(seconds, row["contestant"], limit)
    absent = "" if torch else " PyTorch is not installed here."
    measure.report(
        options,
        "Features",
        rows,
        aims,
        f"{n:,} clips in memory, {SIZE} at a time: log power spectra of 30 ms every 10 ms, and "
        f"{MELS} mel bands of them. All compute the same values. The limit is the faster of "
        f"the FFTs alone, of frames that lie ready.{absent}",
    )


if __name__ == "__main__":
    main()
