"""What fit() and its kin draw, the user's generators know nothing of."""

import random

import numpy as np
import pytest

import hearingai
from fresh import python
from hearingai.runtime.backend import ordered_sums
from hearingai.runtime.generators import seeded


def drawn():
    return random.random(), np.random.random()  # noqa: NPY002


def test_seeded_decides_what_is_drawn_and_puts_back_what_was():
    random.seed(1)
    np.random.seed(2)  # noqa: NPY002
    expected = drawn()
    random.seed(1)
    np.random.seed(2)  # noqa: NPY002
    with seeded(7):
        first = drawn()
    with pytest.raises(KeyError), seeded(7):
        assert drawn() == first
        raise KeyError
    assert drawn() == expected != first


USERS = """
import random, sys, numpy as np, hearingai, keras
words = hearingai.spoken_words(["yes", "no"], n=8, seed=1)
keras.utils.set_random_seed(5)
backend = keras.backend.backend()
if backend == "tensorflow":
    import tensorflow as tf
    draw = lambda: float(tf.random.uniform([]))
elif backend == "torch":
    import torch
    draw = lambda: float(torch.rand(()))
else:
    draw = lambda: 0.0

def state():
    numpy = np.random.get_state()
    return random.getstate(), numpy[1].tolist(), numpy[2:]

expected = draw(), float(keras.random.uniform(()))
keras.utils.set_random_seed(5)
before = state()
def check(name, value):
    assert state() == before, name
    return value

quick = {"epochs": 1, "seed": 1, "progress": False}
small = "speech-commands-small"
c = check("create", hearingai.create_classifier(small, ["no", "yes"], seed=1))
c = check("fit", hearingai.fit(small, words, **quick))
path = hearingai.save_classifier(c, sys.argv[1])
check("load", hearingai.load_classifier(path))
check("fine_tune", hearingai.fine_tune(c, words, **quick))
check("few_shot", hearingai.few_shot(c, words, shots=3, seed=1))
check("cross_validate", hearingai.cross_validate(small, words, folds=2, **quick))
check("words", hearingai.spoken_words(["yes"], n=2, seed=1))
tones = [np.sin(np.arange(8000) * f) for f in (0.1, 0.2, 0.3, 0.4)]
noises = [np.random.default_rng(i).normal(0, 0.1, 32000) for i in range(4)]
check("train_gate", hearingai.train_gate(tones, noises, n_mixtures=4, **quick))
assert (draw(), float(keras.random.uniform(()))) == expected
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_trainings_leave_the_users_generators_alone(backend, tmp_path):
    python(USERS, tmp_path / "m.keras", backend=backend)


def test_the_order_of_a_generator_leaves_them_alone(words):
    tf = pytest.importorskip("tensorflow")
    tf.random.set_seed(5)
    expected = float(tf.random.uniform([]))
    tf.random.set_seed(5)
    hearingai.data_generator(words.head(4), 2, seed=3)
    assert float(tf.random.uniform([])) == expected


@pytest.mark.parametrize("before", [False, True])
def test_a_deterministic_training_leaves_the_backend_as_it_was(words, before):
    pytest.importorskip("tensorflow")
    from tensorflow.python.framework import config

    few = words.groupby("class").head(4)
    with ordered_sums(before):
        hearingai.fit(
            "speech-commands-small", few, validation=False, epochs=1, seed=1, deterministic=True
        )
        assert config.is_op_determinism_enabled() == before
    assert not config.is_op_determinism_enabled()
