"""What the model reads ahead of the questions: when, that a question goes first, and that it outlives a restart."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.model import prefix
from assistant.model.llama.ways import Opener
from assistant.model.protocol import Generation, Message, whole_text
from assistant.model.worker import LlamaWorker
from assistant.settings import Settings
from tests import needs
from tests.texts import BILINGUAL, OTHER

ARTICLE = "0123456789ab"
LONG = 3 * BILINGUAL
"""Takes the model ten seconds at least."""


def _about(text: str, question: str = "") -> tuple[Message, ...]:
    return (Message("user", f"{text}\n\nQuestion: {question}"),)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Remembers the way in which the model works, so that it is checked once for all tests."""
    return tmp_path_factory.mktemp("ways") / "ways.json"


@pytest.fixture
def opened(tmp_path: Path, ways: Path) -> Iterator[Callable[[], LlamaWorker]]:
    """Opens the real model anew, with the same folder; what was open before is closed."""
    workers: list[LlamaWorker] = []

    def open_worker() -> LlamaWorker:
        for worker in workers:
            worker.close()
        path = needs.model_path()
        options = {"threads": Settings().threads, "context_tokens": 4096, "prefix_bytes": 10**9}
        opener = Opener(prefixes=tmp_path / "prefixes", remembered=ways, **options)
        workers.append(LlamaWorker(path, path.stem, opener))
        workers[-1].wait_until_loaded()
        return workers[-1]

    yield open_worker
    for worker in workers:
        worker.close()


def _run(generation: Generation) -> str:
    return whole_text(generation)


def test_after_a_restart_the_first_question_reuses_what_was_read_and_is_answered_alike(
    opened: Callable[[], LlamaWorker], tmp_path: Path
) -> None:
    worker = opened()
    without = worker.generate(_about(OTHER, "How many umbrellas have been borrowed?"), 12)
    expected = _run(without)
    worker.generate((Message("user", "Hello"),), 1)
    assert _run(worker.read(_about(OTHER), ARTICLE)) == ""
    assert prefix.usage(tmp_path / "prefixes")[0] == 1
    worker = opened()
    generation = worker.generate(_about(OTHER, "How many umbrellas have been borrowed?"), 12)
    assert _run(generation) == expected
    assert generation.usage.prompt - generation.usage.reused <= 48
    assert without.usage.reused == 0


def test_what_has_been_read_is_not_read_again(opened: Callable[[], LlamaWorker], tmp_path: Path) -> None:
    worker = opened()
    _run(worker.read(_about(OTHER), ARTICLE))
    (file,) = (tmp_path / "prefixes").iterdir()
    written = file.stat().st_mtime_ns
    _run(worker.generate(_about(OTHER, "Who is the librarian?"), 3))
    began = time.monotonic()
    _run(worker.read(_about(OTHER), ARTICLE))
    assert time.monotonic() - began < 0.5
    assert [each.stat().st_mtime_ns for each in (tmp_path / "prefixes").iterdir()] == [written]


def test_a_question_goes_first_and_the_reading_goes_on_after_it(opened: Callable[[], LlamaWorker]) -> None:
    worker = opened()
    reading = worker.read(_about(LONG), ARTICLE)
    time.sleep(1)
    assert worker.status.state == "reading"
    generation = worker.generate((Message("user", "What is 2 + 2? Reply with the number only."),), 4)
    began = time.monotonic()
    first = next(iter(generation))
    assert first.strip() in ("", "4")
    assert time.monotonic() - began < 5
    _run(reading)
    asked = worker.generate(_about(LONG, "How much does a roll cost?"), 1)
    _run(asked)
    assert asked.usage.prompt - asked.usage.reused <= 48


def test_a_reading_that_is_stopped_ends_at_once_and_keeps_nothing(
    opened: Callable[[], LlamaWorker], tmp_path: Path
) -> None:
    worker = opened()
    reading = worker.read(_about(LONG), ARTICLE)
    time.sleep(1)
    began = time.monotonic()
    reading.stop()
    _run(reading)
    assert time.monotonic() - began < 0.5
    assert prefix.usage(tmp_path / "prefixes") == (0, 0)


def test_closing_ends_the_readings_that_wait(opened: Callable[[], LlamaWorker]) -> None:
    worker = opened()
    readings = [worker.read(_about(LONG, str(number)), ARTICLE) for number in range(3)]
    ended = threading.Thread(target=lambda: [_run(reading) for reading in readings])
    ended.start()
    time.sleep(0.5)
    worker.close()
    ended.join(5)
    assert not ended.is_alive()
    assert _run(worker.read(_about(OTHER), ARTICLE)) == ""


def test_what_is_too_long_to_be_read_is_left(opened: Callable[[], LlamaWorker], tmp_path: Path) -> None:
    worker = opened()
    assert _run(worker.read(_about(20 * BILINGUAL), ARTICLE)) == ""
    assert prefix.usage(tmp_path / "prefixes") == (0, 0)


def test_work_that_nobody_waits_for_lets_a_question_go_first_and_begins_anew(
    opened: Callable[[], LlamaWorker],
) -> None:
    worker = opened()
    expected = _run(worker.generate(_about(OTHER, "Who is the librarian?"), 8))
    waiting = worker.generate(_about(LONG), 8, asker=None)
    again = worker.generate(_about(OTHER, "Who is the librarian?"), 8, asker=None)
    time.sleep(0.5)
    assert worker.status.state == "ready"
    asked = worker.generate((Message("user", "What is 2 + 2? Reply with the number only."),), 4)
    began = time.monotonic()
    assert _run(asked)
    assert time.monotonic() - began < 5
    assert _run(again) == expected
    assert _run(waiting)


def test_a_message_that_is_open_is_gone_on_with(opened: Callable[[], LlamaWorker]) -> None:
    generation = opened().generate((Message("user", "One, two, three, four, five,"),), 2, is_open=True)
    assert _run(generation).strip().startswith("six")
