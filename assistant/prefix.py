"""Keeps what the model has read: token sequences with their KV state, so that going back to one costs no prefill.

In memory, least recently used out first. Reading and writing the state is for `llama.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["WORTH_TOKENS", "KeptPrefix", "PrefixCache", "common_length"]

WORTH_TOKENS = 128
"""Sequences that share all but so many tokens count as one; a shorter gain is not worth a restore."""


@dataclass(frozen=True, slots=True)
class KeptPrefix:
    """Evaluated tokens and the state (llama.cpp's own bytes) that evaluating them left."""

    tokens: tuple[int, ...]
    state: bytes


class PrefixCache:
    """At most `capacity` bytes of kept prefixes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: list[KeptPrefix] = []

    def find(self, tokens: Sequence[int], shared: int) -> KeptPrefix | None:
        """The prefix that `tokens` share most with, if that is clearly more than the `shared` tokens at hand."""
        best = max(self._kept, key=lambda kept: common_length(kept.tokens, tokens), default=None)
        if best is None or common_length(best.tokens, tokens) < shared + WORTH_TOKENS:
            return None
        self._kept.append(self._kept.pop(self._kept.index(best)))
        return best

    def keep(self, prefix: KeptPrefix) -> None:
        """Keeps `prefix` in place of those it differs from in little but the end."""
        self._kept = [kept for kept in self._kept if not _same_but_the_end(kept.tokens, prefix.tokens)]
        self._kept.append(prefix)
        while self._kept and sum(len(kept.state) for kept in self._kept) > self._capacity:
            self._kept.pop(0)


def common_length(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """How many tokens two sequences begin with in common."""
    length = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        length += 1
    return length


def _same_but_the_end(ours: Sequence[int], theirs: Sequence[int]) -> bool:
    return common_length(ours, theirs) >= min(len(ours), len(theirs)) - WORTH_TOKENS
