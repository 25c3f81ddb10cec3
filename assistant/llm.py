"""The language model as the rest of the assistant sees it: `ChatModel`, and the worker that runs one by llama.cpp.

What is asked of it stands in `prompts.py`; `llama.py` does the evaluating.
"""

import codecs
import math
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

    from assistant.llama import LlamaContext

__all__ = ["ChatModel", "Constraint", "Generation", "LlamaWorker", "Message", "ModelState", "Reading", "Usage"]

CANDIDATES = 200
"""Tokens looked at for one that a constraint allows."""

ModelState = Literal["loading", "busy", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; its content is plain text and never read as control tokens."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's state when it has read a prompt, before it answers.

    `hidden` is its final hidden state at the last token, float32 of shape (width,); `margin` the log-probability
    of the best token that begins an answer over that of the token that begins a refusal.
    """

    hidden: "np.ndarray[Any, np.dtype[np.float32]]"
    margin: float


@dataclass(slots=True)
class Usage:
    """Token counts of one generation. `reused` prompt tokens had been evaluated for an earlier one."""

    prompt: int = 0
    reused: int = 0
    completion: int = 0


class Constraint(Protocol):
    """What a generation may say."""

    def __call__(self, text: str, *, finished: bool) -> bool:
        """Whether it may go on to `text` (a last character cut short shows as U+FFFD), or end there."""


class Generation(Protocol):
    """A running generation: iterate for its text, piece by piece; `usage` is complete when the pieces end."""

    usage: Usage
    reading: "Reading | None"
    """What the model made of the prompt: there before the first piece, None until then."""

    def __iter__(self) -> Iterator[str]: ...

    def stop(self) -> None:
        """Ends the generation within milliseconds, wherever it is; its pieces end without an error."""


class ChatModel(Protocol):
    """A language model that continues a conversation. Greedy: the same messages give the same text."""

    name: str

    @property
    def state(self) -> ModelState: ...

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
    ) -> Generation:
        """Starts (or queues) a generation and returns at once.

        Args:
            allows: what the text is held to: of the tokens it allows, the likeliest is taken.
            refusal: what a refusal begins with; given, the generation has a `reading`.

        Iterating raises ModelError where the model can't be loaded, or the messages don't fit its context.
        """


@dataclass(slots=True)
class _Job:
    """A generation that the worker's thread runs, and the pieces it has for whoever iterates."""

    messages: Sequence[Message]
    max_tokens: int
    allows: Constraint | None = None
    refusal: str | None = None
    reading: Reading | None = None
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
        self._closed = False
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

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
    ) -> Generation:
        job = _Job(messages, max_tokens, allows, refusal)
        if self._closed:
            job.pieces.put(ModelError("The model has been closed; start the assistant again."))
        else:
            self.start()
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
        """Ends the thread after the generation it is at, and frees the model; who asks later gets a ModelError."""
        self._closed = True
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
    if job.refusal:
        job.reading = _reading(context, job.refusal)
    said = b""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while job.usage.completion < job.max_tokens:
        token = _next_token(context, said, job.allows)
        if token is None:
            return
        job.usage.completion += 1
        said += context.piece(token)
        if piece := decoder.decode(context.piece(token)):
            job.pieces.put(piece)
        if stopped() or job.usage.completion == job.max_tokens or not context.append(token, stopped):
            return


def _reading(context: "LlamaContext", refusal: str) -> Reading:
    logits = context.logits()
    token = context.first_token(refusal)
    others = max(logits[:token].max(initial=-math.inf), logits[token + 1 :].max(initial=-math.inf))
    return Reading(context.hidden(), float(others - logits[token]))


def _next_token(context: "LlamaContext", said: bytes, allows: Constraint | None) -> int | None:
    """The likeliest token that may follow `said`; None where that is the end, or none of the likely ones may."""
    for token in _by_likelihood(context.logits()):
        if context.ends(token):
            if allows is None or allows(said.decode(errors="replace"), finished=True):
                return None
        elif allows is None:
            return token
        else:
            piece = context.piece(token)
            if piece and allows((said + piece).decode(errors="replace"), finished=False):
                return token
    return None


def _by_likelihood(logits: "np.ndarray[Any, np.dtype[np.float32]]") -> Iterator[int]:
    """The `CANDIDATES` likeliest tokens; sorted only where the first isn't taken."""
    first = int(logits.argmax())
    yield first
    top = logits.argpartition(-CANDIDATES)[-CANDIDATES:]
    yield from (int(token) for token in top[logits[top].argsort()[::-1]] if token != first)
