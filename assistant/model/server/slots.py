"""Whose turn the slots of a llama-server and its adapter have, among the threads that ask it.

The adapter is one for all slots: what is asked counts with it or without, as it is when the server takes it on. One
that each request names would have the server forget what it has read, and a plain article is read without it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.model.prefix import WORTH_TOKENS, common_length, has_but_the_end
from assistant.model.server.connection import Stopped

__all__ = ["Slot", "Slots", "Switch"]

LOOK_SECONDS = 0.05
"""Between two looks at whether what is waited for is still wanted."""


@dataclass(slots=True)
class Slot:
    """One slot, and what was evaluated in it last, the first `bare` tokens of it without the adapter."""

    number: int
    evaluated: list[int] = field(default_factory=list)
    bare: int = 0

    def has_read(self, tokens: Sequence[int], bare: int) -> bool:
        """Whether the first `bare` of `tokens`, no more and no less, were read without the adapter."""
        return self.bare == bare and common_length(self.evaluated, tokens) >= bare


class Slots:
    """Those of a server: each is one thread's at a time."""

    def __init__(self, count: int) -> None:
        self._free = OrderedDict((number, Slot(number)) for number in range(count))
        """Least recently used first."""
        self._changed = threading.Condition()

    def take(self, tokens: Sequence[int], stopped: Callable[[], bool]) -> Slot:
        """The free slot that has read most of `tokens`, or else the one that was used longest ago.

        Raises:
            Stopped: it isn't wanted any more.
        """
        with self._changed:
            while not self._free:
                _wait(self._changed, stopped)
            shared = {number: common_length(slot.evaluated, tokens) for number, slot in self._free.items()}
            best = max(shared, key=lambda number: shared[number])
            return self._free.pop(best if shared[best] >= WORTH_TOKENS else next(iter(self._free)))

    def holds(self, tokens: Sequence[int]) -> bool:
        """Whether a free one has read `tokens` without the adapter, but for little at their end."""
        with self._changed:
            read = [min(slot.bare, common_length(slot.evaluated, tokens)) for slot in self._free.values()]
        return any(has_but_the_end(shared, tokens) for shared in read)

    def leave(self, slot: Slot) -> None:
        """Gives a slot to whoever needs one next."""
        with self._changed:
            self._free[slot.number] = slot
            self._changed.notify()


class Switch:
    """The adapter of a server, on or off for all that is asked at a time."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        """Held by who waits for the switch, so that nobody else gets ahead meanwhile."""
        self._changed = threading.Condition()
        self._is_on: bool | None = None
        self._asking = 0

    def forget(self) -> None:
        """It may be otherwise than it was left."""
        self._is_on = None

    @contextmanager
    def held(
        self, turn: Callable[[], None], stopped: Callable[[], bool], *, is_on: bool, surely: bool = False
    ) -> Iterator[None]:
        """Keeps it on, or off, while the block asks.

        Args:
            turn: turns it so.
            surely: whether it is turned even where it was left so.

        Raises:
            Stopped: it isn't wanted any more.
        """
        while not self._door.acquire(timeout=LOOK_SECONDS):
            if stopped():
                raise Stopped
        try:
            with self._changed:
                while self._asking and self._is_on is not is_on:
                    _wait(self._changed, stopped)
                if self._is_on is not is_on or (surely and not self._asking):
                    self._is_on = None
                    turn()
                    self._is_on = is_on
                self._asking += 1
        finally:
            self._door.release()
        try:
            yield
        finally:
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()


def _wait(changed: threading.Condition, stopped: Callable[[], bool]) -> None:
    changed.wait(LOOK_SECONDS)
    if stopped():
        raise Stopped
