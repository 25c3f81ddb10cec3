"""Speaks with a Chroma server: what it gives, or what is wrong with it; it is asked in bounded time, and by no proxy.

What is kept there, and how, is for `shelf.py`.
"""

import re
import ssl
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.errors import StoreError
from assistant.library.served import faults
from assistant.library.served.address import Address

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

__all__ = ["Connection"]

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
PAUSES = 0.05, 0.2
"""Seconds before another call, where an error may pass."""
BATCH = 500
"""Rows that are sent at once."""
VERSION = 1
"""Of Chroma's servers; those of version 0 have other ways to address and to make a collection."""
_TIMEOUTS, _TRANSPORT = {"TimeoutException"}, {"TransportError"}
"""Names of classes of httpx, by which Chroma's client speaks."""
PASSING = {"InternalError", "ReadError", "RemoteProtocolError", "WriteError"}
"""Names of classes of Chroma's and httpx's of what may pass."""
T = TypeVar("T")


class Connection:
    """To a server; any thread may use it."""

    def __init__(self, address: Address) -> None:
        """Connects.

        Raises:
            StoreError: there is no such server, it is too slow, doesn't take the key, or is of another version.
        """
        self.address = address
        named = address.server
        self._within = {"tenant": named.tenant, "database": named.database}
        self._speaker: Any = self.ask(_speaker, address)
        self.batch = min(BATCH, self.ask(self._speaker.get_max_batch_size))

    def close(self) -> None:
        """Ends the connection; the object is of no use afterwards."""
        self._speaker._session.close()

    def collection(self, name: str) -> "Collection":
        """The collection of a name, made where there is none."""

        def opened() -> "Collection":
            configuration = {"hnsw": {"space": "ip"}}
            return self._of(
                self._speaker.get_or_create_collection(name=name, configuration=configuration, **self._within)
            )

        try:
            return self.ask(opened)
        except StoreError:  # another process may have made it at the same moment
            return self.ask(opened)

    def collections(self, prefix: str) -> "list[Collection]":
        """Those whose names begin so."""
        found = self.ask(self._speaker.list_collections, **self._within)
        return [self._of(model) for model in found if model.name.startswith(prefix)]

    def _of(self, model: Any) -> "Collection":
        from chromadb.api.models.Collection import Collection

        return Collection(client=self._speaker, model=model, embedding_function=None)

    def now(self) -> int:
        """The nanoseconds of the server's clock, which is the same for all who ask it."""
        return int(self.ask(self._speaker.heartbeat))

    def ask(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """What `call` gives, which may be called three times.

        Raises:
            StoreError: what is wrong with the server.
        """
        for pause in (*PAUSES, None):
            try:
                return call(*arguments, **named)
            except Exception as error:
                if pause is None or not _may_pass(error):
                    raise self._told(error) from self._shown(error)
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _shown(self, error: Exception) -> Exception | None:
        """An error that may be shown, as it doesn't show the key."""
        key = self.address.server.key
        return None if key and any(key in repr(each) for each in _chain(error)) else error

    def _told(self, error: BaseException) -> StoreError:
        chain = list(_chain(error))
        if told := next((each for each in chain if isinstance(each, StoreError)), None):
            return told
        if refusal := next((each for each in chain if isinstance(each, faults.Refusal)), None):
            return faults.refused(self.address, refusal)
        if any(_is(each, _TIMEOUTS) for each in chain):
            connecting = any(_is(each, {"ConnectTimeout"}) for each in chain)
            return faults.too_slow(self.address, CONNECT_SECONDS if connecting else READ_SECONDS)
        if certificate := next((each for each in chain if isinstance(each, ssl.SSLError)), None):
            reason = getattr(certificate, "verify_message", "") or certificate.reason or certificate
            return faults.unproven(self.address, reason)
        if any(_is(each, {"ConnectError"}) for each in chain):
            return faults.unreachable(self.address, _reason(chain))
        if any(_is(each, _TRANSPORT) for each in chain):
            return faults.broken_off(self.address, _reason(chain))
        if any(_is(each, {"InvalidCollection", "NotFoundError"}) for each in chain):
            return faults.fault(self.address, f"what was kept there is gone: {error}")
        return faults.fault(self.address, error or type(error).__name__)


def _speaker(address: Address) -> Any:
    """Chroma's own, once the server has said of which version it is, and that it has the database.

    Not the client, which asks for these without a bound of time.
    """
    from chromadb.api.fastapi import FastAPI
    from chromadb.config import Settings, System

    named = address.server
    keys = {"X-Chroma-Token": named.key, "Authorization": f"Bearer {named.key}"} if named.key else {}
    settings = Settings(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=address.host if ":" not in address.host else f"[{address.host}]",
        chroma_server_http_port=address.port,
        chroma_server_ssl_enabled=named.ssl,
        chroma_server_headers=keys,
    )
    system = System(settings)
    speaker: Any = system.instance(FastAPI)
    session = speaker._session
    session.timeout = (CONNECT_SECONDS, READ_SECONDS, READ_SECONDS, READ_SECONDS)
    session._mounts.clear()  # the proxies that the environment names
    session.event_hooks = {"response": [_look]}
    with ExitStack() as unusable:
        unusable.callback(session.close)
        version = str(speaker.get_version())
        if not re.match(rf"{VERSION}\.", version):
            raise faults.foreign(address, version)
        _look_for_database(speaker, address)
        unusable.pop_all()
    return speaker


def _look_for_database(speaker: Any, address: Address) -> None:
    from chromadb.errors import NotFoundError

    try:
        speaker.get_database(address.server.database, address.server.tenant)
    except NotFoundError as error:
        raise faults.without(address) from error


def _look(response: Any) -> None:
    """Has what isn't Chroma's own word, which its client would lose the status of, raised as it is."""
    status = response.status_code
    if status < 300:
        return
    said = response.read().decode("utf-8", "replace")
    if status in faults.AUTH or '"error"' not in said:
        raise faults.Refusal(status, "" if "<" in said else said)


def _chain(error: BaseException | None) -> "list[BaseException]":
    """An error and what it was raised of."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _is(error: BaseException, names: set[str]) -> bool:
    return any(each.__name__ in names for each in type(error).__mro__)


def _may_pass(error: BaseException) -> bool:
    """Whether another call may be without an error.

    Connections break off where a server is started anew, and a collection can't be searched at the moment in which it
    gets its first passages ("Nothing found on disk").
    """
    return any(_is(each, PASSING) for each in _chain(error))


def _reason(chain: "list[BaseException]") -> object:
    """What the system says, rather than those who tell it on."""
    of_system = [each for each in chain if isinstance(each, OSError) and each.strerror]
    return of_system[-1].strerror if of_system else (str(chain[0]) or type(chain[0]).__name__)
