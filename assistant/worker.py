"""The worker that runs a model by llama.cpp in a thread of its own: questions in turn, reading in between.

`llama.py` does the evaluating.
"""

import codecs
import itertools
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelError
from assistant.llm import Constraint, Generation, Message, ModelState, Reading, Usage

if TYPE_CHECKING:
    import numpy as np

    from assistant.llama import LlamaContext

__all__ = ["LlamaWorker"]

CANDIDATES = 200
"""Tokens looked at for one that a constraint allows."""

_QUESTION, _END, _READING = range(3)
"""What the worker has to do, the most urgent first."""


@dataclass(slots=True)
class _Job:
    """A generation that the worker's thread runs, and the pieces it has for whoever iterates."""

    messages: Sequence[Message]
    max_tokens: int = 0
    article: str = ""
    """Of a reading, the article that it is of."""
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

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        threads: int,
        context_tokens: int,
        prefixes: Path | None = None,
        prefix_bytes: int = 0,
    ) -> None:
        """Args:
        prefixes: folder that keeps what was read, at most `prefix_bytes` bytes; None: it is read anew each time.
        """
        self.name = name
        self._path = path
        self._options: dict[str, Any] = {
            "threads": threads,
            "context_tokens": context_tokens,
            "prefixes": prefixes,
            "prefix_bytes": prefix_bytes,
        }
        self._jobs: queue.PriorityQueue[tuple[int, int, _Job | None]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._state: ModelState = "loading"
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="llama", daemon=True)
        self._starting = threading.Lock()

    @property
    def state(self) -> ModelState:
        if self._state == "ready" and self._is_wanted():
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
        job = _Job(messages, max_tokens, allows=allows, refusal=refusal)
        if self._closed:
            job.pieces.put(ModelError("The model has been closed; start the assistant again."))
        else:
            self.start()
            self._put(_QUESTION, job)
        return job

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        job = _Job(messages, article=article)
        if self._closed:
            job.pieces.put(None)
        else:
            self._put(_READING, job)
        return job

    def _put(self, urgency: int, job: _Job | None) -> None:
        self._jobs.put((urgency, next(self._numbers), job))

    def _is_wanted(self) -> bool:
        """Whether more than reading waits. Takes no lock: the model asks this all the while it reads."""
        waiting = self._jobs.queue
        return bool(waiting) and waiting[0][0] < _READING

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
        self._put(_END, None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            from assistant.llama import LlamaContext

            context = LlamaContext(self._path, **self._options)
        except Exception as error:  # whoever asks is told
            self._refuse_all(error)
            return
        self._state = "ready"
        while job := self._next():
            self._state = "ready" if job.article else "busy"
            try:
                if not job.article:
                    _generate(context, job)
                elif not _read(context, job, self._is_wanted):
                    self._put(_READING, job)
                    continue
            except Exception as error:  # whoever asked is told
                job.pieces.put(error)
            job.pieces.put(None)
            self._state = "ready"
        while not self._jobs.empty():
            if job := self._next():
                job.pieces.put(None)
        context.close()

    def _next(self) -> _Job | None:
        return self._jobs.get()[2]

    def _refuse_all(self, error: Exception) -> None:
        self._state = "failed"
        while job := self._next():
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


def _read(context: "LlamaContext", job: _Job, is_wanted: Callable[[], bool]) -> bool:
    """Reads the messages of `job` and keeps what came of it; False when interrupted, to be gone on with later."""
    tokens = context.tokens(job.messages)
    if job.stopped.is_set() or len(tokens) > context.context_tokens or context.keeps(tokens):
        return True
    if context.evaluate(tokens, lambda: job.stopped.is_set() or is_wanted()) is None:
        return job.stopped.is_set()
    context.keep(job.article)
    return True


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
