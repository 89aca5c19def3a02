"""A camera that speaks RTSP over TCP: 16-bit samples in RTP packets."""

import contextlib
import socket
import struct
import threading

_SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
_PART = 400  # samples a packet


@contextlib.contextmanager
def camera(sound, rate):
    """Serve int16 `(samples,)` once; yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, sound, rate), daemon=True).start()
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/live"


def _serve(server, sound, rate):
    with contextlib.suppress(OSError):
        client, _ = server.accept()
        with client, client.makefile("rb") as lines:
            while request := lines.readline().decode().split():
                fields = {}
                while line := lines.readline().decode().strip():
                    name, _, value = line.partition(":")
                    fields[name.lower()] = value.strip()
                _answer(client, request[0], fields["cseq"], rate)
                if request[0] == "PLAY":
                    _send(client, sound)
                    return


def _answer(client, method, number, rate):
    sdp = f"{_SDP}m=audio 0 RTP/AVP 97\r\na=rtpmap:97 L16/{rate}/1\r\na=control:track1\r\n"
    more = {
        "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
        "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n",
        "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
        "PLAY": "Session: 1\r\n",
    }
    answer = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{more.get(method, '')}\r\n"
    client.sendall((answer + (sdp if method == "DESCRIBE" else "")).encode())


def _send(client, sound):
    for number, at in enumerate(range(0, len(sound), _PART)):
        part = sound[at : at + _PART].astype(">i2").tobytes()
        packet = struct.pack(">BBHII", 0x80, 97, number & 0xFFFF, at, 1) + part
        client.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
