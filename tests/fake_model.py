"""A language model for tests that says what it is told to say."""

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from assistant.llm import ChatModel, Constraint, Generation, Message, ModelState, Reading, Usage


def reading(margin: float, *hidden: float) -> Reading:
    """What a model made of a prompt that it would rather answer than refuse by `margin`."""
    return Reading(np.array(hidden, np.float32), margin)


SURE, UNSURE = reading(9.0), reading(-9.0)


class FakeGeneration(Generation):
    """Yields the pieces, `seconds` apart, then raises `error` if there is one; `stop` ends it at once.

    As with a real one, `makes` is its reading from the first piece on.
    """

    def __init__(self, pieces: Sequence[str], seconds: float, error: Exception | None, makes: Reading | None) -> None:
        self.usage = Usage()
        self.reading: Reading | None = None
        self.stopped = threading.Event()
        self._pieces = pieces
        self._seconds = seconds
        self._error = error
        self._makes = makes

    def __iter__(self) -> Iterator[str]:
        try:
            self.usage.prompt, self.usage.reused = 100, 60
            self.reading = self._makes
            for piece in self._pieces:
                if self.stopped.wait(self._seconds):
                    return
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

    def __init__(
        self,
        *pieces: str,
        seconds: float = 0.0,
        error: Exception | None = None,
        state: ModelState = "ready",
        makes: Reading = SURE,
    ) -> None:
        self.pieces = pieces
        self.seconds = seconds
        self.error = error
        self.current_state = state
        self.makes = makes
        self.asked: list[tuple[Message, ...]] = []
        self.max_tokens: list[int] = []
        self.constraints: list[Constraint | None] = []
        self.refusals: list[str | None] = []
        self.askers: list[str | None] = []
        self.generations: list[FakeGeneration] = []
        self.read_before: list[tuple[tuple[Message, ...], str]] = []

    @property
    def state(self) -> ModelState:
        return self.current_state

    def start(self) -> None:
        """There is nothing to load."""

    def wait_until_loaded(self) -> None:
        """There is nothing to wait for."""

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
        asker: str | None = "",
        is_open: bool = False,  # noqa: ARG002
    ) -> FakeGeneration:
        self.askers.append(asker)
        self.asked.append(tuple(messages))
        self.max_tokens.append(max_tokens)
        self.constraints.append(allows)
        self.refusals.append(refusal)
        self.generations.append(FakeGeneration(self.pieces, self.seconds, self.error, self.makes if refusal else None))
        return self.generations[-1]

    def read(self, messages: Sequence[Message], article: str) -> FakeGeneration:
        self.read_before.append((tuple(messages), article))
        return FakeGeneration((), 0.0, None, None)
