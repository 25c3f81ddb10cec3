"""Askers take turns, what is stopped is gone at once, and reading waits for all of them."""

import queue
import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.protocol import Message
from assistant.model.turns import Job, Turns

AT_ONCE = 0.2
"""Seconds."""


def _job(asker: str, question: str = "", article: str = "") -> Job:
    return Job((Message("user", question),), asker=None if article else asker, article=article)


def _put(turns: Turns, *askers: str) -> list[Job]:
    """Questions of these askers, numbered for each."""
    jobs = [_job(asker, f"{asker}{askers[:number].count(asker) + 1}") for number, asker in enumerate(askers)]
    assert all(turns.put(job) for job in jobs)
    return jobs


def _next(turns: Turns) -> str:
    job = turns.next()
    assert job
    return job.messages[0].content


def _served(turns: Turns, count: int) -> list[str]:
    return [_next(turns) for _ in range(count)]


def test_one_asker_s_questions_are_served_in_their_order() -> None:
    turns = Turns()
    _put(turns, *"aaa")
    assert _served(turns, 3) == ["a1", "a2", "a3"]


def test_askers_take_turns() -> None:
    turns = Turns()
    _put(turns, *"aaabbc")
    assert _served(turns, 6) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_asks_one_question_waits_only_for_the_one_being_answered() -> None:
    turns = Turns()
    _put(turns, *"aaaa")
    assert _next(turns) == "a1"
    _put(turns, "b")
    assert _served(turns, 4) == ["b1", "a2", "a3", "a4"]


def test_a_question_put_while_the_asker_s_last_is_answered_waits_behind_the_others() -> None:
    turns = Turns()
    _put(turns, "a")
    assert _next(turns) == "a1"
    _put(turns, "b", "a")
    assert _served(turns, 2) == ["b1", "a1"]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=30))
def test_nobody_waits_for_two_answers_of_another(acts: Sequence[str]) -> None:
    """An act is an asker's question, or (empty) that the worker takes the next."""
    turns, waiting, overtaken = Turns(), dict.fromkeys("abcd", 0), {asker: dict.fromkeys("abcd", 0) for asker in "abcd"}
    for act in [*acts, *[""] * len(acts)]:
        if act:
            assert turns.put(_job(act, act))
            waiting[act] += 1
        elif any(waiting.values()):
            served = _next(turns)
            waiting[served] -= 1
            overtaken[served] = dict.fromkeys("abcd", 0)
            for other in "abcd":
                overtaken[other][served] += waiting[other] > 0 and other != served
                assert overtaken[other][served] <= 1


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "", "-"]), max_size=30))
def test_as_many_come_before_a_question_as_are_answered_till_its_turn(acts: Sequence[str]) -> None:
    """An act is an asker's question, or that the worker takes the next (empty), or that the last one is stopped."""
    turns, jobs = Turns(), list[Job]()
    for act in acts:
        if act == "-":
            for job in jobs[-1:]:
                job.stop()
        elif act:
            jobs.append(_job(act))
            assert turns.put(jobs[-1])
        elif any(not job.stopped.is_set() for job in jobs):
            served = turns.next()
            jobs = [job for job in jobs if job is not served]
    jobs = [job for job in jobs if not job.stopped.is_set()]
    is_answering = bool(turns._answered)
    told = {id(job): job.before() for job in jobs}
    order = [id(turns.next()) for _ in jobs]
    assert told == {one: place + is_answering for place, one in enumerate(order)}


def test_nothing_comes_before_what_has_its_turn_or_waits_for_nobody() -> None:
    turns = Turns()
    job, other = _put(turns, *"ab")
    reading = _job("", "read", "article")
    assert turns.put(reading)
    assert turns.next() is job
    assert (job.before(), other.before(), reading.before(), _job("c").before()) == (0, 1, 0, 0)
    other.stop()
    assert other.before() == 0


def test_waiting_for_the_first_piece_ends_with_it_or_with_the_end() -> None:
    for act in (lambda job: job.say("240"), lambda job: job.end(), lambda job: job.stop()):
        job = _job("a")
        assert not job.wait(0.01)
        timer = threading.Timer(0.05, act, [job])
        timer.start()
        began = time.monotonic()
        assert job.wait(10)
        assert time.monotonic() - began < AT_ONCE
        timer.join()


def test_questions_can_be_taken_all_at_once_while_the_reading_waits() -> None:
    turns = Turns()
    jobs = _put(turns, *"aab")
    assert turns.put(_job("", "read", "article"))
    assert turns.take_questions() == jobs
    assert not turns.is_wanted()
    assert _next(turns) == "read"


@pytest.mark.parametrize(("acts", "asked"), [("ask", True), ("close", False)])
def test_who_waits_for_a_question_is_woken_by_one_and_not_by_a_reading(acts: str, asked: bool) -> None:
    turns = Turns()
    woken: list[bool] = []
    thread = threading.Thread(target=lambda: woken.append(turns.wait_for_question()))
    thread.start()
    assert turns.put(_job("", "read", "article"))
    stopped = _job("a")
    stopped.stop()
    assert turns.put(stopped)
    thread.join(0.05)
    assert woken == []
    if acts == "ask":
        _put(turns, "a")
    else:
        turns.close()
    thread.join(10)
    assert woken == [asked]


def test_what_is_stopped_is_passed_over_and_costs_no_turn() -> None:
    turns = Turns()
    first, *_, last = _put(turns, *"aabbc")
    first.stop()
    last.stop()
    assert _served(turns, 3) == ["a2", "b1", "b2"]
    assert turns.put(_job("", "read", "article"))
    assert _next(turns) == "read"


