"""predict() and evaluate() of generators: what their batches hold, counted once."""

import numpy as np
import pytest
import tensorflow as tf

import hearingai
from hearingai.training.fine_tuning import on_same_body


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    """Ten clips of 0.1 s at 1 kHz, of two classes and three speakers."""
    folder, rng = tmp_path_factory.mktemp("tones"), np.random.default_rng(0)
    paths = [folder / f"{i}.wav" for i in range(10)]
    for path in paths:
        hearingai.write_audio(path, rng.uniform(-0.5, 0.5, 100), 1000)
    speakers = ["ann", "bob", "eve", "bob", "eve"] * 2
    return hearingai.clip_table(paths, ["a", "b"] * 5, speaker=speakers)


@pytest.fixture(scope="module")
def classifier():
    """One that hears 0.1 s at 1 kHz by a network of a single layer."""
    from keras import Sequential, layers

    images = (None, 100)
    frontend = hearingai.LogSpectrogram(30, 10, sample_rate=1000)
    shape = frontend.compute_output_shape(images)[1:]
    network = Sequential([layers.Input(shape), layers.Flatten(), layers.Dense(2, "softmax")])
    return hearingai.AudioClassifier(frontend, network, ["a", "b"], sample_rate=1000, duration=0.1)


def generator(clips, batch_size=4, **options):
    return hearingai.data_generator(clips, batch_size, sample_rate=1000, duration=0.1, **options)


def test_a_generator_is_predicted_as_its_clips_are_each_once(tones, classifier):
    files = hearingai.predict(classifier, tones)
    found = hearingai.predict(classifier, generator(tones, shuffle=False))
    assert list(found.columns) == list(files.columns)
    assert found["fname"].tolist() == tones["fname"].tolist()
    np.testing.assert_allclose(found["prob_a"], files["prob_a"], atol=1e-4)
    assert found["error"].isna().all()


def test_steps_of_a_fraction_are_cut_off_and_clips_begin_anew(tones, classifier):
    once = hearingai.predict(classifier, generator(tones, shuffle=False))
    found = hearingai.predict(classifier, generator(tones, shuffle=False), steps=10 / 4 + 1)
    assert len(found) == 12
    assert found["fname"].tolist() == [*tones["fname"], *tones["fname"][:2]]
    np.testing.assert_allclose(found["score"][10:], once["score"][:2], rtol=1e-5)
    assert len(hearingai.predict(classifier, generator(tones), steps=0.2)) == 4


def test_a_generator_that_shuffles_does_not_know_the_names(tones, classifier):
    with pytest.warns(hearingai.HearingAIWarning, match="shuffles, so no row can be told"):
        found = hearingai.predict(classifier, generator(tones, seed=1))
    assert len(found) == 10
    assert found["fname"].isna().all()
    files = hearingai.predict(classifier, tones)
    np.testing.assert_allclose(sorted(found["prob_a"]), sorted(files["prob_a"]), atol=1e-4)


def test_what_was_read_of_a_generator_changes_no_answer(tones, classifier):
    one = generator(tones, seed=1)
    before = hearingai.predict(classifier, one)
    hearingai.next_batch(one)
    np.testing.assert_array_equal(hearingai.predict(classifier, one)["prob_a"], before["prob_a"])


def test_it_is_evaluated_as_its_clips_are(tones, classifier):
    files = hearingai.evaluate(classifier, tones)
    found = hearingai.evaluate(classifier, generator(tones, shuffle=False))
    assert (found.n, found.n_seen) == (10, None)
    assert found.accuracy == files.accuracy
    assert found.loss == pytest.approx(files.loss, abs=1e-4)
    assert found.confusion.equals(files.confusion)
    np.testing.assert_allclose(found.metrics["low"], files.metrics["low"])  # by speaker
    shuffled = hearingai.evaluate(classifier, generator(tones, seed=1))
    assert shuffled.confusion.equals(files.confusion)
    assert hearingai.evaluate(classifier, generator(tones), steps=1).n == 4


def test_a_network_of_one_output_answers_in_two_columns():
    classifier = hearingai.create_classifier("audio-gate", ["no", "yes"], seed=1)
    embeddings = np.random.default_rng(0).uniform(0, 255, (6, 10, 128)).astype("float32")
    classes = np.eye(2, dtype="float32")[[0, 1, 0, 1, 0, 1]]
    batches = tf.data.Dataset.from_tensor_slices((embeddings, classes)).batch(4)
    found = hearingai.predict(classifier, batches)
    np.testing.assert_allclose(
        found["prob_yes"], hearingai.predict(classifier, embeddings)["prob_yes"], rtol=1e-4
    )
    assert hearingai.evaluate(classifier, batches).n == 6
    before = classifier.fingerprint()
    hearingai.fit(classifier, batches.repeat(), steps_per_epoch=1.9, epochs=2, seed=1)
    assert classifier.fingerprint() != before
    with pytest.raises(hearingai.HearingAIError, match="ended after 2 batches.*3"):
        hearingai.predict(classifier, batches, steps=3)
    with pytest.raises(hearingai.HearingAIError, match="`steps` must be given"):
        hearingai.predict(classifier, batches.repeat())
    with pytest.raises(hearingai.HearingAIError, match="images and classes"):
        hearingai.evaluate(classifier, batches.map(lambda images, classes: images))


