"""The worker: brings a model, runs it in a thread of its own, questions in turn and reading in between, and starts it
again where it stopped.

How it is opened is for `model/llama/ways.py`, what is done with it for `decoding.py`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.errors import ModelError, ModelStopped
from assistant.model.background import run_in_background
from assistant.model.decoding import Context, generate
from assistant.model.protocol import Generation, Message, ModelState, ModelStatus, Placement
from assistant.model.queued import QueuedModel
from assistant.model.turns import Job, Turns

__all__ = ["Fetch", "Later", "LlamaWorker", "Opens"]

Fetch = Callable[[Callable[[int, int], None]], Path]
"""Brings a model's file; what it is given is told, again and again, of the bytes there and of all, and may raise."""
FETCH_SECONDS = 2.0
"""Longest that closing waits for a fetch to end, which can be gone on with another time."""


STOPS = 3
"""A model that stops so often, with nothing done in between, is started again only by the next question."""


class Opens(Protocol):
    """What opens a model, and is told where one stopped."""

    def open(self, path: Path, on_check: Callable[[], None]) -> Context:
        """The model at `path`; `on_check` is called where it has to be checked before."""

    def distrust(self, error: ModelStopped) -> None:
        """The model that was opened last stopped."""


@dataclass(frozen=True, slots=True)
class Later:
    """Opens a model once another has been closed: the memory may not be enough for both."""

    opener: Opens
    after: Callable[[], object]

    def open(self, path: Path, on_check: Callable[[], None]) -> Context:
        self.after()
        return self.opener.open(path, on_check)

    def distrust(self, error: ModelStopped) -> None:
        self.opener.distrust(error)


class _Closed(Exception):
    """Nobody wants the file that is being fetched any more."""


class LlamaWorker(QueuedModel):
    """A GGUF model, one generation after the other.

    The model is fetched, where it has to be, and loads from `start` or the first question on; generations asked for
    meanwhile wait. Whoever waits is told why that fails, and the next question tries again. Where the model stops in
    the middle of a question, its asker is told; the others wait until it has been started again.
    """

    def __init__(
        self,
        file: Path | Fetch,
        name: str,
        opener: Opens,
        *,
        size: int = 0,
        taught_by: str = "",
        on_failure: Callable[[ModelError], None] = lambda _: None,
    ) -> None:
        """Args:
        file: of the model, or what brings it.
        size: of the file, in bytes.
        taught_by: name of the adapter that the opener gives it, if any.
        on_failure: told of each time that the model stops, whether or not anybody waits for it.
        """
        super().__init__("llama")
        self.name = name
        self.size = size
        self.taught_by = taught_by
        self._file = file
        self._opener = opener
        self._on_failure = on_failure
        self._turns = Turns(self._look)
        self._context: Context | None = None
        self._state: ModelState = "loading" if isinstance(file, Path) else "fetching"
        self._placement: Placement | None = None
        self._fetched = (0, size)

    @property
    def status(self) -> ModelStatus:
        state = self._state
        if state == "fetching":
            return ModelStatus(state, *self._fetched)
        if state in ("ready", "reading") and self._turns.is_wanted():
            state = "busy"
        return ModelStatus(state, placement=self._placement)

    def read(self, messages: Sequence[Message], article: str) -> Generation:
        job = Job(messages, article=article)
        self._put(job)
        return job

    def close(self) -> None:
        """Ends the thread after the generation it is at, and frees the model; whoever else asks gets a ModelError.

        A fetch is given up; where it hangs, the thread ends with the process.
        """
        self._closing.set()
        for job in self._turns.close():
            self._refuse(job)
        deadline = time.monotonic() + FETCH_SECONDS
        while self._thread.is_alive() and (self._state != "fetching" or time.monotonic() < deadline):
            self._thread.join(0.05)

    def _run(self) -> None:
        """The thread: whatever ends it, nobody waits for it any more."""
        try:
            self._run_model()
        except Exception as error:  # a fault of this module: whoever asks is told
            self._fail(error)
            if context := self._context:
                context.close()
        for job in self._turns.close():
            self._refuse(job)

    def _run_model(self) -> None:
        stops = 0
        while (context := self._opened()) is not None:
            self._context = context
            done, error = self._serve_all(context)
            context.close()
            self._context = None
            if error is None:
                return
            self._on_failure(error)
            self._opener.distrust(error)
            stops = 1 if done else stops + 1
            self._state = "loading"
            if stops == STOPS:
                stops = 0
                self._fail(error)
                if not self._turns.wait_for_question():
                    return
                self._state = "loading"

    def _opened(self) -> Context | None:
        """The model, loaded; None where the worker is closed before it is.

        Whoever waits is told why it can't be; then the next question has it tried again.
        """
        while not self._closing.is_set():
            try:
                path = self._file if isinstance(self._file, Path) else self._fetch(self._file)
                if self._closing.is_set():
                    return None
                context = self._opener.open(path, self._check)
                self._state, self._placement, self._error = "ready", context.placement, None
                return context
            except _Closed:
                return None
            except Exception as error:  # whoever asks is told
                if not self._wait_after(error):
                    return None
        return None

    def _fetch(self, fetch: Fetch) -> Path:
        self._state = "fetching"
        path = fetch(self._report)
        self._state = "loading"
        return path

    def _check(self) -> None:
        self._state = "checking"

    def _wait_after(self, error: Exception) -> bool:
        """Tells all who wait of an error, and waits until somebody asks again; False when closed."""
        self._fail(error)
        for job in self._turns.take_questions():
            job.end(self._error)
        if not self._turns.wait_for_question():
            return False
        self._state = "loading" if isinstance(self._file, Path) else "fetching"
        return True

    def _serve_all(self, context: Context) -> tuple[int, ModelStopped | None]:
        """Serves until the model stops or the worker is closed: how many jobs, and why the model stopped."""
        done = 0
        while job := self._turns.next():
            self._state = _state_at(job)
            try:
                self._serve(context, job)
            except ModelStopped as error:
                job.end(error)
                return done, error
            done += 1
            self._state = "ready"
        return done, None

    def _report(self, done: int, total: int) -> None:
        if self._closing.is_set():
            raise _Closed
        self._fetched = (done, total)

    def _serve(self, context: Context, job: Job) -> None:
        """Runs `job`; one in the background that a question interrupts waits again."""
        try:
            if job.asker is not None:
                generate(context, job, job.stopped.is_set, job.say)
            elif not run_in_background(context, job, self._turns.is_wanted):
                self._put(job)
                return
        except ModelStopped:
            raise
        except Exception as error:  # whoever asked is told
            job.end(error)
        job.end()

    def _look(self) -> None:
        """Somebody asks, or gives up: what the model is at may have to make way."""
        if context := self._context:
            context.look()

    def _refuse(self, job: Job, error: ModelError | None = None) -> None:
        super()._refuse(job, error or self._error)


def _state_at(job: Job) -> ModelState:
    if job.asker is not None:
        return "busy"
    return "ready" if job.max_tokens else "reading"
