"""The Hugging Face Hub: addresses of repositories, a file of one, and errors in a sentence each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import HearingAIError, first_line
from ..version import __version__
from .addresses import address_of
from .extras import need

MODEL_FILE = "model.keras"  # the file of a classifier in its repository
_ADDRESS = re.compile(r"hf://([^/@\s]+/[^/@\s]+)(?:@([^\s]+))?")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def is_on_hub(path: Any) -> bool:
    """Whether a path means a repository of the Hub."""
    return (address_of(path) or "").startswith("hf://")


def downloaded(address: Any) -> Path:
    """The classifier's file in a repository, from the Hub's cache or, once, from the Hub.

    Args:
        address: `hf://owner/name`, or `hf://owner/name@revision`.

    Raises:
        HearingAIError: It is no address, or the file cannot be had.
    """
    found = _ADDRESS.fullmatch(address_of(address) or "")
    if not found:
        raise HearingAIError(
            f"`path` must be hf://owner/name or hf://owner/name@revision. Received: {address}"
        )
    repository, revision = found.groups()
    hub = hub_library("a classifier on the Hub")
    with hub_errors(check_repository("path", repository), revision):
        file = hub.hf_hub_download(
            repository,
            MODEL_FILE,
            revision=revision,
            endpoint=endpoint(),
            library_name="hearingai",
            library_version=__version__,
        )
    return Path(file)


def check_repository(argument: str, name: Any) -> str:
    """The name of a repository, `owner/name`, else an error."""
    if not isinstance(name, str) or not _REPOSITORY.fullmatch(name):
        raise HearingAIError(f"`{argument}` must be of the form owner/name. Received: {name!r}")
    return name


def hub_library(what: str) -> ModuleType:
    """The library of the Hub; an error says what needs it."""
    return need("huggingface_hub", what)


def endpoint() -> str:
    """The address of the Hub, as `HF_ENDPOINT` names it."""
    from huggingface_hub import constants

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


@contextmanager
def hub_errors(
    repository: str, revision: str | None = None, *, writing: bool = False
) -> Iterator[None]:
    """Turn what goes wrong with a repository into one clear sentence, without any token."""
    from huggingface_hub import errors

    try:
        yield
    except HearingAIError:
        raise
    except errors.HfHubHTTPError as error:
        raise HearingAIError(_reason(error, repository, revision, writing)) from None
    except errors.HFValidationError as error:
        raise HearingAIError(f"`{repository}` is no name on the Hub: {first_line(error)}") from None
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        refusal = error.__cause__  # to say what a file is, before it is sent
        if isinstance(refusal, errors.HfHubHTTPError):
            raise HearingAIError(_reason(refusal, repository, revision, writing)) from None
        raise HearingAIError(
            f"`{repository}` is not in the cache, and {endpoint()} cannot be reached"
        ) from None
    except Exception as error:  # of the several libraries that it speaks through
        raise HearingAIError(f"{endpoint()} cannot be reached: {first_line(error)}") from None


def _reason(error: Any, repository: str, revision: str | None, writing: bool) -> str:
    from huggingface_hub import errors, get_token

    status = error.response.status_code
    login = "log in with `hf auth login`, or set the environment variable HF_TOKEN"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"`{repository}` has no revision {revision!r}"
    if isinstance(error, errors.EntryNotFoundError):
        return f"`{repository}` has no {MODEL_FILE}; push_to_hub() writes one"
    if isinstance(error, errors.GatedRepoError):
        return f"`{repository}` must be asked for on its page at {endpoint()}; then {login}"
    known = get_token() is not None
    missing = isinstance(error, errors.RepositoryNotFoundError) or status == 404
    if missing and known:
        return f"there is no repository `{repository}` at {endpoint()} that your token may see"
    if missing:
        return f"there is no public repository `{repository}` at {endpoint()}. For others {login}"
    what = "write to" if writing else "read"
    told = {
        401: f"{endpoint()} does not accept your token; {login}"
        if known
        else f"{endpoint()} asks who you are: {login}",
        403: f"your token may not {what} `{repository}`; make one that may at {endpoint()}"
        if known
        else f"nobody may {what} `{repository}` without a token: {login}",
        409: f"`{repository}` is being changed by somebody else; try again",
        412: f"`{repository}` was changed by somebody else meanwhile; look at it, and try again",
        429: f"{endpoint()} has had too many requests; try again later",
    }
    answer = error.server_message or f"status {status}"
    return told.get(status, f"{endpoint()} refuses `{repository}`: {first_line(Exception(answer))}")
