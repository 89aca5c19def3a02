"""What samples in memory mean is decided once, for all functions that take sound."""

import numpy as np
import pytest

import hearingai
from hearingai.audio.samples import as_samples, as_waveform, to_float32
from hearingai.errors import AudioFileError, HearingAIError
from sounds import tone

SOUND = np.array([0, 16384, -32768, 1], "int16")


@pytest.mark.parametrize(
    "values",
    [
        SOUND,
        SOUND.astype(">i2"),
        SOUND / 32768,
        (SOUND / 32768).astype(">f4"),
        (SOUND / 32768).astype("float16"),
        list(SOUND / 32768),
    ],
)
def test_every_type_says_what_its_values_are(values):
    found = as_samples(values)
    assert found.dtype.isnative
    np.testing.assert_allclose(to_float32(found), [0, 0.5, -1, 2**-15], atol=1e-7)


def test_bytes_are_8_bit_samples():
    np.testing.assert_array_equal(as_samples(np.array([0, 128, 192], "uint8")), [-1, 0, 0.5])


def test_minus_one_zero_and_one_are_what_they_are():
    assert as_samples([0, 1, -1]).tolist() == [0, 1, -1]
    assert as_samples([]).shape == (0,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (SOUND.astype("int32"), r"int32, values up to 32768\n.*`\.astype\('int16'\)`"),
        (SOUND.astype("int64") << 16, r"int64, values up to 2147483648\n  32-bit .*`2\*\*31`"),
        (np.array([0, 9], "uint16"), "uint16, values up to 9"),
        (np.array([3], "int8"), "int8, values up to 3"),
        (SOUND.astype(float), r"values up to 32768\n.*16-bit ones by `32768`"),
        (np.array([True, False]), "bool"),
        (np.array([1j]), "complex128"),
        (np.array([0.5, None]), "object"),
        ("sound", "str"),
        ({"a": 1}, "dict of object"),
        ([[0.5], [0.5, 1]], "list"),
        ([0.0, np.nan], "NaN or infinite"),
        ([0.0, -np.inf], "NaN or infinite"),
    ],
)
def test_what_is_no_sound_is_named(values, message):
    with pytest.raises(
        HearingAIError, match=f"`x` .*{message}" if "`x`" not in message else message
    ):
        as_samples(values, "x")


def test_an_excess_is_kept_and_samples_first_are_refused():
    assert as_waveform([1.5, -2.0]).tolist() == [1.5, -2.0]
    assert as_waveform(np.zeros((2, 16000))).shape == (2, 16000)
    for shape in ((16000, 2), (16000, 1)):
        with pytest.raises(HearingAIError, match=r"samples first.*\n  `\.T` turns it"):
            as_waveform(np.zeros(shape))
    for shape in ((), (1, 2, 3), (0, 5)):
        with pytest.raises(HearingAIError, match="must have shape"):
            as_waveform(np.zeros(shape))


@pytest.fixture(scope="module")
def classifier():
    recipe = hearingai.get_recipe("gate", sample_rate=1000, network_options={"filters": (2, 2)})
    return hearingai.create_classifier(recipe, ["a", "b"], seed=1)


def functions(classifier, path):
    """Everything that takes sound, as functions of it alone."""
    rest = np.zeros(2000)

    def one(x):
        return np.resize(x, (1, *classifier.clip_shape))

    return {
        "predict": lambda x: hearingai.predict(classifier, x),
        "predict a list": lambda x: hearingai.predict(classifier, [rest, x]),
        "embed": lambda x: hearingai.embed(classifier, x),
        "explain": lambda x: hearingai.explain(classifier, x, steps=1),
        "annotate": lambda x: hearingai.annotate(classifier, x),
        "Stream": lambda x: hearingai.Stream(classifier).feed(x),
        "listen": lambda x: list(hearingai.listen(classifier, iter([x]), sample_rate=1000)),
        "gate": lambda x: hearingai.gate(classifier, x, target="a"),
        "Gate": lambda x: hearingai.Gate(classifier, 1000, target="a").feed(x),
        "export": lambda x: hearingai.export(classifier, path / "new", clips=x),
        "train_gate": lambda x: hearingai.train_gate([x], [rest], n_mixtures=4),
        "write_audio": lambda x: hearingai.write_audio(path / "a.wav", x, 1000),
        "resample": lambda x: hearingai.resample(x, 1000, 500),
        "fit_length": lambda x: hearingai.fit_length(x, 10),
        "fit_channels": lambda x: hearingai.fit_channels(x, 1),
        "find_tones": lambda x: hearingai.find_tones(x, 1000),
        "plot_waveform": lambda x: hearingai.plot_waveform(x, 1000),
        "plot_panels": lambda x: hearingai.plot_panels(x, sample_rate=1000),
        "BackgroundNoise": lambda x: hearingai.BackgroundNoise([x]),
        "LogMel": lambda x: hearingai.LogMel(1000)(x[None]),
        "the classifier": lambda x: classifier(one(x)),
        "probabilities": lambda x: classifier.probabilities(
            np.resize(x, (1, *classifier.clip_shape))
        ),
    }


