"""Recordings at addresses that clients name: only public ones, whatever names and redirects say."""

import contextlib
import http.client
import ipaddress
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from ..errors import HearingAIError, readable
from ..web.uploads import too_large

_LONGEST = 2000  # characters of an address
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_STEP = 20  # seconds without a byte
_PIECE = 2**18  # bytes
_UNICAST = ipaddress.ip_network("2000::/3")
# Azure's and Oracle's own services for a machine in their clouds, at addresses that pass as public.
_PLATFORMS = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24")))
_PORTS = {"http": 80, "https": 443}


class AddressError(HearingAIError):
    """What is at an address cannot be fetched."""


def fetch_public(url: str, path: Path, most: int, seconds: float) -> None:
    """Write what is at a public address to a file.

    A name is looked up once, all its IP addresses must be public, and the connection is made to one
    of these, which is none of this machine; so with every redirect. Proxies of the environment are
    not used, nothing is sent that would tell who asks.

    Args:
        url: An http or https address.
        path: Where to write.
        most: Bytes allowed.
        seconds: Time allowed for all of it.

    Raises:
        AddressError: It is not public, cannot be reached, or has nothing.
        TooLargeError: It is larger.
        OSError: It cannot be written.
    """
    with contextlib.closing(_pieces(url, most, time.monotonic() + seconds)) as pieces:
        first = next(pieces, b"")  # before there is a file
        with open(path, "wb") as file:
            for piece in itertools.chain([first], pieces):
                file.write(piece)


def _pieces(url: str, most: int, end: float) -> Generator[bytes, None, None]:
    """Yield what is at a public address, until a time."""
    try:
        for _ in range(_REDIRECTS + 1):
            with _answer_of(url, end) as answer:
                if answer.status in _MOVED and answer.getheader("location"):
                    url = urljoin(url, answer.getheader("location") or "")
                    continue
                if answer.status != 200:
                    raise AddressError(f"`url`: the answer there is {answer.status}")
                yield from _content(answer, most)
                if time.monotonic() >= end:  # cut off, which can look like the end
                    raise TimeoutError("it takes too long")
                return
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise AddressError(f"`url` cannot be fetched: {readable(reason)[:200]}") from None
    raise AddressError(f"`url` leads to more than {_REDIRECTS} redirects")


@contextlib.contextmanager
def _answer_of(url: str, end: float) -> Iterator[http.client.HTTPResponse]:
    """The answer to a request of an address, whose connection is cut off at a time."""
    parts = _checked(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    with _connected(host, port) as plain:
        channel = _secured(plain, host) if secure else plain
        with _cut_off(channel, end), contextlib.closing(kind(host, port)) as connection:
            connection.sock = channel
            if isinstance(channel, ssl.SSLSocket):
                channel.do_handshake()
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
            query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
            headers = {"Accept-Encoding": "identity", "User-Agent": "hearingai"}
            connection.request("GET", f"{path}?{query}" if query else path, headers=headers)
            yield connection.getresponse()


def _checked(url: str) -> SplitResult:
    """The parts of an address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(url) > _LONGEST or not url.isprintable() or "@" in parts.netloc:
        raise AddressError(
            "`url` must be an http:// or https:// address without a user's name, of at most "
            f"{_LONGEST} characters"
        )
    return parts


def _connected(host: str, port: int) -> socket.socket:
    """A connection to a name that is only in public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not found or not all(is_public(str(place[0])) for *_, place in found):
        raise _not_public()
    trouble: OSError = OSError("there is no such host")
    for family, kind, protocol, _, place in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_STEP)
            sock.connect(place)
            own = is_own(sock)
        except OSError as error:
            sock.close()
            trouble = error
            continue
        if own:
            sock.close()
            raise _not_public()
        return sock
    raise trouble


def is_own(sock: socket.socket) -> bool:
    """Whether a connection leads to this very machine, by a public address of its own."""
    return bool(sock.getpeername()[0] == sock.getsockname()[0])


def _not_public() -> AddressError:
    return AddressError("`url` must be a public address; those of private networks are refused")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a host of the public internet.

    Example:
        >>> [is_public(a) for a in ("93.184.216.34", "10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1")]
        [True, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.is_multicast or not ip.is_global or any(ip in own for own in _PLATFORMS):
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    # Those of other kinds, and of tunnels, may lead to any IPv4 address.
    return ip in _UNICAST and ip.sixtofour is None and ip.teredo is None


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """The connection encrypted, before its handshake."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


@contextlib.contextmanager
def _cut_off(sock: socket.socket, end: float) -> Iterator[None]:
    """Cut a connection off at a time, however slowly it sends."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(
                sock, socket.SHUT_RDWR
            )  # of the connection below, where it is TLS

    timer = threading.Timer(max(0.0, end - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _content(answer: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    """Yield what an answer has, up to the size that is allowed."""
    told = answer.getheader("content-length", "")
    if told.isdecimal() and int(told) > most:
        raise too_large(most)
    done = 0
    while piece := answer.read(_PIECE):
        done += len(piece)
        if done > most:
            raise too_large(most)
        yield piece
    if told.isdecimal() and done < int(told):
        raise AddressError("`url`: the connection broke off")
