"""The worker among several askers, on a model that reads until it is told to go on."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import FetchError, ModelError, ModelStopped
from assistant.model.decoding import Context
from assistant.model.protocol import Generation, Message, ModelStatus, Placement
from assistant.model.worker import LlamaWorker
from tests.fake_context import FakeContext, FakeOpener, wait_for

AT_ONCE = 0.2
"""Seconds."""
MODEL = Path("fetched.gguf")


class _Source:
    """Brings a model in steps, each told by the test: so many bytes there, an error, or the file."""

    def __init__(self) -> None:
        self._steps: queue.SimpleQueue[int | Exception | Path] = queue.SimpleQueue()
        self.began = 0

    def give(self, *steps: int | Exception | Path) -> None:
        for step in steps:
            self._steps.put(step)

    def __call__(self, report: Callable[[int, int], None]) -> Path:
        self.began += 1
        done = 0
        while True:
            try:
                step = self._steps.get(timeout=0.05)
            except queue.Empty:
                report(done, 900)
                continue
            if isinstance(step, Path):
                return step
            if isinstance(step, Exception):
                raise step
            done = step
            report(done, 900)


@pytest.fixture
def source() -> _Source:
    return _Source()


@pytest.fixture
def fetching(source: _Source, opener: FakeOpener, context: FakeContext) -> Iterator[LlamaWorker]:
    """A worker whose model's file isn't there yet."""
    worker = LlamaWorker(source, "fetched", opener, size=900)
    yield worker
    context.go_on(100)
    worker.close()
    assert not worker._thread.is_alive()


@pytest.fixture
def context() -> FakeContext:
    return FakeContext()


@pytest.fixture
def opener(context: FakeContext) -> FakeOpener:
    return FakeOpener(lambda _: context)


@pytest.fixture
def worker(context: FakeContext, opener: FakeOpener) -> Iterator[LlamaWorker]:
    worker = LlamaWorker(Path("reads.gguf"), "reads", opener)
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
    assert worker.status.state == "busy"
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
    worker: LlamaWorker, opener: FakeOpener, context: FakeContext
) -> None:
    loaded = threading.Event()

    def loads(_: Path) -> FakeContext:
        loaded.wait(10)
        return context

    opener._opens = loads
    stopped, other = _ask(worker, "stopped", "a"), _ask(worker, "other", "b")
    assert _stopped_in(stopped) < AT_ONCE
    assert worker.status.state == "loading"
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
    assert not reading.is_ended
    context.go_on()
    assert list(reading) == []
    assert reading.is_ended


def test_what_is_kept_of_a_reading_that_is_stopped_meanwhile_is_taken_back(
    worker: LlamaWorker, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(context, "keep", lambda article: (kept.append(article), reading.stop()))
    monkeypatch.setattr(context, "drop", kept.remove)
    worker.wait_until_loaded(10)
    reading = worker.read((Message("user", "article"),), "0123456789ab")
    wait_for(lambda: context.began == ["article"], 10)
    context.go_on()
    list(reading)
    wait_for(lambda: worker.status.state == "ready", 10)
    assert kept == []
    assert not reading.is_ended


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


def test_a_model_that_is_checked_before_it_is_run_says_so(context: FakeContext) -> None:
    checked = threading.Event()

    class Checking(FakeOpener):
        def open(self, path: Path, on_check: Callable[[], None]) -> Context:
            on_check()
            checked.wait(10)
            return super().open(path, on_check)

    worker = LlamaWorker(Path("reads.gguf"), "reads", Checking(lambda _: context))
    question = _ask(worker, "question")
    wait_for(lambda: worker.status == ModelStatus("checking"), 10)
    with pytest.raises(ModelError, match="not loaded"):
        worker.wait_until_loaded(0.1)
    checked.set()
    context.go_on()
    assert list(question) == ["yes"]
    worker.close()


def test_a_fault_of_the_worker_itself_is_told(opener: FakeOpener, context: FakeContext) -> None:
    def fails() -> None:
        raise ZeroDivisionError("worker")

    opener.distrust = lambda _: fails()  # type: ignore[method-assign]
    context.evaluate = lambda *_: _raise(ModelStopped("It stopped."))  # type: ignore[method-assign]
    worker = LlamaWorker(Path("reads.gguf"), "reads", opener)
    first, second = _ask(worker, "first", "a"), _ask(worker, "second", "b")
    with pytest.raises(ModelStopped):
        list(first)
    with pytest.raises(ModelError, match="can't be run: worker"):
        list(second)
    assert worker.status.state == "failed"


def _raise(error: Exception) -> int:
    raise error


def test_a_missing_model_is_fetched_then_loaded_and_then_answers(
    fetching: LlamaWorker, source: _Source, opener: FakeOpener, context: FakeContext
) -> None:
    loaded = threading.Event()

    def loads(path: Path) -> FakeContext:
        assert path == MODEL
        assert loaded.wait(10)
        return context

    opener._opens = loads
    assert (fetching.status, source.began) == (ModelStatus("fetching", 0, 900), 0)
    fetching.start()
    source.give(300)
    wait_for(lambda: fetching.status == ModelStatus("fetching", 300, 900), 10)
    reading = fetching.read((Message("user", "article"),), "0123456789ab")
    question = _ask(fetching, "question")
    source.give(900, MODEL)
    wait_for(lambda: fetching.status == ModelStatus("loading"), 10)
    loaded.set()
    wait_for(lambda: context.began == ["question"], 10)
    assert fetching.status == ModelStatus("busy", placement=Placement(1))
    context.go_on()
    assert list(question) == ["yes"]
    wait_for(lambda: context.began == ["question", "article"], 10)
    assert fetching.status == ModelStatus("reading", placement=Placement(1))
    context.go_on()
    assert list(reading) == []
    wait_for(lambda: fetching.status == ModelStatus("ready", placement=Placement(1)), 10)


def test_all_who_wait_are_told_why_a_fetch_fails_and_the_next_question_tries_again(
    fetching: LlamaWorker, source: _Source, context: FakeContext
) -> None:
    questions = [_ask(fetching, name, name) for name in "ab"]
    reading = fetching.read((Message("user", "article"),), "0123456789ab")
    for attempt in (1, 2):
        source.give(FetchError("No network."))
        for question in questions:
            with pytest.raises(FetchError, match=r"No network\."):
                list(question)
        wait_for(lambda: fetching.status == ModelStatus("failed"), 10)
        with pytest.raises(FetchError, match=r"No network\."):
            fetching.wait_until_loaded(10)
        fetching.read((Message("user", "other"),), "0123456789ab").stop()
        time.sleep(0.05)
        assert source.began == attempt
        questions = [_ask(fetching, "again")]
        wait_for(lambda: fetching.status.state == "fetching", 10)
    source.give(MODEL)
    context.go_on(2)
    assert list(questions[0]) == ["yes"]
    assert list(reading) == []
    assert context.began == ["again", "article"]
    assert source.began == 3


def test_an_error_of_any_kind_fails_the_fetch_and_not_the_worker(fetching: LlamaWorker, source: _Source) -> None:
    source.give(OSError("disk gone"))
    with pytest.raises(ModelError, match="can't be run: disk gone"):
        list(_ask(fetching, "question"))
    source.give(FetchError("No network."))
    with pytest.raises(FetchError):
        list(_ask(fetching, "question"))


def test_closing_gives_a_fetch_up_at_once(fetching: LlamaWorker, source: _Source, context: FakeContext) -> None:
    question = _ask(fetching, "question")
    source.give(300)
    wait_for(lambda: fetching.status.done == 300, 10)
    began = time.monotonic()
    fetching.close()
    assert time.monotonic() - began < 2 * AT_ONCE
    assert not fetching._thread.is_alive()
    with pytest.raises(ModelError, match="closed"):
        list(question)
    assert context.began == []


def test_closing_does_not_wait_for_a_fetch_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.model.worker.FETCH_SECONDS", 0.1)
    goes_on = threading.Event()

    def hangs(_: Callable[[int, int], None]) -> Path:
        goes_on.wait(10)
        return MODEL

    worker = LlamaWorker(hangs, "hangs", FakeOpener(lambda _: FakeContext()))
    worker.start()
    began = time.monotonic()
    worker.close()
    assert time.monotonic() - began < 1
    goes_on.set()
    worker._thread.join(10)
    assert not worker._thread.is_alive(), "it loads what nobody wants"


def test_a_failed_fetch_may_be_closed(fetching: LlamaWorker, source: _Source) -> None:
    fetching.start()
    source.give(FetchError("No network."))
    wait_for(lambda: fetching.status.state == "failed", 10)


def test_a_generation_says_how_many_questions_come_before_it(worker: LlamaWorker, context: FakeContext) -> None:
    questions = [_ask(worker, name, name) for name in "abc"]
    wait_for(lambda: context.began == ["a"], 10)
    assert [question.before() for question in questions] == [0, 1, 2]
    context.go_on()
    wait_for(lambda: context.began == ["a", "b"], 10)
    assert [question.before() for question in questions] == [0, 0, 1]
    assert [question.wait(0) for question in questions] == [True, False, False]


def test_the_rate_of_tokens_is_that_behind_the_first(
    worker: LlamaWorker, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = 0.05
    monkeypatch.setattr(context, "append", lambda *_: time.sleep(slow) or True)
    context.go_on(2)
    generation = worker.generate((Message("user", "one"),), 4)
    list(generation)
    assert generation.usage.decoded[0] == 3
    assert 0.7 / slow < (generation.usage.tokens_per_second or 0) <= 1 / slow
    single = worker.generate((Message("user", "two"),), 1)
    list(single)
    assert single.usage.tokens_per_second is None
