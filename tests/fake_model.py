"""A language model for tests that says what it is told to say."""

import threading
from collections.abc import Iterator, Sequence

from assistant.llm import ChatModel, Generation, Message, ModelState, Usage


class FakeGeneration(Generation):
    """Yields the pieces, `seconds` apart, then raises `error` if there is one; `stop` ends it at once."""

    def __init__(self, pieces: Sequence[str], seconds: float, error: Exception | None) -> None:
        self.usage = Usage()
        self.stopped = threading.Event()
        self._pieces = pieces
        self._seconds = seconds
        self._error = error

    def __iter__(self) -> Iterator[str]:
        try:
            self.usage.prompt = 100
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
    """Answers every question with `pieces`; keeps the messages and the generations it was asked for."""

    name = "fake"

    def __init__(
        self,
        *pieces: str,
        seconds: float = 0.0,
        error: Exception | None = None,
        state: ModelState = "ready",
    ) -> None:
        self.pieces = pieces
        self.seconds = seconds
        self.error = error
        self.current_state = state
        self.asked: list[tuple[Message, ...]] = []
        self.max_tokens: list[int] = []
        self.generations: list[FakeGeneration] = []

    @property
    def state(self) -> ModelState:
        return self.current_state

    def start(self) -> None:
        """There is nothing to load."""

    def generate(self, messages: Sequence[Message], max_tokens: int) -> FakeGeneration:
        self.asked.append(tuple(messages))
        self.max_tokens.append(max_tokens)
        self.generations.append(FakeGeneration(self.pieces, self.seconds, self.error))
        return self.generations[-1]
