"""Who leaves, or gives a question up, keeps nobody waiting: the real server and worker, on a model that reads on."""

import http.client
import json
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from gradio_client import Client

from assistant.interfaces.ui.serving import SESSIONS
from tests.fake_context import wait_for
from tests.room import TIME, Room

playwright = pytest.importorskip("playwright.sync_api")

PROMPTLY = 5.0
"""Seconds from leaving until the question is gone, on a very busy machine; with two cores at work 0.01 to 0.08."""
QUESTION, OTHER = "How much does a roll cost?", "Who owns the bakery?"
Leave = Callable[[], Any]


def _tab(room: Room, request: pytest.FixtureRequest) -> Any:
    """A tab that has asked."""
    tab = request.getfixturevalue("browser").new_page()
    tab.goto(room.url)
    tab.locator("#article-en [data-sentence]").first.wait_for(timeout=1000 * TIME)
    tab.fill("#question textarea", QUESTION)
    tab.press("#question textarea", "Enter")
    tab.locator("#chat .waiting").wait_for(timeout=1000 * TIME)
    return tab


def _a_tab_is_closed(room: Room, request: pytest.FixtureRequest) -> Leave:
    return _tab(room, request).close  # type: ignore[no-any-return]


def _a_tab_goes_elsewhere(room: Room, request: pytest.FixtureRequest) -> Leave:
    tab = _tab(room, request)
    return lambda: tab.goto("about:blank")


def _a_tab_crashes(room: Room, request: pytest.FixtureRequest) -> Leave:
    tab = _tab(room, request)

    def crash() -> None:
        with pytest.raises(playwright.Error):
            tab.goto("chrome://crash")

    return crash


def _stop_is_pressed(room: Room, request: pytest.FixtureRequest) -> Leave:
    tab = _tab(room, request)
    return lambda: tab.click("#stop")


def _a_client_cancels(room: Room, request: pytest.FixtureRequest) -> Leave:
    client = Client(room.url, verbose=False)
    request.addfinalizer(client.close)
    job = client.submit(QUESTION, api_name="/ask")
    wait_for(lambda: job.communicator.event_id, TIME)  # by which it cancels; before, that ends nothing on the server
    return threading.Thread(target=job.cancel).start


def _a_program_hangs_up(room: Room, _: pytest.FixtureRequest) -> Leave:
    asking = http.client.HTTPConnection("127.0.0.1", room.port)
    body = json.dumps({"data": [QUESTION, "", "balanced"]})
    asking.request("POST", "/gradio_api/call/ask", body, {"Content-Type": "application/json"})
    call = json.load(asking.getresponse())["event_id"]
    asking.close()
    listening = socket.create_connection(("127.0.0.1", room.port))
    listening.sendall(f"GET /gradio_api/call/ask/{call} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert listening.recv(1000).startswith(b"HTTP/1.1 200")
    return listening.close


every_way = pytest.mark.parametrize(
    "asked",
    [
        _a_tab_is_closed,
        _a_tab_goes_elsewhere,
        _a_tab_crashes,
        _stop_is_pressed,
        _a_client_cancels,
        _a_program_hangs_up,
    ],
)


@every_way
def test_a_question_given_up_while_it_is_read_makes_way(
    room: Room, request: pytest.FixtureRequest, asked: Callable[..., Leave]
) -> None:
    leave = asked(room, request)
    wait_for(lambda: room.is_reading(QUESTION), TIME)
    room.say(f"ask {OTHER}")
    leave()
    wait_for(lambda: room.is_reading(OTHER) and room.running() == 0, PROMPTLY)
    room.say("go on")
    assert room.hear() == "yes"


@every_way
def test_a_question_given_up_while_it_waits_is_gone(
    room: Room, request: pytest.FixtureRequest, asked: Callable[..., Leave]
) -> None:
    room.say(f"ask {OTHER}")
    wait_for(lambda: room.is_reading(OTHER), TIME)
    leave = asked(room, request)
    wait_for(lambda: room.running() == 1, TIME)
    leave()
    wait_for(lambda: room.running() == 0, PROMPTLY)
    assert room.is_reading(OTHER)
    room.say("go on")
    assert room.hear() == "yes"
    assert not room.is_reading(QUESTION)


def test_who_has_left_is_forgotten_in_the_end(room: Room) -> None:
    calling = http.client.HTTPConnection("127.0.0.1", room.port)
    for _ in range(SESSIONS + 5):
        calling.request("POST", "/gradio_api/call/list_articles", '{"data": []}', {"Content-Type": "application/json"})
        call = json.load(calling.getresponse())["event_id"]
        calling.request("GET", f"/gradio_api/call/list_articles/{call}")
        assert "event: complete" in calling.getresponse().read().decode()
    calling.close()
    assert room.remembered() == SESSIONS


def test_who_asks_much_lets_another_in_between(room: Room) -> None:
    with closing(Client(room.url, verbose=False)) as client:
        jobs = [client.submit(QUESTION, api_name="/ask") for _ in range(3)]
        wait_for(lambda: room.is_reading(QUESTION) and room.waiting() == 2, TIME)
        room.say(f"ask {OTHER}")
        wait_for(lambda: room.waiting() == 3, TIME)
        room.say("go on")
        wait_for(lambda: room.is_reading(OTHER), TIME)
        for _ in range(3):
            room.say("go on")
        assert room.hear() == "yes"
        assert all("yes" in job.result(TIME)["answer"] for job in jobs)
