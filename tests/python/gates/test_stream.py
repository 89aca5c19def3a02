"""A gate in blocks and in files: the same gain, the sound as it was."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import soundfile

import hearingai
from hearingai.audio.writing import can_write
from hearingai.errors import AudioFileError, HearingAIError

RATE, WINDOW, HOP = 8000, 800, 0.02


def loud(channels=1):
    """A classifier whose probability of `"loud"` is a known function of a window's power."""
    sound = keras.Input((WINDOW, 1))
    power = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([sound, sound]))
    answer = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Model(sound, answer(power))
    answer.set_weights([np.array([[2000.0]], "float32"), np.array([-5.0], "float32")])
    return hearingai.AudioClassifier(
        keras.layers.Reshape((WINDOW, 1)),
        network,
        ["other", "loud"],
        sample_rate=RATE,
        duration=WINDOW / RATE,
        target="loud",
    )


@pytest.fixture(scope="module")
def classifier():
    return loud()


def burst(rate=RATE, channels=1, begin=1.0, end=1.5, seconds=3.0):
    """Soft noise, loud from `begin` to `end`."""
    time = np.arange(round(rate * seconds)) / rate
    shape = (channels, len(time)) if channels > 1 else time.shape
    noise = np.random.default_rng(1).normal(0, 1, shape)
    return (noise * np.where((time >= begin) & (time < end), 0.2, 0.002)).astype("float32")


def in_blocks(machine, sound, sizes):
    rng, first, out = np.random.default_rng(3), 0, []
    while first < sound.shape[-1]:
        n = int(rng.integers(*sizes))
        out.append(machine.feed(sound[..., first : first + n]))
        first += n
    return np.concatenate([*out, machine.finish()], axis=-1)


@pytest.mark.parametrize("rate", [8000, 44100, 11025])
@pytest.mark.parametrize("channels", [1, 3])
def test_blocks_of_any_size_give_what_the_whole_gives(classifier, rate, channels):
    sound = burst(rate, channels)
    whole = hearingai.gate(classifier, sound, sample_rate=rate, hop=HOP)
    assert whole.sound.shape == sound.shape
    assert whole.track["open"].any()
    assert not whole.track["open"].all()
    for sizes in ((0, 50), (1, 3000)):
        machine = hearingai.Gate(classifier, rate, channels, hop=HOP)
        np.testing.assert_array_equal(in_blocks(machine, sound, sizes), whole.sound)
        rows = machine.take_track()
        np.testing.assert_allclose(
            rows.drop(columns="open").to_numpy(),
            whole.track.drop(columns="open").to_numpy(),
            atol=1e-6,
        )


