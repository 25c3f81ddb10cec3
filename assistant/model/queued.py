"""What every model has in common that has threads of its own: it is begun, waited for, and fails in the same way.

What they do is for `worker.py` and `server/served.py`, whose turn it is for `turns.py`.
"""

import threading
import time

from assistant.errors import ModelError
from assistant.model.protocol import STARTING, ModelState

__all__ = ["QueuedModel"]


class QueuedModel:
    """A model that begins with the first question, or earlier."""

    name: str
    _state: ModelState

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

    def _run(self) -> None:
        """The thread."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        unknown = ModelError("The model can't be run: {reason}", reason=error)
        self._error = error if isinstance(error, ModelError) else unknown
        self._state = "failed"
