"""The worker among several askers, on a model that reads until it is told to go on."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.llm import Generation, Message
from assistant.worker import LlamaWorker
from tests.fake_context import FakeContext, wait_for

AT_ONCE = 0.2
"""Seconds."""


@pytest.fixture
def context() -> FakeContext:
    return FakeContext()


@pytest.fixture
def worker(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[LlamaWorker]:
    monkeypatch.setattr("assistant.llama.LlamaContext", lambda *_, **__: context)
    worker = LlamaWorker(Path("reads.gguf"), "reads", threads=1, context_tokens=100)
    yield worker
    context.go_on(100)
    worker.close()


def _ask(worker: LlamaWorker, question: str, asker: str = "") -> Generation:
    return worker.generate((Message("user", question),), 20, asker=asker)


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


def test_askers_take_turns(worker: LlamaWorker, context: FakeContext) -> None:
    generations = [_ask(worker, f"a{number}", "a") for number in range(4)]
    wait_for(lambda: context.began == ["a0"], 10)
    generations += [_ask(worker, "b0", "b"), _ask(worker, "c0", "c")]
    context.go_on(6)
    assert ["".join(generation) for generation in generations] == ["yes"] * 6
    assert context.began == ["a0", "b0", "c0", "a1", "a2", "a3"]


def test_a_question_stopped_while_it_waits_ends_and_is_never_read(worker: LlamaWorker, context: FakeContext) -> None:
    first, waiting, last = (_ask(worker, name, name) for name in ("first", "waiting", "last"))
    wait_for(lambda: context.began == ["first"], 10)
    assert _stopped_in(waiting) < AT_ONCE
    assert worker.state == "busy"
    context.go_on(2)
    assert ("".join(first), "".join(last)) == ("yes", "yes")
    assert context.began == ["first", "last"]
    assert waiting.usage.prompt == 0


def test_a_question_stopped_while_it_is_read_lets_the_next_begin(worker: LlamaWorker, context: FakeContext) -> None:
    first, second = _ask(worker, "first", "a"), _ask(worker, "second", "b")
    wait_for(lambda: context.began == ["first"], 10)
    first.stop()
    wait_for(lambda: context.began == ["first", "second"], AT_ONCE)
    context.go_on()
    assert (list(first), list(second)) == ([], ["yes"])


def test_a_question_stopped_while_the_model_loads_ends_at_once(
    worker: LlamaWorker, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()

    def loads(*_: object, **__: object) -> FakeContext:
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


def test_a_question_stopped_in_its_turn_lets_the_reading_go_on(worker: LlamaWorker, context: FakeContext) -> None:
    worker.wait_until_loaded(10)
    reading = worker.read((Message("user", "article"),), "0123456789ab")
    wait_for(lambda: context.began == ["article"], 10)
    question = _ask(worker, "question")
    wait_for(lambda: context.began == ["article", "question"], AT_ONCE)
    question.stop()
    wait_for(lambda: context.began == ["article", "question", "article"], AT_ONCE)
    context.go_on()
    assert list(reading) == []


def test_closing_ends_all_that_wait(worker: LlamaWorker, context: FakeContext) -> None:
    first, waiting = _ask(worker, "first"), _ask(worker, "waiting")
    reading = worker.read((Message("user", "article"),), "0123456789ab")
    wait_for(lambda: context.began == ["first"], 10)
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
