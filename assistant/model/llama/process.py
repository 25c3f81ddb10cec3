"""A model in a process of its own, with the methods of `LlamaContext`: whatever ends that process leaves this one be.

What runs there is `child.py`. Not thread-safe: `model/worker.py` gives it a thread of its own.
"""

import pickle
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from assistant.errors import ModelError, ModelKilled, ModelStopped
from assistant.model.decoding import Candidate
from assistant.model.llama.child import ALIVE
from assistant.model.protocol import Message, Placement, Reading
from assistant.processes import command_of, environment

__all__ = ["CHILD", "LlamaProcess"]

CHILD = tuple(command_of("assistant.model.llama.child"))
SILENT_SECONDS = 60.0
"""Longest without a sign of life; while llama.cpp works, it gives one each half second."""
LOOK_SECONDS = 0.5
"""Longest between two looks at whether what is awaited is still wanted; `look` brings one at once."""
LOOK = -2
"""Stands for the number of a request in what only brings a look."""
STOPPED = "The model stopped working ({reason}). It is being started again: please ask once more."
FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGHUP")
END_SECONDS = 2.0
"""Longest that a process may take to end by itself."""


class LlamaProcess:
    """A process that runs one model, from `open` on. Any method may raise ModelStopped, and all do after that."""

    def __init__(self, command: Sequence[str] = CHILD, silent_seconds: float = SILENT_SECONDS) -> None:
        """Starts the process.

        Args:
            silent_seconds: without a sign of life for so long, it is taken to hang, and ended.

        Raises:
            ModelStopped: it can't be started.
        """
        self.context_tokens = 0
        self.placement = Placement(1)
        self._silent_seconds = silent_seconds
        self._number = 0
        self._likeliest: Candidate | None = None
        self._requests: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=5)
        quiet = environment() | {"GGML_NO_BACKTRACE": "1"}  # which would start a debugger
        pipe = subprocess.PIPE
        try:
            self._process = process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=quiet)
            pipes = cast(tuple[IO[bytes], ...], (process.stdin, process.stdout, process.stderr))
        except OSError as error:
            raise ModelStopped(STOPPED, reason=error.strerror) from error
        self._error: ModelStopped | None = None
        self._threads = [
            threading.Thread(target=target, args=(stream,), daemon=True)
            for target, stream in zip((self._tell, self._hear, self._hear_words), pipes, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def can_offload(self) -> bool:
        """Whether the build of llama.cpp can put layers on a graphics card. Says, too, that it can be loaded at all."""
        return bool(self._ask("can_offload"))

    def open(self, path: Path, **options: Any) -> None:
        """Loads a model, with the arguments of `LlamaContext`.

        Raises:
            ModelError: it can't be loaded, or there is too little memory for it.
        """
        self.context_tokens, self.placement = self._ask("open", path, **options)

    def check(self) -> None:
        """Has the model do once what answering does.

        Raises:
            ModelError: what came of it is wrong.
        """
        self._ask("check")

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:
        """The prompt of `messages` as token ids."""
        found: list[int] = self._ask("tokens", messages, is_open=is_open)
        return found

    def evaluate(self, tokens: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:
        """Makes `tokens` the evaluated sequence; how many of them had been already, None when aborted."""
        reused, self._likeliest = self._ask("evaluate", tokens, aborted=aborted, bare=bare)
        return reused  # type: ignore[no-any-return]

    def append(self, token: int, aborted: Callable[[], bool]) -> bool:
        """Evaluates one more token; False when aborted."""
        done, self._likeliest = self._ask("append", token, aborted=aborted)
        return bool(done)

    def follow(self, token: int, text: str, most: int, aborted: Callable[[], bool]) -> list[Candidate] | None:
        """Evaluates one more token, and those that `text` would go on by; returns the ones that stay."""
        followed, self._likeliest = self._ask("follow", token, text, most, aborted=aborted)
        return followed  # type: ignore[no-any-return]

    def likeliest(self) -> Candidate:
        """The likeliest next token."""
        if self._likeliest is None:
            raise ValueError("nothing has been evaluated")
        return self._likeliest

    def candidates(self, count: int) -> list[Candidate]:
        """The `count` likeliest next tokens, the likeliest first."""
        found: list[Candidate] = self._ask("candidates", count)
        return found

    def reading(self, refusal: str) -> Reading:
        """What the model made of what was evaluated last, where an answer or `refusal` is to begin."""
        made: Reading = self._ask("reading", refusal)
        return made

    def keeps(self, tokens: Sequence[int]) -> bool:
        """Whether `tokens` could be evaluated without reading much of them."""
        return bool(self._ask("keeps", tokens))

    def keep(self, article: str) -> None:
        """Keeps what was read, which is of `article`, beyond the process, where there is a folder for it."""
        self._ask("keep", article)

    def drop(self, article: str) -> None:
        """Takes back what was kept of `article` beyond the process."""
        self._ask("drop", article)

    def look(self) -> None:
        """Has what runs ask at once whether it is to be aborted; from any thread."""
        self._replies.put((LOOK, None))

    def close(self) -> None:
        """Ends the process, wherever it is."""
        self._requests.put(None)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(END_SECONDS)

    def _ask(self, name: str, *arguments: Any, aborted: Callable[[], bool] = lambda: False, **options: Any) -> Any:
        """What the process makes of a request; while it works on it, `aborted` may end that."""
        self._number += 1
        self._send(self._number, name, arguments, options)
        heard, is_told = time.monotonic(), False
        while True:
            if not is_told and aborted():
                self._send(self._number, "stop")
                is_told = True
            if time.monotonic() - heard > self._silent_seconds:
                raise self._hung()
            try:
                reply = self._replies.get(timeout=min(LOOK_SECONDS, self._silent_seconds))
            except queue.Empty:
                continue
            if reply is None:
                raise self._ended()
            if reply[0] == LOOK:
                continue
            heard = time.monotonic()
            if reply[0] == ALIVE:
                continue
            if isinstance(reply[1], Exception):
                raise reply[1]
            return reply[1]

    def _send(self, *request: Any) -> None:
        if self._error:
            raise self._error
        self._requests.put(request)

    def _tell(self, stream: IO[bytes]) -> None:
        """Sends requests until there are to be no more; a process that hangs keeps nobody else waiting."""
        with suppress(OSError), stream:  # it has ended: what it leaves is still to be heard
            while (request := self._requests.get()) is not None:
                pickle.dump(request, stream)
                stream.flush()

    def _hear(self, stream: IO[bytes]) -> None:
        """Takes replies until the process ends."""
        with stream, suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                self._replies.put(pickle.load(stream))  # noqa: S301  # of the process that this one started
        self._replies.put(None)

    def _hear_words(self, stream: IO[bytes]) -> None:
        """Takes what llama.cpp says before it gives up."""
        with stream:
            for line in stream:
                if words := " ".join(line.decode(errors="replace").split()):
                    self._last_words.append(words)

    def _ended(self) -> ModelStopped:
        self.close()
        self._error = _by_exit(self._process.returncode, self._last_words[-1] if self._last_words else "")
        return self._error

    def _hung(self) -> ModelStopped:
        self._process.kill()
        self.close()
        seconds = max(1, self._silent_seconds)
        reason = ModelError("no sign of life for {seconds:.0f} seconds", seconds=seconds)
        self._error = ModelStopped(STOPPED, reason=reason)
        return self._error


def _by_exit(code: int, last_words: str) -> ModelStopped:
    """For a process that ended with this exit code, which is a signal's where it is negative."""
    name = signal.Signals(-code).name if -code in set(signal.Signals) else ""
    if name in FROM_OUTSIDE:
        reason = ModelError("signal {name}, from outside, as systems do when memory runs out", name=name)
        return ModelKilled(STOPPED, reason=reason)
    told = f": {last_words}" if last_words else ""
    if name:
        return ModelStopped(STOPPED, reason=ModelError("signal {name}{told}", name=name, told=told))
    return ModelStopped(STOPPED, reason=ModelError("exit code {code}{told}", code=code, told=told))
