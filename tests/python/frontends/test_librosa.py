"""The values of LogMel and MFCC: librosa's, of noise and of speech.

What librosa computes features with is compiled for half a minute when it is imported first. Those
tests are slow; NumPy, which computes the same, is quick.
"""

import librosa
import numpy as np
import pytest
from scipy.fft import dct
from scipy.signal import get_window

import hearingai
from front_ends import HEARING_AI
from sounds import noise

SETUPS = {
    "defaults": {},
    "magnitude": {"power": 1, "n_mels": 40, "scale": "slaney", "norm": "slaney"},
    "zero": {"padding": "zero", "fmin": 50, "fmax": 7000},
    "reflect": {"padding": "reflect", "window": "hamming", "fft_size": 1024},
    "odd": {"window_size": 401, "window_stride": 133, "fft_size": 777, "padding": "zero"},
    "odd, unpadded": {"window_size": 400, "window_stride": 160, "fft_size": 601},
    "hearing-ai": HEARING_AI | {"frames": None},
}


@pytest.fixture(scope="module")
def speech(data_dir):
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["yes", "marvin"])
    sound = [hearingai.read_audio(f)[0] for f in clips["fname"][:24]]
    return np.stack([hearingai.fit_length(s, 16000) for s in sound])


def by_numpy(waveforms, layer):
    """Mel spectrograms in float64, `(..., frames, n_mels)`, with librosa's filters."""
    size, edge = layer.fft_size, (layer.fft_size - layer.window_size) // 2
    window = np.zeros(size)
    window[edge : edge + layer.window_size] = get_window(layer.window, layer.window_size)
    if layer.padding != "none":
        how = "reflect" if layer.padding == "reflect" else "constant"
        waveforms = np.pad(waveforms, [(0, 0)] * (waveforms.ndim - 1) + [(size // 2,) * 2], how)
    frames = np.lib.stride_tricks.sliding_window_view(waveforms.astype("float64"), size, axis=-1)
    power = np.abs(np.fft.rfft(frames[..., :: layer.window_stride, :] * window)) ** layer.power
    options = {"fmin": layer.fmin, "fmax": layer.fmax, "htk": layer.scale == "htk"}
    options |= {"n_mels": layer.n_mels, "norm": layer.norm, "dtype": np.float64}
    return power @ librosa.filters.mel(sr=layer.sample_rate, n_fft=size, **options).T


def reference(waveforms, layer):
    """librosa's mel spectrograms in float64, `(..., frames, n_mels)`."""
    mel = librosa.feature.melspectrogram(
        y=waveforms.astype("float64"),
        sr=layer.sample_rate,
        n_fft=layer.fft_size,
        hop_length=layer.window_stride,
        win_length=layer.window_size,
        window=layer.window,
        center=layer.padding != "none",
        pad_mode="reflect" if layer.padding == "reflect" else "constant",
        power=layer.power,
        n_mels=layer.n_mels,
        fmin=layer.fmin,
        fmax=layer.fmax,
        htk=layer.scale == "htk",
        norm=layer.norm,
        dtype=np.float64,
    )
    return np.swapaxes(mel, -1, -2)


@pytest.mark.slow
@pytest.mark.parametrize("setup", SETUPS)
def test_numpys_values_are_librosas(setup):
    layer, waveforms = hearingai.LogMel(**SETUPS[setup]), noise(3, 9001)
    expected = reference(waveforms, layer)
    np.testing.assert_allclose(by_numpy(waveforms, layer), expected, rtol=1e-9)


@pytest.mark.parametrize("setup", SETUPS)
def test_noise_gives_numpys_values(setup):
    layer = hearingai.LogMel(**SETUPS[setup])
    waveforms = noise(3, 9001)
    image = np.asarray(layer(waveforms))[..., 0]
    np.testing.assert_allclose(image, np.log(by_numpy(waveforms, layer) + 1e-8), atol=1e-4)


@pytest.mark.parametrize("setup", SETUPS)
def test_speech_gives_numpys_values(setup, speech):
    layer = hearingai.LogMel(**SETUPS[setup])
    image = np.asarray(layer(speech))[..., 0]
    mel = by_numpy(speech, layer)
    error = np.abs(image - np.log(mel + 1e-8))
    # A Fourier transform in single precision errs by 2e-7 of the loudest bin, so that bands far
    # below it are known less well.
    quiet = mel < mel.max(axis=2, keepdims=True) * 10 ** (-5 * layer.power / 2)
    assert quiet.mean() < 0.2
    assert error[~quiet].max() < 1e-4
    assert error.max() < 5e-3


@pytest.mark.slow
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("floor_db", [80.0, 20.0, None])
def test_decibels_are_librosas_of_each_clip(power, floor_db):
    layer = hearingai.LogMel(log="decibel", floor_db=floor_db, power=power, padding="reflect")
    loudness = np.array([[1.0, 1e-3], [1e-4, 1e-6], [0.0, 0.0]], "float32")[..., None]
    waveforms = noise(3, 2, 8000) * loudness * np.geomspace(1, 1e-3, 8000, dtype="float32")
    image = np.asarray(layer(waveforms))
    convert = librosa.power_to_db if power == 2 else librosa.amplitude_to_db
    for clip, channels in zip(image, waveforms, strict=True):
        expected = convert(reference(channels, layer), ref=1.0, top_db=floor_db)
        np.testing.assert_allclose(clip, np.moveaxis(expected, 0, -1), atol=1e-4)


def test_mfccs_are_cosines_of_the_logs():
    waveforms = noise(2, 9001)
    logs = np.asarray(hearingai.LogMel(n_mels=40)(waveforms)).astype("float64")
    found = np.asarray(hearingai.MFCC(n_mels=40, n_mfcc=20)(waveforms))
    expected = dct(logs, axis=2, norm="ortho")[:, :, :20]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("lifter", [0, 22])
@pytest.mark.parametrize("log", ["decibel", "natural"])
def test_mfccs_are_librosas(log, lifter, speech):
    options = {"n_mels": 40, "log": log, "padding": "reflect"}
    layer = hearingai.MFCC(16000, n_mfcc=20, lifter=lifter, **options)
    waveforms = np.stack([noise(16000), speech[0]])[:, None].repeat(2, axis=1)
    waveforms[:, 1] *= 0.5
    image = np.asarray(layer(waveforms))
    assert image.shape == (2, 101, 20, 2)
    assert layer.compute_output_shape((2, 2, 16000)) == image.shape
    logs = np.asarray(hearingai.LogMel(16000, **options)(waveforms)).astype("float64")
    for i in np.ndindex(2, 2):
        expected = librosa.feature.mfcc(S=logs[i[0], ..., i[1]].T, n_mfcc=20, lifter=lifter)
        np.testing.assert_allclose(image[i[0], ..., i[1]], expected.T, rtol=1e-6, atol=1e-4)


@pytest.mark.slow
def test_mfccs_of_noise_from_the_waveform():
    layer = hearingai.MFCC(22050, log="decibel", padding="zero", fft_size=2048, window_size=2048)
    waveform = noise(22050)
    mel = reference(waveform, layer).T
    expected = librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=1.0), n_mfcc=13)
    np.testing.assert_allclose(np.asarray(layer(waveform[None]))[0, ..., 0], expected.T, atol=1e-4)
