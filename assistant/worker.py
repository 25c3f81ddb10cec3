"""The worker that runs a model by llama.cpp in a thread of its own: questions in turn, reading in between.

`llama.py` does the evaluating.
"""

import codecs
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelError
from assistant.llm import Constraint, Generation, Message, ModelState, ModelStatus, Reading
from assistant.turns import Job, Turns

if TYPE_CHECKING:
    import numpy as np

    from assistant.llama import LlamaContext

__all__ = ["Fetch", "LlamaWorker"]

Fetch = Callable[[Callable[[int, int], None]], Path]
"""Brings a model's file; what it is given is told, again and again, of the bytes there and of all, and may raise."""
CANDIDATES = 200
"""Tokens looked at for one that a constraint allows."""
FETCH_SECONDS = 2.0
"""Longest that closing waits for a fetch to end, which can be gone on with another time."""


class _Closed(Exception):
    """Nobody wants the file that is being fetched any more."""


class LlamaWorker:
    """A GGUF model run by llama.cpp in a thread of its own, one generation after the other.

    The model is fetched, where it has to be, and loads in that thread from `start` or the first question on;
    generations asked for meanwhile wait. Whoever waits is told why a fetch fails; the next question tries again.
    """

    def __init__(
        self,
        file: Path | Fetch,
        name: str,
        *,
        size: int = 0,
        threads: int,
        context_tokens: int,
        prefixes: Path | None = None,
        prefix_bytes: int = 0,
    ) -> None:
        """Args:
        file: of the model, or what brings it.
        size: of the file, in bytes.
        prefixes: folder that keeps what was read, at most `prefix_bytes` bytes; None: it is read anew each time.
        """
        self.name = name
        self.size = size
        self._file = file
        self._options: dict[str, Any] = {
            "threads": threads,
            "context_tokens": context_tokens,
            "prefixes": prefixes,
            "prefix_bytes": prefix_bytes,
        }
        self._turns = Turns()
        self._state: ModelState = "loading" if isinstance(file, Path) else "fetching"
        self._fetched = (0, size)
        self._error: ModelError | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="llama", daemon=True)
        self._starting = threading.Lock()

    @property
    def status(self) -> ModelStatus:
        state = self._state
        if state == "fetching":
            return ModelStatus(state, *self._fetched)
        if state in ("ready", "reading") and self._turns.is_wanted():
            return ModelStatus("busy")
        return ModelStatus(state)

    def start(self) -> None:
        """Begins to fetch or load the model, if that has not begun; returns at once."""
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
        asker: str | None = "",
        is_open: bool = False,
    ) -> Generation:
        job = Job(messages, max_tokens, asker, is_open=is_open, allows=allows, refusal=refusal)
        if self._put(job):
            self.start()
        return job

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        job = Job(messages, article=article)
        self._put(job)
        return job

    def _put(self, job: Job) -> bool:
        taken = self._turns.put(job)
        if not taken:
            _refuse(job)
        return taken

    def wait_until_loaded(self, seconds: float = 600.0) -> None:
        """Starts the worker and returns when the model is loaded.

        Raises:
            ModelError: it can't be, or not in time.
        """
        self.start()
        deadline = time.monotonic() + seconds
        while self._state in ("fetching", "loading") and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._state in ("fetching", "loading"):
            raise ModelError(
                "The model {model} is not loaded after {seconds:.0f} seconds.", model=self.name, seconds=seconds
            )
        if self._error:
            raise self._error

    def close(self) -> None:
        """Ends the thread after the generation it is at, and frees the model; whoever else asks gets a ModelError.

        A fetch is given up; where it hangs, the thread ends with the process.
        """
        self._closing.set()
        for job in self._turns.close():
            _refuse(job)
        deadline = time.monotonic() + FETCH_SECONDS
        while self._thread.is_alive() and (self._state != "fetching" or time.monotonic() < deadline):
            self._thread.join(0.05)

    def _run(self) -> None:
        path = self._file if isinstance(self._file, Path) else self._fetch(self._file)
        self._state = "loading"
        if path is None or self._closing.is_set():
            return
        try:
            from assistant.llama import LlamaContext

            context = LlamaContext(path, **self._options)
        except Exception as error:  # whoever asks is told
            self._fail(error)
            while job := self._turns.next():
                job.end(self._error)
            return
        self._state = "ready"
        while job := self._turns.next():
            self._state = _state_at(job)
            self._serve(context, job)
            self._state = "ready"
        context.close()

    def _fetch(self, fetch: Fetch) -> Path | None:
        """The model's file; None where the worker is closed before it is there."""
        while True:
            try:
                return fetch(self._report)
            except _Closed:
                return None
            except Exception as error:  # whoever asks is told
                self._fail(error)
            for job in self._turns.take_questions():
                job.end(self._error)
            if not self._turns.wait_for_question():
                return None
            self._state = "fetching"

    def _report(self, done: int, total: int) -> None:
        if self._closing.is_set():
            raise _Closed
        self._fetched = (done, total)

    def _serve(self, context: "LlamaContext", job: Job) -> None:
        """Runs `job`; one in the background that a question interrupts waits again."""
        try:
            if job.asker is not None:
                _generate(context, job, job.stopped.is_set, job.say)
            elif not _run_in_background(context, job, self._turns.is_wanted):
                self._put(job)
                return
        except Exception as error:  # whoever asked is told
            job.end(error)
        job.end()

    def _fail(self, error: Exception) -> None:
        unknown = ModelError("The model can't be run: {reason}", reason=error)
        self._error = error if isinstance(error, ModelError) else unknown
        self._state = "failed"


