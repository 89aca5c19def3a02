"""The same features by different libraries, on the same clips in memory, against the FFTs alone.

    python benchmarks/features.py [DATA] [--quick] [--out FILE]

In batches on all cores; then clip by clip on one core, in a process of its own.
"""

import json
import os
import subprocess
import sys
from functools import partial

import librosa
import measure
import numpy as np
import scipy.fft
import scipy.signal
import tensorflow as tf

import hearingai
from hearingai.audio.samples import to_float32

ONE = "--one"  # the internal argument of the process on one core
if ONE in sys.argv and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before threads are made
# Else PyTorch's threads go on waiting, at full speed, in the turn of another.
os.environ |= {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}
try:
    import torch
except ImportError:
    torch = None
try:
    import torchaudio
except ImportError:
    torchaudio = None
try:
    import nnAudio.features as nnaudio
except ImportError:
    nnaudio = None

WINDOW, STRIDE, FFT, FRAMES, MELS = 480, 160, 512, 98, 64
WORKERS = 1 if ONE in sys.argv else -1
MARGIN = (FFT - WINDOW) // 2  # librosa and torch put the window in the middle of the FFT
HANN = scipy.signal.get_window("hann", WINDOW).astype("float32")
LIBROSA = {"n_fft": FFT, "hop_length": STRIDE, "win_length": WINDOW, "center": False}
LIMITS = ("the FFTs alone, tf.signal.rfft", "the FFTs alone, scipy.fft.rfft")
CALL = "a call of TensorFlow that computes nothing"


def by_librosa(clips):
    return np.log(np.abs(librosa.stft(clips, **LIBROSA)) ** 2 + 0.01)


def by_torch(clips):
    spectrum = torch.stft(
        clips, FFT, STRIDE, WINDOW, torch.from_numpy(HANN), center=False, return_complex=True
    )
    return torch.log(spectrum.real**2 + spectrum.imag**2 + 0.01)


def by_scipy(clips):
    frames = np.lib.stride_tricks.sliding_window_view(clips, WINDOW, axis=-1)[:, ::STRIDE]
    spectrum = scipy.fft.rfft(frames * HANN, FFT, workers=WORKERS)
    return np.log(spectrum.real**2 + spectrum.imag**2 + 0.01)


@tf.function
def by_tensorflow(clips):
    return tf.math.log(tf.square(tf.abs(tf.signal.stft(clips, WINDOW, STRIDE, FFT))) + 0.01)


def by_torchaudio(kind, offset, **options):
    sizes = {"n_fft": FFT, "win_length": WINDOW, "hop_length": STRIDE, "center": False}
    transform = kind(**sizes, **options)
    return lambda clips: torch.log(transform(clips) + offset)


def by_nnaudio(kind, offset, power, **options):
    sizes = {"n_fft": FFT, "win_length": WINDOW, "hop_length": STRIDE, "center": False}
    transform = kind(**sizes, **options, verbose=False)

    def features(clips):
        with torch.no_grad():
            return torch.log(transform(clips) ** power + offset)

    return features


def mel_by_librosa(clips):
    mel = librosa.feature.melspectrogram(
        y=clips, sr=measure.RATE, n_mels=MELS, htk=True, norm=None, **LIBROSA
    )
    return np.log(mel + 1e-8)


def one_by_one(features):
    return lambda clips: [features(clip) for clip in clips]


