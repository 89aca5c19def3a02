"""What every augmentation promises, whatever it changes."""

import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest

import hearingai
from fresh import python
from hearingai.augment import AUGMENTATIONS, augmentation, get_augmentations

BATCH = {
    "waveform": np.random.default_rng(0).uniform(-1, 1, (6, 2, 4800)).astype("float32"),
    "image": np.random.default_rng(1).normal(size=(6, 30, 20, 2)).astype("float32"),
    "embedding": np.random.default_rng(2).integers(1, 256, (6, 10, 128)).astype("float32"),
}
LABELS = np.eye(3, dtype="float32")[[0, 1, 2, 1, 1, 0]]
OPTIONS = {"positive_mix": {"positive": 1}} | dict.fromkeys(
    ("between_class", "room_response", "telephone", "codec", "microphone_tilt", "pitch_shift"),
    {"sample_rate": 16000},
)


def build(name, **options):
    return augmentation(name, **OPTIONS.get(name, {}) | options)


def inputs(layer):
    return (BATCH[layer.domain], LABELS) if layer.mixes else (BATCH[layer.domain],)


def call(layer, *batch, training):
    given = batch if layer.mixes else batch[0]
    return [
        keras.ops.convert_to_numpy(t) for t in keras.tree.flatten(layer(given, training=training))
    ]


def draw(layer):
    batch = inputs(layer)
    drawn = layer.draw(batch[0].shape, *batch[1:])
    return {name: keras.ops.convert_to_numpy(value) for name, value in drawn.items()}


each = pytest.mark.parametrize("name", AUGMENTATIONS)
each_in_graph = pytest.mark.parametrize("name", [n for n, k in AUGMENTATIONS.items() if k.in_graph])


@each
def test_outside_training_nothing_changes(name):
    layer = build(name)
    for after, before in zip(
        call(layer, *inputs(layer), training=False), inputs(layer), strict=True
    ):
        np.testing.assert_array_equal(after, before)


@each
def test_in_training_the_batch_changes_and_keeps_its_shape(name):
    layer = build(name, probability=1.0, seed=3)
    changed = call(layer, *inputs(layer), training=True)
    assert [c.shape for c in changed] == [b.shape for b in inputs(layer)]
    assert np.isfinite(changed[0]).all()
    assert np.abs(changed[0] - inputs(layer)[0]).max() > 0.01


@each
def test_a_draw_can_be_replayed(name):
    layer = build(name, probability=0.7, seed=3)
    batch = inputs(layer)
    drawn = layer.draw(batch[0].shape, *batch[1:])
    first, second = (keras.tree.flatten(layer.apply(*batch, **drawn)) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b))


@each
def test_the_seed_decides_the_draw_and_the_next_draw_differs(name):
    layer = build(name, seed=5)
    drawn, twin, other = draw(layer), draw(build(name, seed=5)), draw(build(name, seed=6))
    for key in drawn:
        np.testing.assert_array_equal(drawn[key], twin[key])
    again = draw(layer)
    assert any(not np.array_equal(drawn[key], other[key]) for key in drawn)
    assert any(not np.array_equal(drawn[key], again[key]) for key in drawn)


@each
def test_every_clip_has_a_row_of_its_own_in_the_draw(name):
    drawn = draw(build(name, seed=1))
    assert {len(value) for value in drawn.values()} == {6}


@each
def test_an_epoch_s_seed_brings_its_draws_back(name):
    layer = build(name, seed=5)
    layer.seed_generator.state.assign([7, 8])
    first = draw(layer)
    layer.seed_generator.state.assign([7, 8])
    for key, value in draw(layer).items():
        np.testing.assert_array_equal(first[key], value)


@each
def test_clips_that_are_not_drawn_stay_as_they_are(name):
    layer = build(name, probability=1.0, seed=3)
    batch = inputs(layer)
    drawn = layer.draw(batch[0].shape, *batch[1:])
    drawn["acts"] = keras.ops.convert_to_tensor([False, True, False, True, True, False])
    changed = keras.tree.flatten(layer.apply(*batch, **drawn))
    for after, before in zip(changed, batch, strict=True):
        kept = keras.ops.convert_to_numpy(after)[[0, 2, 5]]
        np.testing.assert_array_equal(kept, before[[0, 2, 5]])


@each
def test_the_share_of_clips_it_acts_on_is_the_probability(name):
    layer = build(name, probability=0.3, seed=4)
    acts = keras.ops.convert_to_numpy(layer.draw_acts(20000))
    assert acts.mean() == pytest.approx(0.3, abs=0.015)


