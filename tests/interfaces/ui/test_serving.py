"""The page starts on this machine alone, whatever the environment says of networks."""

import os
import socket
import urllib.request
from pathlib import Path

import pytest

from assistant.interfaces.ui.serving import _reached_directly
from tests.room import Room

NOWHERE = "http://127.0.0.1:9"


def test_neither_a_proxy_nor_a_tunnel_is_asked_for_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRADIO_SHARE", "true")
    Room(tmp_path).close()  # which prints of a tunnel before it is ready


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_ipv6_is_listened_on_however_it_is_written(tmp_path: Path, host: str) -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    room = Room(tmp_path, host=host)
    try:
        with urllib.request.urlopen(f"http://[::1]:{room.port}/health", timeout=60) as answer:
            assert answer.status == 200
    finally:
        room.close()


@pytest.mark.parametrize("upper", [None, "example.com"])
@pytest.mark.parametrize("lower", [None, "", "example.org"])
def test_what_is_reached_directly_beside_it_stays(
    monkeypatch: pytest.MonkeyPatch, upper: str | None, lower: str | None
) -> None:
    for name, value in (("NO_PROXY", upper), ("no_proxy", lower)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with _reached_directly("[::1]"):
        others = os.environ["no_proxy"].removesuffix("::1,localhost,127.0.0.1")
    assert others == (f"{lower},".lstrip(",") if lower is not None else f"{upper or ''},".lstrip(","))
    assert dict(os.environ) == before
