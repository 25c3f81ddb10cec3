"""How the page is and what it has done, told to those who run it and to nobody else: the page's own process."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from prometheus_client.parser import text_string_to_metric_families
from starlette.responses import PlainTextResponse

from assistant.application import Application
from assistant.interfaces.ui.health import Health
from tests.conftest import AssistantWith
from tests.fake_context import wait_for
from tests.fake_model import SURE, FakeModel
from tests.room import TIME, Room

QUESTION, JAPANESE = "How much does a roll cost?", "パンはいくらですか？"


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A page that counts."""
    room = Room(tmp_path_factory.mktemp("home"), metrics=True)
    yield room
    room.close()


def _values(room: Room) -> dict[str, float]:
    """All that is counted, each with its labels behind its name."""
    told = httpx.get(f"{room.url}/metrics", timeout=10)
    assert (told.status_code, told.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    samples = (sample for family in text_string_to_metric_families(told.text) for sample in family.samples)
    return {
        " ".join([each.name, *each.labels.values()]).removeprefix("article_assistant_"): each.value for each in samples
    }


def _ended(room: Room) -> dict[str, float]:
    return {
        name.removeprefix("questions_total "): value
        for name, value in _values(room).items()
        if name.startswith("questions_total ") and value
    }


def test_a_page_that_can_answer_is_ready(counting: Room) -> None:
    told = httpx.get(f"{counting.url}/health", timeout=10)
    assert (told.status_code, told.json()) == (200, {"status": "ready", "store": "ready", "model": "ready"})


def test_questions_are_counted_by_language_and_outcome_and_timed(counting: Room) -> None:
    before = _values(counting)
    client = Client(counting.url, verbose=False)
    first = client.submit(QUESTION, api_name="/ask")
    wait_for(lambda: counting.is_reading(QUESTION), TIME)
    second = client.submit(JAPANESE, api_name="/ask")
    wait_for(lambda: _values(counting)["questions_waiting"] == 1, TIME)
    assert _values(counting)["questions_in_progress"] == 2
    assert _values(counting)["model_state busy"] == 1
    counting.say("go on")
    assert first.result(TIME)["finished"]
    wait_for(lambda: counting.is_reading(JAPANESE), TIME)
    second.cancel()
    wait_for(lambda: _values(counting)["questions_in_progress"] == 0, TIME)
    after = _values(counting)
    with pytest.raises(AppError):
        client.predict(" ", api_name="/ask")  # is no question
    client.close()
    counted = {name: after[name] - before[name] for name in after if after[name] != before.get(name)}
    assert {name: value for name, value in counted.items() if name.startswith("questions_total")} == {
        "questions_total en answered": 1,
        "questions_total ja stopped": 1,
    }
    assert counted["first_evidence_seconds_count"] == 2
    assert counted["first_token_seconds_count"] == 1
    assert 0 < counted["first_evidence_seconds_sum"] < TIME
    assert after["questions_waiting"] == 0
    assert _ended(counting) == {"en answered": 1, "ja stopped": 1}


def test_articles_passages_and_the_process_are_told_and_no_text(counting: Room) -> None:
    values = _values(counting)
    assert values["articles"] == 1
    assert values["passages"] > 1
    assert values["process_resident_memory_bytes"] > 10_000_000
    text = httpx.get(f"{counting.url}/metrics", timeout=10).text
    assert "roll" not in text.lower()
    assert text.isascii()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_nobody_is_told_by_way_of_a_proxy(counting: Room, path: str, headers: dict[str, str]) -> None:
    assert httpx.get(f"{counting.url}{path}", headers=headers, timeout=10).status_code == 403


def test_a_page_in_a_browser_elsewhere_is_told_nothing(counting: Room) -> None:
    assert httpx.get(f"{counting.url}/health", headers={"Host": "rebound.example"}, timeout=10).status_code == 403


def test_nothing_is_counted_without_the_option(room: Room) -> None:
    assert httpx.get(f"{room.url}/metrics", timeout=10).status_code == 404
    assert httpx.get(f"{room.url}/health", timeout=10).status_code == 200


def test_a_page_whose_model_comes_or_does_not_says_so(tmp_path: Path) -> None:
    room = Room(tmp_path / "home", fetches=True)
    try:
        told = httpx.get(f"{room.url}/health", timeout=10)
        assert (told.status_code, told.json()["status"], told.json()["model"]) == (503, "starting", "starting")
        room.say("fetch fails")
        wait_for(lambda: httpx.get(f"{room.url}/health", timeout=10).json()["model"] == "failed", TIME)
        told = httpx.get(f"{room.url}/health", timeout=10)
        assert (told.status_code, told.json()["status"], told.json()["store"]) == (503, "failed", "ready")
    finally:
        room.say("fetched")
        room.close()


@pytest.mark.parametrize(
    ("client", "status"),
    [
        (("127.0.0.1", 1), 200),
        (("::1", 1), 200),
        (("::ffff:127.0.0.1", 1), 200),
        (("10.0.0.7", 1), 200),
        (("::ffff:10.0.0.7", 1), 200),
        (("10.0.1.7", 1), 403),
        (("2001:db8::1", 1), 403),
        (("unix", 1), 403),
        (None, 403),
    ],
)
def test_this_machine_is_told_and_who_is_named(
    assistant_with: AssistantWith, client: tuple[str, int] | None, status: int
) -> None:
    assistant = assistant_with(FakeModel("640", makes=SURE))
    application = Application(_Library(), assistant, assistant._model)  # type: ignore[arg-type]
    health = Health(PlainTextResponse("the page"), application, ("10.0.0.0/24",), None)
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        sent.append(message)  # type: ignore[arg-type]

    scope = {"type": "http", "method": "GET", "path": "/health", "headers": [], "client": client}
    asyncio.run(health(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == status


class _Library:
    """Has nothing to tell."""

    @property
    def store(self) -> "_Library":
        return self

    def count(self) -> int:
        return 0
