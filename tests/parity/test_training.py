"""One seed, one model: trained from R and from Python."""

import numpy as np
import pytest

import hearingai
from embeddings import write_turkeys


@pytest.mark.parametrize(
    ("recipe", "epochs"),
    [("speech-commands-small", 2), pytest.param("speech-commands", 1, marks=pytest.mark.slow)],
)
def test_equal_seeds_give_equal_weights(rscript, python, folder, recipe, epochs):
    from_r = rscript(
        f"clips <- load_clips('{folder}')\n"
        f"fitted <- fit('{recipe}', clips, epochs = {epochs}, seed = 11, deterministic = TRUE)\n"
        "cat(fingerprint(fitted))"
    )
    from_python = python(
        f"clips = hearingai.load_clips({str(folder)!r})\n"
        f"fitted = hearingai.fit({recipe!r}, clips, epochs={epochs}, seed=11, deterministic=True)\n"
        "print(fitted.fingerprint())"
    )
    assert len(from_r) == 64
    assert from_r == from_python


def test_a_generator_gives_equal_weights(rscript, python, noises):
    """Fractions of steps, a network of one's own, and what compile() sets, in both languages."""
    from_r = rscript(
        f"clips <- load_clips('{noises}')\n"
        "generator <- data_generator(clips, 4, seed = 2, sample_rate = 8000, duration = 0.5)\n"
        "small <- network() |> layer('MaxPooling2D', 8) |> layer('Flatten') |>\n"
        "  layer('Dense', 2, activation = 'softmax')\n"
        "recipe <- get_recipe('speech-commands', sample_rate = 8000, duration = 0.5)\n"
        "model <- create_classifier(recipe, c('hiss', 'hum'), network = small, seed = 5) |>\n"
        "  compile('adadelta', 'categorical_crossentropy', 'accuracy')\n"
        "model <- fit(model, generator, steps_per_epoch = 0.7 * 16 / 4, epochs = 2,\n"
        "  validation = generator, seed = 3, deterministic = TRUE)\n"
        "cat(fingerprint(model), format(predict(model, generator, type = 'raw')[, 1], digits = 7))"
    )
    from_python = python(
        "import keras\n"
        f"clips = hearingai.load_clips({str(noises)!r})\n"
        "generator = hearingai.data_generator(clips, 4, seed=2, sample_rate=8000, duration=0.5)\n"
        "def small(input_shape, n_classes):\n"
        "    return keras.Sequential([keras.Input(input_shape), keras.layers.MaxPooling2D(8),\n"
        "        keras.layers.Flatten(), keras.layers.Dense(n_classes, activation='softmax')])\n"
        "recipe = hearingai.get_recipe('speech-commands', sample_rate=8000, duration=0.5)\n"
        "model = hearingai.create_classifier(recipe, ['hiss', 'hum'], network=small, seed=5)\n"
        "hearingai.compile(model, 'adadelta', 'categorical_crossentropy', 'accuracy')\n"
        "hearingai.fit(model, generator, steps_per_epoch=0.7 * 16 / 4, epochs=2,\n"
        "    validation=generator, seed=3, deterministic=True)\n"
        "print(model.fingerprint(), *hearingai.predict(model, generator)['prob_hiss'])"
    )
    (r, *r_answers), (py, *py_answers) = from_r.split(), from_python.split()
    assert len(r) == 64
    assert r == py
    assert len(r_answers) == 16
    np.testing.assert_allclose([float(x) for x in r_answers], [float(x) for x in py_answers])


def test_a_split_made_in_r_is_the_split_made_in_python(rscript, python, folder):
    fractions = {"train": 0.5, "validation": 0.25, "test": 0.25}
    from_r = rscript(
        f"clips <- split_clips(load_clips('{folder}'), c(train = 0.5, validation = 0.25, "
        "test = 0.25), seed = 3)\ncat(clips$split)"
    )
    from_python = python(
        f"clips = hearingai.split_clips(hearingai.load_clips({str(folder)!r}), {fractions}, seed=3)"
        "\nprint(*clips['split'])"
    )
    assert from_r == from_python
    assert set(from_r.split()) == set(fractions)


