"""What the header of an uncompressed recording promises: wav, aiff, au.

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


def missing_bytes(path):
    """Count the bytes of sound that a header promises beyond the end of the file.

    Args:
        path: A file; one that is no wav, aiff or au misses nothing that this can tell.

    Returns:
        A whole number; 0 for a complete file, and for one written to a stream, without its size.

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