@each
def test_config_rebuilds_the_layer(name):
    layer = build(name, probability=0.9, seed=11)
    twin = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert twin.get_config() == layer.get_config()
    batch = inputs(layer)
    for a, b in zip(
        call(layer, *batch, training=True), call(twin, *batch, training=True), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@each
def test_a_batch_with_other_axes_is_refused(name):
    layer = build(name)
    with pytest.raises(hearingai.HearingAIError, match="must have the shape"):
        layer.apply(
            np.zeros((2, 2, 2, 2, 2)), **draw(layer) | ({"labels": LABELS} if layer.mixes else {})
        )


class SoftLoss(keras.layers.Layer):
    """Classify the batch linearly and add the loss against soft labels."""

    def __init__(self, n_classes):
        super().__init__()
        self.dense = keras.layers.Dense(n_classes, activation="softmax")

    def call(self, pair):
        x, labels = pair
        x = keras.ops.mean(x, axis=tuple(range(1, len(x.shape) - 1))) if x.ndim > 2 else x
        out = self.dense(x)
        self.add_loss(keras.ops.mean(keras.losses.categorical_crossentropy(labels, out)))
        return out


def train(name, jit_compile):
    noise = {"noise": [np.ones(9000), np.ones(50)]} if name == "background_noise" else {}
    layer = build(name, probability=1.0, seed=1, **noise)
    x = BATCH[layer.domain] / (255 if layer.domain == "embedding" else 1)
    given, labels = keras.Input(x.shape[1:]), keras.Input((3,))
    if layer.mixes:
        mixed, mixed_labels = layer((given, labels))
    else:
        mixed, mixed_labels = layer(given), labels
    model = keras.Model([given, labels], SoftLoss(3)((mixed, mixed_labels)))
    model.compile("sgd", jit_compile=jit_compile)
    before = keras.ops.convert_to_numpy(layer.seed_generator.state)
    # Four clips a step: the last batch is smaller.
    history = model.fit([x, LABELS], epochs=2, batch_size=4, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert not np.array_equal(before, keras.ops.convert_to_numpy(layer.seed_generator.state))


@each_in_graph
def test_it_works_inside_the_compiled_step(name):
    train(name, False if keras.backend.backend() == "tensorflow" else "auto")


@pytest.mark.slow
@each_in_graph
def test_it_compiles_with_xla(name):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("XLA on demand is TensorFlow's")
    train(name, True)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_other_backends_pass_these_tests(backend):
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    code = "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))"
    python(code, "-q", "-m", "not slow", *files, backend=backend, stderr=subprocess.STDOUT)


def test_augmentations_come_by_name_with_options_or_as_layers():
    layer = hearingai.Gain()
    built = get_augmentations(["mixup", ["time_shift", {"limit": 0.1}], layer])
    assert [type(b) for b in built] == [hearingai.Mixup, hearingai.TimeShift, hearingai.Gain]
    assert built[1].limit == 0.1
    assert built[2] is layer
    assert get_augmentations(None) == []
    assert type(get_augmentations("gain")[0]) is hearingai.Gain


def test_what_follows_from_the_clips_goes_where_nothing_is_told():
    layers = [hearingai.PositiveMix(), hearingai.PositiveMix(positive=2), "positive_mix"]
    assert [b.positive for b in get_augmentations(layers, positive=0)] == [0, 2, 0]
    assert layers[0].positive is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: augmentation("reverb"), "`name` must be one of 'time_shift'"),
        (lambda: augmentation("gain", loudness=3), "has no option loudness.*gain_db"),
        (lambda: get_augmentations([3]), "must be a name"),
        (lambda: hearingai.TimeShift(limit=1.5), "`limit` must be a number from 0 to 1"),
        (lambda: hearingai.Gain(gain_db=(3, -3)), "`gain_db`.*the lower one first"),
        (lambda: hearingai.Gain(probability="often"), "`probability`"),
        (lambda: hearingai.Gain(seed=0.5), "`seed` must be a whole number"),
        (lambda: hearingai.Gain(seed="a"), "`seed`"),
        (lambda: hearingai.Gain(seed=True), "`seed`"),
        (lambda: hearingai.Gain(seed=-1), "`seed`"),
        (lambda: hearingai.TimeShift(circular="no"), "`circular` must be one of True, False"),
        (lambda: hearingai.SpeedChange(limits=(0, 1)), "`limits` must be a number above 0"),
        (lambda: hearingai.SpecAugment(time_masks=1.5), "`time_masks` must be a whole number"),
        (lambda: hearingai.SpecAugment(fill="noise"), "`fill` must be one of 'mean', 'zero'"),
        (lambda: hearingai.BackgroundNoise(np.zeros((2, 9), "float32")), "`noise` must be"),
        (lambda: hearingai.BackgroundNoise(np.zeros(9, "int32")), "`noise` must be"),
        (lambda: hearingai.BackgroundNoise([]), "`noise` is an empty list"),
        (lambda: hearingai.BackgroundNoise(volume=(-1, 1)), "`volume` must be a number from 0"),
        (lambda: hearingai.Mixup(alpha=0), "`alpha` must be a positive number"),
        (lambda: hearingai.Mixup(domain="picture"), "`domain` must be one of"),
        (lambda: hearingai.BetweenClass(0), "`sample_rate` must be a positive whole number"),
        (lambda: hearingai.BetweenClass(9000, floor_db=(-80, -20)), "`floor_db` must be a number"),
        (lambda: hearingai.EmbeddingJitter(amount=-1), "`amount` must be a number from 0"),
        (lambda: hearingai.PositiveMix(positive=-1), "`positive` must be a whole number"),
        (lambda: hearingai.Clipping(-1), "`drive_db` must be a number from 0 and at most 100"),
        (lambda: hearingai.Telephone(low_hz=(300, 500), high_hz=400), "`low_hz` must lie below"),
        (lambda: hearingai.MicrophoneTilt(low_hz=0), "`low_hz` must be a number above 0"),
        (
            lambda: hearingai.PitchShift((-13, 0)),
            "`semitones` must be a number from -12 and at most 12",
        ),
        (lambda: hearingai.RoomResponse(rt60=0), "`rt60` must be a number from 0.01 and at most 5"),
        (lambda: hearingai.RoomResponse(rooms=0), "`rooms` must be a whole number from 1"),
        (lambda: hearingai.RoomResponse([]), "`responses` is an empty list"),
        (lambda: hearingai.RoomResponse(np.zeros(9)), "`responses` holds .* silent"),
        (lambda: hearingai.RoomResponse("room.wav"), "`responses` from files needs `sample_rate`"),
        (lambda: hearingai.Codec("aac"), "`codecs` must be one of 'mp3', 'opus'"),
        (lambda: hearingai.Codec(kbps=0), "`kbps` must be a number above 0 and at most 1000"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(make, message):
    with pytest.raises(hearingai.HearingAIError, match=message):
        make()
