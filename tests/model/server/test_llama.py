"""A model that llama-cpp-python runs, behind OpenAI's chat completions: what it sends is understood."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.model.protocol import Message
from assistant.model.server.address import Server
from assistant.model.server.chat import Chat
from assistant.model.server.connection import Times
from tests.tiny_model import write_tiny_model

MESSAGES = (Message("user", "hi"),)


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Callable[..., Chat]]:
    """What asks a model of chance numbers."""
    pytest.importorskip("gguf")
    model = write_tiny_model(tmp_path / "tiny.gguf")
    processes = []

    def started(*options: str) -> Chat:
        command = [sys.executable, "-m", "tests.llama_over_http", str(model), "0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout
        return Chat(Server.at(process.stdout.readline().strip()), Times())

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def _never() -> bool:
    return False


def test_a_text_comes_with_what_it_might_have_begun_with(chat: Callable[..., Chat]) -> None:
    asks = chat()
    assert asks.models(_never) == ["wrapped"]
    written = asks.write("wrapped", MESSAGES, 8, _never, first=True)
    said, *others = written.first
    assert 0 < written.pieces <= 8
    assert all(said.log_probability >= each.log_probability for each in others)
    assert sum(2.718**each.log_probability for each in others) <= 1.01


def test_where_it_takes_no_logprobs_the_text_comes_without(chat: Callable[..., Chat]) -> None:
    written = chat("plain").write("wrapped", MESSAGES, 8, _never, first=True)
    assert written.pieces
    assert written.first == ()