def contestants(clips, size):
    """For each name the function, and its batches."""
    padded = np.pad(clips, ((0, 0), (MARGIN, MARGIN)))
    frames = np.zeros((len(clips) // size, size * FRAMES, FFT), "float32")
    frames += np.random.default_rng(0).normal(size=(size * FRAMES, FFT))
    clips, padded = (a.reshape(len(frames), size, -1) for a in (clips, padded))
    mel = hearingai.LogMel(window_size_ms=30, window_stride_ms=10, n_mels=MELS)
    spectra = {
        "hearingai LogSpectrogram": (tf.function(hearingai.LogSpectrogram()), clips),
        "tf.signal.stft": (by_tensorflow, clips),
        "scipy.fft": (by_scipy, clips),
        "librosa.stft": (by_librosa, padded),
    }
    mels = {
        "hearingai LogMel": (tf.function(mel), clips),
        "librosa melspectrogram": (mel_by_librosa, clips),
    }
    if size > 1:
        spectra["librosa.stft, clip by clip"] = (one_by_one(by_librosa), padded)
        mels["librosa melspectrogram, clip by clip"] = (one_by_one(mel_by_librosa), clips)
    if torch:
        whole, cut = torch.from_numpy(padded), torch.from_numpy(clips)
        spectra["torch.stft"] = (by_torch, whole)
    if torch and torchaudio:
        kinds = torchaudio.transforms
        spectra["torchaudio Spectrogram"] = (by_torchaudio(kinds.Spectrogram, 0.01), whole)
        options = {"sample_rate": measure.RATE, "n_mels": MELS, "mel_scale": "htk", "norm": None}
        mels["torchaudio MelSpectrogram"] = (
            by_torchaudio(kinds.MelSpectrogram, 1e-8, **options),
            cut,
        )
    if torch and nnaudio:
        options = {"sr": measure.RATE, "output_format": "Magnitude"}
        spectra["nnAudio STFT"] = (by_nnaudio(nnaudio.STFT, 0.01, 2, **options), whole)
        options = {"sr": measure.RATE, "n_mels": MELS, "htk": True, "norm": None}
        mels["nnAudio MelSpectrogram"] = (
            by_nnaudio(nnaudio.MelSpectrogram, 1e-8, 1, **options),
            cut,
        )
    ready = [tf.constant(batch) for batch in frames]
    limits = [
        (tf.function(tf.signal.rfft), ready),
        (partial(scipy.fft.rfft, workers=WORKERS), frames),
    ]
    limits = dict(zip(LIMITS, limits, strict=True))
    return spectra, mels, limits | {CALL: (tf.function(tf.identity), clips)}


def check(group):
    """All of a group compute the same; librosa and torch lay bins before frames."""
    (wanted, batches), *others = group.values()
    wanted = np.asarray(wanted(batches[0]))[..., 0]
    for features, batches in others:
        found = np.asarray(features(batches[0]))
        found = found if found.shape == wanted.shape else found.swapaxes(1, 2)
        np.testing.assert_allclose(found, wanted, atol=0.02)


def compared(clips, size, rounds, how):
    """The rows of all contestants on batches of a size, and the aims."""
    spectra, mels, limits = contestants(clips, size)
    check(spectra)
    check(mels)

    def run(features, batches):
        def go():
            for batch in batches:
                features(batch)

        return go

    both = spectra | mels | limits
    seconds = measure.alternate(
        {name: (len(clips), run(*pair)) for name, pair in both.items()}, rounds
    )
    rows, aims = [], []
    limit = measure.fastest(seconds, LIMITS)
    for group in (spectra, mels):
        ours, *others = group
        best = measure.fastest(seconds, others)
        rows += measure.rates({name: seconds[name] for name in group}, ours)
        told = f"{how}: {ours}, against {best}"
        aims.append(measure.aim(told, measure.ratio(seconds, ours, best), 1))
    rows += measure.rates({name: seconds[name] for name in limits}, limit)
    ours = next(iter(spectra))
    told = f"{how}: {ours}, share of {limit}"
    aims.append(measure.aim(told, measure.ratio(seconds, ours, limit), 0.6))
    for row in rows:
        row["share of the FFTs' rate"] = measure.ratio(seconds, row["contestant"], limit)
    return [{"clips": how} | row for row in rows], aims


def on_one_core(options):
    """The rows and aims of clips one by one, from a process that has one core."""
    command = [sys.executable, __file__, ONE, *(["--quick"] if options.quick else [])]
    command += [str(options.data)] if options.data else []
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument(ONE, action="store_true")
    options = parser.parse_args()
    size, how = (1, "one by one, one core") if options.one else (64, "in batches, all cores")
    n, rounds = (128, 2) if options.quick else (1024, 15)
    with measure.recordings(options.data, n) as files:
        clips = to_float32(measure.decoded(files)[:])
    rows, aims = compared(clips, size, rounds, how)
    if options.one:
        print(json.dumps([rows, aims]))
        return
    more = on_one_core(options)
    absent = [
        name
        for name, found in (("PyTorch", torch), ("torchaudio", torchaudio), ("nnAudio", nnaudio))
        if not found
    ]
    measure.report(
        options,
        "Features",
        rows + more[0],
        aims + more[1],
        f"{n:,} clips in memory, 64 at a time, then one at a time on one core: log power spectra "
        f"of 30 ms every 10 ms, and {MELS} mel bands of them. All compute the same values. The "
        f"limit is the faster of the FFTs alone, of frames that lie ready; a call of TensorFlow is "
        f"handed the clips." + (f" Not installed here: {', '.join(absent)}." if absent else ""),
    )


if __name__ == "__main__":
    main()
