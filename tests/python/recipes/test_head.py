"""The recipe `head`: its body, its clip, and what is refused of both."""

import pytest

import hearingai
from bodies import RATE, SIZE, write_onnx
from fresh import need
from hearingai.recipes.recipe import as_text
from hearingai.recipes.registry import RECIPES, recipe_of


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path_factory.mktemp("body") / "a.onnx")
    return hearingai.open_body(path, sample_rate=RATE, hop=0.05)


def test_rate_and_length_are_the_bodys(body):
    recipe = hearingai.get_recipe("head", body=body)
    assert recipe.takes_sound
    assert (recipe.clip_format.sample_rate, recipe.clip_format.samples) == (RATE, 100)
    longer = hearingai.get_recipe("head", body=body, duration=0.3)
    assert longer.clip_format.samples == 300


def test_a_longer_clip_has_more_embeddings(body):
    made = hearingai.create_classifier("head", ["a", "b"], body=body, seed=1)
    longer = hearingai.create_classifier("head", ["a", "b"], body=body, duration=0.3, seed=1)
    assert made.network.input_shape == (None, 1, SIZE)
    assert longer.network.input_shape == (None, 5, SIZE)
    assert (longer.duration, longer.clip_shape) == (0.3, (300,))
    assert "body a.onnx (licence unknown)" in repr(made)


def test_a_name_stands_for_its_body_until_it_is_needed():
    assert RECIPES["head"].body == "speech-embedding"
    need("pyopen_wakeword", "ai_edge_litert")
    recipe = hearingai.get_recipe("head")
    assert recipe.body.name == "speech-embedding"
    assert hearingai.get_recipe(recipe, epochs=2).body is recipe.body
    made = hearingai.create_classifier("head", ["a", "b"], seed=1)
    assert made.network.input_shape == (None, 9, 96)


def test_another_body_is_another_training(body, tmp_path):
    other = hearingai.open_body(write_onnx(tmp_path / "a.onnx", 1), sample_rate=RATE, hop=0.05)
    digests = {hearingai.get_recipe("head", body=each).digest() for each in (body, other)}
    assert len(digests) == 2
    assert as_text(body) == body.identity


def test_recipes_without_a_body_have_the_digests_they_had(body):
    settings = hearingai.get_recipe("speech-commands").settings()
    assert "body" not in settings
    assert "body" in hearingai.get_recipe("head", body=body).settings()


def test_the_recipe_of_a_classifier_has_its_body_and_length(body):
    made = hearingai.create_classifier("head", ["a", "b"], body=body, duration=0.3, seed=1)
    made.own_recipe = None  # as after opening a file
    recipe = recipe_of(made)
    assert (recipe.name, recipe.body, recipe.duration) == ("head", body, 0.3)


@pytest.mark.parametrize(
    ("recipe", "changes", "words"),
    [
        ("head", {"sample_rate": 8000}, "`sample_rate` is the body's: .* Received: 8000"),
        ("head", {"channels": 2}, "`channels` is the body's: it hears one channel"),
        ("head", {"duration": -1}, "`duration` must be a positive number"),
        ("head", {"duration": 10**6}, "`duration`"),
        ("speech-commands", {}, "`body` suits recipes .*`speech-commands` has a front end"),
        ("audio-gate", {}, "`audio-gate` takes AudioSet embeddings, which the body `vggish`"),
    ],
)
def test_what_does_not_suit_a_body_is_refused(body, recipe, changes, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.create_classifier(hearingai.get_recipe(recipe, body=body, **changes), ["a", "b"])


@pytest.mark.parametrize("body", ["no such", 3, ["birdnet"]])
def test_no_body_is_refused(body):
    with pytest.raises(hearingai.HearingAIError, match="`body` must be one of .*'birdnet'"):
        hearingai.get_recipe("head", body=body)
