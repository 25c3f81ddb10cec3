"""Fetches one page that the user named: http or https, from a public address, within a time and a size.

A page, or whoever answers for its name, may try to have something fetched that only this machine can reach. So each
name is looked up once, all its addresses are checked, and the connection goes to one of those; so for every redirect.
No proxy, cookie or password is used. What a page holds is for `extraction.py`.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from assistant.errors import PageError
from assistant.sources.extraction import MEDIA_TYPES

__all__ = ["Fetched", "fetch", "is_public"]

REDIRECTS = 5
"""Most redirects followed."""
_HEADERS = (
    ("User-Agent", "Mozilla/5.0 (compatible; article-assistant)"),
    ("Accept", "text/html, application/xhtml+xml, application/pdf, text/plain;q=0.9, */*;q=0.5"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Accept-Language", "en, ja"),
    ("Connection", "close"),
)
_ANY_KIND = {"", "application/octet-stream", "binary/octet-stream"}
"""Media types of servers that don't say what they send."""
_OUT_OF_PUBLIC = " Save the page as a file and add that."
_BY_HAND = " Open it in a browser, copy the text of the article and add that."
_GLOBAL_V6, _NAT64 = IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}
_GZIP = b"\x1f\x8b"
_STEP = 4096
_REDIRECTING = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent: the bytes, their media type as it names it, and the address they came from in the end."""

    data: bytes
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class _Target:
    """An address taken apart: as it is sent, and for messages."""

    scheme: str
    host: str
    port: int
    path: str
    url: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def fetch(url: str, *, limit: int, seconds: float = 20) -> Fetched:
    """What is at `url`.

    Args:
        limit: most bytes accepted, as sent and as unpacked.
        seconds: longest time that all of it may take.

    Raises:
        PageError: there is nothing, it can't be reached in time, is too large or of another kind, or its address is
            none that pages are fetched from.
    """
    deadline = time.monotonic() + seconds
    base = ""
    for _ in range(REDIRECTS + 1):
        target = _target(_printable(url).strip(), base)
        try:
            found = _answer(target, limit, deadline)
        except httpcore.TimeoutException as error:
            raise PageError(
                "{url} did not come within {seconds:g} seconds. Try again later." + _BY_HAND,
                url=target.url,
                seconds=seconds,
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _failure(target, error) from error
        if isinstance(found, Fetched):
            return found
        url, base = found, target.url
    raise PageError("{url} leads on to other addresses without end." + _BY_HAND, url=base)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, also where IPv6 wraps one of IPv4 (RFC 4291, 3056, 6052)."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_V6 or (address.sixtofour and not is_public(address.sixtofour)):
            return False
    return address.is_global and not (address.is_private or address.is_multicast or address.is_reserved)


def _target(url: str, base: str) -> _Target:
    """Where `url` leads from the page at `base`."""
    try:
        url = urljoin(base, url)
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = host if ":" in host else host.encode("idna").decode("ascii")
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise PageError(
            "{url} is no web address ({reason}). It looks like https://example.org/news.", url=url, reason=error
        ) from error
    if parts.scheme not in _PORTS or not host:
        raise PageError(
            "{url} is no web address that can be fetched. It begins with http:// or https:// and a host.", url=url
        )
    if "@" in parts.netloc:
        raise PageError("The address has a user's name or password in it; none is sent. Take it out." + _OUT_OF_PUBLIC)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?[]") if parts.query else ""
    return _Target(parts.scheme, host, port, path + query, url)


def _answer(target: _Target, limit: int, deadline: float) -> Fetched | str:
    """What the server sends, or where it sends us."""
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    headers = [("Host", target.authority), *_HEADERS]
    with (
        httpcore.ConnectionPool(_tls(), network_backend=_Checked(deadline)) as pool,
        pool.stream("GET", url, headers=headers) as response,
    ):
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTING and "location" in named:
            return named["location"].encode("latin-1").decode("utf-8", "replace")
        if response.status != HTTPStatus.OK:
            raise _refusal(target, response.status)
        media_type = named.get("content-type", "")
        kind = _printable(media_type.partition(";")[0]).strip().lower()
        if kind not in MEDIA_TYPES and kind not in _ANY_KIND:
            raise PageError(
                "{url} is {kind}, and neither a page nor a text nor a PDF. Choose another address.",
                url=target.url,
                kind=kind,
            )
        if (length := named.get("content-length", "")[:20]).isdecimal() and int(length) > limit:
            raise _too_large(target, limit)
        sent = _collected(response.iter_stream(), target, limit)
        return Fetched(_unpacked(sent, named.get("content-encoding", ""), target, limit), media_type, target.url)


def _printable(text: str) -> str:
    """`text` without what would break a line, or order a terminal about."""
    return "".join(filter(str.isprintable, text))


def _tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


def _collected(chunks: Iterable[bytes], target: _Target, limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise _too_large(target, limit)
    return bytes(data)


def _unpacked(data: bytes, encoding: str, target: _Target, limit: int) -> bytes:
    """`data` out of its content encoding; never more than `limit` bytes are made of it."""
    encoding = _printable(encoding).strip().lower()
    if encoding in ("", "identity"):
        return data
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise PageError(
            "{url} is packed in a way that isn't read here ({encoding})." + _BY_HAND, url=target.url, encoding=encoding
        )
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib by its head, or deflate without one
        with suppress(zlib.error):
            return _inflated(data, window, target, limit)
    raise PageError("{url} came broken. Try again." + _BY_HAND, url=target.url)


def _inflated(data: bytes, window: int, target: _Target, limit: int) -> bytes:
    """What `data` has packed, in all members where it is gzip of several (RFC 1952)."""
    plain = bytearray()
    unpacker = zlib.decompressobj(window)
    for start in range(0, len(data), _STEP):  # small steps, since what is left of one is copied at each member
        rest = data[start : start + _STEP]
        while rest:
            if unpacker.eof:
                if not _GZIP.startswith(rest[: len(_GZIP)]):
                    return bytes(plain)
                unpacker = zlib.decompressobj(window)
            plain += unpacker.decompress(rest, limit + 1 - len(plain))
            if len(plain) > limit:
                raise _too_large(target, limit)
            rest = unpacker.unused_data
    if not unpacker.eof:
        raise zlib.error
    return bytes(plain)


def _too_large(target: _Target, limit: int) -> PageError:
    return PageError(
        "{url} has more than {limit:,} bytes, the most that is read." + _BY_HAND, url=target.url, limit=limit
    )


def _refusal(target: _Target, status: int) -> PageError:
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return PageError("There is no page at {url} (HTTP {status}). Check the address.", url=target.url, status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PageError(
            "The server of {url} has a fault (HTTP {status}). Try again later." + _BY_HAND,
            url=target.url,
            status=status,
        )
    return PageError("The server does not give out {url} (HTTP {status})." + _BY_HAND, url=target.url, status=status)


def _failure(target: _Target, error: Exception) -> PageError:
    cause = error.args[0] if error.args else None  # what httpcore made its own error of
    if isinstance(cause, ssl.SSLCertVerificationError):
        return PageError(
            "{host} can't show that it is {host} ({reason}), so nothing is fetched from it. Check the address."
            + _OUT_OF_PUBLIC,
            host=target.host,
            reason=cause.verify_message,
        )
    if isinstance(error, httpcore.ConnectError):
        why = (cause.strerror if isinstance(cause, OSError) else None) or error
        return PageError(
            "{host} can't be reached: {reason}. Check the address and the connection.", host=target.host, reason=why
        )
    return PageError(
        "The connection to {host} broke off ({reason}). Try again." + _BY_HAND, host=target.host, reason=error
    )


class _Checked(httpcore.NetworkBackend):
    """Connects to public addresses alone, each name being looked up once, and holds all steps to one deadline."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """A connection to one of the addresses of `host`, none of which may be anything but public."""
        addresses = _addresses(host, port, self._deadline)
        for tried, address in enumerate(addresses):
            patience = _left(self._deadline) / (len(addresses) - tried)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=patience)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if tried + 1 == len(addresses):
                    raise
                continue
            return _Timed(stream, self._deadline)
        raise httpcore.ConnectError("it has no address")


class _Timed(httpcore.NetworkStream):
    """A connection whose steps together take no longer than its deadline, however little comes at a time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until then, more than none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _addresses(host: str, port: int, deadline: float) -> list[str]:
    """The addresses of `host`, all of them public, by one look-up that is left where it takes too long."""
    looked_up: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            looked_up.set_result(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except Exception as error:  # told to the one who waits
            looked_up.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    try:
        addresses = looked_up.result(_left(deadline))
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except (OSError, UnicodeError) as error:
        raise PageError(
            "There is no host {host} to be found. Check the address and the connection.", host=host
        ) from error
    for address in addresses:
        if not is_public(ip_address(address)):
            called = host if host == address else f"{host} ({address})"
            raise PageError(
                "{host} is no address of the open internet; from others nothing is fetched." + _OUT_OF_PUBLIC,
                host=called,
            )
    return addresses
