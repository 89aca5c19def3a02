"""The model that training runs: augmentations around the layers of a classifier."""

import keras
import numpy as np
import pytest

import hearingai
from embeddings import TAGGER
from hearingai.augment import Augmentation, MixingAugmentation
from hearingai.training._batches import ClipBatches
from hearingai.training._trainer import Trainer, augmentations_of


@keras.saving.register_keras_serializable(package="tests")
class Halves(MixingAugmentation):
    """Mix each clip half and half with the one before it."""

    domain = "embedding"

    def parameters(self, shape, labels):
        return {"partner": keras.ops.roll(keras.ops.arange(shape[0]), 1)}

    def change(self, x, labels, other, other_labels):
        return (x + other) / 2, (labels + other_labels) / 2


@keras.saving.register_keras_serializable(package="tests")
class Silence(Augmentation):
    """Leave nothing of a clip."""

    def __init__(self, domain="embedding", **kwargs):
        super().__init__(**kwargs)
        self.domain = domain

    def parameters(self, shape):
        return {}

    def change(self, x):
        return keras.ops.zeros_like(x)


RECIPE = hearingai.get_recipe(TAGGER, batch_size=4)


@pytest.fixture
def classifier():
    """A classifier whose 'yes' rises with the mean of the clip, and is never certain."""
    made = hearingai.create_classifier(RECIPE, ["no", "yes"], seed=1)
    values = (1 / 1280, 1.0, 0.5, -1.0)
    shapes = [weight.shape for weight in made.get_weights()]
    made.set_weights([np.full(s, v, "float32") for s, v in zip(shapes, values, strict=True)])
    return made


def compiled(classifier, augmentations):
    trainer = Trainer(classifier, augmentations)
    trainer.compile(
        optimizer=keras.optimizers.SGD(0.0), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    return trainer


def clips_and_classes(n=4):
    clips = np.random.default_rng(0).integers(1, 255, (n, 10, 128)).astype("uint8")
    clips[::2] //= 3
    return clips, np.arange(n) % 2


def cross_entropy(targets, probabilities):
    return float(-(targets * np.log(probabilities)).sum(axis=1).mean())


def test_mixed_labels_reach_the_loss(classifier):
    clips, class_id = clips_and_classes()
    trainer = compiled(classifier, [Halves()])
    batches = ClipBatches(clips, class_id, 2, 4, paired=True)
    history = trainer.fit(batches, epochs=1, verbose=0, shuffle=False).history
    x = clips.astype("float32")
    y = np.eye(2)[class_id]
    mixed, targets = (x + np.roll(x, 1, axis=0)) / 2, (y + np.roll(y, 1, axis=0)) / 2
    expected = cross_entropy(targets, np.asarray(classifier(mixed)))
    assert history["loss"][0] == pytest.approx(expected, rel=1e-5)
    plain = cross_entropy(y, np.asarray(classifier(x)))
    assert abs(expected - plain) > 1e-3  # so that the test could fail


def test_class_weights_reach_the_loss_exactly(classifier):
    clips, class_id = clips_and_classes()
    batches = ClipBatches(clips, class_id, 2, 4, paired=True, weights=[0.5, 3.0])
    history = compiled(classifier, []).fit(batches, epochs=1, verbose=0).history
    chosen = np.asarray(classifier(clips.astype("float32")))[np.arange(4), class_id]
    expected = -(np.array([0.5, 3.0])[class_id] * np.log(chosen)).mean()
    assert history["loss"][0] == pytest.approx(float(expected), rel=1e-5)


def test_validation_is_not_augmented(classifier):
    clips, class_id = clips_and_classes()
    batches = ClipBatches(clips, class_id, 2, 4, paired=True)
    plain = ClipBatches(clips, class_id, 2, 4)
    classifier.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    expected = classifier.evaluate(plain, verbose=0, return_dict=True)
    found = compiled(classifier, [Silence(), Halves()]).evaluate(
        batches, verbose=0, return_dict=True
    )
    assert found["loss"] == pytest.approx(expected["loss"], rel=1e-6)
    assert found["accuracy"] == expected["accuracy"]


def test_a_mixed_clip_weighs_as_its_classes_do(classifier):
    clips, class_id = clips_and_classes()
    weights = [1.0, 3.0]
    trainer = Trainer(classifier, [Halves()], weights)
    trainer.compile(optimizer=keras.optimizers.SGD(0.0), loss="categorical_crossentropy")
    batches = ClipBatches(clips, class_id, 2, 4, weights=weights, paired=True)
    found = trainer.fit(batches, verbose=0).history["loss"][0]
    (x, one_hot), targets, _ = batches[0]
    answer = trainer((x, one_hot), training=True)
    mixed, probabilities = (np.asarray(answer[k]) for k in ("targets", "probabilities"))
    assert not np.array_equal(mixed, targets)
    losses = -(mixed * np.log(probabilities)).sum(axis=1)
    assert found == pytest.approx(float((losses * (mixed @ weights)).mean()), rel=1e-5)


def test_waveforms_before_the_front_end_and_images_behind_it():
    recipe = hearingai.get_recipe("speech-commands-small", duration=0.5)
    classifier = hearingai.create_classifier(recipe, ["no", "yes"], seed=1)
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 8000)).astype("float32")
    targets = np.eye(2, dtype="float32")
    front_end, network = classifier.frontend, classifier.network
    silent_sound = network(front_end(np.zeros_like(sound)))
    silent_image = network(keras.ops.zeros_like(front_end(sound)))
    assert np.abs(np.asarray(silent_sound) - np.asarray(silent_image)).max() > 1e-6
    for domain, expected in (("waveform", silent_sound), ("image", silent_image)):
        trainer = Trainer(classifier, [Silence(domain)])
        # With the network told that it is not training: dropout would hide what came in.
        classifier.classify = lambda images, training: network(images, training=False)
        found = trainer((sound, targets), training=True)
        np.testing.assert_allclose(found["probabilities"], expected, rtol=1e-5)
        np.testing.assert_array_equal(found["targets"], targets)


