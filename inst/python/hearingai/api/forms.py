"""A recording in a form: the one file of a `multipart/form-data` body, as it arrives."""

from pathlib import Path

import anyio
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from ..errors import HearingAIError
from ..web.uploads import pieces_of, too_large

FIELD = "file"
_AROUND = 16_384  # bytes that a form may have beside its file


class MalformedError(HearingAIError):
    """The body of a request is not what its type says."""


async def receive_form(request: Request, path: Path, most: int) -> str:
    """Write the file of a form to a file.

    Args:
        request: A Starlette request.
        path: Where to write.
        most: Bytes allowed of the file.

    Returns:
        The name that the form gives it; it may be empty.

    Raises:
        MalformedError: It is no form with one field `file`.
        TooLargeError: The file is larger.
        StalledError: The upload stopped.
    """
    form, done, around = _Form(request.headers.get("content-type", "")), 0, 0
    async with await anyio.open_file(path, "wb") as file:
        async for piece in pieces_of(request, most, _AROUND):
            content = form.feed(piece)
            done += len(content)
            if done > most:
                raise too_large(most)
            around += len(piece) - len(content)
            if around > _AROUND:
                raise MalformedError(f"the form has more than {_AROUND} bytes beside its file")
            await file.write(content)
    return form.end()


class _Form:
    """Parses a form piece by piece."""

    def __init__(self, content_type: str) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        self._name, self._value, self._headers = bytearray(), bytearray(), dict[bytes, bytes]()
        self._files, self._filename, self._complete = 0, "", False
        self._content = bytearray()
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": lambda data, a, b: self._name.extend(data[a:b]),
                    "on_header_value": lambda data, a, b: self._value.extend(data[a:b]),
                    "on_header_end": self._header,
                    "on_headers_finished": self._part,
                    "on_part_data": lambda data, a, b: self._content.extend(data[a:b]),
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise MalformedError("the form's Content-Type has no usable boundary") from None

    def feed(self, piece: bytes) -> bytes:
        """What a piece of the body has of the file."""
        self._content.clear()
        try:
            self._parser.write(piece)
        except FormParserError:
            raise MalformedError("the body is not the form that its Content-Type says") from None
        return bytes(self._content)

    def end(self) -> str:
        """The name of the file, once all is read."""
        if not self._complete:
            raise MalformedError("the form ends before its last boundary")
        if not self._files:
            raise MalformedError(f"the form has no field {FIELD}")
        return self._filename

    def _header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _part(self) -> None:
        options = parse_options_header(self._headers.get(b"content-disposition"))[1]
        self._files += 1
        if options.get(b"name") != FIELD.encode() or self._files > 1:
            raise MalformedError(f"the form must have one field, {FIELD}; options go in the query")
        self._filename = options.get(b"filename", b"").decode("utf-8", "replace")

    def _end(self) -> None:
        self._complete = True
