"""How a classifier is opened and asked, in R, Python and at the shell."""

from __future__ import annotations

import json
import shlex
from typing import Any

from ._markdown import code


def usage(classifier: Any, source: str) -> str:
    """Code that opens a classifier and asks it.

    Args:
        classifier: The classifier.
        source: What `load_classifier` takes: a file's name, or one on the Hub.
    """
    if classifier.hears_embeddings:
        return _of_embeddings(source)
    r, python = _bodies(classifier.body)
    path, at_shell = json.dumps(source), shlex.quote(source)
    blocks = [
        code(
            "r",
            "library(hearingai)",
            f"classifier <- load_classifier({path}{r})",
            'predict(classifier, "recording.wav")',
            'annotate(classifier, "hours.flac")',
        ),
        code(
            "python",
            "import hearingai",
            "",
            f"classifier = hearingai.load_classifier({path}{python})",
            'print(hearingai.predict(classifier, ["recording.wav"]))',
            'print(hearingai.annotate(classifier, "hours.flac").events)',
        ),
    ]
    if not r:  # the shell cannot be given a body
        lines = (f"predict {at_shell} recording.wav", f"annotate {at_shell} hours.flac")
        blocks.append(code("sh", *(f"hearingai {line}" for line in lines)))
    return "\n\n".join(blocks)


def _of_embeddings(source: str) -> str:
    path = json.dumps(source)
    r = 'predict(load_classifier({}), load_clips("embeddings"))'
    python = 'hearingai.predict(hearingai.load_classifier({}), hearingai.load_clips("embeddings"))'
    return "\n\n".join(
        [
            code("r", "library(hearingai)", r.format(path)),
            code("python", "import hearingai", "", python.format(path)),
        ]
    )


def _bodies(body: Any) -> tuple[str, str]:
    """The body as an argument in R and in Python, where it is not found by its name alone."""
    if body is None or (body.path is None and not body.options):
        return "", ""
    if not body.options:
        opened = f'get_body({json.dumps(body.name)}, "PATH")'
        return f", body = {opened}", f", body=hearingai.{opened}"
    told = {name: value for name, value in body.options.items() if value is not None}
    r, python = (
        ", ".join(['"PATH"', *(f"{name}{equals}{json.dumps(v)}" for name, v in told.items())])
        for equals in (" = ", "=")
    )
    return f", body = open_body({r})", f", body=hearingai.open_body({python})"
