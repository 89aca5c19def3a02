"""Saved by either language, opened by either; the same numbers to the last bit."""

import numpy as np
import pytest

import hearingai


def doubles(path):
    """The numbers that R wrote with writeBin()."""
    return np.fromfile(path, dtype="float64")


@pytest.fixture(scope="module")
def artifact(folder, tmp_path_factory):
    clips = hearingai.load_clips(folder)
    fitted = hearingai.fit("speech-commands-small", clips, epochs=2, seed=2)
    return hearingai.save_classifier(fitted, tmp_path_factory.mktemp("a") / "python.keras")


def probabilities(path, folder):
    table = hearingai.predict(hearingai.load_classifier(path), hearingai.load_clips(folder))
    return table[["prob_no", "prob_yes"]].to_numpy("float64")


def test_r_predicts_with_a_classifier_of_python(rscript, artifact, folder, tmp_path):
    levels = rscript(
        f"classifier <- load_classifier('{artifact}')\n"
        f"p <- predict(classifier, load_clips('{folder}'))\n"
        f"writeBin(c(p$.pred_no, p$.pred_yes), '{tmp_path}/p.bin')\n"
        "cat(levels(p$.pred_class), fingerprint(classifier), nrow(p))"
    )
    opened = hearingai.load_classifier(artifact)
    assert levels.split() == [*opened.labels, opened.fingerprint(), "48"]
    np.testing.assert_array_equal(
        doubles(tmp_path / "p.bin").reshape(2, -1).T, probabilities(artifact, folder)
    )


def test_python_predicts_with_a_classifier_of_r(rscript, folder, tmp_path):
    path = tmp_path / "r.keras"
    print_ = rscript(
        f"clips <- load_clips('{folder}')\n"
        "classifier <- fit('speech-commands-small', clips, epochs = 2, seed = 2)\n"
        f"save_classifier(classifier, '{path}')\n"
        "p <- predict(classifier, clips)\n"
        f"writeBin(c(p$.pred_no, p$.pred_yes), '{tmp_path}/p.bin')\n"
        "cat(fingerprint(classifier), as.character(p$.pred_class))"
    )
    opened = hearingai.load_classifier(path)
    fingerprint, *labels = print_.split()
    assert opened.fingerprint() == fingerprint
    expected = probabilities(path, folder)
    np.testing.assert_array_equal(doubles(tmp_path / "p.bin").reshape(2, -1).T, expected)
    assert labels == [opened.labels[i] for i in expected.argmax(axis=1)]
    assert len(hearingai.training_history(opened)) == 2


def test_spectrogram_batches_are_equal(rscript, folder, tmp_path):
    shape = rscript(
        f"generator <- data_generator(load_clips('{folder}'), 32, seed = 9)\n"
        "invisible(next_batch(generator))\n"
        "batch <- next_batch(generator)\n"
        f"writeBin(as.vector(aperm(batch[[1]], 4:1)), '{tmp_path}/images.bin')\n"
        f"writeBin(as.vector(t(batch[[2]])), '{tmp_path}/classes.bin')\n"
        "cat(dim(batch[[1]]))"
    )
    generator = hearingai.data_generator(hearingai.load_clips(folder), 32, seed=9)
    hearingai.next_batch(generator)
    images, classes = hearingai.next_batch(generator)
    assert shape == "32 98 257 1"
    np.testing.assert_array_equal(doubles(tmp_path / "images.bin"), images.ravel())
    np.testing.assert_array_equal(doubles(tmp_path / "classes.bin"), classes.ravel())


def test_the_front_end_is_equal(rscript, folder, tmp_path):
    fname = hearingai.load_clips(folder)["fname"][0]
    rscript(
        f"sound <- read_audio('{fname}')\n"
        "image <- LogSpectrogram(25, 10)(sound$waveform)\n"
        f"writeBin(as.vector(aperm(image, 4:1)), '{tmp_path}/image.bin')"
    )
    waveform, _ = hearingai.read_audio(fname)
    image = np.asarray(hearingai.LogSpectrogram(25, 10)(waveform[None]))
    np.testing.assert_array_equal(doubles(tmp_path / "image.bin"), image.ravel())
