"""The process that a model runs in: does what `process.py` asks of it, a request at a time.

A request is a number, a method's name and its arguments; a reply is the request's number, and what came of it. Both are
pickled and travel over standard input and output. "stop" goes past those that wait: it ends the evaluating of the
request with that number. While llama.cpp works, that is told now and then. When whoever started this process is gone,
so is it, wherever it is.
"""

import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

from assistant.errors import AssistantError, ModelError
from assistant.model.decoding import Context

__all__ = ["ALIVE", "Build", "serve"]

ALIVE = -1
"""Stands for the number of a request in the reply that only says that work goes on."""
BEAT_SECONDS = 0.5
"""Between two of these."""


class Build(Protocol):
    """What runs models: llama.cpp as it was built, or what stands in for it in a test."""

    def can_offload(self) -> bool:
        """Whether it can put layers on a graphics card."""

    def open(self, path: Path, *, beat: Callable[[], None], **options: Any) -> Context:
        """A model, loaded; the arguments of `LlamaContext`."""

    def check(self, context: Context) -> None:
        """Does once what answering does, and raises a ModelError where that goes wrong."""


class _LlamaBuild:
    """llama.cpp as it is bound here. It is imported by the first call: that alone ends some processes."""

    def can_offload(self) -> bool:
        from assistant.model.llama.context import can_offload

        return can_offload()

    def open(self, path: Path, *, beat: Callable[[], None], **options: Any) -> Context:
        from assistant.model.llama.context import LlamaContext

        return LlamaContext(path, beat=beat, **options)

    def check(self, context: Any) -> None:
        from assistant.model.llama.check import check

        check(context)


def serve(build: Build) -> None:
    """Does what is asked on standard input, until that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started it
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing else gets between the replies
    _Server(build, sys.stdin.buffer, replies).run()


class _Server:
    def __init__(self, build: Build, requests: IO[bytes], replies: IO[bytes]) -> None:
        self._build = build
        self._incoming = requests
        self._replies = replies
        self._requests: queue.SimpleQueue[tuple[int, str, tuple[Any, ...], dict[str, Any]]] = queue.SimpleQueue()
        self._stopped = ALIVE
        self._said = time.monotonic()
        self._context: Context | None = None

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            number, name, arguments, options = self._requests.get()
            try:
                self._say(number, self._do(number, name, *arguments, **options))
            except AssistantError as error:
                self._say(number, error)
            except Exception as error:  # whoever asked is told
                self._say(number, ModelError("The model can't be run: {reason}", reason=repr(error)))

    def _listen(self) -> None:
        """Takes requests until there is nobody to make any; then nothing that still runs is of use."""
        try:
            while True:
                request = pickle.load(self._incoming)  # noqa: S301  # of the process that started this one
                if request[1] == "stop":
                    self._stopped = request[0]
                else:
                    self._requests.put(request)
        finally:
            os._exit(0)

    def _do(self, number: int, name: str, *arguments: Any, **options: Any) -> Any:
        if name == "can_offload":
            return self._build.can_offload()
        if name == "open":
            self._context = self._build.open(*arguments, beat=self._beat, **options)
            return self._context.context_tokens, self._context.placement
        context = self._context
        if context is None:
            raise ModelError("The model can't be run: {reason}", reason="no model is open")
        if name == "check":
            return self._build.check(context)
        if name in ("evaluate", "append", "follow"):
            done = getattr(context, name)(*arguments, lambda: self._stopped == number, **options)
            return done, None if done is None or done is False else context.likeliest()
        return getattr(context, name)(*arguments, **options)

    def _beat(self) -> None:
        if time.monotonic() - self._said > BEAT_SECONDS:
            self._say(ALIVE, None)

    def _say(self, number: int, reply: Any) -> None:
        self._said = time.monotonic()
        pickle.dump((number, reply), self._replies)
        self._replies.flush()


if __name__ == "__main__":
    serve(_LlamaBuild())
