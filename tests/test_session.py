"""Stop, and leaving, end what one page waits for and nothing else."""

import threading
from collections.abc import Iterator
from typing import cast

import pytest

from assistant.answering import Inquiry
from assistant.ui.session import Sessions


class _Inquiry:
    """Stands in for an `Inquiry`: remembers that it was stopped."""

    def __init__(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def _inquiry() -> Inquiry:
    return cast(Inquiry, _Inquiry())


def _stopped(*inquiries: Inquiry) -> list[bool]:
    return [cast(_Inquiry, inquiry).stopped for inquiry in inquiries]


def test_stop_reaches_all_that_runs_for_the_page_and_no_other() -> None:
    sessions = Sessions()
    first, second, other = _inquiry(), _inquiry(), _inquiry()
    with sessions.running("a", first), sessions.running("a", second), sessions.running("b", other):
        sessions.stop("a")
        assert _stopped(first, second, other) == [True, True, False]


def test_stop_for_a_page_that_waits_for_nothing_is_no_error() -> None:
    sessions = Sessions()
    sessions.stop("a")
    sessions.stop(None)
    inquiry = _inquiry()
    with sessions.running(None, inquiry):
        sessions.stop("a")
        assert _stopped(inquiry) == [False]
        sessions.stop(None)
        assert _stopped(inquiry) == [True]


def test_an_error_in_the_block_stops_the_inquiry_and_goes_on() -> None:
    sessions, inquiry = Sessions(), _inquiry()
    with pytest.raises(RuntimeError, match="lost"), sessions.running("a", inquiry):
        raise RuntimeError("lost")
    assert _stopped(inquiry) == [True]


def test_a_handler_that_is_closed_early_stops_its_inquiry() -> None:
    sessions, inquiry = Sessions(), _inquiry()

    def handler() -> Iterator[int]:
        with sessions.running("a", inquiry):
            yield 1
            yield 2

    running = handler()
    assert next(running) == 1
    assert _stopped(inquiry) == [False]
    running.close()  # type: ignore[attr-defined]
    assert _stopped(inquiry) == [True]


def test_nothing_is_kept_of_what_has_ended() -> None:
    sessions = Sessions()
    with sessions.running("a", _inquiry()):
        with sessions.running("a", _inquiry()), sessions.running("b", _inquiry()):
            pass
        assert list(sessions._running) == ["a"]
        assert len(sessions._running["a"]) == 1
    assert sessions._running == {}


def test_pages_come_and_go_while_others_stop() -> None:
    sessions = Sessions()
    failures: list[BaseException] = []

    def work(page: str) -> None:
        try:
            for _ in range(300):
                inquiry = _inquiry()
                with sessions.running(page, inquiry):
                    sessions.stop(page)
                    assert _stopped(inquiry) == [True]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(page,)) for page in "aabbcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert sessions._running == {}
