"""The worker: one generation after the other, stopped within moments, and failures told to whoever asks."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.prompts import Passage, answer_messages
from assistant.answering.refusals import NOT_STATED
from assistant.errors import ModelError
from assistant.model.decoding import Context
from assistant.model.llama.ways import Opener
from assistant.model.protocol import Generation, Message
from assistant.model.worker import LlamaWorker
from assistant.text.language import Language
from tests.fake_context import FakeOpener
from tests.texts import BILINGUAL, OTHER

COUNT = (Message("user", "Write the numbers from 1 to 50 in words, one after the other."),)
LONG = (Message("user", 5 * BILINGUAL),)
"""About 2,000 tokens, which take tens of seconds."""


AT_ONCE = 0.2
"""Seconds."""


def _took(began: float) -> float:
    return time.monotonic() - began


def _wait_until_ready(worker: LlamaWorker, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while worker.status.state != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_same_messages_give_the_same_text(worker: LlamaWorker) -> None:
    first, second = worker.generate(COUNT, 6), worker.generate(COUNT, 6)
    text = "".join(first)
    assert "".join(second) == text
    assert text.strip()
    assert first.usage.completion == second.usage.completion == 6
    assert first.usage.prompt == second.usage.prompt > 20


def test_an_answer_ends_where_the_model_ends_it(worker: LlamaWorker) -> None:
    generation = worker.generate([Message("user", "What is 2 + 2? Reply with the number only.")], 20)
    assert "".join(generation).strip() == "4"
    assert generation.usage.completion < 20


def test_the_next_question_on_an_article_reuses_most_of_it(worker: LlamaWorker) -> None:
    first = worker.generate([Message("user", f"{OTHER}\nHow many umbrellas?")], 1)
    list(first)
    second = worker.generate([Message("user", f"{OTHER}\nWho is the librarian?")], 1)
    list(second)
    assert first.usage.reused < 48
    assert 0.75 * second.usage.prompt < second.usage.reused < second.usage.prompt
    assert (first.usage.completion, second.usage.completion) == (1, 1)


def test_two_askers_of_two_articles_in_turn_have_each_read_once(worker: LlamaWorker) -> None:
    asked = ((BILINGUAL, "How much is a roll?"), (OTHER, "How many umbrellas?"))
    later = ((BILINGUAL, "Who owns it?"), (OTHER, "Who lends them?"))
    generations = [
        worker.generate([Message("user", f"{text}\n{question}")], 1, asker=text) for text, question in (*asked, *later)
    ]
    for generation in generations:
        list(generation)
    for generation in generations[2:]:
        assert generation.usage.prompt - generation.usage.reused <= 48


def test_stopping_while_the_prompt_is_read_ends_at_once(worker: LlamaWorker) -> None:
    generation = worker.generate(LONG, 8)
    time.sleep(0.5)
    assert worker.status.state == "busy"
    began = time.monotonic()
    generation.stop()
    assert list(generation) == []
    _wait_until_ready(worker, AT_ONCE)
    assert _took(began) < AT_ONCE
    assert generation.usage.completion == 0
    assert "".join(worker.generate(COUNT, 2))


def test_stopping_in_the_middle_ends_at_once(worker: LlamaWorker) -> None:
    generation = worker.generate(COUNT, 100)
    pieces = iter(generation)
    first = [next(pieces), next(pieces)]
    began = time.monotonic()
    generation.stop()
    rest = list(pieces)
    _wait_until_ready(worker, AT_ONCE)
    assert _took(began) < AT_ONCE
    assert len(rest) <= 2
    assert "".join(worker.generate(COUNT, 4)).startswith("".join(first))


def test_giving_up_the_pieces_stops_the_generation(worker: LlamaWorker) -> None:
    generation = worker.generate(COUNT, 100)
    pieces = iter(generation)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    _wait_until_ready(worker, 0.5)
    assert generation.usage.completion < 10


def test_a_generation_stopped_before_its_turn_costs_nothing(worker: LlamaWorker) -> None:
    waiting = worker.generate(LONG, 8)
    waiting.stop()
    began = time.monotonic()
    assert list(waiting) == []
    assert _took(began) < 0.5
    assert waiting.usage.reused == 0


def test_messages_that_do_not_fit_are_told_with_the_limit(worker: LlamaWorker) -> None:
    with pytest.raises(ModelError, match=r"take \d+ tokens; with the answer at most 4096 fit"):
        list(worker.generate([Message("user", 20 * BILINGUAL)], 8))
    with pytest.raises(ModelError, match="at most 4096 fit"):
        list(worker.generate(COUNT, 4096))
    assert "".join(worker.generate(COUNT, 2))


def test_two_askers_are_served_one_after_the_other_in_their_order(worker: LlamaWorker) -> None:
    served: list[str] = []
    failures: list[BaseException] = []

    def read(name: str, generation: Generation) -> None:
        try:
            for _ in generation:
                served.append(name)
        except BaseException as error:
            failures.append(error)

    generations = {name: worker.generate(COUNT, 4) for name in ("first", "second")}
    threads = [threading.Thread(target=read, args=pair) for pair in reversed(generations.items())]
    for thread in threads:
        thread.start()
    assert worker.status.state == "busy"
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert served == sorted(served)
    assert set(served) == {"first", "second"}
    _wait_until_ready(worker, 0.5)


def test_the_worker_is_ready_once_it_is_loaded(worker: LlamaWorker) -> None:
    worker.wait_until_loaded(0.1)
    _wait_until_ready(worker, 0.5)


def test_a_character_that_is_forbidden_is_never_said(worker: LlamaWorker) -> None:
    """Of several tokens, so that only its last one is forbidden."""
    ask = (Message("user", "Reply with one emoji of a dog, one of a cat and one of a pig, and nothing else."),)
    free = "".join(worker.generate(ask, 8)).strip()
    first = free[0]
    assert len(first.encode()) > 2
    seen: list[str] = []

    def allows(text: str, *, finished: bool) -> bool:
        seen.append(text)
        return first not in text

    held = "".join(worker.generate(ask, 8, allows=allows))
    assert held.strip()
    assert first not in held
    assert any(first in text for text in seen)
    assert "\ufffd" not in held


def test_an_answer_may_have_to_go_on(worker: LlamaWorker) -> None:
    ask = [Message("user", "What is 2 + 2? Reply with the number only.")]
    generation = worker.generate(ask, 12, allows=lambda text, finished: not finished or len(text) > 4)
    text = "".join(generation)
    assert text.startswith("4")
    assert len(text) > 4


def test_the_reading_tells_a_question_that_is_answered_from_one_that_is_not(worker: LlamaWorker) -> None:
    passage = Passage("Umbrellas", ((1, "The library of Brenholm has lent 640 umbrellas since March."),))
    readings = []
    for question in ("How many umbrellas has the library lent?", "What does the librarian earn in a month?"):
        messages = answer_messages(question, Language.ENGLISH, passage, Language.ENGLISH)
        generation = worker.generate(messages, 1, refusal=NOT_STATED[Language.ENGLISH])
        assert len(list(generation)) == 1
        assert generation.reading
        readings.append(generation.reading)
    answered, unanswered = readings
    assert answered.margin > 0
    assert answered.margin > unanswered.margin
    assert answered.hidden.shape == unanswered.hidden.shape
    assert not np.array_equal(answered.hidden, unanswered.hidden)


def test_without_a_refusal_nothing_is_read_out(worker: LlamaWorker) -> None:
    generation = worker.generate(COUNT, 1)
    list(generation)
    assert generation.reading is None


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[LlamaWorker]:
    path = tmp_path / "nosuch.gguf"
    worker = LlamaWorker(path, "nosuch", Opener(threads=1, context_tokens=64))
    yield worker
    thread = threading.Thread(target=worker.close, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "close hangs"
    assert not worker._thread.is_alive()


def test_whoever_asks_a_model_that_cannot_be_loaded_is_told(failing: LlamaWorker) -> None:
    for _ in range(3):
        with pytest.raises(ModelError, match=r"nosuch\.gguf"):
            list(failing.generate(COUNT, 8))
    assert failing.status.state == "failed"


def test_waiting_for_a_model_that_cannot_be_loaded_ends(failing: LlamaWorker) -> None:
    for _ in range(2):
        with pytest.raises(ModelError, match=r"nosuch\.gguf"):
            failing.wait_until_loaded(10)


def test_a_model_that_cannot_be_loaded_may_be_closed_unasked(failing: LlamaWorker) -> None:
    assert failing.status.state in ("loading", "failed")


def test_any_error_in_loading_is_told_as_one_of_the_model() -> None:
    def fails(_: Path) -> Context:
        raise OSError("libllama.so: cannot open shared object file")

    worker = LlamaWorker(Path("x.gguf"), "x", FakeOpener(fails))
    with pytest.raises(ModelError, match=r"can't be run: libllama\.so"):
        worker.wait_until_loaded(10)
    worker.close()


def test_waiting_no_longer_than_said() -> None:
    loaded = threading.Event()

    def loads(_: Path) -> Context:
        loaded.wait(10)
        raise ModelError("It can't be loaded.")

    worker = LlamaWorker(Path("x.gguf"), "x", FakeOpener(loads))
    began = time.monotonic()
    with pytest.raises(ModelError, match="not loaded"):
        worker.wait_until_loaded(0.2)
    assert _took(began) < 2
    loaded.set()
    worker.close()
