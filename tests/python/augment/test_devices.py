"""Telephone, codec, clipping and microphone, each against the formula of its effect."""

import io

import keras
import numpy as np
import pytest

import hearingai
from hearingai.augment.codec import coded
from hearingai.augment.telephone import mu_law
from hearingai.plots.augmented import augmented_numbers

RATE = 16000


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def tone(frequency, level=0.5, rate=RATE):
    return (level * np.sin(2 * np.pi * frequency * np.arange(rate) / rate)).astype("float32")


def gain_db(before, after):
    """Gain in the middle half, where no edge is heard."""
    n = before.shape[-1]
    middle = slice(n // 4, 3 * n // 4)
    return 20 * np.log10(np.std(after[..., middle], -1) / np.std(before[..., middle], -1))


def test_mu_law_takes_the_values_of_its_formula():
    grid = (256 ** (np.arange(128) / 127) - 1) / 255
    x = np.linspace(-1.2, 1.2, 40001)
    values = array(mu_law(keras.ops.convert_to_tensor(x, "float32")))
    assert np.abs(np.abs(np.unique(values))[:, None] - grid).min(axis=1).max() < 1e-6
    assert len(np.unique(values)) == 255
    assert not array(mu_law(keras.ops.zeros(3))).any()
    np.testing.assert_array_equal(np.sign(values[np.abs(x) > 1e-3]), np.sign(x[np.abs(x) > 1e-3]))


@pytest.mark.parametrize("level", [0.9, 0.1, 0.02])
def test_mu_law_is_37_db_above_its_noise_at_every_level(level):
    x = tone(441.3, level)
    noise = array(mu_law(keras.ops.convert_to_tensor(x))) - x
    assert 10 * np.log10(np.mean(x**2) / np.mean(noise**2)) == pytest.approx(37, abs=2)


@pytest.mark.parametrize("rate", [16000, 44100, 22050])
def test_the_telephone_s_band_is_its_limits(rate):
    layer = hearingai.Telephone(sample_rate=rate)
    tones = np.stack([tone(f, rate=rate) for f in (100, 300, 1000, 3400, 6000)])
    sent = array(layer.apply(tones, low_hz=[300.0] * 5, high_hz=[3400.0] * 5))
    gains = gain_db(tones, sent)
    np.testing.assert_allclose(gains[1:4], [-3, 0, -3], atol=0.2)
    assert gains[0] < -40
    assert gains[4] < -40


def test_the_telephone_keeps_the_place_in_time_and_clips():
    click = np.zeros((1, 8000), "float32")
    click[0, 3000] = 1
    sent = array(hearingai.Telephone(sample_rate=8000).apply(click, low_hz=[1e-3], high_hz=[4e3]))
    assert np.abs(sent[0]).argmax() == 3000
    loud = np.stack([[tone(1000, 3.0), tone(1000, 0.0)]])
    sent = array(hearingai.Telephone(sample_rate=RATE).apply(loud, low_hz=[300], high_hz=[3400]))
    assert np.abs(sent[0, 0]).max() < 1.3
    assert not sent[0, 1].any()


def test_a_telephone_of_a_low_rate_only_rounds():
    x = tone(500, rate=4000)[None]
    sent = array(hearingai.Telephone(sample_rate=4000).apply(x, low_hz=[1], high_hz=[1e5]))
    middle = slice(1000, 3000)
    np.testing.assert_allclose(sent[0, middle], x[0, middle], atol=0.02)


def test_clipping_cuts_at_its_level_and_keeps_the_power():
    x = np.stack([tone(100), tone(100, 0.01)])
    cut = array(hearingai.Clipping().apply(x, drive_db=[20 * np.log10(2)] * 2))
    np.testing.assert_allclose(np.mean(cut**2, -1), np.mean(x**2, -1), rtol=1e-5)
    # Half of the peak is exceeded in two thirds of a sine's time.
    for row in cut:
        assert np.mean(np.abs(row) > 0.999 * np.abs(row).max()) == pytest.approx(2 / 3, abs=0.02)
    silent = np.zeros((1, 9), "float32")
    np.testing.assert_array_equal(hearingai.Clipping().apply(silent, drive_db=[9.0]), silent)
    np.testing.assert_allclose(hearingai.Clipping().apply(x, drive_db=[0.0, 0.0]), x, rtol=1e-5)


def test_a_microphone_has_its_shelves():
    frequencies = np.array([20, 300, 1000, 2000, 7900])
    tones = np.stack([tone(f) for f in frequencies])
    shelves = {"low_db": [6.0] * 5, "high_db": [-9.0] * 5, "low_hz": [300.0] * 5}
    layer = hearingai.MicrophoneTilt(sample_rate=RATE)
    changed = array(layer.apply(tones, **shelves, high_hz=[2000.0] * 5))
    s = 1j * frequencies  # first-order shelves, as their poles and zeros have them
    low, high = 10 ** (6 / 20), 10 ** (-9 / 20)
    wanted = np.abs((s + low * 300) / (s + 300) * (high * s + 2000) / (s + 2000))
    np.testing.assert_allclose(gain_db(tones, changed), 20 * np.log10(wanted), atol=0.05)


def spoken(rate, seconds=2):
    """Noise with a voice's slope."""
    noise = np.random.default_rng(3).normal(size=seconds * rate)
    return np.convolve(noise, np.ones(8) / 8, "same").astype("float32") * 0.2


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("codec", ["mp3", "opus"])
def test_a_codec_keeps_length_and_place(codec, rate):
    x = spoken(rate)[: rate + 17]
    y = coded(x, rate, codec, 96)
    assert len(y) == len(x)
    size = 2 * len(x)
    match = np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)))
    assert match.argmax() == 0
    assert match.max() / np.sqrt((x**2).sum() * (y**2).sum()) > 0.8


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100])
@pytest.mark.parametrize("kbps", [8, 24, 48, 64])
@pytest.mark.parametrize("codec", ["mp3", "opus"])
def test_a_codec_keeps_the_place_at_low_rates(codec, kbps, rate):
    """Where mp3 files have no room to tell the encoder's delay, too."""
    x = np.zeros(rate // 2, "float32")
    x[2000:2400] = np.hanning(400) * np.sin(np.arange(400) * 0.2) / 2
    power = np.float64(coded(x, rate, codec, kbps)) ** 2
    assert np.sum(np.arange(len(x)) * power) / np.sum(power) == pytest.approx(2199.5, abs=20)


@pytest.mark.parametrize("codec", ["mp3", "opus"])
@pytest.mark.parametrize("kbps", [16, 32])
def test_a_codec_has_the_bit_rate_that_is_asked_for(codec, kbps, monkeypatch):
    sizes = []

    class Counted(io.BytesIO):
        def seek(self, *where):
            sizes.append(len(self.getvalue()))
            return super().seek(*where)

    monkeypatch.setattr("hearingai.augment.codec.io.BytesIO", Counted)
    coded(spoken(RATE, 10), RATE, codec, kbps)
    assert max(sizes) * 8 / 10 / 1000 == pytest.approx(kbps, rel=0.1)


@pytest.mark.parametrize("samples", [1, 5, 700])
@pytest.mark.parametrize("codec", ["mp3", "opus"])
def test_a_codec_takes_short_clips(codec, samples):
    y = coded(spoken(RATE)[:samples], RATE, codec, 8)
    assert y.shape == (samples,)
    assert np.isfinite(y).all()


def test_a_codec_at_a_lower_rate_is_further_from_the_clip():
    x = spoken(RATE)
    for codec in ("mp3", "opus"):
        high, low = (np.mean((coded(x, RATE, codec, kbps) - x) ** 2) for kbps in (64, 10))
        assert high < low / 2


def test_only_the_clips_that_act_are_encoded(monkeypatch):
    rates = []
    monkeypatch.setattr(
        "hearingai.augment.codec.coded", lambda x, *told: rates.append(told[1:]) or 0 * x
    )
    layer = hearingai.Codec(sample_rate=RATE)
    acts = keras.ops.convert_to_tensor([False, True, True])
    x = np.ones((3, 2, 50), "float32")
    changed = array(layer.apply(x, acts=acts, codec=[0, 1, 0], kbps=[8.0, 16.0, 24.0]))
    assert rates == [("opus", 16.0)] * 2 + [("mp3", 24.0)] * 2
    assert changed.sum(axis=(1, 2)).tolist() == [100, 0, 0]


def test_a_codec_in_a_compiled_step_says_where_it_belongs():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's steps are eager")
    given = keras.Input((800,))
    model = keras.Model(given, keras.layers.Dense(1)(hearingai.Codec(sample_rate=8000)(given)))
    model.compile("sgd", "mse")
    with pytest.raises(hearingai.HearingAIError, match="recipes with `copies`"):
        model.fit(np.zeros((2, 800), "float32"), np.zeros(2), verbose=0)


def test_the_rate_of_the_clips_must_be_known():
    x = tone(500)[None]
    layers = (hearingai.Telephone, hearingai.MicrophoneTilt, hearingai.PitchShift)
    for kind in (*layers, hearingai.RoomResponse, hearingai.Codec):
        with pytest.raises(hearingai.HearingAIError, match=f"{kind.__name__} needs `sample_rate`"):
            kind(probability=1)(x, training=True)


def test_each_is_drawn_on_a_clip():
    names = ["room_response", "telephone", "codec", "clipping", "microphone_tilt", "pitch_shift"]
    panels = augmented_numbers(tone(1000), names, RATE, seed=1)
    assert [p.title for p in panels] == ["original", *(n.replace("_", " ") for n in names)]
    assert all(np.abs(p.values - panels[0].values).max() > 0.1 for p in panels[1:])
