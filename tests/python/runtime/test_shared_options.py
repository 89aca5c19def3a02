"""Options that several functions take."""

import inspect
from typing import Annotated, TypedDict

import pytest
from typing_extensions import Unpack

from hearingai.errors import HearingAIError
from hearingai.runtime.shared_options import TEXTS, Option, defaults, pick, shared_options


class Shared(TypedDict, total=False):
    hop: Annotated[float | None, Option(None, "Seconds from window to window.")]
    threshold: Annotated[float, Option(0.5, "Probability " + "that opens an event " * 8)]


@shared_options
def listen(source, *, wait=1.0, device="auto", **options: Unpack[Shared]):
    """Listen.

    Args:
        source: What to hear.
        wait: Seconds.
        **options: How to hear.
        device: {device} Not {this}.

    Returns:
        What came.
    """
    return source, wait, device, options


@shared_options
class Listener:
    """Listens.

    Args:
        source: What to hear.
        **options: How to hear.
    """

    def __init__(self, source, **options: Unpack[Shared]):
        self.came = source, options


def test_the_signature_names_every_option_in_the_order_of_the_help():
    assert str(inspect.signature(listen)) == (
        "(source, *, wait=1.0, hop: float | None = None, threshold: float = 0.5, device='auto')"
    )
    assert list(inspect.signature(Listener).parameters) == ["source", "hop", "threshold"]


@pytest.mark.parametrize("target", [listen, Listener])
def test_the_help_describes_every_option(target):
    text = inspect.getdoc(target)
    assert "\n    hop: Seconds from window to window.\n    threshold: Probability that" in text
    assert "options" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_shared_text_is_filled_in_and_all_else_stays():
    text = inspect.getdoc(listen)
    assert f"\n    device: {TEXTS['device']} Not {{this}}.\n" in text
    assert text.startswith("Listen.\n\nArgs:\n    source: What to hear.\n    wait: Seconds.\n")
    assert text.endswith("\n\nReturns:\n    What came.")


def test_what_is_not_given_has_its_default():
    assert defaults(Shared) == {"hop": None, "threshold": 0.5}
    assert listen(1, hop=0.1) == (1, 1.0, "auto", {"hop": 0.1, "threshold": 0.5})
    assert Listener(source=1).came == (1, {"hop": None, "threshold": 0.5})
    assert pick(Shared, {"hop": 0.1, "device": "cpu"}) == {"hop": 0.1, "threshold": 0.5}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("treshold", "threshold"), ("devise", "device"), ("wate", "wait")],
)
def test_a_misspelt_name_is_an_error_that_suggests_the_right_one(name, meant):
    with pytest.raises(HearingAIError, match=f"no argument `{name}`. Did you mean `{meant}`"):
        listen(1, **{name: 1})


def test_a_name_like_no_other_is_an_error_too():
    with pytest.raises(HearingAIError, match=r"no argument `zzz`\.$"):
        Listener(1, zzz=1)
