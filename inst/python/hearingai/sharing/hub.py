"""push_to_hub(): a classifier as a repository of the Hugging Face Hub."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.arguments import flag
from ..runtime.hub import MODEL_FILE, check_repository, endpoint, hub_errors, hub_library
from ..version import __version__
from .cards import card_of, check_texts, licence_that_holds, opened

if TYPE_CHECKING:
    from ..classifier.model import AudioClassifier
    from ..inference.scoring import Evaluation

_CARD = "README.md"


def push_to_hub(
    classifier: AudioClassifier | PathLike,
    repository: str,
    evaluation: Evaluation | None = None,
    *,
    title: str | None = None,
    about: str | None = None,
    limits: str | None = None,
    licence: str | None = None,
    private: bool = False,
    overwrite: bool = False,
) -> str:
    """Publish a classifier as a repository of the Hugging Face Hub.

    The repository gets two files: `model.keras`, and `README.md`, the `model_card` with what the
    Hub reads at its top. Nobody but you sees a private one. Names of folders of this machine are
    left out of the file; the weights of a body never were in it. Needs the extra `hub`.

    The Hub is that of the environment variable `HF_ENDPOINT`, else https://huggingface.co. Your
    token comes from `HF_TOKEN`, or from `hf auth login`, and is neither shown nor stored.

    Args:
        classifier: An `AudioClassifier`, or the path of a `.keras` file.
        repository: Where to, `"owner/name"`; it is made where there is none.
        evaluation: What `evaluate` returned of this classifier, see `model_card`.
        title: See `model_card`; `None` takes the name of the repository.
        about: See `model_card`.
        limits: See `model_card`.
        licence: See `model_card`. The licence of a body such as BirdNET's, which holds for what is
            made with it, is told whatever is given here.
        private: Whether a new repository is private. One that is there stays as it is, and must be
            private where that is asked for.
        overwrite: Replace the two files where the repository has them.

    Returns:
        What `load_classifier` takes: `"hf://owner/name@revision"`, text.

    Raises:
        HearingAIError: The files are there and `overwrite` is false; `private` is true and the
            repository is public; the Hub cannot be reached, does not know you, or lets you not
            write there.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.pretrained("ten-words")
        >>> address = hearingai.push_to_hub(classifier, "me/ten-words")  # doctest: +SKIP
        >>> hearingai.load_classifier(address)  # doctest: +SKIP
        <AudioClassifier words: 12 labels (yes, no, up, down, left, right, on, off, ...), ...>
    """
    repository = check_repository("repository", repository)
    private, overwrite = flag("private", private), flag("overwrite", overwrite)
    name = repository.rpartition("/")[2]
    words = {"title": title, "about": about, "limits": limits, "licence": licence}
    check_texts(words)
    hub = hub_library("push_to_hub()")
    found = opened(classifier)[0]
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, MODEL_FILE)
        _write_model(found, model)
        card = card_of(
            found,
            evaluation,
            words | {"title": name if title is None else title},
            f"hf://{repository}",
            model.stat().st_size,
        )
        head = _head(found, name, licence, evaluation)
        revision = _committed(hub, repository, model, f"{head}\n{card}", private, overwrite)
    return f"hf://{repository}@{revision}"


def _write_model(classifier: Any, path: Path) -> None:
    from ..classifier.saving import save_classifier
    from ._public_copy import write_public_copy

    own = path.with_name("own.keras")
    save_classifier(classifier, own)
    write_public_copy(own, path)
    own.unlink()


def _head(classifier: Any, name: str, licence: str | None, evaluation: Any) -> str:
    from ._hub_head import hub_head

    return hub_head(name, licence_that_holds(classifier, licence), evaluation)


def _committed(
    hub: Any, repository: str, model: Path, card: str, private: bool, overwrite: bool
) -> str:
    """Make the repository where there is none, and write both files in one commit."""
    api = hub.HfApi(endpoint=endpoint(), library_name="hearingai", library_version=__version__)
    with hub_errors(repository, writing=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its metadata, which are ours
        api.create_repo(repository, private=private, exist_ok=True)
        before = api.model_info(repository)
        if private and not before.private:
            raise HearingAIError(
                f"`private`: `{repository}` is there and public. Make it private at {endpoint()}, "
                f"or name another"
            )
        there = {file.rfilename for file in before.siblings or ()} & {_CARD, MODEL_FILE}
        if there and not overwrite:
            raise HearingAIError(
                f"`{repository}` has {' and '.join(sorted(there))}; `overwrite=True` replaces what "
                f"is there"
            )
        files = {MODEL_FILE: model, _CARD: card.encode()}
        done = api.create_commit(
            repository,
            [
                hub.CommitOperationAdd(path_in_repo=name, path_or_fileobj=content)
                for name, content in files.items()
            ],
            commit_message=f"Write the classifier with hearingai {__version__}",
            parent_commit=before.sha,
        )
    return str(done.oid)