def test_reading_waits_for_all_questions_and_is_interrupted_by_one() -> None:
    turns = Turns()
    assert turns.put(_job("", "read", "article"))
    assert not turns.is_wanted()
    _put(turns, *"ab")
    assert turns.is_wanted()
    assert _served(turns, 3) == ["a1", "b1", "read"]
    assert not turns.is_wanted()
    _put(turns, "a")
    assert turns.is_wanted()


def test_a_question_that_is_stopped_lets_the_reading_go_on() -> None:
    turns = Turns()
    _put(turns, "a")[0].stop()
    assert turns.put(_job("", "read", "article"))
    assert _next(turns) == "read"
    assert not turns.is_wanted()


def test_a_reading_that_is_stopped_is_passed_over() -> None:
    turns = Turns()
    readings = [_job("", name, "article") for name in ("one", "two")]
    assert all(turns.put(reading) for reading in readings)
    readings[0].stop()
    assert _next(turns) == "two"


def test_a_reading_that_is_stopped_is_kept_no_longer_while_questions_are_asked() -> None:
    turns = Turns()
    question, *readings = _job("a"), _job("", "one", "article"), _job("", "two", "article")
    for job in (question, *readings):
        turns.put(job)
    readings[0].stop()
    assert turns.close() == [question, readings[1]]


def test_after_closing_nothing_is_taken_or_given() -> None:
    turns = Turns()
    jobs = [*_put(turns, *"aab"), _job("", "read", "article")]
    assert turns.put(jobs[-1])
    assert turns.close() == jobs
    assert turns.next() is None
    assert turns.is_wanted()
    assert not turns.put(_job("a"))


@pytest.mark.parametrize("acts", ["put", "close"])
def test_who_waits_for_a_job_is_woken(acts: str) -> None:
    turns = Turns()
    taken: list[Job | None] = []
    thread = threading.Thread(target=lambda: taken.append(turns.next()))
    thread.start()
    time.sleep(0.05)
    jobs: list[Job | None] = [None]
    if acts == "put":
        jobs = [*_put(turns, "a")]
    else:
        turns.close()
    thread.join(10)
    assert taken == jobs


def test_stopping_ends_at_once_what_nobody_has_begun() -> None:
    job = _job("a")
    stopped: list[float] = []

    def stop() -> None:
        stopped.append(time.monotonic())
        job.stop()

    timer = threading.Timer(0.1, stop)
    timer.start()
    assert list(job) == []
    assert time.monotonic() - stopped[0] < AT_ONCE
    timer.join()


def test_what_comes_after_the_stop_is_heard_by_nobody() -> None:
    job = _job("a")
    job.say("240")
    job.stop()
    job.say(" yen")
    job.end(RuntimeError("late"))
    assert list(job) == ["240"]
    assert job.stopped.is_set()


def test_pieces_end_with_the_error_and_a_job_that_has_ended_is_over() -> None:
    job = _job("a")
    job.say("240")
    job.end(RuntimeError("lost"))
    pieces = iter(job)
    assert next(pieces) == "240"
    with pytest.raises(RuntimeError, match="lost"):
        next(pieces)
    assert list(job) == []


def test_questions_put_and_stopped_by_many_threads_all_end() -> None:
    turns = Turns()
    ended: list[str] = []

    def ask(asker: str) -> None:
        for number in range(50):
            job = _job(asker, asker)
            assert turns.put(job)
            if number % 3 == 0:
                job.stop()
            ended.extend(list(job) or [asker])

    def serve() -> None:
        while job := turns.next():
            job.say(job.asker)
            job.end()

    worker = threading.Thread(target=serve)
    askers = [threading.Thread(target=ask, args=(asker,)) for asker in "abcd"]
    for thread in (worker, *askers):
        thread.start()
    for thread in askers:
        thread.join(30)
    turns.close()
    worker.join(30)
    assert sorted(ended) == sorted("abcd" * 50)


class _Thread:
    """One of several threads that take what is next, each when it is told to."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._told: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._took: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def next(self, seconds: float = 5.0) -> str | None:
        """What it takes, None where there is nothing to take."""
        self._told.put(True)
        return self.took(seconds)

    def took(self, seconds: float = 5.0) -> str | None:
        try:
            job = self._took.get(timeout=seconds)
        except queue.Empty:
            return None
        return job.messages[0].content if job else None

    def _run(self) -> None:
        while self._told.get():
            self._took.put(self._turns.next())


def test_several_threads_take_first_what_those_ask_who_are_not_being_answered() -> None:
    turns = Turns()
    turns.at_once = 3
    first, second, third = (_Thread(turns) for _ in range(3))
    _put(turns, *"aaaab")
    assert [first.next(), second.next(), third.next()] == ["a1", "b1", "a2"]
    late = _put(turns, "c")[0]
    assert late.before() == 1
    assert [first.next(), second.next()] == ["c1", "a3"]
    assert late.before() == 0
    turns.close()


def test_of_what_nobody_waits_for_one_thing_is_done_at_a_time_and_none_beside_a_question() -> None:
    turns = Turns()
    first, second = _Thread(turns), _Thread(turns)
    _put(turns, "a")
    assert all(turns.put(_job("", name, "article")) for name in ("read", "more"))
    assert first.next() == "a1"
    assert second.next(0.1) is None
    assert first.next() == "read"
    assert second.took(0.1) is None
    _put(turns, "b")
    assert second.took() == "b1"
    assert turns.is_wanted()
    assert first.next(0.1) is None
    assert second.next() == "more"
    turns.close()
