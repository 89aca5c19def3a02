"""Images that no epoch changes are computed once, and teach what they teach anew in each."""

import keras
import numpy as np
import pytest

import hearingai
from hearingai.clips import embedded
from hearingai.training import _data, kept_images
from slow import first_quick

RATE = 4000
MASKS = ("spec_augment", {"frequency_masks": 1, "time_masks": 1})


class Louder(hearingai.LogMel):
    """A layer of a user's, which might draw anew in each epoch."""


Louder.__module__ = "hearingai_theirs"


def front_end(sample_rate, kind=hearingai.LogMel):
    mel = kind(sample_rate, window_size_ms=64, window_stride_ms=32, n_mels=16)
    return keras.Sequential([mel, hearingai.Scaling()])


def recipe(**changes):
    told = {"frontend": front_end, "network": network, "sample_rate": RATE, "duration": 1.0}
    told |= {"epochs": 3, "batch_size": 8, "augment": ()}
    return hearingai.get_recipe("speech-commands-small", **told | changes)


def network(shape, n_classes):
    layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Dropout(0.2)]
    layers += [keras.layers.Flatten(), keras.layers.Dense(n_classes, activation="softmax")]
    return keras.Sequential([keras.Input(shape), *layers])


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder, rng, rows = tmp_path_factory.mktemp("clips"), np.random.default_rng(1), []
    for i in range(40):
        tone = np.sin(2 * np.pi * (300 + 500 * (i % 2)) * np.arange(RATE) / RATE)
        sound = 0.3 * tone + rng.normal(0, 0.1, RATE)
        rows.append(str(folder / f"{i}.wav"))
        hearingai.write_audio(rows[-1], sound.clip(-1, 1), RATE)
    return hearingai.clip_table(rows, ["low", "high"] * 20)


@pytest.fixture
def made(monkeypatch):
    """How many clips' images were made before a training, for each time."""
    made, make = [], _data.kept_images

    def counted(*arguments):
        kept = make(*arguments)

        def images(some):
            made.append(len(some))
            return kept(some)

        return images

    monkeypatch.setattr(_data, "kept_images", counted)
    return made


def trained(clips, validation=False, **changes):
    options = {"seed": 1, "progress": False, "precision": "float32", "validation": validation}
    return hearingai.fit(recipe(**changes), clips, **options)


@pytest.mark.parametrize("augment", first_quick((MASKS,), ()))
def test_a_training_learns_what_it_would_from_waveforms(clips, made, monkeypatch, augment):
    options = {"augment": augment, "validation": 0.25}
    once = trained(clips, **options)
    assert made == [30, 10]
    monkeypatch.setattr(_data, "stay_the_same", lambda *_: False)
    anew = trained(clips, **options)
    assert made == [30, 10]
    losses = [hearingai.training_history(c)[["loss", "val_loss"]] for c in (once, anew)]
    np.testing.assert_allclose(*losses, rtol=1e-3)
    for one, other in zip(once.get_weights(), anew.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-2, atol=1e-4)
    assert once.record["data_fingerprint"] == anew.record["data_fingerprint"]


def test_a_checkpoint_resumes_with_the_same_weights(clips, made, tmp_path):
    whole, path = trained(clips), tmp_path / "c.keras"
    for epochs in (1, 3):
        resumed = hearingai.fit(
            recipe(epochs=epochs),
            clips,
            seed=1,
            checkpoint=path,
            validation=False,
            precision="float32",
        )
    assert made == [40, 40, 40]
    assert resumed.fingerprint() == whole.fingerprint()


def test_many_images_lie_in_a_file_and_teach_the_same(clips, made, monkeypatch):
    within = trained(clips)
    monkeypatch.setattr(embedded, "IN_MEMORY", 1)
    assert trained(clips).fingerprint() == within.fingerprint()
    assert made == [40, 40]


@pytest.mark.parametrize(
    "changes",
    [
        {"augment": ("gain",)},
        {"augment": (MASKS, ("time_shift", {"limit": 0.1}))},
        {"frontend": lambda rate: front_end(rate, Louder)},
        {"frontend": lambda rate: hearingai.LogMel(rate, window_stride_ms=2, n_mels=40)},
    ],
)
def test_what_may_change_or_is_much_larger_is_computed_in_each_epoch(clips, made, changes):
    trained(clips, epochs=1, **changes)
    assert made == []


@pytest.mark.parametrize(("copies", "kept"), [(0, [32, 8]), (3, [])])
def test_images_are_kept_where_the_disk_has_room_for_all(clips, made, monkeypatch, copies, kept):
    """Those of the clips, of their copies and of the clips to validate on."""

    class Disk:
        free = 2 * 4 * 40 * 30 * 16  # twice the images of 40 clips

    monkeypatch.setattr(kept_images.shutil, "disk_usage", lambda _: Disk)
    options = {"epochs": 1, "validation": 0.2, "copies": copies}
    options["augment"] = ("gain",) if copies else ()
    trained(clips, **options)
    assert made == [32, *[32] * copies, 8]  # in memory
    made.clear()
    monkeypatch.setattr(embedded, "IN_MEMORY", 1)
    trained(clips, **options)
    assert made == kept


def test_without_a_temporary_folder_no_images_are_kept(clips, made, monkeypatch):
    monkeypatch.setattr(embedded, "IN_MEMORY", 1)
    monkeypatch.setattr(kept_images, "gettempdir", lambda: "/nowhere")
    trained(clips, epochs=1)
    assert made == []


@pytest.mark.slow
def test_a_training_that_stops_early_resumes_with_less_room(clips, made, monkeypatch, tmp_path):
    def fit(epochs):
        told = {"seed": 1, "progress": False, "precision": "float32", "patience": 5}
        told |= {"checkpoint": tmp_path / "c.keras", "validation": 0.25}
        return hearingai.fit(recipe(epochs=epochs), clips, **told)

    fit(2)
    assert made == [30, 10]
    monkeypatch.setattr(_data, "stay_the_same", lambda *_: False)
    assert len(hearingai.training_history(fit(3))) == 3


def test_a_network_of_open_length_is_trained_on_images(clips, made):
    """Its front end says how large they are."""
    layers = [keras.layers.Conv2D(4, 3), keras.layers.GlobalAveragePooling2D()]
    layers += [keras.layers.Dense(2, activation="softmax")]
    open_ended = keras.Sequential([keras.Input((None, 16, 1)), *layers])
    front = front_end(RATE)
    front.build((None, RATE))
    told = {"sample_rate": RATE, "duration": 1.0, "labels": ["high", "low"]}
    classifier = hearingai.AudioClassifier(frontend=front, network=open_ended, **told)
    hearingai.fit(classifier, clips, epochs=1, seed=1, validation=False, progress=False)
    assert made == [40]


def test_copies_have_images_of_their_own(clips, made):
    trained(clips, copies=2, augment=("gain",))
    assert made == [40, 40, 40]
