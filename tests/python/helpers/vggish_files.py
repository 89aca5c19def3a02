"""The published checkpoint of VGGish, with other weights."""

import numpy as np

# The variables of the published checkpoint.
SHAPES = {
    "vggish/conv1/weights": (3, 3, 1, 64),
    "vggish/conv2/weights": (3, 3, 64, 128),
    "vggish/conv3/conv3_1/weights": (3, 3, 128, 256),
    "vggish/conv3/conv3_2/weights": (3, 3, 256, 256),
    "vggish/conv4/conv4_1/weights": (3, 3, 256, 512),
    "vggish/conv4/conv4_2/weights": (3, 3, 512, 512),
    "vggish/fc1/fc1_1/weights": (12288, 4096),
    "vggish/fc1/fc1_2/weights": (4096, 4096),
    "vggish/fc2/weights": (4096, 128),
}
NAMES = list(SHAPES)
SHAPES |= {name.replace("weights", "biases"): shape[-1:] for name, shape in SHAPES.items()}


def write_checkpoint(path, values, version=1):
    """Write a checkpoint as it was published, in one file, or with version 2 in several."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, value in values.items():
            made = tf.compat.v1.get_variable(
                name,
                np.shape(value),
                np.asarray(value).dtype,
                initializer=tf.compat.v1.zeros_initializer(),
                use_resource=False,
            )
            made.load(value, session)
        saver = tf.compat.v1.train.Saver(write_version=version)
        saver.save(session, str(path), write_meta_graph=False)
    return path
