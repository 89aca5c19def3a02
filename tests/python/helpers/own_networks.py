"""Networks of one's own, and classifiers of them for half a second at 1 kHz."""

import keras
from keras import layers

import hearingai

RECIPE = hearingai.get_recipe(
    "speech-commands-small", network="gate_cnn", sample_rate=1000, duration=0.5, epochs=1
)
SHAPE = (48, 17, 1)  # of its images


def small(input_shape, n_classes, hidden=4):
    """A network whose layers Keras numbers."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(3, 5, activation="relu"),
            layers.Dropout(0.2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )


def branched(input_shape, n_classes):
    image = keras.Input(input_shape)
    high, low = (layers.Conv2D(2, size)(image) for size in (3, 5))
    values = [layers.GlobalAveragePooling2D()(x) for x in (high, low)]
    answers = layers.Dense(n_classes, activation="softmax")(layers.Concatenate()(values) * 2)
    return keras.Model(image, answers)


def flat(*between, end="softmax", n=2):
    return keras.Sequential([layers.Flatten(), *between, layers.Dense(n, activation=end)])


def made(network, labels=("a", "b"), recipe=RECIPE, **options):
    return hearingai.create_classifier(recipe, labels, network=network, seed=1, **options)
