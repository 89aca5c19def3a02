"""Recipes that are changed, and what is refused of them."""

import json
from dataclasses import fields, replace

import keras
import pytest

import hearingai
from hearingai.recipes.checks import check_recipe, optimizer_class
from hearingai.recipes.recipe import as_text
from hearingai.recipes.registry import RECIPES, recipe_of
from hearingai.training._optimizers import optimizer_of


def test_a_changed_recipe_is_another_recipe():
    recipe = hearingai.get_recipe("embedding-gru", epochs=3, optimizer="Adam")
    assert (recipe.epochs, recipe.optimizer_options) == (3, {})
    assert hearingai.get_recipe("embedding-gru").epochs == 16
    kept = hearingai.get_recipe(recipe, optimizer="Adam", optimizer_options={"learning_rate": 0.5})
    assert kept.optimizer_options == {"learning_rate": 0.5}
    assert hearingai.get_recipe("audio-gate", network="lstm_tagger").network_options == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"hidden": 4}, "network_options"), ({"epoch": 4}, "no `epoch`")],
)
def test_a_recipe_has_no_other_attributes(changes, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.get_recipe("audio-gate", **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network": "linear_tager"}, "`network` must be one of .*'linear_tagger'"),
        ({"network": 3}, "`network` must be the name of a network, a Keras model, or a function"),
        ({"network_options": {"hiden": 4}}, "conv1d_tagger` has no hiden. It has: .*kernel"),
        ({"network_options": 4}, "`network_options` must be values by name"),
        ({"optimizer": "Adamm"}, "`optimizer` must be one of .*'Adam'"),
        ({"optimizer": "Optimizer"}, "`optimizer` must be one of"),
        ({"optimizer_options": {"rate": 1}}, "optimizer Adam has no rate. It has: learning_rate"),
        ({"schedule": "cosin"}, "`schedule` must be one of .*'cosine'"),
        ({"schedule": "cosine", "schedule_options": {"floor": 1}}, "has no floor. It has: warmup"),
        ({"monitor": "accurracy"}, "`monitor` must be one of .*'val_accuracy'"),
        ({"augment": ["mixupp"]}, "`augment` must be one of .*'mixup'"),
        ({"augment": "mixupp"}, "`augment` must be one of"),
        ({"augment": [("mixup", {"alfa": 1})]}, "`mixup` has no option alfa. Its options: alpha"),
        ({"augment": [3]}, "an augmentation must be a name"),
        ({"epochs": 0}, "`epochs` must be a positive whole number"),
        ({"batch_size": 2.5}, "`batch_size` must be a positive whole number"),
        ({"patience": "long"}, "`patience` must be a positive whole number"),
    ],
)
def test_what_nothing_answers_to_is_refused_at_once(changes, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.get_recipe("audio-gate", **changes)


def test_every_recipe_holds_what_there_is():
    for recipe in RECIPES.values():
        checked = check_recipe(recipe)
        assert checked == (recipe if recipe.body is None else replace(recipe, body=checked.body))
    with pytest.raises(hearingai.HearingAIError, match="`recipe` must be one of .*'hearing-ai'"):
        hearingai.get_recipe("hearing_ai")


def test_with_another_schedule_its_options_start_empty():
    recipe = hearingai.get_recipe("hearing-ai", schedule="cosine")
    assert (recipe.schedule, recipe.schedule_options) == ("cosine", {})


@keras.saving.register_keras_serializable(package="tests")
class Slow(keras.optimizers.SGD):
    """An optimizer of somebody's own."""


def test_optimizers_go_by_any_case_and_by_the_name_they_are_registered_under():
    assert optimizer_class("adamw") is keras.optimizers.AdamW
    assert optimizer_class("RMSPROP") is keras.optimizers.RMSprop
    recipe = hearingai.get_recipe("audio-gate", optimizer="tests>Slow")
    assert isinstance(optimizer_of(recipe, 1, learning_rate=0.1), Slow)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"optimizer": "Adamm"}, "`optimizer` must be one of"),
        ({"learning_rate": 0}, "`learning_rate` must be a positive number"),
        ({"clipnorm": -1}, "`clipnorm` must be a positive number"),
        ({"class_weight": "balance"}, "`class_weight` must be 'balanced'"),
        ({"augment": "mixupp"}, "`augment` must be one of"),
        ({"batch_size": 0}, "`batch_size` must be a positive whole number"),
    ],
)
def test_training_refuses_before_it_reads(options, words):
    unread = hearingai.clip_table(["gone/a.wav", "gone/b.wav"] * 4, ["a", "b"] * 4)
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit("gate", unread, on_error="raise", **options)
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.cross_validate("gate", unread, folds=2, **options)


def test_a_classifier_is_trained_by_the_recipe_it_was_made_by(turkeys):
    recipe = hearingai.get_recipe("audio-gate", epochs=2, batch_size=5, network="linear_tagger")
    made = hearingai.create_classifier(recipe, ["other", "turkey"], seed=1)
    assert recipe_of(made) == recipe
    record = hearingai.fit(made, turkeys, seed=1).record
    assert (len(record["history"]), record["batch_size"]) == (2, 5)
    # What a call overrides holds for the call alone.
    fitted = hearingai.fit(recipe, turkeys, epochs=1, seed=1)
    assert recipe_of(fitted).epochs == 2


def test_settings_read_the_same_in_every_process():
    augment = (("mixup", {"alpha": 0.2, "domain": "embedding"}), hearingai.EmbeddingJitter(5))
    recipe = hearingai.get_recipe("hearing-ai", augment=augment)
    again = hearingai.get_recipe(
        "hearing-ai",
        augment=[("mixup", {"domain": "embedding", "alpha": 0.2}), hearingai.EmbeddingJitter(5)],
    )
    assert recipe.settings() == again.settings()
    # left out while they change nothing
    later = {"body", "copies", "decay", "label_smoothing", "loss", "sampling", "multi_label"}
    assert set(recipe.settings()) == {f.name for f in fields(recipe)} - later
    assert "0x" not in json.dumps(recipe.settings())
    other = hearingai.get_recipe("hearing-ai", augment=[hearingai.EmbeddingJitter(6)])
    assert recipe.settings()["augment"] != other.settings()["augment"]
    assert as_text(keras.layers.ReLU()) == as_text(keras.layers.ReLU())