@pytest.fixture(scope="module")
def noises(tmp_path_factory):
    """A folder of half a second of noise at 8 kHz, of two classes."""
    folder, rng = tmp_path_factory.mktemp("noises"), np.random.default_rng(9)
    for i in range(16):
        name = folder / ("hum", "hiss")[i % 2] / f"{i}.wav"
        name.parent.mkdir(exist_ok=True)
        hearingai.write_audio(name, rng.uniform(-0.5, 0.5, 4000) * (1 + i % 2) / 2, 8000)
    return folder


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory):
    """A JSON file of embeddings, as `turkey()` lists it."""
    rng = np.random.default_rng(7)
    path = tmp_path_factory.mktemp("embeddings") / "clips.json"
    embeddings = (rng.integers(0, 256, (rng.integers(3, 11), 128)) for _ in range(40))
    return write_turkeys(path, embeddings)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A folder of short recordings of two classes, mono and stereo, of two rates."""
    rng = np.random.default_rng(8)
    folder = tmp_path_factory.mktemp("recordings")
    for i in range(16):
        name = folder / ("hum", "hiss")[i % 2] / f"{i}.wav"
        name.parent.mkdir(exist_ok=True)
        sound = rng.uniform(-0.5, 0.5, (2, 6000 + 300 * i)).astype("float32")
        hearingai.write_audio(name, sound if i % 3 else sound[0], (22050, 44100)[i % 4 // 2])
    return folder


RECIPES = [
    "audio-gate",
    pytest.param("embedding-gru", marks=pytest.mark.slow),
    pytest.param("embedding-attention", marks=pytest.mark.slow),
    pytest.param("sound-classification", marks=pytest.mark.slow),
    pytest.param("hearing-ai", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_gives_equal_weights(rscript, python, embeddings, recordings, recipe):
    heard = embeddings if hearingai.get_recipe(recipe).frontend is None else recordings
    from_r = rscript(
        f"fitted <- fit('{recipe}', load_clips('{heard}'), epochs = 2, batch_size = 8, seed = 12, "
        "deterministic = TRUE)\n"
        "history <- training_history(fitted)\n"
        "cat(fingerprint(fitted), format(history$val_loss, digits = 15))"
    )
    from_python = python(
        f"fitted = hearingai.fit({recipe!r}, hearingai.load_clips({str(heard)!r}), epochs=2, "
        "batch_size=8, seed=12, deterministic=True)\n"
        "print(fitted.fingerprint(), *hearingai.training_history(fitted)['val_loss'])"
    )
    (r, *r_losses), (py, *py_losses) = from_r.split(), from_python.split()
    assert len(r) == 64
    assert r == py
    np.testing.assert_allclose([float(x) for x in r_losses], [float(x) for x in py_losses])


@pytest.mark.slow
def test_settings_cross_the_language_border(rscript, python, embeddings):
    """A changed recipe, augmentations, class weights: the same training."""
    from_r = rscript(
        "recipe <- get_recipe('audio-gate', network = 'linear_tagger', schedule = 'one-cycle',\n"
        "  network_options = list(hidden = 8))\n"
        f"fitted <- fit(recipe, load_clips('{embeddings}'), epochs = 2, seed = 3, patience = 1,\n"
        "  augment = list('embedding_jitter', list('mixup', list(alpha = 0.5))),\n"
        "  class_weight = c(turkey = 2), deterministic = TRUE)\n"
        "cat(fingerprint(fitted))"
    )
    from_python = python(
        "recipe = hearingai.get_recipe('audio-gate', network='linear_tagger', "
        "schedule='one-cycle', network_options={'hidden': 8})\n"
        f"fitted = hearingai.fit(recipe, hearingai.load_clips({str(embeddings)!r}), epochs=2, "
        "seed=3, patience=1, augment=['embedding_jitter', ('mixup', {'alpha': 0.5})], "
        "class_weight={'turkey': 2}, deterministic=True)\n"
        "print(fitted.fingerprint())"
    )
    assert len(from_r) == 64
    assert from_r == from_python


@pytest.mark.slow
def test_cross_validation_gives_the_same_folds(rscript, python, embeddings):
    from_r = rscript(
        "recipe <- get_recipe('audio-gate', network = 'linear_tagger')\n"
        f"result <- cross_validate(recipe, load_clips('{embeddings}'), folds = 2, seed = 5,\n"
        "  deterministic = TRUE, epochs = 1)\n"
        "cat(result$folds$fingerprint)"
    )
    from_python = python(
        "recipe = hearingai.get_recipe('audio-gate', network='linear_tagger')\n"
        f"result = hearingai.cross_validate(recipe, hearingai.load_clips({str(embeddings)!r}), "
        "folds=2, seed=5, deterministic=True, epochs=1)\n"
        "print(*result.folds['fingerprint'])"
    )
    assert len(from_r.split()) == 2
    assert from_r == from_python


@pytest.mark.slow
def test_a_network_of_ones_own_gives_equal_weights(rscript, python, folder):
    from_r = rscript(
        "small <- network(c(98, 257, 1)) |>\n"
        "  layer('Conv2D', 4, 3, strides = c(2, 2), activation = 'relu') |>\n"
        "  layer('BatchNormalization') |> layer('Dropout', 0.25) |>\n"
        "  layer('GlobalAveragePooling2D') |> layer('Dense', 2, activation = 'softmax')\n"
        f"fitted <- fit('speech-commands-small', load_clips('{folder}'), network = small,\n"
        "  epochs = 1, seed = 11, deterministic = TRUE)\n"
        "cat(fingerprint(fitted))"
    )
    from_python = python(
        "import keras\n"
        "from keras import layers\n"
        "small = keras.Sequential([keras.Input((98, 257, 1)),\n"
        "  layers.Conv2D(4, 3, strides=(2, 2), activation='relu'),\n"
        "  layers.BatchNormalization(), layers.Dropout(0.25),\n"
        "  layers.GlobalAveragePooling2D(), layers.Dense(2, activation='softmax')])\n"
        f"fitted = hearingai.fit('speech-commands-small', hearingai.load_clips({str(folder)!r}),\n"
        "  network=small, epochs=1, seed=11, deterministic=True)\n"
        "print(fitted.fingerprint())"
    )
    assert len(from_r) == 64
    assert from_r == from_python


@pytest.mark.slow
def test_a_teacher_teaches_alike(rscript, python, folder):
    from_r = rscript(
        f"clips <- load_clips('{folder}')\n"
        "teacher <- fit('speech-commands-small', clips, epochs = 1, seed = 1,\n"
        "  deterministic = TRUE, validation = FALSE)\n"
        "recipe <- get_recipe('speech-commands-small', augment = list('gain'), copies = 2)\n"
        "fitted <- fit(recipe, clips, teacher = ensemble(list(teacher, teacher)), epochs = 1,\n"
        "  seed = 2, deterministic = TRUE, validation = FALSE)\n"
        "cat(fingerprint(fitted))"
    )
    from_python = python(
        f"clips = hearingai.load_clips({str(folder)!r})\n"
        "teacher = hearingai.fit('speech-commands-small', clips, epochs=1, seed=1,\n"
        "    deterministic=True, validation=False)\n"
        "recipe = hearingai.get_recipe('speech-commands-small', augment=['gain'], copies=2)\n"
        "fitted = hearingai.fit(recipe, clips, teacher=hearingai.ensemble([teacher, teacher]),\n"
        "    epochs=1, seed=2, deterministic=True, validation=False)\n"
        "print(fitted.fingerprint())"
    )
    assert len(from_r) == 64
    assert from_r == from_python
