"""Asks a server once more, a few times and with pauses, where that failed in a way that may pass."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from assistant.model.server.connection import Stopped, Times
from assistant.model.server.faults import Passing

__all__ = ["tried"]

T = TypeVar("T")


def tried(ask: Callable[[], T], times: Times, stopped: Callable[[], bool]) -> T:
    """What `ask` gives, after a few more tries where it fails and that may pass.

    Raises:
        ServerError: the last try failed too, or the server wants more patience than there is.
        Stopped: it isn't wanted any more.
    """
    deadline = time.monotonic() + times.whole
    for pause in (*times.pauses, None):
        try:
            return ask()
        except Passing as passing:
            wait = pause if passing.after is None else passing.after
            if pause is None or wait is None or wait > times.longest_pause:
                raise passing.error from passing
            if time.monotonic() + wait > deadline:
                raise passing.error from passing
        _pause(wait, stopped)
    raise AssertionError("the last try returns or raises")


def _pause(seconds: float, stopped: Callable[[], bool]) -> None:
    for _ in _looks(seconds):
        if stopped():
            raise Stopped


def _looks(seconds: float) -> Iterator[None]:
    """A look now and then until so many seconds are over."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        yield
        time.sleep(min(left, 0.05))
