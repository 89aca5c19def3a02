"""Training on several devices: those of JAX, pretended on the CPU."""

import json
import os

import keras
import numpy as np
import pytest

import hearingai
from embeddings import TAGGER
from fresh import python
from hearingai import HearingAIError

CODE = """
import json, sys, hearingai, keras, numpy
clips = hearingai.spoken_words(["no", "yes"], n=21, seed=1)
told = {}
for device in sys.argv[1:]:
    made = hearingai.fit(
        "speech-commands-small", clips, epochs=2, seed=1, device=device, precision="float32",
        deterministic=True, progress=False,
    )
    history = hearingai.training_history(made)
    said = hearingai.predict(made, clips).filter(like="prob_").to_numpy()
    on = {len(v.value.sharding.device_set) for v in made.variables}
    told.setdefault(device, []).append({
        "loss": history["loss"].tolist(), "said": said.tolist(), "on": sorted(on),
        "fingerprint": made.fingerprint(), "distribution": keras.distribution.distribution(),
    })
print(json.dumps(told))
"""


@pytest.mark.slow
def test_eight_devices_learn_what_one_does():
    pretended = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = python(CODE, "cpu", "gpus", "gpus", backend="jax", env=pretended)
    told = json.loads(done.stdout.splitlines()[-1])
    (one,), (first, second) = told["cpu"], told["gpus"]
    assert first["loss"] == pytest.approx(one["loss"], rel=1e-4)
    for row, expected in zip(first["said"], one["said"], strict=True):
        assert row == pytest.approx(expected, abs=1e-3)
    assert first["fingerprint"] == second["fingerprint"]
    assert first["on"] == [1] and first["distribution"] is None


def test_another_backend_than_jax_is_told(turkeys):
    if keras.backend.backend() == "jax":
        pytest.skip("these tests run on jax")
    with pytest.raises(HearingAIError, match='`device="gpus"` needs the backend jax'):
        hearingai.fit(TAGGER, turkeys, epochs=1, device="gpus")


@pytest.mark.slow
def test_one_device_is_told():
    code = (
        "import hearingai; clips = hearingai.spoken_words(['no', 'yes'], n=4, seed=1)\n"
        "try: hearingai.fit('speech-commands-small', clips, epochs=1, device='gpus')\n"
        "except hearingai.HearingAIError as error: print(error)"
    )
    assert "one device" in python(code, backend="jax").stdout.splitlines()[-1]


def test_only_training_is_shared_out(ear):
    with pytest.raises(HearingAIError, match="must be one of 'auto', 'cpu', 'gpu'. R"):
        hearingai.annotate(ear(), np.zeros(200), device="gpus")
