import numpy as np
import pytest

from hearingai import HearingAIError
from hearingai.runtime.arguments import (
    check_seed,
    choose,
    finite_array,
    number,
    positive,
    scalar,
    share,
    whole,
)

NO_NUMBERS = (True, np.True_, "1", None, [1], np.ones(1), float("nan"), float("inf"), 10**400, 1j)


@pytest.mark.parametrize("one", [1, 1.0, np.int8(1), np.uint64(1), np.float16(1), np.array(1)])
def test_scalars_of_python_and_numpy_are_numbers(one):
    for check in (number, positive, share, whole):
        assert check("n", one) == 1
    assert type(number("n", one)) is float
    assert type(positive("n", one, whole=True)) is int
    assert type(whole("n", one)) is int
    assert type(check_seed(one)) is int


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("check", [number, positive, share, whole])
def test_everything_else_is_refused(check, value):
    assert scalar(value) is None
    with pytest.raises(HearingAIError, match="`n` must be a .*number.*Received: "):
        check("n", value)


@pytest.mark.parametrize(
    ("limits", "good", "bad", "words"),
    [
        ({"low": 0}, (0, 9), (-1,), "a number from 0. Received: -1"),
        ({"above": 0}, (1e-9,), (0, -1), "a number above 0. Received"),
        ({"low": 0, "high": 1}, (0, 1), (-0.1, 1.1), "a number from 0 to 1. Received"),
        ({"low": 0, "below": 1}, (0, 0.9), (1,), "a number from 0 to below 1. Received: 1"),
        ({"above": 0, "below": 1}, (0.5,), (0, 1), "a number above 0 and below 1. Received"),
        ({"high": 2.5}, (2.5, -9), (3,), "a number of at most 2.5. Received: 3"),
    ],
)
def test_a_number_keeps_to_its_limits(limits, good, bad, words):
    assert [number("n", value, **limits) for value in good] == list(good)
    for value in bad:
        with pytest.raises(HearingAIError, match=f"`n` must be {words}"):
            number("n", value, **limits)


def test_whole_numbers_have_no_fraction_and_keep_to_their_limits():
    assert whole("n", 3.0, low=3, high=3) == 3
    for value in (2.5, 2, 4):
        with pytest.raises(HearingAIError, match="`n` must be a whole number from 3 to 3"):
            whole("n", value, low=3, high=3)
    with pytest.raises(HearingAIError, match="`n` must be a positive whole number"):
        positive("n", 0.5, whole=True)


def test_seeds_are_those_that_every_backend_takes():
    assert check_seed(2**31 - 1) == 2**31 - 1
    for seed in (-1, 2**31, 0.5, None, "1"):
        with pytest.raises(HearingAIError, match="`seed` must be a whole number from 0 to 2147483"):
            check_seed(seed)


def test_a_choice_is_the_one_that_is_known():
    assert choose("n", np.str_("a"), ("a", "b")) == "a"
    assert type(choose("n", np.int64(1), (1, 2))) is int
    assert choose("n", None, ("a", None)) is None
    assert choose("n", np.True_, (True, False)) is True
    refused = [(1, (True, False)), (True, (1, 2)), (["a"], ("a",)), (np.array(["a", "b"]), ("a",))]
    for value, allowed in refused:
        with pytest.raises(HearingAIError, match="`n` must be one of"):
            choose("n", value, allowed)


def test_a_misspelt_name_is_told_the_nearest():
    with pytest.raises(HearingAIError, match="Received: 'Macor'. Did you mean 'macro'[?]"):
        choose("average", "Macor", ("macro", "micro"))
    with pytest.raises(HearingAIError, match="Received: 'xyz'$"):
        choose("average", "xyz", ("macro", "micro"))


def test_arrays_hold_finite_numbers():
    assert finite_array("x", [1, 2]).dtype == np.float64
    assert finite_array("x", np.ones(2, "float32"), ndim=1).dtype == np.float32
    for values in ("a.wav", ["1.5"], [True], [[0.0], [0.0, 1.0]]):
        with pytest.raises(HearingAIError, match="`x` must be an array of numbers. Received"):
            finite_array("x", values)
    with pytest.raises(HearingAIError, match="`x` holds values that are not finite"):
        finite_array("x", [0.0, float("nan")])
    with pytest.raises(HearingAIError, match=r"1 dimension. Received an array of shape \(1, 2\)"):
        finite_array("x", [[1, 2]], ndim=1)
