"""The connection to a model server: one request at a time, within its times, ended wherever it is where it is stopped.

It goes to the server that was named, by no proxy, and is led on to no other. What is asked there is for `chat.py`.
"""

import json
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import httpcore

from assistant.errors import ServerError
from assistant.model.server import faults
from assistant.model.server.address import Server
from assistant.model.server.faults import Passing

__all__ = ["LOOK_SECONDS", "Connection", "Response", "Stopped", "Times"]

LOOK_SECONDS = 0.05
"""Between two looks at whether what is awaited is still wanted."""
WRITE_SECONDS = 10.0
BYTES = 4_000_000
"""Longest response."""


class Stopped(Exception):
    """What was asked isn't wanted any more."""


@dataclass(frozen=True, slots=True)
class Times:
    """Longest waits, in seconds."""

    connect: float = 5.0
    first: float = 120.0
    """For the first token: a server may have to load the model, and reads the article."""
    between: float = 30.0
    """For each further one."""
    whole: float = 300.0
    """For all of a response."""
    pauses: tuple[float, ...] = (0.5, 2.0)
    """Before each further try."""
    longest_pause: float = 20.0
    """Longest that a server may ask for."""


@dataclass(slots=True)
class _Patience:
    """How long the connection still waits, and for whom."""

    stopped: Callable[[], bool] = lambda: False
    until: float = 0.0
    end: float = 0.0

    def look(self) -> None:
        if self.stopped():
            raise Stopped
        if time.monotonic() > min(self.until, self.end):
            raise httpcore.ReadTimeout


class Response:
    """What a server answers, as it comes."""

    def __init__(self, status: int, headers: dict[str, str], chunks: Iterable[bytes], goes_on: Callable[[], None]):
        self.status = status
        self.headers = headers
        self.goes_on = goes_on
        """To be called with each token: the wait for the next one begins."""
        self._chunks = chunks

    def text(self) -> str:
        """All of it."""
        return b"".join(self._limited()).decode(errors="replace")

    def events(self) -> Iterator[str]:
        """The data of its server-sent events (WHATWG HTML, 9.2.6), as far as they have any."""
        data: list[str] = []
        for line in self._lines():
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif not line and data:
                yield "\n".join(data)
                data = []
        if data:
            yield "\n".join(data)

    def _lines(self) -> Iterator[str]:
        left = b""
        for chunk in self._limited():
            *lines, left = (left + chunk).replace(b"\r\n", b"\n").split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)
        yield left.decode(errors="replace")

    def _limited(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._chunks:
            size += len(chunk)
            if size > BYTES:
                raise ValueError(f"more than {BYTES:,} bytes")
            yield chunk


class Connection:
    """A connection that is kept, for one thread."""

    def __init__(self, server: Server, times: Times) -> None:
        self._server = server
        self._times = times
        self._patience = _Patience()
        self._pool: httpcore.ConnectionPool | None = None

    @contextmanager
    def ask(
        self, path: str, body: dict[str, Any] | list[Any] | None = None, *, stopped: Callable[[], bool]
    ) -> Iterator[Response]:
        """Sends `body`, or asks for what is at `path` below the base address; the response comes in the block.

        Raises:
            Passing: the server can't be reached, is slow, or breaks off.
            ServerError: it isn't who it says, leads on elsewhere, or can't be understood.
            Stopped: `stopped` says so.
        """
        now = time.monotonic()
        self._patience.stopped = stopped
        self._patience.until, self._patience.end = now + self._times.first, now + self._times.whole
        try:
            with self._opened().stream(
                "POST" if body else "GET",
                httpcore.URL(
                    scheme=self._server.scheme,
                    host=self._server.host,
                    port=self._server.port,
                    target=f"{self._server.path}{path}",
                ),
                headers=self._headers(),
                content=json.dumps(body, ensure_ascii=False).encode(errors="replace") if body else None,
            ) as got:
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in got.headers}
                if got.status in range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST):
                    raise faults.leads_on(self._server, got.status)
                yield Response(got.status, headers, got.iter_stream(), self._goes_on)
        except httpcore.TimeoutException as error:
            raise Passing(self._too_slow(error, now)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise self._failure(error) from error
        except (ValueError, RecursionError) as error:
            raise faults.garbage(self._server, error) from error

    def close(self) -> None:
        if self._pool:
            self._pool.close()
            self._pool = None

    def _opened(self) -> httpcore.ConnectionPool:
        if self._pool is None:
            context = _tls() if self._server.scheme == "https" else None
            backend = _PatientBackend(self._patience, self._times.connect)
            self._pool = httpcore.ConnectionPool(
                context, max_connections=1, keepalive_expiry=30.0, network_backend=backend
            )
        return self._pool

    def _goes_on(self) -> None:
        self._patience.until = time.monotonic() + self._times.between

    def _headers(self) -> list[tuple[str, str]]:
        headers = [
            ("Host", self._server.place),
            ("User-Agent", "article-assistant"),
            ("Accept", "text/event-stream, application/json"),
            ("Accept-Encoding", "identity"),
            ("Content-Type", "application/json"),
        ]
        return [*headers, ("Authorization", f"Bearer {self._server.key}")] if self._server.key else headers

    def _too_slow(self, error: httpcore.TimeoutException, began: float) -> ServerError:
        if isinstance(error, httpcore.ConnectTimeout):
            reason = ServerError("no answer within {seconds:g} seconds", seconds=self._times.connect)
            return faults.unreachable(self._server, reason)
        return faults.too_slow(self._server, time.monotonic() - began)

    def _failure(self, error: Exception) -> Passing | ServerError:
        cause = error.args[0] if error.args else None  # what httpcore made its own error of
        if isinstance(cause, ssl.SSLCertVerificationError):
            return faults.unproven(self._server, cause.verify_message)
        if isinstance(error, httpcore.ConnectError):
            why = (cause.strerror if isinstance(cause, OSError) else None) or error
            return Passing(faults.unreachable(self._server, why))
        return Passing(faults.broken_off(self._server, error))


class _PatientBackend(httpcore.NetworkBackend):
    """Makes connections that wait no longer than they are to."""

    def __init__(self, patience: _Patience, seconds: float) -> None:
        self._patience = patience
        self._seconds = seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        backend = httpcore.SyncBackend()
        stream = backend.connect_tcp(host, port, timeout=self._seconds, socket_options=socket_options)
        return _PatientStream(stream, self._patience, self._seconds)


class _PatientStream(httpcore.NetworkStream):
    """A connection whose reads look, now and then, at whether they are still wanted."""

    def __init__(self, stream: httpcore.NetworkStream, patience: _Patience, seconds: float) -> None:
        self._stream = stream
        self._patience = patience
        self._seconds = seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        while True:
            self._patience.look()
            try:
                return self._stream.read(max_bytes, LOOK_SECONDS)
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, WRITE_SECONDS)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._seconds)
        return _PatientStream(stream, self._patience, self._seconds)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()
