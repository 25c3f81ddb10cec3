"""The language model as the rest of the assistant sees it: `ChatModel`, and the worker that runs one by llama.cpp.

What is asked of it stands in `prompts.py`; `llama.py` does the evaluating.
"""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from assistant.errors import ModelError

if TYPE_CHECKING:
    from assistant.llama import LlamaContext

__all__ = ["ChatModel", "Generation", "LlamaWorker", "Message", "ModelState", "Usage"]

ModelState = Literal["loading", "busy", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; its content is plain text and never read as control tokens."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(slots=True)
class Usage:
    """Token counts of one generation. `reused` prompt tokens had been evaluated for an earlier one."""

    prompt: int = 0
    reused: int = 0
    completion: int = 0


class Generation(Protocol):
    """A running generation: iterate for its text, piece by piece; `usage` is complete when the pieces end."""

    usage: Usage

    def __iter__(self) -> Iterator[str]: ...

    def stop(self) -> None:
        """Ends the generation within milliseconds, wherever it is; its pieces end without an error."""


class ChatModel(Protocol):
    """A language model that continues a conversation. Greedy: the same messages give the same text."""

    name: str

    @property
    def state(self) -> ModelState: ...

    def generate(self, messages: Sequence[Message], max_tokens: int) -> Generation:
        """Starts (or queues) a generation and returns at once.

        Iterating raises ModelError where the model can't be loaded, or the messages don't fit its context.
        """


@dataclass(slots=True)
class _Job:
    """A generation that the worker's thread runs, and the pieces it has for whoever iterates."""

    messages: Sequence[Message]
    max_tokens: int
    usage: Usage = field(default_factory=Usage)
    pieces: "queue.SimpleQueue[str | BaseException | None]" = field(default_factory=queue.SimpleQueue)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __iter__(self) -> Iterator[str]:
        try:
            while (piece := self.pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self.stop()

    def stop(self) -> None:
        self.stopped.set()


class LlamaWorker:
    """A GGUF model run by llama.cpp in a thread of its own, one generation after the other.

    The model loads in that thread from `start` or the first question on; generations asked for meanwhile wait.
    """

    def __init__(self, path: Path, name: str, *, threads: int, context_tokens: int) -> None:
        self.name = name
        self._path = path
        self._threads = threads
        self._context_tokens = context_tokens
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._state: ModelState = "loading"
        self._thread = threading.Thread(target=self._run, name="llama", daemon=True)
        self._starting = threading.Lock()

    @property
    def state(self) -> ModelState:
        if self._state == "ready" and not self._jobs.empty():
            return "busy"
        return self._state

    def start(self) -> None:
        """Begins to load the model, if that has not begun; returns at once."""
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()

    def generate(self, messages: Sequence[Message], max_tokens: int) -> Generation:
        self.start()
        job = _Job(messages, max_tokens)
        self._jobs.put(job)
        return job

    def wait_until_loaded(self, seconds: float = 600.0) -> None:
        """Starts the worker and returns when the model is loaded.

        Raises:
            ModelError: it can't be, or not in time.
        """
        self.start()
        deadline = time.monotonic() + seconds
        while self._state == "loading" and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._state == "loading":
            raise ModelError(f"The model {self._path} is not loaded after {seconds:.0f} seconds.")
        if self._state == "failed":
            list(self.generate((), 0))

    def close(self) -> None:
        """Ends the thread after the generation it is at, and frees the model."""
        self._jobs.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            from assistant.llama import LlamaContext

            context = LlamaContext(self._path, threads=self._threads, context_tokens=self._context_tokens)
        except Exception as error:  # whoever asks is told
            self._refuse_all(error)
            return
        self._state = "ready"
        while job := self._jobs.get():
            self._state = "busy"
            try:
                _generate(context, job)
            except Exception as error:  # whoever asked is told
                job.pieces.put(error)
            job.pieces.put(None)
            self._state = "ready"
        context.close()

    def _refuse_all(self, error: Exception) -> None:
        self._state = "failed"
        while job := self._jobs.get():
            job.pieces.put(error if isinstance(error, ModelError) else ModelError(f"The model can't be run: {error}"))
            job.pieces.put(None)


def _generate(context: "LlamaContext", job: _Job) -> None:
    """Runs `job` to its end, its limit or its stop."""
    tokens = context.tokens(job.messages)
    job.usage.prompt = len(tokens)
    if len(tokens) + job.max_tokens > context.context_tokens:
        raise ModelError(
            f"The passages and the question take {len(tokens)} tokens; with the answer at most "
            f"{context.context_tokens} fit. Ask a shorter question."
        )
    stopped = job.stopped.is_set
    reused = None if stopped() else context.evaluate(tokens, stopped)
    if reused is None:
        return
    job.usage.reused = reused
    decode = context.text_decoder()
    while job.usage.completion < job.max_tokens:
        token = int(context.logits().argmax())
        if context.ends(token):
            return
        job.usage.completion += 1
        if piece := decode(token):
            job.pieces.put(piece)
        if stopped() or job.usage.completion == job.max_tokens or not context.append(token, stopped):
            return
