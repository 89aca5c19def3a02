"""The recipe `words`: small, deaf to gain, and learnt from what it is given."""

import numpy as np
import pytest

import hearingai


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("words", ["no", "unknown", "yes"], seed=1)


def test_it_has_at_most_100_000_parameters(classifier):
    assert classifier.network.count_params() <= 100_000
    assert classifier.clip_shape == (16000,)
    assert classifier.network.input_shape == (None, 97, 40, 1)


def test_it_does_not_hear_gain(classifier):
    clip = np.random.default_rng(0).normal(0, 0.05, (1, 16000)).astype("float32")
    np.testing.assert_allclose(classifier(clip), classifier(clip * 8), atol=1e-3)


def test_every_network_of_its_size_fits_its_images():
    for network, options in (("bc_resnet", {"width": 3}), ("small_resnet", {})):
        recipe = hearingai.get_recipe("words", network=network, network_options=options)
        made = hearingai.create_classifier(recipe, ["a", "b"], seed=1)
        assert made.network.name == network


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decay": "some"}, "`decay` must be one of 'all', 'matrices'"),
        ({"validation": False}, "`validation` must be a number above 0 and below 1"),
        ({"label_smoothing": 1}, "`label_smoothing` must be a number from 0 to below 1"),
    ],
)
def test_a_wrong_setting_is_refused(change, message):
    with pytest.raises(hearingai.HearingAIError, match=message):
        hearingai.get_recipe("words", **change)


@pytest.mark.slow
def test_it_trains_saves_opens_and_predicts_the_same(tmp_path):
    clips = hearingai.spoken_words(["no", "yes"], n=12, seed=1)
    made = hearingai.fit("words", clips, epochs=1, batch_size=4, seed=1)
    opened = hearingai.load_classifier(hearingai.save_classifier(made, tmp_path / "words.keras"))
    assert opened.fingerprint() == made.fingerprint()
    np.testing.assert_array_equal(
        hearingai.predict(opened, clips)[["prob_no", "prob_yes"]],
        hearingai.predict(made, clips)[["prob_no", "prob_yes"]],
    )
