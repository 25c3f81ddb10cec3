"""The worker among several askers, on a model that reads until it is told to go on."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.llm import Generation, Message
from assistant.worker import LlamaWorker

AT_ONCE = 0.2
"""Seconds."""
END = 1
"""Of the two tokens, the one that ends an answer."""


class _Reads:
    """Stands in for `LlamaContext`: reads a prompt until `go_on` lets it, and then answers with one word."""

    context_tokens = 100

    def __init__(self) -> None:
        self.may_go_on = threading.Semaphore(0)
        self.began: list[str] = []
        self._current = ""
        self._answered = False

    def go_on(self, prompts: int = 1) -> None:
        self.may_go_on.release(prompts)

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        self._current = messages[0].content
        return [0]

    def evaluate(self, _: Sequence[int], aborted: Callable[[], bool]) -> int | None:
        self.began.append(self._current)
        self._answered = False
        while not self.may_go_on.acquire(timeout=0.001):
            if aborted():
                return None
        return 0

    def append(self, *_: object) -> bool:
        self._answered = True
        return True

    def logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.array([0.0, float(self._answered) - 0.5], np.float32)

    def ends(self, token: int) -> bool:
        return token == END

    def piece(self, _: int) -> bytes:
        return b"yes"

    def keeps(self, _: Sequence[int]) -> bool:
        return False

    def keep(self, _: str) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def context() -> _Reads:
    return _Reads()


@pytest.fixture
def worker(context: _Reads, monkeypatch: pytest.MonkeyPatch) -> Iterator[LlamaWorker]:
    monkeypatch.setattr("assistant.llama.LlamaContext", lambda *_, **__: context)
    worker = LlamaWorker(Path("reads.gguf"), "reads", threads=1, context_tokens=100)
    yield worker
    context.go_on(100)
    worker.close()


def _ask(worker: LlamaWorker, question: str, asker: str = "") -> Generation:
    return worker.generate((Message("user", question),), 20, asker=asker)


def _wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def _stopped_in(generation: Generation) -> float:
    """Seconds from the stop to the end of the pieces, seen by one who waits for them."""
    times: list[float] = []
    waits = threading.Thread(target=lambda: times.extend((len(list(generation)), time.monotonic())))
    waits.start()
    time.sleep(0.05)
    began = time.monotonic()
    generation.stop()
    waits.join(10)
    assert not waits.is_alive(), "the pieces don't end"
    assert times[0] == 0
    return times[1] - began


def test_askers_take_turns(worker: LlamaWorker, context: _Reads) -> None:
    generations = [_ask(worker, f"a{number}", "a") for number in range(4)]
    _wait_for(lambda: context.began == ["a0"], 10)
    generations += [_ask(worker, "b0", "b"), _ask(worker, "c0", "c")]
    context.go_on(6)
    assert ["".join(generation) for generation in generations] == ["yes"] * 6
    assert context.began == ["a0", "b0", "c0", "a1", "a2", "a3"]


def test_a_question_stopped_while_it_waits_ends_at_once_and_is_never_read(worker: LlamaWorker, context: _Reads) -> None:
    first, waiting, last = (_ask(worker, name, name) for name in ("first", "waiting", "last"))
    _wait_for(lambda: context.began == ["first"], 10)
    assert _stopped_in(waiting) < AT_ONCE
    assert worker.state == "busy"
    context.go_on(2)
    assert ("".join(first), "".join(last)) == ("yes", "yes")
    assert context.began == ["first", "last"]
    assert waiting.usage.prompt == 0


def test_a_question_stopped_while_it_is_read_lets_the_next_begin_at_once(worker: LlamaWorker, context: _Reads) -> None:
    first, second = _ask(worker, "first", "a"), _ask(worker, "second", "b")
    _wait_for(lambda: context.began == ["first"], 10)
    first.stop()
    _wait_for(lambda: context.began == ["first", "second"], AT_ONCE)
    context.go_on()
    assert (list(first), list(second)) == ([], ["yes"])


def test_a_question_stopped_while_the_model_loads_ends_at_once(
    worker: LlamaWorker, context: _Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()

    def loads(*_: object, **__: object) -> _Reads:
        loaded.wait(10)
        return context

    monkeypatch.setattr("assistant.llama.LlamaContext", loads)
    stopped, other = _ask(worker, "stopped", "a"), _ask(worker, "other", "b")
    assert _stopped_in(stopped) < AT_ONCE
    assert worker.state == "loading"
    loaded.set()
    context.go_on()
    assert list(other) == ["yes"]
    assert context.began == ["other"]


def test_a_question_stopped_in_its_turn_lets_an_interrupted_reading_go_on(worker: LlamaWorker, context: _Reads) -> None:
    worker.wait_until_loaded(10)
    reading = worker.read((Message("user", "article"),), "0123456789ab")
    _wait_for(lambda: context.began == ["article"], 10)
    question = _ask(worker, "question")
    _wait_for(lambda: context.began == ["article", "question"], AT_ONCE)
    question.stop()
    _wait_for(lambda: context.began == ["article", "question", "article"], AT_ONCE)
    context.go_on()
    assert list(reading) == []


def test_closing_ends_all_that_wait(worker: LlamaWorker, context: _Reads) -> None:
    first, waiting = _ask(worker, "first"), _ask(worker, "waiting")
    reading = worker.read((Message("user", "article"),), "0123456789ab")
    _wait_for(lambda: context.began == ["first"], 10)
    closing = threading.Thread(target=worker.close)
    closing.start()
    with pytest.raises(ModelError, match="closed"):
        list(waiting)
    assert list(reading) == []
    context.go_on()
    assert list(first) == ["yes"]
    closing.join(10)
    assert not closing.is_alive()
    assert context.began == ["first"]
