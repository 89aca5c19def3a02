"""Settings of Keras that are the user's, and processes in which it cannot work."""

import json
import os
import sys

import numpy as np
import pytest

import hearingai
from fresh import python
from slow import slow

ANSWERS = """
import sys
import {first}
{then}
import hearingai, keras, numpy as np
config = keras.config
settings = config.floatx(), config.epsilon(), config.image_data_format()
policy = config.dtype_policy().name
m = hearingai.load_classifier(sys.argv[1])
clips = np.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
np.save(sys.argv[2], hearingai.predict(m, clips).filter(like="prob_").to_numpy())
words = hearingai.spoken_words(["yes", "no"], n=4, seed=1)
c = hearingai.fit("speech-commands-small", words, epochs=1, seed=1, validation=False)
assert {{w.dtype for w in c.network.weights if "seed" not in w.path}} == {{"float32"}}
made = hearingai.create_classifier("sound-classification", ["a", "b"], seed=1)
assert made.fingerprint() == sys.argv[3]
assert settings == (config.floatx(), config.epsilon(), config.image_data_format())
assert policy == config.dtype_policy().name
"""

ODD = {"floatx": "float16", "epsilon": 1e-3, "image_data_format": "channels_first"}
CHANGED = (
    "keras.config.set_dtype_policy('mixed_float16'); "
    "keras.config.set_image_data_format('channels_first')"
)


def environment(tmp_path, settings, **more):
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    kept = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    return kept | {"KERAS_HOME": str(tmp_path)} | more


@pytest.mark.parametrize(
    ("settings", "then", "more"),
    [
        (ODD, CHANGED, {}),
        slow(ODD, "", {}),
        slow({"floatx": "float64"}, "", {"TF_USE_LEGACY_KERAS": "1"}),
        slow({}, CHANGED, {}),
    ],
)
@pytest.mark.slow
def test_the_users_settings_change_no_answer_and_stay(settings, then, more, tmp_path):
    made = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    path = hearingai.save_classifier(made, tmp_path / "m.keras")
    other = hearingai.create_classifier("sound-classification", ["a", "b"], seed=1).fingerprint()
    code = ANSWERS.format(first="keras" if then else "hearingai", then=then)
    env = environment(tmp_path, settings, **more)
    python(code, path, tmp_path / "p.npy", other, env=env)
    clips = np.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
    here = hearingai.predict(made, clips).filter(like="prob_").to_numpy()
    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), here, atol=1e-5)


REFUSED = """
import hearingai
try:
    hearingai.create_classifier("speech-commands-small", ["a", "b"])
except hearingai.HearingAIError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("settings", "more", "words"),
    [
        ({"backend": "abacus"}, {}, ("`abacus`", "keras.json", "tensorflow, jax, torch")),
        ({}, {"KERAS_BACKEND": "abacus"}, ("`abacus`", "KERAS_BACKEND", "tensorflow, jax, torch")),
        ({"floatx": "float8"}, {}, ("floatx", "keras.json")),
        ([], {}, ("keras.json",)),
    ],
)
def test_settings_that_cannot_be_followed_are_named(settings, more, words, tmp_path):
    said = python(REFUSED, env=environment(tmp_path, settings, **more)).stdout
    assert len(said.splitlines()) == 1
    assert all(word in said for word in words), said


FORKS = """
import os, sys, hearingai, numpy
m = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
clips = numpy.zeros((1, 16000), "float32")
hearingai.predict(m, clips)
hearingai.save_classifier(m, sys.argv[1])
read, write = os.pipe()
if os.fork() == 0:
    words = hearingai.spoken_words(["yes", "no"], n=2, seed=1)
    for work in (
        lambda: hearingai.predict(m, clips),
        lambda: m.probabilities(clips),
        lambda: hearingai.load_classifier(sys.argv[1]),
        lambda: hearingai.create_classifier("speech-commands", ["a", "b"]),
        lambda: hearingai.fit("speech-commands-small", words),
        lambda: hearingai.fine_tune(m, words),
    ):
        try:
            work()
            os.write(write, b"went on;")
        except hearingai.HearingAIError as error:
            os.write(write, str(error).encode() + b";")
    os._exit(0)
os.wait()
print(os.read(read, 10000).decode())
assert len(hearingai.predict(m, clips)) == 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks")
def test_a_fork_is_refused_at_once(tmp_path):
    said = python(FORKS, tmp_path / "m.keras", timeout=120).stdout
    assert said.count("was forked") == 6, said
    assert said.count("spawn") == 6
    assert "went on" not in said


@pytest.mark.slow
def test_a_fork_before_the_start_works():
    if sys.platform == "win32":
        pytest.skip("no forks")
    code = """
import os, hearingai
if os.fork() == 0:
    hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    os._exit(0)
assert os.wait()[1] == 0
hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
"""
    python(code, timeout=120)
