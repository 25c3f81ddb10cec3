"""What every model has in common that has threads of its own: it is begun, waited for, asked, and fails alike.

What they do is for `worker.py` and `server/served.py`, whose turn it is for `turns.py`.
"""

import threading
import time
from collections.abc import Callable, Sequence

from assistant.errors import ModelError
from assistant.model.protocol import STARTING, Constraint, Generation, Message, ModelState
from assistant.model.turns import Job, Turns

__all__ = ["QueuedModel"]


class QueuedModel:
    """A model that begins with the first question, or earlier."""

    name: str
    _state: ModelState
    _turns: Turns

    def __init__(self, thread: str) -> None:
        """Args:
        thread: what its thread is called.
        """
        self._error: ModelError | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=thread, daemon=True)
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begins to bring the model, if that has not begun; returns at once."""
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()

    def wait_until_loaded(self, seconds: float = 600.0) -> None:
        """Starts, and returns when the model is there.

        Raises:
            ModelError: it can't be, or not in time.
        """
        self.start()
        deadline = time.monotonic() + seconds
        while self._state in STARTING and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._state == "failed" and self._error:
            raise self._error
        if self._state in STARTING:
            raise ModelError(
                "The model {model} is not loaded after {seconds:.0f} seconds.", model=self.name, seconds=seconds
            )

    def settle(self, stopped: Callable[[], bool]) -> None:
        """What taught a model that is run here is known before it is there."""

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        allows: Constraint | None = None,
        refusal: str | None = None,
        read: Sequence[Message] | None = None,
        foretells: Callable[[str], str] | None = None,
        rivals: Callable[[str], Sequence[str]] | None = None,
        asker: str | None = "",
        is_open: bool = False,
    ) -> Generation:
        job = Job(
            tuple(messages),
            max_tokens,
            asker,
            is_open=is_open,
            allows=allows,
            refusal=refusal,
            read=read,
            foretells=foretells,
            rivals=rivals,
        )
        if self._put(job):
            self.start()
        return job

    def _put(self, job: Job) -> bool:
        """Has a job wait for its turn, or tells whoever asked that it comes too late; whether it waits."""
        taken = self._turns.put(job)
        if not taken:
            self._refuse(job)
        return taken

    def _refuse(self, job: Job, error: ModelError | None = None) -> None:
        """Ends what comes too late, by `error` if there is one: without a word where nobody asked for it."""
        closed = ModelError("The model has been closed meanwhile. Ask again.")
        job.end(None if job.asker is None else error or closed)

    def _run(self) -> None:
        """The thread."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        unknown = ModelError("The model can't be run: {reason}", reason=error)
        self._error = error if isinstance(error, ModelError) else unknown
        self._state = "failed"
