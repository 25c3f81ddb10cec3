"""Stands in for llama.cpp under the real worker: reads until it is told to go on."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.errors import ModelStopped
from assistant.model.decoding import Candidate, Context
from assistant.model.protocol import Message, Placement, Reading

END = 1
"""Of the two tokens, the one that ends an answer."""


class BareContext:
    """What contexts that stand in for a model's have in common: nothing is kept, and one token is likely."""

    context_tokens = 100
    placement = Placement(1)

    def likeliest(self) -> Candidate:
        raise NotImplementedError

    def follow(self, _: int, __: str, ___: int, ____: Callable[[], bool]) -> list[Candidate] | None:
        raise NotImplementedError

    def candidates(self, _: int) -> list[Candidate]:
        return [self.likeliest()]

    def reading(self, _: str) -> Reading:
        return Reading(np.zeros(2, np.float32), 9.0)

    def keeps(self, _: Sequence[int]) -> bool:
        return False

    def keep(self, _: str) -> None:
        """There is nowhere to keep it."""

    def drop(self, _: str) -> None:
        """Nothing was kept."""

    def look(self) -> None:
        """It asks all the while."""

    def close(self) -> None:
        """There is nothing to free."""


class FakeContext(BareContext):
    """Stands in for a model's context: reads a prompt until `go_on` lets it, and then answers "yes".

    `began` has what it was given to read, as the last message of each prompt.
    """

    def __init__(self) -> None:
        self.began: list[str] = []
        self._may_go_on = threading.Semaphore(0)
        self._current = ""
        self._answered = False

    def go_on(self, prompts: int = 1) -> None:
        """Lets it come to the end of so many prompts."""
        self._may_go_on.release(prompts)

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:  # noqa: ARG002
        self._current = messages[-1].content
        return [0]

    def evaluate(self, _: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:  # noqa: ARG002
        self.began.append(self._current)
        self._answered = False
        while not self._may_go_on.acquire(timeout=0.001):
            if aborted():
                return None
        return 0

    def append(self, *_: object) -> bool:
        self._answered = True
        return True

    def likeliest(self) -> Candidate:
        return Candidate(END, None, 9.0) if self._answered else Candidate(0, b"yes", 9.0)


class FakeOpener:
    """Stands in for an `Opener`: `opens` gives the context, or raises."""

    def __init__(self, opens: Callable[[Path], Context]) -> None:
        self._opens = opens
        self.distrusted: list[ModelStopped] = []

    def open(self, path: Path, _: Callable[[], None]) -> Context:
        return self._opens(path)

    def distrust(self, error: ModelStopped) -> None:
        self.distrusted.append(error)


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """Waits until `condition` holds, at most so many seconds; how many it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.002)
    return time.monotonic() - began
