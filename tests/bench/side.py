"""What both sides have in common: asked a question in a process of its own, a side tells how long it took."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol

__all__ = ["Remote", "Reply", "Side", "in_new_process"]

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: milliseconds from the question to the first and the last of it that is shown.

    `evaluated` counts the prompt's tokens that had to be evaluated, `sources` names what the prompt held, in order;
    each is None or empty where the side doesn't tell.
    """

    text: str
    refused: bool
    first_ms: float
    last_ms: float
    evaluated: int | None = None
    sources: tuple[str, ...] = ()


class Side(Protocol):
    """Something that holds the articles and answers questions on them; a context manager, ready when entered."""

    def ask(self, article: int, question: str) -> Reply:
        """The answer to a question on the article with this number."""

    def read(self) -> None:
        """Lets the side prepare for questions on all articles, as far as it can."""


class Remote:
    """A side in a process of its own: made there when the block is entered, gone when it ends."""

    def __init__(self, make: Callable[..., AbstractContextManager[Side]], *arguments: Any) -> None:
        """Args:
        make: makes the side; a function of a module, as it is called in the other process.
        """
        self._ours, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, make, arguments), daemon=True)

    def __enter__(self) -> "Remote":
        self._process.start()
        self._reply()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ours.close()
        self._process.join()

    def ask(self, article: int, question: str) -> Reply:
        reply: Reply = self._call("ask", article, question)
        return reply

    def read(self) -> None:
        self._call("read")

    def _call(self, name: str, *arguments: Any) -> Any:
        self._ours.send((name, arguments))
        return self._reply()

    def _reply(self) -> Any:
        try:
            return self._ours.recv()
        except EOFError as error:
            raise RuntimeError("The process of a side ended without an answer; why, it says above.") from error


def _serve(connection: Connection, make: Callable[..., AbstractContextManager[Side]], arguments: Any) -> None:
    with make(*arguments) as side:
        connection.send(None)
        while True:
            try:
                name, given = connection.recv()
            except EOFError:
                return
            connection.send(getattr(side, name)(*given))


def in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function`, which belongs to a module, returns when called in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=_SPAWN) as pool:
        return pool.submit(function, *arguments).result()
