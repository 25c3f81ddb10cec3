"""Keeps what the model has read: token sequences with their KV state, so that going back to one costs no prefill.

In memory and, where there is a folder, on disk, so that a restart costs none either; least recently used out first.
Reading and writing the state is for `model/llama/context.py`.
"""

import hashlib
import os
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import StoreError

__all__ = [
    "REUSE_STEP",
    "WORTH_TOKENS",
    "KeptPrefix",
    "PrefixCache",
    "PrefixFolder",
    "bare_length",
    "clear",
    "common_length",
    "has_but_the_end",
    "usage",
]

REUSE_STEP = 4
"""A kept prefix is cut to a multiple of this, as rows are computed by fours. With that, the logits are the same, to the
bit, as without the prefix (`tests/model/llama/test_same_answers.py`)."""
WORTH_TOKENS = 128
"""Sequences that share all but so many tokens count as one; a shorter gain is not worth a restore."""

_MAGIC = b"ARTASKV1"
_SUFFIX = ".kv"
_PART = ".part"

Tokens = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True, slots=True)
class KeptPrefix:
    """Evaluated tokens and the state (llama.cpp's own bytes) that evaluating them left."""

    tokens: tuple[int, ...]
    state: bytes | memoryview


class PrefixFolder:
    """Kept prefixes as files of a folder, at most `capacity` bytes of them, for one way of evaluating.

    A file holds, behind eight bytes that tell its kind: `fingerprint`'s SHA-256, the CRC-32 of what follows it, the
    count of tokens (each of these two uint32, little-endian), the tokens (int32), and the state. One that is torn,
    or was made by another model or build, is left out of account. Nothing here fails: what can't be kept is read
    again by the model.
    """

    def __init__(self, folder: Path, fingerprint: str, capacity: int) -> None:
        self._folder = folder
        self._fingerprint = hashlib.sha256(fingerprint.encode()).digest()
        self._capacity = capacity
        self._tokens: dict[Path, Tokens] = {}
        with suppress(OSError):
            for part in folder.glob(f"*{_PART}"):  # of a process that was ended while it wrote
                self._forget(part)
            for path in sorted(folder.glob(f"*{_SUFFIX}")):
                tokens = self._read_tokens(path)
                if tokens is not None:
                    self._tokens[path] = tokens

    def longest_shared(self, tokens: Sequence[int]) -> tuple[Path | None, int]:
        """The file whose prefix `tokens` share most with, and how many tokens; (None, 0) where they share none."""
        wanted = np.asarray(tokens, np.int32)
        shared = {path: common_length(kept, wanted) for path, kept in self._tokens.items()}
        for best in sorted(shared, key=lambda path: shared[path], reverse=True):
            if not shared[best]:
                break
            if best.exists():
                return best, shared[best]
            del self._tokens[best]  # its article was removed
        return None, 0

    def read(self, path: Path) -> KeptPrefix | None:
        """The prefix in a file, which then counts as used; None, and the file gone, where it is broken."""
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            self._tokens.pop(path, None)
            return None
        tokens = self._tokens[path]
        header = len(_MAGIC) + 32
        body = memoryview(data)[header + 4 :]
        if len(data) < header + 8 or zlib.crc32(body) != int.from_bytes(data[header : header + 4], "little"):
            self._forget(path)
            return None
        return KeptPrefix(tuple(tokens.tolist()), body[4 + 4 * len(tokens) :])

    def holds(self, tokens: Sequence[int]) -> bool:
        """Whether a file has `tokens`, but for little at their end."""
        return has_but_the_end(self.longest_shared(tokens)[1], tokens)

    def write(self, prefix: KeptPrefix, article: str) -> None:
        """Adds a file for `prefix`, which is of `article`; the least recently used go where there is no room."""
        tokens = np.array(prefix.tokens, "<i4")
        name = hashlib.sha256(self._fingerprint + tokens.tobytes()).hexdigest()[:32]
        body = b"".join((len(tokens).to_bytes(4, "little"), tokens.tobytes(), prefix.state))
        path = self._folder / f"{article}-{name}{_SUFFIX}"
        temporary = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=self._folder, prefix=f"{article}-", suffix=_PART, delete=False
            ) as file:
                temporary = Path(file.name)
                file.write(_MAGIC + self._fingerprint + zlib.crc32(body).to_bytes(4, "little"))
                file.write(body)
            temporary.replace(path)
        except OSError:
            if temporary:
                temporary.unlink(missing_ok=True)
            return
        self._tokens[path] = tokens.astype(np.int32)
        self._evict()

    def drop(self, article: str) -> None:
        """Removes what is kept of an article."""
        for path in [path for path in self._tokens if path.name.startswith(f"{article}-")]:
            self._forget(path)

    def _read_tokens(self, path: Path) -> Tokens | None:
        """The tokens of a file; None where it isn't of this way of evaluating, or can't be read."""
        with suppress(OSError), path.open("rb") as file:
            header = file.read(len(_MAGIC) + 32 + 8)
            count = int.from_bytes(header[-4:], "little")
            if not header.startswith(_MAGIC + self._fingerprint) or path.stat().st_size < len(header) + 4 * count:
                return None
            return np.frombuffer(file.read(4 * count), "<i4").astype(np.int32)
        return None

    def _evict(self) -> None:
        """Removes the files used longest ago, of whatever model, until the rest fit; knows no others from then on."""
        with suppress(OSError):
            files = [(path.stat(), path) for path in self._folder.glob(f"*{_SUFFIX}")]
            there = {path for _, path in files}
            self._tokens = {path: tokens for path, tokens in self._tokens.items() if path in there}
            files.sort(key=lambda found: found[0].st_mtime_ns)
            size = sum(found.st_size for found, _ in files)
            for found, path in files:
                if size <= self._capacity:
                    return
                size -= found.st_size
                self._forget(path)

    def _forget(self, path: Path) -> None:
        self._tokens.pop(path, None)
        with suppress(OSError):
            path.unlink()