def test_the_probability_belongs_to_the_middle_of_its_window(classifier):
    sound = burst()
    track = hearingai.gate(classifier, sound, hop=HOP).track
    padded = np.pad(sound, WINDOW // 2)
    firsts = (np.arange(len(track)) * HOP * RATE).astype(int)
    power = np.array([np.square(padded[i : i + WINDOW]).mean() for i in firsts])
    np.testing.assert_allclose(track["time"], firsts / RATE)
    np.testing.assert_allclose(track["probability"], 1 / (1 + np.exp(5 - 2000 * power)), atol=1e-5)


def test_the_gate_is_open_when_the_sound_begins_and_closes_behind_it(classifier):
    gated = hearingai.gate(classifier, burst(), hop=HOP, release=0.1, hold=0.05, threshold=0.9)
    gain = gated.gain()
    np.testing.assert_allclose(gated.sound, burst() * gain, atol=1e-7)
    assert (gain[RATE : round(1.5 * RATE)] == 1).all()
    assert gain[round(0.9 * RATE)] == pytest.approx(0.01)
    assert gain[round(1.8 * RATE)] == pytest.approx(0.01)


def test_lookahead_decides_when_it_opens(classifier):
    def opened(lookahead):
        gated = hearingai.gate(classifier, burst(), hop=0.005, threshold=0.9, lookahead=lookahead)
        return np.argmax(gated.gain() > 0.1) / RATE

    late, centred, early = opened(0), opened(0.05), opened(0.15)
    assert late - centred == pytest.approx(0.05, abs=0.001)
    assert centred - early == pytest.approx(0.1, abs=0.001)
    assert late > 1 > early


@pytest.mark.parametrize("rate", [8000, 48000])
def test_the_sound_comes_out_latency_behind(classifier, rate):
    sound = burst(rate)
    machine, fed, out = hearingai.Gate(classifier, rate, hop=HOP, lookahead=0.07), 0, 0
    delay = round(machine.latency * rate)
    assert 0.07 <= machine.latency < 0.1 + (rate != RATE) * 0.2
    for block in np.array_split(sound, 91):
        fed, out = fed + len(block), out + len(machine.feed(block))
        assert out == max(0, fed - delay)
    assert out + len(machine.finish()) == len(sound)
    with pytest.raises(HearingAIError, match="the sound is over"):
        machine.feed(sound)


def test_an_open_gate_changes_no_bit_and_a_closed_one_turns_down(classifier, tmp_path):
    sound = np.random.default_rng(2).uniform(-1, 1, (30000, 2))
    options = {"threshold": 0.0, "lookahead": 0.2, "overwrite": True}
    for name, subtype in (("a.wav", "PCM_16"), ("a.flac", "PCM_24"), ("a.wav", "FLOAT")):
        soundfile.write(tmp_path / name, sound, 44100, subtype)
        gated = hearingai.gate(classifier, tmp_path / name, out=tmp_path / f"ö{name}", **options)
        info = hearingai.audio_info(gated.out)
        assert info == hearingai.audio_info(tmp_path / name)
        before, _ = soundfile.read(tmp_path / name, dtype="int32")
        np.testing.assert_array_equal(soundfile.read(gated.out, dtype="int32")[0], before)
    shut = hearingai.gate(classifier, sound[:, 0] / 100, threshold=1, range_db=-12)
    np.testing.assert_allclose(shut.sound, sound[:, 0] / 100 * 10 ** (-12 / 20), rtol=1e-6)
    silent = hearingai.gate(classifier, sound[:, 0] / 100, threshold=1, range_db=-np.inf)
    assert not silent.sound.any()
    assert (silent.track["gain_db"] == -np.inf).all()
    whole = (sound[:, 0] * 3000).astype("int16")
    shut = hearingai.gate(classifier, whole, threshold=1, range_db=-20)
    assert shut.sound.dtype == np.int16
    np.testing.assert_array_equal(shut.sound, np.rint(whole * 0.1))


def test_a_file_is_gated_as_its_sound_is(classifier, tmp_path):
    sound = burst(44100, 2)
    hearingai.write_audio(tmp_path / "in.wav", sound, 44100, subtype="FLOAT")
    in_memory = hearingai.gate(classifier, sound, sample_rate=44100)
    from_file = hearingai.gate(classifier, tmp_path / "in.wav")
    np.testing.assert_array_equal(from_file.sound, in_memory.sound)
    out = tmp_path / "in.wav"  # in its own place
    with pytest.raises(HearingAIError, match="exists; `overwrite=True`"):
        hearingai.gate(classifier, out, out=out)
    written = hearingai.gate(classifier, out, out=out, overwrite=True)
    assert written.sound is None
    kept, _ = hearingai.read_audio(out, mono=False)
    np.testing.assert_array_equal(kept, in_memory.sound)
    assert [f.name for f in tmp_path.iterdir()] == ["in.wav"]


@pytest.mark.parametrize("ending", ["mp3", "ogg"])
def test_a_compressed_file_becomes_one_of_another_kind(classifier, tmp_path, ending):
    hearingai.write_audio(tmp_path / f"in.{ending}", burst(44100, 2), 44100)
    out = tmp_path / "out.wav"
    hearingai.gate(classifier, tmp_path / f"in.{ending}", out=out)
    assert hearingai.audio_info(out)["subtype"] == "PCM_16"


def test_sound_of_any_shape_is_gated(classifier):
    one = hearingai.gate(classifier, np.array([0.5], "float32"))
    assert one.sound.shape == (1,)
    many = hearingai.gate(classifier, np.zeros((300, 1000), "float32"))
    assert many.sound.shape == (300, 1000)
    machine = hearingai.Gate(classifier, 8000)
    assert machine.feed(np.zeros(0)).shape == (0,)
    assert machine.finish().shape == (0,)
    assert list(machine.take_track()) == ["time", "probability", "open", "gain_db"]


@pytest.mark.parametrize(
    ("sound", "options", "message"),
    [
        (np.zeros(0), {}, "`sound` "),
        (np.zeros((2, 3, 4)), {}, "must have shape"),
        (np.array([0.0, np.nan]), {}, "must be finite"),
        (np.array([0.0, np.inf]), {}, "must be finite"),
        (np.zeros(9, int), {}, "must be float in -1...1, or int16"),
        (np.zeros(9), {"sample_rate": 0}, "`sample_rate` must be a positive whole number"),
        (
            np.zeros(9),
            {"target": "no such"},
            "`target` must name labels.*'other', 'loud'.*'no such'",
        ),
        (np.zeros(9), {"target": []}, "`target` must name labels"),
        (np.zeros(9), {"threshold": 1.1}, "`threshold` must be a probability"),
        (np.zeros(9), {"threshold": 0.3, "low": 0.4}, "`low` must be at most `threshold`"),
        (np.zeros(9), {"range_db": 3}, "`range_db` must be the gain"),
        (np.zeros(9), {"range_db": np.nan}, "`range_db` must be the gain"),
        (np.zeros(9), {"attack": -1}, "`attack` must be seconds"),
        (np.zeros(9), {"lookahead": "long"}, "`lookahead` must be seconds"),
        (np.zeros(9), {"hop": 5}, "`hop` must be at most the window"),
        (np.zeros(9), {"out": "no/such/folder.wav"}, "folder does not exist"),
        (np.zeros(9), {"out": "gated.xyz"}, "must end in a format's name"),
    ],
)
def test_what_cannot_be_is_named(classifier, sound, options, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.gate(classifier, sound, **options)


def test_recordings_that_are_none_leave_nothing(classifier, tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"RIFF and no more")
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 8000, "FLOAT")
    for name in ("bad.wav", "nan.wav", "missing.wav"):
        with pytest.raises(AudioFileError):
            hearingai.gate(classifier, tmp_path / name, out=tmp_path / "out.wav")
    assert sorted(f.name for f in tmp_path.iterdir()) == ["bad.wav", "nan.wav"]
    embeddings = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(HearingAIError, match="must take sound"):
        hearingai.gate(embeddings, np.zeros(9), sample_rate=8000)


def test_what_was_learnt_is_the_default(classifier):
    learnt = {"threshold": 0.6, "low": 0.3, "attack": 0.02, "hold": 0.07, "release": 0.3}
    other = loud()
    other.record["gate"] = learnt | {"hop": 0.01, "target": ["other"]}
    found = hearingai.Gate(other, 8000).settings
    assert {name: found[name] for name in learnt} == learnt
    assert (found["hop"], found["target"]) == (0.01, ["other"])
    assert found["lookahead"] == pytest.approx(0.05 + 0.01 + 0.02)
    assert hearingai.Gate(other, 8000, threshold=0.8).settings["low"] == pytest.approx(0.4)
    usual = hearingai.Gate(classifier, 8000).settings
    assert (usual["threshold"], usual["low"], usual["hold"]) == (0.5, 0.35, 0.05)
    both = hearingai.gate(classifier, burst(), target=["other", "loud"]).track
    np.testing.assert_allclose(both["probability"], 1, atol=1e-6)


def test_levels_are_those_of_the_parts(classifier):
    wanted, unwanted = np.zeros(8000), np.full(8000, 0.01)
    wanted[4000:] = 0.1
    gain = np.where(np.arange(8000) < 4000, 0.1, 0.5)
    gated = SimpleNamespace(gain=lambda: gain, sample_rate=8000)
    table = hearingai.gate_levels(gated, wanted, np.stack([unwanted, unwanted]))
    half = 20 * np.log10(0.5)
    all_of_it = 10 * np.log10((0.1**2 + 0.5**2) / 2)
    assert table["part"].tolist() == ["wanted", "unwanted", "unwanted in pauses", "ratio"]
    np.testing.assert_allclose(table["before_db"], [-20, -40, -40, 20], atol=1e-6)
    np.testing.assert_allclose(
        table["change_db"], [half, all_of_it, -20, half - all_of_it], atol=1e-6
    )
    with pytest.raises(HearingAIError, match="`wanted` must have the shape"):
        hearingai.gate_levels(gated, wanted[1:], unwanted)


def test_the_picture_shows_sound_probability_and_gain(classifier, tmp_path):
    from hearingai.plots.gates import gate_numbers

    sound = burst()
    gated = hearingai.gate(classifier, sound, hop=HOP, range_db=-np.inf)
    numbers = gate_numbers(gated, start=0.5, end=2)
    np.testing.assert_array_equal(numbers["before"]["value"], sound[4000:16000].astype("float64"))
    np.testing.assert_array_equal(numbers["after"]["value"], gated.sound[4000:16000])
    assert numbers["before"]["time"].iloc[[0, -1]].tolist() == [0.5, 15999 / 8000]
    assert numbers["gain"]["value"].min() == -80
    assert numbers["gain"]["value"].max() == 0
    (span,) = numbers["spans"].itertuples(index=False)
    assert span.start == pytest.approx(0.98, abs=0.05)
    assert span.end == pytest.approx(1.52, abs=0.05)
    figure = hearingai.plot_gate(gated, title="a gate")
    figure.savefig(tmp_path / "gate.png")
    assert [ax.get_ylabel() for ax in figure.axes] == ["amplitude", "probability", "gain (dB)"]
    with pytest.raises(HearingAIError, match="at most half an hour"):
        hearingai.plot_gate(gated, start=3)


def test_a_coding_that_cannot_be_written_gives_way_to_the_usual_one(classifier, tmp_path):
    assert not can_write(16000, 1, "WAV", "MPEG_LAYER_III")
    assert can_write(16000, 1, "WAV", "PCM_24") and not can_write(16000, 2, "WAV", "GSM610")
    with pytest.raises(HearingAIError, match="`out` must end in a format's name"):
        hearingai.gate(classifier, np.zeros(9), out=tmp_path / "x.foo")
