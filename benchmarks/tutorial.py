"""The word classifier of the tutorials, ported line by line to today's TensorFlow and Keras."""

import time

import keras
import tensorflow as tf

WINDOW, STRIDE, FFT = 480, 160, 512  # 30 ms, 10 ms at 16 kHz; the next power of two


def stft(wav):
    """Power by `tf.signal.stft`, which today's guides show."""
    return tf.square(tf.abs(tf.signal.stft(wav[:, 0], WINDOW, STRIDE, FFT)))


def audio_spectrogram(wav):
    """Power by the operation that the tutorials called."""
    return tf.raw_ops.AudioSpectrogram(
        input=wav, window_size=WINDOW, stride=STRIDE, magnitude_squared=True
    )[0]


def pipeline(files, class_id, n_classes, power=stft, samples=16000, batch_size=32):
    """Batches of spectrograms and one-hot classes without end, one file a call of `map`."""

    def read(fname, class_id):
        wav, _ = tf.audio.decode_wav(tf.io.read_file(fname), 1, samples)
        image = tf.math.log(power(wav) + 0.01)
        return image[..., tf.newaxis], tf.one_hot(class_id, n_classes)

    frames = 1 + (samples - WINDOW) // STRIDE
    return (
        tf.data.Dataset.from_tensor_slices((files, class_id))
        .shuffle(100)
        .map(read, num_parallel_calls=tf.data.AUTOTUNE)
        .repeat()
        .padded_batch(batch_size, padded_shapes=([frames, FFT // 2 + 1, None], [None]))
        .prefetch(tf.data.AUTOTUNE)
    )


def network(n_classes, **compiled):
    """The network, with the learning rate that Adadelta had by default."""
    layers = [keras.Input((98, FFT // 2 + 1, 1))]
    for filters in (32, 64, 128, 256):
        layers += [keras.layers.Conv2D(filters, 3, activation="relu"), keras.layers.MaxPooling2D()]
    layers += [keras.layers.Dropout(0.25), keras.layers.Flatten()]
    layers += [keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.5)]
    model = keras.Sequential([*layers, keras.layers.Dense(n_classes, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.Adadelta(learning_rate=1.0),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        **compiled,
    )
    return model


class Clock(keras.callbacks.Callback):
    """When each step ended."""

    def on_train_begin(self, logs=None):
        self.times = []

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter())
