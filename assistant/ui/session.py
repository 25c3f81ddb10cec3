"""Which question each open page is waiting for, so that Stop, or leaving, ends it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.answering import Inquiry

__all__ = ["Sessions"]


class Sessions:
    """The running inquiries by page; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str | None, list[Inquiry]] = {}

    @contextmanager
    def running(self, page: str | None, inquiry: Inquiry) -> Iterator[None]:
        """Counts `inquiry` as running for `page` until the block ends; a block that is left early stops it."""
        with self._lock:
            self._running.setdefault(page, []).append(inquiry)
        try:
            yield
        finally:
            inquiry.stop()
            with self._lock:
                self._running[page].remove(inquiry)
                if not self._running[page]:
                    del self._running[page]

    def stop(self, page: str | None) -> None:
        """Stops all that runs for `page`."""
        with self._lock:
            running = list(self._running.get(page, ()))
        for inquiry in running:
            inquiry.stop()
