"""The API described, by the table of its operations: an OpenAPI document, and a page to read."""

import base64
import hashlib
import html
from typing import Any, get_type_hints

from ..events.options import EventOptions
from ..version import __version__
from .forms import FIELD
from .operations import OPERATIONS, Operation
from .recordings import ADDRESS, FORM, SOUND
from .schemas import NUMBER, SCHEMAS, TEXT, TEXTS
from .settings import FLAGS, LEVELS, LISTS

_OWN = {
    "name": "What the answer calls the recording; default: the file's name in the form.",
    "partial": "`true` reads what is there of a recording that is truncated or damaged.",
    "unknown": "`true` tells whether the recording is like none that the classifier was taught.",
}
_WHY = {
    400: "The body is not what its type says.",
    401: "The token is missing or wrong.",
    403: "The Host or Origin is another's, or addresses are not allowed.",
    408: "The upload stopped.",
    413: "The recording is larger than the server allows.",
    415: "The body is of a type that is no recording.",
    422: "The recording cannot be read, or an option is out of range.",
    503: "The server is busy, or the request took too long: try again, see `Retry-After`.",
    507: "The server's disk is full.",
}
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}"
    "code{background:#eee;padding:0 .2em}td{padding:.2em .8em .2em 0;vertical-align:top}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_ABOUT = (
    "Predictions and events of recordings, by one audio classifier. All but the free paths need "
    "the header Authorization: Bearer, with the server's token."
)


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "hearingai", "version": __version__, "description": _ABOUT},
        "paths": {o.path: {o.method.lower(): _described(o)} for o in OPERATIONS},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    content = {"text/html": {"schema": TEXT}}
    if operation.answer is not None:
        content = {"application/json": {"schema": _reference(operation.answer)}}
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "parameters": [_parameter(name) for name in operation.query],
        "responses": {"200": {"description": "The answer.", "content": content}},
    }
    error = {"application/json": {"schema": _reference("Error")}}
    for status in _statuses(operation):
        found["responses"][str(status)] = {"description": _WHY[status], "content": error}
    if operation.work is not None:
        found["requestBody"] = {"required": True, "content": _bodies()}
    return found | ({"security": []} if operation.free else {})


def _statuses(operation: Operation) -> list[int]:
    if operation.work is not None:
        return list(_WHY)
    return [403] if operation.free else [401, 403]


def _bodies() -> dict[str, Any]:
    sound: dict[str, Any] = {kind: {} for kind in SOUND}
    file = {"type": "string", "contentMediaType": SOUND[0]}
    form = {"type": "object", "properties": {FIELD: file}, "required": [FIELD]}
    url = {"type": "string", "format": "uri"}
    address = {"type": "object", "properties": {"url": url}, "required": ["url"]}
    return sound | {FORM: {"schema": form}, ADDRESS: {"schema": address}}


def _parameter(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = NUMBER
    if name in LISTS:
        schema = TEXTS
    elif name in LEVELS:
        schema = {"anyOf": [NUMBER, TEXTS]}
    elif name in FLAGS:
        schema = {"type": "boolean"}
    elif name == "name":
        schema = TEXT
    return {"name": name, "in": "query", "description": _meaning(name), "schema": schema}


def _meaning(name: str) -> str:
    """What a parameter does: of an option of events what the functions' help says."""
    if name in _OWN:
        return _OWN[name]
    hint = get_type_hints(EventOptions, include_extras=True)[name]
    text = hint.__metadata__[0].text.replace("`None`", "None")
    if name in LEVELS:
        text += " By label: several of the name, each `label=number`."
    return text + (" Several of the name are several labels." if name in LISTS else "")


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def page() -> str:
    """The page: plain HTML that loads nothing."""
    sections = "".join(map(_section, OPERATIONS))
    errors = _table({str(status): text for status, text in _WHY.items()})
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>hearingai API</title>'
        f"<style>{_STYLE}</style><h1>hearingai {html.escape(__version__)}</h1>"
        f"<p>{_text(_ABOUT)}</p>{sections}<h2>Recordings</h2><p>A recording is the body, of the "
        f"type {_text(', '.join(f'`{kind}`' for kind in SOUND))}; or the field <code>{FIELD}</code>"
        f" of a form, <code>{FORM}</code>; or, where the server allows it, what is at a public "
        'address, <code>{"url": "https://…"}</code> as <code>application/json</code>.</p>'
        f'<h2>Errors</h2><p><code>{{"error": "…"}}</code>, with a status.</p>{errors}</html>'
    )


def _section(operation: Operation) -> str:
    free = "" if operation.work or not operation.free else " Needs no token."
    query = _table({f"`{name}`": _meaning(name) for name in operation.query})
    schema = SCHEMAS.get(operation.answer or "", {}).get("properties", {})
    answer = _table({f"`{n}`": s.get("description", "") for n, s in schema.items()})
    return (
        f"<h2>{operation.method} {operation.path}</h2><p>{_text(operation.says + free)}</p>"
        + (f"<h3>Query</h3>{query}" if operation.query else "")
        + (f"<h3>Answer</h3>{answer}" if schema else "")
    )


def _table(rows: dict[str, str]) -> str:
    cells = "".join(f"<tr><td>{_text(a)}<td>{_text(b)}" for a, b in rows.items())
    return f"<table>{cells}</table>"


def _text(text: str) -> str:
    """Text with its code, which stands in backquotes, as HTML."""
    pieces = [html.escape(piece) for piece in text.split("`")]
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))
