"""Files of every kind open in a process that has made none, by plain Keras in safe mode."""

import json
from pathlib import Path

import numpy as np
import pytest

import hearingai
from bodies import RATE, write_onnx
from fresh import need, python
from own_networks import RECIPE, branched, made

EARLIER = Path(__file__).parents[1] / "data" / "classifier.keras"
OPEN = """
import json, sys, {imports}
import numpy as np
told = []
for path in sys.argv[1:]:
    model = keras.saving.load_model(path, safe_mode=True)
    clips = np.random.default_rng(0).normal(0, 0.2, (5, *model.clip_shape)).astype("float32")
    optimizer = getattr(model, "optimizer", None)
    told.append({{
        "fingerprint": model.fingerprint(),
        "said": model.probabilities(clips).tolist(),
        "steps": optimizer and int(optimizer.iterations),
        "schedule": optimizer and type(optimizer._learning_rate).__name__,
    }})
print(json.dumps(told))
"""


def trained(folder):
    """A classifier with a front end and a schedule of ours, after one step."""
    rng, names = np.random.default_rng(0), [str(folder / f"{i}.wav") for i in range(8)]
    for name in names:
        hearingai.write_audio(name, rng.uniform(-0.5, 0.5, 200), 1000)
    clips = hearingai.clip_table(names, ["a", "b"] * 4)
    recipe = hearingai.get_recipe(RECIPE, schedule="one-cycle")
    return hearingai.fit(recipe, clips, validation=False, seed=1, progress=False)


def on_body(folder):
    need("onnx", "onnxruntime")
    body = hearingai.open_body(write_onnx(folder / "a.onnx"), sample_rate=RATE, hop=0.05)
    return hearingai.create_classifier("head", ["a", "b"], body=body, duration=0.2, seed=1)


def of_own_network(folder):
    return made(branched)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files, with the classifiers that they hold."""
    folder = tmp_path_factory.mktemp("files")
    found = {str(EARLIER): hearingai.load_classifier(EARLIER)}
    for make in (trained, on_body, of_own_network):
        classifier = make(folder)
        path = folder / f"{make.__name__}.keras"
        found[hearingai.save_classifier(classifier, path)] = classifier
    return found


@pytest.mark.parametrize(
    "imports", ["keras, hearingai", pytest.param("hearingai, keras", marks=pytest.mark.slow)]
)
def test_another_process_opens_it(imports, files):
    told = json.loads(python(OPEN.format(imports=imports), *files).stdout)
    for there, classifier in zip(told, files.values(), strict=True):
        assert there["fingerprint"] == classifier.fingerprint()
        shape = (5, *classifier.clip_shape)
        clips = np.random.default_rng(0).normal(0, 0.2, shape).astype("float32")
        np.testing.assert_array_equal(there["said"], classifier.probabilities(clips))
    assert [there["schedule"] for there in told[:2]] == ["OneCycle", "OneCycle"]
    assert told[1]["steps"] == 1
