"""Stop, and leaving, end what one page waits for and nothing else."""

import asyncio
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any, cast

import pytest

from assistant.answering.answering import Inquiry
from assistant.interfaces.ui.session import Departures, Sessions, Threads


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


def test_a_handler_that_is_cancelled_does_not_wait_for_its_inquiry() -> None:
    sessions, threads, inquiry = Sessions(), Threads(1), _inquiry()
    is_reading, reads, ended = (threading.Event() for _ in range(3))
    heard: list[str] = []

    def replies() -> Generator[str, None, None]:
        try:
            yield "evidence"
            is_reading.set()
            reads.wait(10)
            yield "answer"
        finally:
            ended.set()

    async def handler() -> None:
        with sessions.running("a", inquiry):
            async for reply in threads.each(replies()):
                heard.append(reply)

    async def cancel() -> float:
        task = asyncio.create_task(handler())
        while not is_reading.is_set():
            await asyncio.sleep(0.01)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    took = asyncio.run(cancel())
    assert not ended.is_set()
    reads.set()
    assert ended.wait(10)
    assert took < 0.2
    assert _stopped(inquiry) == [True]
    assert heard == ["evidence"]


def test_all_replies_come_in_their_order_and_an_error_behind_them() -> None:
    threads, heard = Threads(2), list[int]()

    def replies() -> Generator[int, None, None]:
        yield from range(5)
        raise RuntimeError("lost")

    async def handler() -> None:
        async for reply in threads.each(replies()):
            heard.append(reply)

    with pytest.raises(RuntimeError, match="lost"):
        asyncio.run(handler())
    assert heard == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("path", "message", "stops"),
    [
        ("/gradio_api/call/ask/1f2e", "http.disconnect", True),
        ("/gradio_api/call/v2/ask/1f2e", "http.disconnect", True),
        ("/gradio_api/call/ask/1f2e", "http.request", False),
        ("/gradio_api/call/ask/3d4c", "http.disconnect", False),
        ("/gradio_api/call/ask", "http.disconnect", False),
        ("/gradio_api/heartbeat/1f2e", "http.disconnect", False),
    ],
)
def test_a_program_that_hangs_up_stops_its_own_question(path: str, message: str, stops: bool) -> None:
    sessions, inquiry, passed = Sessions(), _inquiry(), list[Any]()

    async def app(_: Any, receive: Any, __: Any) -> None:
        passed.append(await receive())

    async def receive() -> dict[str, Any]:
        return {"type": message}

    async def send(_: Any) -> None:
        pass

    with sessions.running("1f2e", inquiry):
        asyncio.run(Departures(app, sessions)({"type": "http", "path": path}, receive, send))
        assert _stopped(inquiry) == [stops]
    assert passed == [{"type": message}]
