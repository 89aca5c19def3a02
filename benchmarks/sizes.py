"""What each recipe costs: parameters, multiply-adds, file, time to train and to predict a clip.

    python benchmarks/sizes.py [--quick] [--out FILE]

The multiply-adds of a network are half the float operations
that TensorFlow's profiler counts in it; those of a front end are not counted.
"""

import tempfile
import time
from pathlib import Path

import measure
import numpy as np

import hearingai

CLASSES = {  # as published, or as the table of `systems.md` has them
    "speech-commands": 30,
    "speech-commands-small": 10,
    "words": 12,
    "sounds": 10,
    "hearing-ai": 10,
    "sound-classification": 10,
    "head": 10,
}
EPOCHS = 3  # the last one counts: the first compiles, and embeds where there is a body


def multiply_adds(network):
    """Millions of multiply-adds of one example."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    from tensorflow.python.profiler import model_analyzer, option_builder

    spec = tf.TensorSpec((1, *network.input_shape[1:]))
    call = tf.function(lambda x: network(x, training=False)).get_concrete_function(spec)
    options = option_builder.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    graph = convert_variables_to_constants_v2(call).graph
    return model_analyzer.profile(graph, options=options).total_float_ops / 2e6


def cost(name, n):
    """The row of a recipe, trained on `n` recordings."""
    recipe = hearingai.get_recipe(name)
    labels = [f"class {i:02d}" for i in range(CLASSES[name])]
    ends = []
    with measure.recordings(None, n) as files, tempfile.TemporaryDirectory() as folder:
        clips = hearingai.clip_table(files, [labels[i % len(labels)] for i in range(n)])
        started = time.perf_counter()
        classifier = hearingai.fit(
            recipe,
            clips,
            validation=False,
            epochs=EPOCHS,
            seed=1,
            callbacks=[lambda epoch, logs: ends.append(time.perf_counter())],
        )
        saved = hearingai.save_classifier(classifier, Path(folder, "it.keras"))
        size = Path(saved).stat().st_size
        predicting = np.median([predicted(classifier, file) for file in files[:20]])
    epoch = ends[-1] - ends[-2]
    embedding = ends[0] - started if recipe.body else 0
    return {
        "recipe": name,
        "classes": len(labels),
        "parameters": f"{classifier.network.count_params():,}",
        "multiply-adds, millions": multiply_adds(classifier.network),
        "file, kB": size / 1000,
        "epochs": recipe.epochs,
        "training on 1,000 clips, s": (epoch * recipe.epochs + embedding) * 1000 / n,
        "predicting a file, ms": 1000 * float(predicting),
    }


def predicted(classifier, file):
    """Seconds that a recording takes, from the file to its probabilities."""
    started = time.perf_counter()
    hearingai.predict(classifier, file, progress=False)
    return time.perf_counter() - started


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    n = 64 if options.quick else 500
    rows = []
    for name in CLASSES:
        print(name, flush=True)
        rows.append(cost(name, n))
    measure.report(options, "What each recipe costs", rows, [], NOTE)


NOTE = (
    "All epochs of the recipe; with a body (`head`, on the speech embedding) the body "
    "is counted in the times and not in the rest. Recordings of a second, which front ends fill to "
    "the length of the recipe's clips."
)


if __name__ == "__main__":
    main()