def test_what_is_learnt_is_the_classifiers_and_the_file_holds_no_augmentation(classifier, tmp_path):
    clips, class_id = clips_and_classes(8)
    trainer = Trainer(classifier, [Silence(probability=0.5), Halves(probability=0.5)])
    trainer.compile(optimizer=keras.optimizers.SGD(0.1), loss="categorical_crossentropy")
    before = classifier.fingerprint()
    trainer.fit(ClipBatches(clips, class_id, 2, 4, paired=True), epochs=2, verbose=0)
    assert classifier.fingerprint() != before
    assert trainer.count_params() == classifier.count_params()
    opened = hearingai.load_classifier(hearingai.save_classifier(classifier, tmp_path / "a.keras"))
    assert opened.fingerprint() == classifier.fingerprint()
    names = {type(layer).__name__ for layer in opened._flatten_layers()}
    assert not names & {"Silence", "Halves", "Trainer"}
    np.testing.assert_array_equal(
        hearingai.predict(opened, clips)["prob_yes"],
        hearingai.predict(classifier, clips)["prob_yes"],
    )


def test_positive_mix_is_told_the_target_however_it_is_given():
    classifier = hearingai.create_classifier(RECIPE, ["Speech", "other"], seed=1)
    given = ["positive_mix", hearingai.PositiveMix(), hearingai.PositiveMix(positive=1)]
    layers = augmentations_of(hearingai.get_recipe(RECIPE, augment=given), classifier)
    assert [layer.positive for layer in layers] == [0, 0, 1]


def test_an_augmentation_for_another_rate_is_refused():
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    recipe = hearingai.get_recipe(classifier.own_recipe, augment=[hearingai.BetweenClass(8000)])
    with pytest.raises(hearingai.HearingAIError, match="BetweenClass .* 8000 Hz.* 16000 Hz"):
        augmentations_of(recipe, classifier)


def test_noise_by_name_is_read_at_the_rate_of_the_clips(tmp_path):
    hearingai.write_audio(tmp_path / "hum.wav", np.sin(np.arange(800.0)), 8000)
    augment = [("background_noise", {"noise": tmp_path / "hum.wav"})]
    layer = augmentations_of(hearingai.get_recipe("speech-commands", augment=augment))[0]
    assert len(layer.get_config()["noise"][0]) == 1600