NAMES = list(functions(None, None))


@pytest.mark.parametrize("name", NAMES)
def test_no_function_takes_samples_of_another_scale(name, classifier, tmp_path):
    sound = tone(2000, 2)[:2000] * 0.5
    for wrong in (np.rint(sound * 2**15).astype("int32"), sound * 2**15):
        with pytest.raises(HearingAIError, match="must be float in -1...1, or int16"):
            functions(classifier, tmp_path)[name](wrong)


def test_a_stereo_sound_is_not_a_batch(classifier):
    with pytest.raises(HearingAIError, match="`recordings` has the samples first"):
        hearingai.predict(classifier, np.zeros((16000, 2)))


def test_16_and_8_bits_are_heard_as_floats_are(classifier):
    sound = np.rint(tone(1000, 1) * 100) / 128
    whole = np.rint(sound * 2**15).astype("int16")
    wanted = hearingai.predict(classifier, sound)["score"][0]
    for same in (whole, whole.astype(">i2"), np.rint(sound * 128 + 128).astype("uint8")):
        assert hearingai.predict(classifier, same)["score"][0] == pytest.approx(wanted, abs=1e-6)


def test_sound_above_full_scale_is_heard_clipped_as_it_is_trained_on(classifier, tmp_path):
    import soundfile

    from hearingai.clips.decoding import decode_all, read_all

    loud = 3 * tone(1000, 1)
    path = tmp_path / "loud.wav"
    soundfile.write(path, loud, 1000, subtype="FLOAT")
    heard = next(read_all([path], classifier.clip_format))
    trained = to_float32(decode_all([path], classifier.clip_format, dtype="int16")[0][0])
    np.testing.assert_allclose(heard, trained, atol=2**-15)
    by = [hearingai.predict(classifier, x)["score"][0] for x in (str(path), loud, loud.clip(-1, 1))]
    assert by == [by[0]] * 3
    stream = [hearingai.annotate(classifier, x).windows["prob_a"] for x in (str(path), loud)]
    np.testing.assert_array_equal(*stream)
    np.testing.assert_allclose(hearingai.read_audio(path)[0], loud, atol=1e-6)


def test_a_file_of_another_scale_is_named(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "far.wav", tone(1000, 1) * 20000, 1000, subtype="FLOAT")
    with pytest.raises(AudioFileError, match="samples of up to .*, where full scale is 1"):
        hearingai.read_audio(tmp_path / "far.wav")


def test_a_network_that_answers_nan_names_no_label():
    recipe = hearingai.get_recipe("gate", sample_rate=1000, network_options={"filters": (2, 2)})
    broken = hearingai.create_classifier(recipe, ["a", "b"], seed=1)
    broken.set_weights([np.full_like(weight, np.nan) for weight in broken.get_weights()])
    table = hearingai.predict(broken, np.zeros((2, 1000)))
    assert table["label"].tolist() == [None, None]
    assert table["error"].str.contains("the network answered with NaN").all()
    for ask in (
        lambda: hearingai.predict(broken, np.zeros(1000), on_error="raise"),
        lambda: hearingai.annotate(broken, np.zeros(3000)),
        lambda: hearingai.Stream(broken).feed(np.zeros(3000)),
    ):
        with pytest.raises(HearingAIError, match="the network answered with NaN"):
            ask()
