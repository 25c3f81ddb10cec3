"""A language model for tests that says what it is told to say."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from assistant.model.protocol import (
    ChatModel,
    Constraint,
    Generation,
    Message,
    ModelState,
    ModelStatus,
    Reading,
    Retraction,
    Usage,
)


def reading(margin: float, *hidden: float) -> Reading:
    """What a model made of a prompt that it would rather answer than refuse by `margin`."""
    return Reading(np.array(hidden, np.float32), margin)


SURE, UNSURE = reading(9.0), reading(-9.0)


class FakeGeneration(Generation):
    """Yields the pieces, `seconds` apart, then raises `error` if there is one; `stop` ends it at once.

    As with a real one, `makes` is its reading from the first piece on. It begins when all of `queue` and `statuses` has
    been seen: how many questions come before it, and what the model is doing.
    """

    def __init__(
        self,
        pieces: Sequence[str | Retraction],
        seconds: float,
        error: Exception | None,
        makes: Reading | None,
        queue: Sequence[int] = (),
        statuses: Sequence[ModelStatus] = (),
        *,
        ends: bool = True,
        lead: float = math.inf,
    ) -> None:
        self.usage = Usage()
        self.reading: Reading | None = None
        self.is_ended = ends
        self.lead = lead
        self.stopped = threading.Event()
        self._pieces = pieces
        self._seconds = seconds
        self._error = error
        self._makes = makes
        self._queue = list(queue)
        self._statuses = statuses

    def wait(self, _: float) -> bool:
        return self.stopped.is_set() or not (self._queue or self._statuses)

    def before(self) -> int:
        return self._queue.pop(0) if self._queue else 0

    def __iter__(self) -> Iterator[str | Retraction]:
        began = 0.0
        try:
            self.usage.prompt, self.usage.reused = 100, 60
            self.reading = self._makes
            for piece in self._pieces:
                if self.stopped.wait(self._seconds):
                    return
                began = began or time.perf_counter()
                self.usage.decoded = (self.usage.completion, time.perf_counter() - began)
                self.usage.completion += 1
                yield piece
            if self._error:
                raise self._error
        finally:
            self.stop()

    def stop(self) -> None:
        self.stopped.set()


class FakeModel(ChatModel):
    """Answers every question with `pieces`, held to nothing; keeps what it was asked for, and the generations."""

    name = "fake"
    taught_by = ""
    size = 1_117_320_768

    def __init__(
        self,
        *pieces: str | Retraction,
        seconds: float = 0.0,
        error: Exception | None = None,
        state: ModelState = "ready",
        makes: Reading = SURE,
        queue: Sequence[int] = (),
        statuses: Sequence[ModelStatus] = (),
        ends: bool = True,
        lead: float = math.inf,
    ) -> None:
        """Args:
        ends: whether what it says ends where it may.
        lead: by how much a word that has rivals goes before them.
        queue: how many questions come before each question, one number for each look at it.
        statuses: what the model does, one for each look at it, before it is in `state`.
        """
        self.pieces = pieces
        self.seconds = seconds
        self.error = error
        self.current_state = state
        self.makes = makes
        self.ends = ends
        self.lead = lead
        self.queue = queue
        self.statuses = list(statuses)
        self.asked: list[tuple[Message, ...]] = []
        self.max_tokens: list[int] = []
        self.constraints: list[Constraint | None] = []
        self.refusals: list[str | None] = []
        self.askers: list[str | None] = []
        self.generations: list[FakeGeneration] = []
        self.read_before: list[tuple[tuple[Message, ...], str]] = []

    @property
    def status(self) -> ModelStatus:
        return self.statuses.pop(0) if self.statuses else ModelStatus(self.current_state)

    def start(self) -> None:
        """There is nothing to load."""

    def wait_until_loaded(self) -> None:
        """There is nothing to wait for."""

    def settle(self, stopped: Callable[[], bool]) -> None:
        """What taught it is known."""

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
        read: Sequence[Message] | None = None,  # noqa: ARG002
        foretells: Callable[[str], str] | None = None,  # noqa: ARG002
        rivals: Callable[[str], Sequence[str]] | None = None,  # noqa: ARG002
        asker: str | None = "",
        is_open: bool = False,  # noqa: ARG002
    ) -> FakeGeneration:
        self.askers.append(asker)
        self.asked.append(tuple(messages))
        self.max_tokens.append(max_tokens)
        self.constraints.append(allows)
        self.refusals.append(refusal)
        makes = self.makes if refusal else None
        waits = (self.queue, self.statuses)
        generation = FakeGeneration(
            self.pieces, self.seconds, self.error, makes, *waits, ends=self.ends, lead=self.lead
        )
        self.generations.append(generation)
        return generation

    def read(self, messages: Sequence[Message], article: str) -> FakeGeneration:
        self.read_before.append((tuple(messages), article))
        return FakeGeneration((), 0.0, None, None)
