"""The page answers by its own names alone, whatever a page on the web makes a browser say."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from tests.room import Room


def _status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


@pytest.mark.parametrize("path", ["/", "/gradio_api/info", "/config", "/gradio_api/upload", "/gradio_api/call/ask"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "rebound.example:7860", "Origin": "http://rebound.example:7860"},
        {"Origin": "https://news.example"},
        {"Origin": "null"},
        {"Host": ""},
        {"Host": "[::1"},
    ],
)
def test_another_page_s_calls_are_turned_away(room: Room, path: str, headers: dict[str, str]) -> None:
    assert _status(f"{room.url}{path}", **headers) == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost:7860"},
        {"Host": "LOCALHOST"},
        {"Host": "192.168.1.7:7860", "Origin": "http://192.168.1.7:7860"},
        {"Host": "[::1]:7860", "Origin": "http://[::1]:7860"},
        {"Host": "127.0.0.1", "Origin": "http://localhost:7860"},
    ],
)
def test_the_page_s_own_are_answered(room: Room, headers: dict[str, str]) -> None:
    assert _status(f"{room.url}/gradio_api/info", **headers) == 200


def test_no_other_page_may_show_it_as_a_part(room: Room) -> None:
    with urllib.request.urlopen(room.url, timeout=10) as answer:  # noqa: S310
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(("127.0.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True)),
        *(("0.0.0.0", False), ("[::]", False), ("news.example", False)),  # noqa: S104
    ],
)
def test_a_page_for_others_is_told_from_one_for_this_machine(host: str, expected: bool) -> None:
    assert Settings(host=host).is_for_this_machine is expected
    assert Settings(host=host).is_for_its_user is expected


@pytest.mark.parametrize(
    "setting", [{"names": ("news.example",)}, {"root_path": "/news"}, {"passwords": Path("passwords")}]
)
def test_a_page_behind_a_proxy_or_a_login_is_for_others(setting: dict[str, Any]) -> None:
    assert Settings(**setting).is_for_this_machine
    assert not Settings(**setting).is_for_its_user