@pytest.mark.parametrize("call", [hearingai.predict, hearingai.evaluate, hearingai.fit])
def test_images_of_another_size_are_refused(tones, classifier, call):
    longer = hearingai.data_generator(tones, 4, sample_rate=1000, duration=0.2)
    with pytest.raises(hearingai.HearingAIError, match=r"18 x 17 x 1.*takes 8 x 17 x 1.*Windows"):
        call(classifier, longer)
    with pytest.raises(hearingai.HearingAIError, match=r"of 25 ms every 10 ms .* 30 ms every"):
        call(classifier, generator(tones, window_size_ms=25))


@pytest.mark.parametrize("call", [hearingai.evaluate, hearingai.fit])
def test_other_classes_are_refused(tones, classifier, call):
    with pytest.raises(hearingai.HearingAIError, match=r"classes b, a, .* a, b; `labels`"):
        call(classifier, generator(tones, labels=["b", "a"]))


def test_steps_are_for_generators(tones, classifier):
    for call in (hearingai.predict, hearingai.evaluate):
        with pytest.raises(hearingai.HearingAIError, match="`steps` is for a generator"):
            call(classifier, tones, steps=2)
        with pytest.raises(hearingai.HearingAIError, match="`steps` must be a positive number"):
            call(classifier, generator(tones), steps=0)


def test_a_recipe_makes_the_classifier_of_a_generator(tones, classifier):
    recipe = hearingai.get_recipe(
        "speech-commands", sample_rate=1000, duration=0.1, network=classifier.network
    )
    made = hearingai.fit(recipe, generator(tones, seed=1), epochs=1, seed=1)
    assert made.labels == ["a", "b"]
    assert made.record["initial_seed"] == 1
    unlabelled = generator(tones).map(lambda images, classes: (images, classes))
    with pytest.raises(hearingai.HearingAIError, match="create_classifier"):
        hearingai.fit(recipe, unlabelled, epochs=1)


def test_fit_begins_with_the_first_batch_and_validates_each_clip_once(tones, classifier):
    def trained(steps):
        new = hearingai.AudioClassifier.from_config(classifier.get_config())
        new.set_weights(classifier.get_weights())
        given = generator(tones, seed=3)
        hearingai.next_batch(given)
        return hearingai.fit(
            new, given, validation=generator(tones, shuffle=False), epochs=2, seed=1,
            steps_per_epoch=steps, deterministic=True, precision="float32",
        )  # fmt: skip

    first, second = trained(0.7 * 10 / 4), trained(1)
    assert first.fingerprint() == second.fingerprint()
    last = hearingai.training_history(first)["val_loss"].iloc[-1]
    once = hearingai.evaluate(first, generator(tones, shuffle=False))
    assert last == pytest.approx(once.loss, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"validation": 0.3}, "`validation` must be a generator"),
        ({"class_weight": "balanced"}, "`class_weight` needs a table"),
        ({"augment": "time_shift"}, "`augment` needs a table"),
        ({"batch_size": 8}, "`batch_size` needs a table"),
        ({"checkpoint": "state.keras"}, "`checkpoint` needs a table"),
        ({"steps_per_epoch": 0}, "`steps_per_epoch` must be a positive number"),
        ({"validation_steps": "all"}, "`validation_steps` must be a positive number"),
    ],
)
def test_what_a_generator_cannot_do_is_named(tones, classifier, options, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit(classifier, generator(tones), epochs=1, **options)


def test_a_table_s_own_numbers_order_the_classes(tones):
    reverse = tones.assign(class_id=1 - tones["class_id"])
    assert generator(reverse, shuffle=False).labels == ["b", "a"]
    first = next(iter(generator(reverse, shuffle=False)))[1].numpy()[0]
    np.testing.assert_array_equal(first, [0, 1])
    assert generator(reverse.assign(class_id=0)).labels == ["a", "b"]


def test_what_a_generator_taught_is_unknown(tones):
    made = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="`steps_per_epoch` is for a generator"):
        hearingai.fit(made, tones, steps_per_epoch=2)
    made.record["from_generator"] = True
    assert made.trained_on is None
    assert hearingai.evaluate(made, tones).n_seen is None


def test_a_training_on_a_generator_says_so(tones, classifier):
    assert classifier.trained_on == set()
    taught = hearingai.fit(classifier, generator(tones), validation=False, epochs=1, seed=1)
    assert taught.record["from_generator"]
    tuned = on_same_body(taught, ["a", "b"], seed=1)
    assert tuned.record["from_generator"] and tuned.trained_on is None
