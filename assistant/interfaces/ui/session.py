"""Which question each open page, or program, is waiting for, so that Stop, or leaving, ends it."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar

from assistant.answering.answering import Inquiry

__all__ = ["Departures", "Sessions", "Threads"]

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")
Mapping = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping]]
Send = Callable[[Mapping], Awaitable[None]]
Served = Callable[[Mapping, Receive, Send], Awaitable[None]]


class Sessions:
    """The running inquiries by page; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str | None, list[Inquiry]] = {}

    @contextmanager
    def running(self, page: str | None, inquiry: Inquiry) -> Iterator[None]:
        """Counts `inquiry` as running for `page` until the block ends; a block that is left early stops it."""
        with self._lock:
            self._running.setdefault(page, []).append(inquiry)
        try:
            yield
        finally:
            inquiry.stop()
            with self._lock:
                self._running[page].remove(inquiry)
                if not self._running[page]:
                    del self._running[page]

    def stop(self, page: str | None) -> None:
        """Stops all that runs for `page`."""
        with self._lock:
            running = list(self._running.get(page, ()))
        for inquiry in running:
            inquiry.stop()


class Threads:
    """At most `count` threads that wait on behalf of the server's one: whoever it is for may give up at once."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="asker")

    async def run(
        self, function: Callable[Parameters, Value], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Value:
        """What `function` returns or raises; cancelled, it is not waited for."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **kwargs))

    async def each(self, items: Generator[Value, None, None]) -> AsyncIterator[Value]:
        """Each of `items`, none of which is None; cancelled, the next is not waited for, and with it they end."""
        step: Future[Value | None] | None = None
        try:
            while (item := await asyncio.wrap_future(step := self._pool.submit(next, items, None))) is not None:
                yield item
        finally:
            if step:
                step.add_done_callback(lambda _: items.close())


class Departures:
    """Stops what runs for a program that hangs up on its answer; Gradio itself only tells of pages and its client.

    Goes before an ASGI application. A program's call has a session of its own, named as the call.
    """

    _ANSWER = re.compile(r"/call/(?:v2/)?\w+/(\w+)$")

    def __init__(self, app: Served, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Mapping, receive: Receive, send: Send) -> None:
        call = self._ANSWER.search(scope.get("path", ""))

        async def receive_or_stop() -> Mapping:
            message = await receive()
            if call and message["type"] == "http.disconnect":
                self._sessions.stop(call[1])
            return message

        await self._app(scope, receive_or_stop, send)
