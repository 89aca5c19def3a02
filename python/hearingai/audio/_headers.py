"""What the headers of a recording promise: wav, w64, aiff, au, ogg and opus.

libsndfile reads the truncated ones without a word and returns what is left.
"""

import os
import struct

_STREAMED = (0, 0x7FFFFFFF, 0x7FFFFFFF + 1, 0xFFFFFFFF)  # sizes a writer leaves that could not seek
_CHUNKED = {  # the first four bytes: (byte order, the kinds, the chunk that holds the sound)
    b"RIFF": ("<", (b"WAVE",), b"data"),
    b"RIFX": (">", (b"WAVE",), b"data"),
    b"RF64": ("<", (b"WAVE",), b"data"),
    b"FORM": (">", (b"AIFF", b"AIFC"), b"SSND"),
}
_W64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"
_OGG_HEAD, _OGG_LONGEST, _OGG_END = 27, 2**16, 0x04  # bytes, bytes, the flag of the last page


def missing_bytes(path):
    """Count the bytes that a header promises beyond the end of the file.

    Args:
        path: A file; one of another format misses nothing that this can tell.

    Returns:
        A whole number; 0 for a complete file, and for one written to a stream, without its size.
        Of ogg and opus only the last page is known, so that more may be missing.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.aiff")
        >>> hearingai.write_audio(path, numpy.zeros(1000), 16000)
        >>> os.truncate(path, os.path.getsize(path) - 500)
        >>> missing_bytes(path)
        500
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(12)
        if head[:4] == b".snd" and len(head) == 12:
            begin, length = struct.unpack(">II", head[4:])
            return 0 if length in _STREAMED else max(0, begin + length - size)
        if head == _W64:
            length = int.from_bytes(file.read(12)[4:], "little")  # of the whole file
            return max(0, length - size) if length < 2**63 else 0
        if head[:4] == b"OggS":
            return _missing_in_pages(file, size)
        order, kinds, sound = _CHUNKED.get(head[:4], ("<", (), b""))
        if head[8:] not in kinds:
            return 0
        return _missing_in_chunks(file, size, order, sound)


def _missing_in_chunks(file, size, order, sound):
    long_length = None  # an RF64 file of more than 4 GB says its size in a chunk ahead
    while len(chunk := file.read(8)) == 8:
        name, length = chunk[:4], struct.unpack(f"{order}I", chunk[4:])[0]
        begin = file.tell()
        if name == b"ds64" and len(sizes := file.read(16)) == 16:
            long_length = struct.unpack("<QQ", sizes)[1]
        if name == sound:
            if length in _STREAMED:
                length = long_length or 0
            return max(0, begin + length - size)
        file.seek(begin + length + length % 2)
    return 0


def _missing_in_pages(file, size):
    """What the last page lacks; behind a whole one that ends no stream, the head of the next."""
    file.seek(max(0, size - _OGG_LONGEST))
    tail = file.read()
    first = tail.rfind(b"OggS\0")
    page = tail[first:] if first >= 0 else b""
    head = page[:_OGG_HEAD].ljust(_OGG_HEAD, b"\0")
    lengths = page[_OGG_HEAD : _OGG_HEAD + head[26]]
    missing = max(0, _OGG_HEAD + head[26] + sum(lengths) - len(page))
    return missing or (0 if head[5] & _OGG_END else _OGG_HEAD)
