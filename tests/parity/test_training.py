"""One seed, one model: trained from R and from Python, each in a fresh process."""

import pytest


@pytest.mark.parametrize(
    ("recipe", "epochs"), [("speech-commands", 1), ("speech-commands-small", 3)]
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
