"""model_card(): what a classifier is, and how far to trust it, for those who get it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .._typing import PathLike
from ..classifier.pretrained import FACTS_END, card_in_package, facts_of_card, pretrained_names
from ..errors import HearingAIError, unsigned
from ..runtime.addresses import address_of
from ..runtime.arguments import choose
from ..runtime.hub import is_on_hub
from ..runtime.remote_files import file_here
from ._markdown import page, plain, table

if TYPE_CHECKING:
    from ..classifier.model import AudioClassifier
    from ..inference.scoring import Evaluation

_SHOWN = 4  # labels of a title
_BINDING = ("-NC", "-ND", "-SA")  # parts of licences that hold for what is made with a body
_NO_NUMBERS = "Nothing that the file tells of: `evaluate()` measures it on clips of yours."
_ON_VALIDATION = (
    "Only on the clips that validated the training, which decided when it ended or at which "
    "threshold: on others the numbers will be a little lower."
)


def model_card(
    classifier: AudioClassifier | PathLike,
    evaluation: Evaluation | None = None,
    *,
    format: Literal["markdown", "html"] = "markdown",
    title: str | None = None,
    about: str | None = None,
    limits: str | None = None,
    licence: str | None = None,
) -> str:
    """Write the model card of a classifier: what it is, and how far to trust it.

    It tells what the file and its training record hold, and guesses nothing: labels, sound, front
    end, body and its licence, network, recipe; how many clips of each label and speakers it was
    trained on; seed, epochs, versions; thresholds, calibration, novelty; its fingerprint; and code
    that uses it in R, in Python and at the shell. The numbers are those of `evaluation`, with 95 %
    bootstrap intervals; without one those of the validation clips, which the card says.

    Args:
        classifier: An `AudioClassifier`, the path of a `.keras` file, `"hf://owner/name"`, or a
            name that `list_pretrained()` shows, whose card is part of the package.
        evaluation: What `evaluate` returned of this classifier, best on clips of new speakers.
        format: `"markdown"`, or `"html"`, a page that needs no other file.
        title: Its heading; `None` takes the name of the file, or the labels.
        about: What it is for, in your words, Markdown.
        limits: What it cannot do, in your words, Markdown.
        licence: The licence that you give it to others under; `None` takes that of the record.

    Returns:
        The card, text.

    Raises:
        HearingAIError: There is no such file or name, `evaluation` is of another classifier, or
            `format` is unknown.

    Source:
        M. Mitchell et al., "Model Cards for Model Reporting" (2019).

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.create_classifier(
        ...     "speech-commands-small", ["no", "yes"], seed=1
        ... )
        >>> result = hearingai.evaluate(classifier, clips)
        >>> card = hearingai.model_card(classifier, result, title="No or yes", licence="CC0-1.0")
        >>> card.splitlines()[0]
        '# No or yes'
    """
    choose("format", format, ("markdown", "html"))
    words = {"title": title, "about": about, "limits": limits, "licence": licence}
    check_texts(words)
    if isinstance(classifier, (str, Path)) and _is_in_package(str(classifier)):
        return _of_package(str(classifier), format, words | {"evaluation": evaluation})
    found, source, n_bytes = opened(classifier)
    text = card_of(found, evaluation, words, source, n_bytes)
    return page(text, text.partition("\n")[0].removeprefix("# ")) if format == "html" else text


def card_of(
    classifier: Any,
    evaluation: Any,
    words: dict[str, str | None],
    source: str,
    n_bytes: int | None,
) -> str:
    """The card of an opened classifier, in Markdown.

    Args:
        classifier: An `AudioClassifier`.
        evaluation: Its `Evaluation`, or `None`.
        words: `title`, `about`, `limits` and `licence`.
        source: What `load_classifier` is to be given.
        n_bytes: The size of its file, if it is known.
    """
    from . import _numbers, _sections
    from ._usage import usage

    record = classifier.record
    licence = _licence_in_words(classifier, words["licence"])
    if evaluation is not None:
        _numbers.check_evaluation(evaluation, classifier)
        numbers = _numbers.measured(evaluation)
    else:
        found = record.get("validation_metrics")
        known = isinstance(found, dict) and "accuracy" in found
        told = _numbers.metrics_in_words(found) if known else ""
        numbers = f"{_ON_VALIDATION}\n\n{told}" if known else _NO_NUMBERS
    sections = {
        "What was measured": numbers,
        "Data": _sections.data(classifier),
        "How it was trained": _sections.training(record),
        "From probabilities to decisions": _sections.decisions(classifier),
        "What it cannot do": words["limits"],
        "How to use it": usage(classifier, source),
    }
    parts = [
        f"# {plain(words['title'] or _title(classifier, source))}",
        words["about"],
        _sections.facts(classifier, n_bytes, licence),
        *(f"## {name}\n\n{text.strip()}" for name, text in sections.items() if text),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def licence_that_holds(classifier: Any, licence: str | None) -> str | None:
    """The licence that holds for the whole: as given or recorded, but that of a body that binds."""
    if _binds(classifier.body):
        return str(classifier.body.licence)
    told = classifier.record.get("licence") if licence is None else licence
    return told if isinstance(told, str) else None


def _licence_in_words(classifier: Any, licence: str | None) -> str | None:
    holds = licence_that_holds(classifier, licence)
    if not _binds(classifier.body):
        return holds
    own = f"; what was learnt on top of it is under {licence}" if licence else ""
    return f"{holds}, of its body {classifier.body.name}, which holds for all made with it{own}"


def _binds(body: Any) -> bool:
    """Whether the licence of a body forbids commerce or changes, or asks for the same again."""
    return body is not None and any(part in body.licence for part in _BINDING)


def _title(classifier: Any, source: str) -> str:
    name = source.partition("?")[0].rpartition("/")[2].removesuffix(".keras")
    if name != "classifier":
        return name
    more = ", ..." if len(classifier.labels) > _SHOWN else ""
    return f"Audio classifier: {', '.join(classifier.labels[:_SHOWN])}{more}"


def opened(classifier: Any) -> tuple[Any, str, int | None]:
    """The classifier, what opens it again, and the size of its file."""
    from ..classifier.model import check_keras
    from ..classifier.saving import load_classifier

    if not isinstance(classifier, (str, Path)):
        check_keras(classifier)
        return classifier, "classifier.keras", None
    opened = load_classifier(classifier)
    if is_on_hub(classifier):
        return opened, str(address_of(classifier)), None
    address, path = address_of(classifier), file_here("classifier", classifier).expanduser()
    return opened, path.name if address is None else unsigned(address), path.stat().st_size


def check_texts(words: dict[str, Any]) -> None:
    """Raise an error unless each is text or `None`."""
    for name, text in words.items():
        if text is not None and not isinstance(text, str):
            raise HearingAIError(f"`{name}` must be text. Received: {type(text).__name__}")


def _is_in_package(text: str) -> bool:
    """Whether it is meant as the name of a classifier in the package."""
    if text in pretrained_names():
        return True
    if text.endswith(".keras") or address_of(text):
        return False
    names = ", ".join(map(repr, pretrained_names()))
    raise HearingAIError(
        f"`classifier` must be a classifier, the path of a .keras file, or a name that "
        f"list_pretrained() shows: {names}. Received: {text!r}"
    )


def _of_package(name: str, format: str, given: dict[str, Any]) -> str:
    """The card that comes with a classifier in the package."""
    for argument, value in given.items():
        if value is not None:
            raise HearingAIError(
                f"`{argument}` is for a classifier of your own; the card of {name!r} is part of "
                f"the package"
            )
    card = card_in_package(name)
    if format == "markdown":
        return card
    text = card.split(FACTS_END, 2)[2]
    facts = table(["", ""], [[key, plain(value)] for key, value in facts_of_card(card).items()])
    heading, _, rest = text.strip().partition("\n")
    return page(f"{heading}\n\n{facts}\n{rest}\n", name)
