"""Embeds the first texts for real and makes the vectors of the others from those, as to embed all takes hours."""

from collections.abc import Sequence

import numpy as np

from assistant.library.embedding import Embedder, OnProgress, Vectors

__all__ = ["MadeVectors"]

NOISE = 0.45
"""Length of the noise added to a real vector of length 1: the made one has a cosine of about 0.91 to it."""


class MadeVectors:
    """An embedder whose passages after the first `real` are real ones plus noise, of length 1, in the same language."""

    def __init__(self, embedder: Embedder, real: int) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._left = real
        self._pools: dict[bool, list[Vectors]] = {True: [], False: []}
        self._random = np.random.default_rng(0)

    def query(self, text: str) -> Vectors:
        return self._embedder.query(text)

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:
        if self._left > 0:
            self._left -= len(texts)
            vectors = self._embedder.passages(texts, on_progress)
            for text, vector in zip(texts, vectors, strict=True):
                self._pools[text.isascii()].append(vector)
            return vectors
        return np.stack([self._made(self._pools[text.isascii()]) for text in texts])

    def _made(self, pool: Sequence[Vectors]) -> Vectors:
        vector = pool[self._random.integers(len(pool))]
        noise = self._random.standard_normal(len(vector)).astype(np.float32)
        vector = vector + NOISE * noise / np.linalg.norm(noise)
        made: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return made
