"""Where a model server is."""

import pytest

from assistant.errors import UsageError
from assistant.model.server.address import Server


@pytest.mark.parametrize(
    ("url", "base", "place"),
    [
        ("http://localhost:8000/v1", "http://localhost:8000/v1", "localhost:8000"),
        (" http://localhost:11434/ ", "http://localhost:11434/v1", "localhost:11434"),
        ("https://models.example/openai/v1/", "https://models.example/openai/v1", "models.example"),
        ("https://models.example:443/v1", "https://models.example/v1", "models.example"),
        ("https://models.example/v1/chat/completions", "https://models.example/v1", "models.example"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1", "[::1]:8080"),
    ],
)
def test_an_address_is_a_base_and_a_place(url: str, base: str, place: str) -> None:
    server = Server.at(url)
    assert (server.url, server.place) == (base, place)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "ftp://a/v1",
        "ftp://a:80/v1",
        "htp://localhost:8000/v1",
        "http://",
        "http://a:b:c/v1",
        "http://me:secret@a/v1",
        "http://a/v1?key=secret",
        "x",
    ],
)
def test_what_is_no_address_is_told_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a model server") as error:
        Server.at(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("key", ["a\nb", "ключ", "a\x00"])
def test_a_key_that_can_be_none_is_told_without_it(key: str) -> None:
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as error:
        Server.at("http://localhost:1/v1", key)
    assert key not in str(error.value)


def test_the_key_is_not_shown() -> None:
    server = Server.at("http://localhost:1/v1", "sk-secret")
    assert "sk-secret" not in repr(server)
    assert server.said("Wrong key sk-secret!\n\x1b[31m") == "Wrong key …! [31m"
    assert len(server.said("x" * 1000)) == 200