class PrefixCache:
    """At most `capacity` bytes of kept prefixes in memory, and those of `folder`."""

    def __init__(self, capacity: int, folder: PrefixFolder | None = None) -> None:
        self._capacity = capacity
        self._folder = folder
        self._kept: list[KeptPrefix] = []

    def find(self, tokens: Sequence[int], shared: int) -> KeptPrefix | None:
        """The prefix that `tokens` share most with, if that is clearly more than the `shared` tokens at hand."""
        best = max(self._kept, key=lambda kept: common_length(kept.tokens, tokens), default=None)
        length = max(shared, common_length(best.tokens, tokens) if best else 0)
        if self._folder:
            path, on_disk = self._folder.longest_shared(tokens)
            if path and on_disk >= length + WORTH_TOKENS and (read := self._folder.read(path)):
                self.keep(read)
                return read
        if best is None or length < shared + WORTH_TOKENS:
            return None
        self._kept.append(self._kept.pop(self._kept.index(best)))
        return best

    def holds(self, tokens: Sequence[int]) -> bool:
        """Whether a prefix in memory has `tokens`, but for little at their end."""
        return any(has_but_the_end(common_length(kept.tokens, tokens), tokens) for kept in self._kept)

    def keep(self, prefix: KeptPrefix) -> None:
        """Keeps `prefix` in memory in place of those that it has but for their end, unless another has it so."""
        shared = [(kept, common_length(kept.tokens, prefix.tokens)) for kept in self._kept]
        self._kept = [kept for kept, length in shared if not has_but_the_end(length, kept.tokens)]
        if self.holds(prefix.tokens):
            return
        self._kept.append(prefix)
        while self._kept and sum(len(kept.state) for kept in self._kept) > self._capacity:
            self._kept.pop(0)


def usage(folder: Path) -> tuple[int, int]:
    """How many prefixes are kept in a folder, and their bytes; none where it can't be read."""
    sizes: list[int] = []
    with suppress(OSError):
        sizes += [path.stat().st_size for path in folder.glob(f"*{_SUFFIX}") if path.is_file()]
    return len(sizes), sum(sizes)


def clear(folder: Path, article: str = "") -> None:
    """Removes what is kept in a folder, all of it or what is of one article.

    Raises:
        StoreError: a file can't be removed.
    """
    try:
        for path in (*folder.glob(f"{article}*{_SUFFIX}"), *folder.glob(f"{article}*{_PART}")):
            path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            "What is kept in {folder} can't be removed: {reason}.", folder=folder, reason=reason
        ) from error


def common_length(ours: Sequence[int] | Tokens, theirs: Sequence[int] | Tokens) -> int:
    """How many tokens two sequences begin with in common."""
    length = min(len(ours), len(theirs))
    differ = np.flatnonzero(np.asarray(ours[:length], np.int32) != np.asarray(theirs[:length], np.int32))
    return int(differ[0]) if len(differ) else length


def bare_length(read: Sequence[int], asked: Sequence[int]) -> int:
    """How many tokens of the prompt of a question are read without an adapter, by that of none on the same passage.

    All before the question but a few, so that what is evaluated behind them begins where rows do.
    """
    return common_length(read, asked) // REUSE_STEP * REUSE_STEP


def has_but_the_end(shared: int, tokens: Sequence[int]) -> bool:
    """Whether the first `shared` of `tokens` are all of them but so few that a gain is not worth a restore."""
    return shared >= len(tokens) - WORTH_TOKENS
