"""The detector that the page makes of words: one at a time, told of, and cancelled on request."""

import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._typing import Device
from ..errors import HearingAIError, HearingAIWarning
from ..words.texts import texts_from, texts_of
from .recording import StoppedError

_MOST = 20  # texts
_LONGEST = 2000  # characters of all
_VOICES = 60  # a word; more take longer and do little better
_BODY = "speech-embedding"


def page_texts(words: str) -> dict[str, tuple[str, ...]]:
    """The texts of each label, as they are typed at the page, see `texts_from`.

    Raises:
        HearingAIError: There are none, or too many.
    """
    if len(words) > _LONGEST:
        raise HearingAIError(f"`words` can have {_LONGEST} characters at most at the page")
    texts = texts_of(texts_from(words))
    n = sum(map(len, texts.values()))
    if n > _MOST:
        raise HearingAIError(f"`words` can be {_MOST} at most at the page. Received: {n}")
    return texts


def spoken() -> dict[str, Any]:
    """The languages that words can be in, `[code, name]` each, or what is missing for any."""
    try:
        from ..bodies.registry import get_body
        from ..synthesis.languages import languages

        get_body(_BODY)
        table = languages()[["language", "name"]].sort_values("name")
    except HearingAIError as error:
        return {"languages": [], "missing": str(error)}
    return {"languages": table.to_numpy().tolist(), "missing": None}


class Detector:
    """A detector of words in the making, and what became of it.

    Args:
        path: Where it is saved, a `.keras` file.

    Attributes:
        path: As given; the last one that was made.
        words: Its labels that are words.
        state: `"none"`, `"waiting"` until the classifier is free, `"making"`, `"ready"` or
            `"failed"`.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.state = path, "none"
        self.words: list[str] = []
        self._stop = threading.Event()
        self._doing: tuple[str, float | None] = "", None  # and which share of it is done
        self._error: str | None = None
        self._note: str | None = None

    @property
    def busy(self) -> bool:
        """Whether one is being made, or will be."""
        return self.state in ("waiting", "making")

    @property
    def saved(self) -> bool:
        """Whether one has been made."""
        return self.path.exists()

    def told(self) -> dict[str, Any]:
        """What the page shows."""
        doing, share = self._doing
        return {
            "state": self.state,
            "busy": self.busy,
            "words": self.words,
            "doing": doing,
            "share": share,
            "error": self._error,
            "note": self._note,
            "saved": self.saved,
        }

    def begin(self, words: Iterable[str]) -> None:
        """Announce `make`, of these labels."""
        self._stop, self.words = threading.Event(), list(words)
        self._doing, self._error, self._note = ("", None), None, None
        self.state = "waiting"

    def stop(self) -> None:
        """Cancel what is begun."""
        self._stop.set()

    def make(
        self,
        texts: Mapping[str, Sequence[str]],
        language: str,
        device: Device,
        use: Callable[[Any], None],
    ) -> None:
        """Make it, save it and pass it to `use`; an error is kept for the page."""
        try:
            self._tell(0, None, "Starting")
            self.state = "making"
            made = self._made(texts, language, device)
            self._tell(1, 1, "Saving")
            from ..classifier.saving import save_classifier

            save_classifier(made, self.path, overwrite=True)
            use(made)
            self.state = "ready"
        except StoppedError:
            self.state = "none"
        except Exception as error:  # whatever the error, the page shows it
            self._error, self.state = str(error), "failed"

    def _made(self, texts: Mapping[str, Sequence[str]], language: str, device: Device) -> Any:
        """The detector; warnings are kept for the page."""
        from ..words.word_classifier import word_classifier  # needs Keras

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", HearingAIWarning)
            made = word_classifier(
                texts,
                language=language,
                body=_BODY,
                voices=_VOICES,
                device=device,
                store=False,
                progress=self._tell,
            )
        ours = [w.message for w in caught if issubclass(w.category, HearingAIWarning)]
        self._note = "; ".join(map(str, ours)) or None
        return made

    def _tell(self, done: float, total: float | None, text: str) -> None:
        if self._stop.is_set():
            raise StoppedError
        self._doing = text, done / total if total else None