def _state_at(job: Job) -> ModelState:
    if job.asker is not None:
        return "busy"
    return "ready" if job.max_tokens else "reading"


def _refuse(job: Job) -> None:
    """Ends what comes too late: without a word where nobody asked for it."""
    job.end(None if job.asker is None else ModelError("The model has been closed; start the assistant again."))


def _generate(context: "LlamaContext", job: Job, stopped: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Runs `job` to its end, its limit or its stop; each piece is said as it comes."""
    tokens = context.tokens(job.messages, is_open=job.is_open)
    job.usage.prompt, job.usage.completion, job.usage.decoded = len(tokens), 0, (0, 0.0)
    if len(tokens) + job.max_tokens > context.context_tokens:
        raise ModelError(
            "The passages and the question take {tokens} tokens; with the answer at most {limit} fit. "
            "Ask a shorter question.",
            tokens=len(tokens),
            limit=context.context_tokens,
        )
    reused = None if stopped() else context.evaluate(tokens, stopped)
    if reused is None:
        return
    job.usage.reused = reused
    if job.refusal:
        job.reading = _reading(context, job.refusal)
    said, began = b"", 0.0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while job.usage.completion < job.max_tokens:
        token = _next_token(context, said, job.allows)
        if token is None:
            return
        began = began or time.perf_counter()
        job.usage.decoded = (job.usage.completion, time.perf_counter() - began)
        job.usage.completion += 1
        said += context.piece(token)
        if piece := decoder.decode(context.piece(token)):
            say(piece)
        if stopped() or job.usage.completion == job.max_tokens or not context.append(token, stopped):
            return


def _run_in_background(context: "LlamaContext", job: Job, is_wanted: Callable[[], bool]) -> bool:
    """Runs a `job` that nobody waits for; False when a question came, so that it is to be begun anew."""
    if not job.max_tokens:
        return _read(context, job, is_wanted)
    interrupted = False

    def stopped() -> bool:
        nonlocal interrupted
        interrupted = interrupted or is_wanted()
        return interrupted or job.stopped.is_set()

    pieces: list[str] = []
    _generate(context, job, stopped, pieces.append)
    if interrupted and not job.stopped.is_set():
        return False
    for piece in pieces:
        job.say(piece)
    return True


def _read(context: "LlamaContext", job: Job, is_wanted: Callable[[], bool]) -> bool:
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
