"""A model that a llama-server runs is asked as one that is run here, and says the same."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ModelError, ServerError
from assistant.model.decoding import generate
from assistant.model.llama.context import LlamaContext
from assistant.model.protocol import Constraint, Message, Retraction, whole_text, with_piece
from assistant.model.server.address import Server
from assistant.model.server.connection import Times
from assistant.model.server.served import ServedModel
from assistant.model.turns import Job
from tests.fake_context import wait_for
from tests.llama_server import LlamaServer
from tests.tiny_model import write_tiny_adapter, write_tiny_model

pytest.importorskip("gguf")

PATIENT = Times(pauses=(0.01, 0.02))
TOKENS = 12
REFUSAL = "Not stated."
ARTICLES = tuple(f"Mill {number} makes power. 製粉所は電力を作る。 " * 3 for number in (1, 2, 3))
QUESTIONS = ("What does it make?", "何を作りますか？")


def _messages(article: str, question: str) -> tuple[Message, ...]:
    return Message("system", "Answer with words of the article."), Message("user", f"{article}\n\n{question}")


def _letters(text: str, *, finished: bool) -> bool:
    """Lets a text have what chance numbers seldom say, and end behind eight characters."""
    return all(character.isalpha() or character in " �" for character in text) and (not finished or len(text) >= 8)


def _not_again(text: str, *, finished: bool) -> bool:
    """Lets a text begin as it likes and not go on from there, so that it has to go back."""
    return not finished and (len(text) < 3 or text[0] == "a")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("models")
    return write_tiny_model(folder / "tiny.gguf"), write_tiny_adapter(folder / "tiny.adapter.gguf")


@pytest.fixture(scope="module")
def here(files: tuple[Path, Path]) -> Iterator[LlamaContext]:
    """The model with its adapter, run here."""
    context = LlamaContext(files[0], threads=1, context_tokens=4096, adapter=files[1])
    yield context
    context.close()


Make = Callable[..., tuple[ServedModel, LlamaServer]]


@pytest.fixture
def make(files: tuple[Path, Path]) -> Iterator[Make]:
    """The same, run by a server; without its adapter where that is wished."""
    opened: list[Any] = []

    def made(slots: int = 1, *, adapter: bool = True, **options: Any) -> tuple[ServedModel, LlamaServer]:
        server = LlamaServer(files[0], slots, files[1] if adapter else None, **options)
        model = _model(server.url)
        model.look()
        opened.extend((model, server))
        return model, server

    yield made
    for each in opened:
        each.close()


def _model(url: str) -> ServedModel:
    return ServedModel(Server.at(url), "", lambda *_: (), PATIENT, adapters={"tiny.adapter.gguf"})


Said = tuple[str, bool, float]


def _here(
    context: LlamaContext, article: str, question: str, allows: Constraint | None = None, *, taught: bool = True
) -> Said:
    read = _messages(article, "") if taught else None
    job = Job(_messages(article, question), TOKENS, "", allows=allows, refusal=REFUSAL, read=read)
    pieces: list[str | Retraction] = []
    context.forget()
    generate(context, job, lambda: False, pieces.append)
    text = ""
    for piece in pieces:
        text = with_piece(text, piece)
    assert job.reading
    return text, job.is_ended, job.reading.margin


def _ask(
    model: ServedModel,
    article: str,
    question: str,
    allows: Constraint | None = None,
    *,
    taught: bool = True,
    asker: str | None = "",
) -> Job:
    read = _messages(article, "") if taught else None
    job = model.generate(_messages(article, question), TOKENS, allows=allows, refusal=REFUSAL, read=read, asker=asker)
    assert isinstance(job, Job)
    return job


def _said(job: Job) -> Said:
    text = whole_text(job)
    assert job.reading
    return text, job.is_ended, job.reading.margin


def _same(one: Said, other: Said) -> bool:
    return one[:2] == other[:2] and one[2] == pytest.approx(other[2], abs=0.01)


def _reads(server: LlamaServer) -> list[int]:
    """Of each time that something was only read, how many tokens."""
    return [len(body["prompt"]) for body in server.completions() if not body["n_predict"]]


def test_it_is_known_by_what_it_says_of_itself(make: Make, files: tuple[Path, Path]) -> None:
    model, server = make(slots=3)
    model.wait_until_loaded(5)
    assert (model.name, model.taught_by, model.status.state) == ("tiny", "tiny.adapter", "ready")
    other = ServedModel(Server.at(server.url), "mine", lambda *_: (), PATIENT, adapters={"another.gguf"})
    other.look()
    assert (other.name, other.taught_by) == ("mine", "")
    other.close()


@pytest.mark.parametrize("allows", [None, _letters, _not_again])
@pytest.mark.parametrize("taught", [True, False])
def test_it_says_what_the_model_says_here(
    make: Make, here: LlamaContext, allows: Constraint | None, taught: bool
) -> None:
    model, _ = make()
    for article in ARTICLES[:2]:
        for question in QUESTIONS:
            expected = _here(here, article, question, allows, taught=taught)
            assert _same(_said(_ask(model, article, question, allows, taught=taught)), expected)


def test_without_the_adapter_it_says_what_the_model_says_without(make: Make, files: tuple[Path, Path]) -> None:
    model, server = make(adapter=False)
    context = LlamaContext(files[0], threads=1, context_tokens=4096)
    expected = _here(context, ARTICLES[0], QUESTIONS[1], _letters)
    context.close()
    assert _same(_said(_ask(model, ARTICLES[0], QUESTIONS[1], _letters)), expected)
    assert {path for path, _ in server.asked} == {"/props", "/lora-adapters", "/tokenize", "/completion"}
    assert _reads(server) == []


def test_an_article_is_read_once_without_the_adapter_for_all_questions(make: Make, here: LlamaContext) -> None:
    model, server = make()
    jobs = [_ask(model, ARTICLES[0], question) for question in QUESTIONS]
    for job, question in zip(jobs, QUESTIONS, strict=True):
        assert _same(_said(job), _here(here, ARTICLES[0], question))
    assert len(_reads(server)) == 1
    assert jobs[0].usage.reused == 0
    assert jobs[1].usage.reused >= _reads(server)[0]


def test_what_is_read_ahead_is_not_read_again(make: Make, here: LlamaContext) -> None:
    model, server = make()
    model.start()
    assert list(model.read(_messages(ARTICLES[0], ""), "a")) == []
    read = len(server.completions()[-1]["prompt"])
    job = _ask(model, ARTICLES[0], QUESTIONS[0])
    assert _same(_said(job), _here(here, ARTICLES[0], QUESTIONS[0]))
    assert job.usage.reused > read - 32
    asked = len(server.completions())
    assert list(model.read(_messages(ARTICLES[0], ""), "a")) == []
    assert len(server.completions()) == asked


def test_a_question_interrupts_the_reading_which_then_goes_on(make: Make) -> None:
    model, _ = make(slow=0.05)
    model.start()
    readings = [model.read(_messages(article, ""), "a") for article in ARTICLES]
    job = _ask(model, ARTICLES[2], QUESTIONS[0])
    _said(job)
    assert not readings[2].wait(0)
    assert [list(reading) for reading in readings] == [[], [], []]


def test_as_many_are_asked_at_once_as_there_are_slots(make: Make, here: LlamaContext) -> None:
    expected = [_here(here, article, QUESTIONS[0], _letters) for article in ARTICLES]
    model, server = make(slots=3, slow=0.02)
    jobs = [_ask(model, article, QUESTIONS[0], _letters, asker=article) for article in ARTICLES]
    assert all(_same(_said(job), each) for job, each in zip(jobs, expected, strict=True))
    assert server.at_once == 3
    later = _ask(model, ARTICLES[1], QUESTIONS[1])
    _said(later)
    assert later.usage.reused > 0  # the slot that has read its article


def test_one_asker_s_questions_are_answered_at_once_where_nobody_else_asks(make: Make) -> None:
    model, server = make(slots=2, slow=0.02)
    jobs = [_ask(model, article, QUESTIONS[0], taught=False) for article in ARTICLES]
    assert [job.before() for job in jobs][2] <= 1
    for job in jobs:
        _said(job)
    assert server.at_once == 2


def test_a_server_that_was_started_anew_is_asked_as_it_is(make: Make, here: LlamaContext) -> None:
    model, server = make()
    _said(_ask(model, ARTICLES[0], QUESTIONS[0]))
    server.restart()
    assert _same(_said(_ask(model, ARTICLES[0], QUESTIONS[1])), _here(here, ARTICLES[0], QUESTIONS[1]))
    assert len(_reads(server)) == 2


def test_a_server_that_comes_later_is_known_then(files: tuple[Path, Path]) -> None:
    server = LlamaServer(files[0], 1, files[1])
    model = _model(server.url)
    server.fails["/props"] = server.fails["/v1/models"] = 500
    with pytest.raises(ServerError, match="can't answer"):
        model.wait_until_loaded(5)
    server.fails.clear()
    assert model.taught_by == ""
    model._is_known = False
    _said(_ask(model, ARTICLES[0], QUESTIONS[0]))
    assert model.taught_by == "tiny.adapter"
    model.close()
    server.close()


def test_its_adapters_are_left_as_they_were(make: Make) -> None:
    model, server = make()
    server.scale = 0.25
    model.look()
    _said(_ask(model, ARTICLES[0], QUESTIONS[0]))
    assert server.scale == 1.0
    other = _model(server.url)
    server.scale = 0.25
    other.look()
    _said(_ask(other, ARTICLES[0], QUESTIONS[0]))
    other.close()
    assert server.scale == 0.25


@pytest.mark.parametrize("path", ["/lora-adapters", "POST /lora-adapters"])
def test_where_the_adapter_cannot_be_switched_the_model_is_told_by_examples(
    files: tuple[Path, Path], path: str
) -> None:
    server = LlamaServer(files[0], 1, files[1])
    server.fails[path] = 403
    model = _model(server.url)
    model.wait_until_loaded(5)
    assert model.taught_by == ""
    model.close()
    server.close()


@pytest.mark.parametrize(("status", "told"), [(0, "broke off"), (500, "can't answer"), (503, "can't answer")])
def test_where_it_is_not_said_whether_the_adapter_can_be_switched_that_is_asked_again(
    files: tuple[Path, Path], status: int, told: str
) -> None:
    server = LlamaServer(files[0], 1, files[1])
    server.fails["POST /lora-adapters"] = status
    model = _model(server.url)
    model.look()
    with pytest.raises(ServerError, match=told):
        model.wait_until_loaded(5)
    server.fails.clear()
    _said(_ask(model, ARTICLES[0], QUESTIONS[0]))
    assert model.taught_by == "tiny.adapter"
    model.close()
    server.close()


@pytest.mark.parametrize(
    ("path", "status", "told", "tries"),
    [
        ("/completion", 500, "can't answer", 3),
        ("/completion", 401, "does not take the key", 1),
        ("/tokenize", 503, "can't answer", 3),
        ("/lora-adapters", 500, "can't answer", 3),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_question_tries_again(
    make: Make, here: LlamaContext, path: str, status: int, told: str, tries: int
) -> None:
    model, server = make()
    model.wait_until_loaded(5)
    before = len([each for each, body in server.asked if each == path and body])
    server.fails[path] = status
    with pytest.raises(ServerError, match=told):
        whole_text(_ask(model, ARTICLES[0], QUESTIONS[0]))
    assert len([each for each, body in server.asked if each == path and body]) == before + tries
    assert model.status.state == "failed"
    server.fails.clear()
    assert _same(_said(_ask(model, ARTICLES[0], QUESTIONS[0])), _here(here, ARTICLES[0], QUESTIONS[0]))


@pytest.mark.parametrize(
    "props",
    [
        [],
        {"total_slots": "4"},
        {"total_slots": 0},
        {"total_slots": 1, "default_generation_settings": {}, "chat_template": ""},
        {"total_slots": 1, "default_generation_settings": {"n_ctx": 4096}},
    ],
)
def test_what_says_something_else_of_itself_is_no_llama_server(files: tuple[Path, Path], props: Any) -> None:
    server = LlamaServer(files[0])
    server.says["/props"] = props
    model = _model(server.url)
    model.wait_until_loaded(5)
    assert (model.taught_by, model.name) == ("", "tiny")
    assert list(model.read(_messages(ARTICLES[0], ""), "a")) == []
    with pytest.raises(ServerError, match="is no model server"):  # it has no chat completions
        whole_text(_ask(model, ARTICLES[0], QUESTIONS[0]))
    model.close()
    server.close()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/tokenize", {"tokens": [2**40]}),
        ("/tokenize", {"tokens": "none"}),
        ("/tokenize", []),
        ("/completion", {}),
        ("/completion", {"completion_probabilities": []}),
        ("/completion", {"completion_probabilities": [{"top_logprobs": []}]}),
        ("/completion", {"completion_probabilities": [{"top_logprobs": [{"id": 1, "bytes": [999], "logprob": 0}]}]}),
        ("/completion", {"completion_probabilities": [{"top_logprobs": [{"id": -1, "bytes": [9], "logprob": 0}]}]}),
    ],
)
def test_what_cannot_be_understood_is_told(make: Make, path: str, says: Any) -> None:
    model, server = make()
    server.says[path] = says
    with pytest.raises(ServerError, match="can't be understood"):
        whole_text(_ask(model, ARTICLES[0], QUESTIONS[0]))
    server.says = {"/lora-adapters": [{"id": "0", "path": 5}, None, {"id": 3, "path": "/a/tiny.adapter.gguf"}]}
    model.look()
    assert model.taught_by == ""


def test_no_more_is_asked_at_once_than_is_sound(make: Make, files: tuple[Path, Path]) -> None:
    model, server = make()
    server.says["/props"] = server._props() | {"total_slots": 10**6}
    model.look()
    assert model._turns.at_once == 64


def test_what_does_not_fit_is_told_and_the_server_is_none_the_worse(make: Make) -> None:
    model, _ = make()
    with pytest.raises(ModelError, match="Ask a shorter question"):
        whole_text(_ask(model, "Power. " * 1000, QUESTIONS[0]))
    assert model.status.state == "ready"


def test_a_stop_ends_the_asking(make: Make) -> None:
    model, server = make(slow=0.1)
    job = _ask(model, ARTICLES[0], QUESTIONS[0])
    wait_for(lambda: len(server.completions()) > 2, 10)
    job.stop()
    wait_for(lambda: model.status.state == "ready", 5)
    asked = len(server.completions())
    time.sleep(0.3)
    assert len(server.completions()) <= asked


def _real(files: tuple[Path, Path], options: Sequence[str]) -> tuple[subprocess.Popen[bytes], str]:
    program = os.environ.get("LLAMA_SERVER") or shutil.which("llama-server")
    if not program:
        pytest.skip("no llama-server is found, neither by LLAMA_SERVER nor on PATH")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        program,
        "-m",
        str(files[0]),
        "--port",
        str(port),
        "-c",
        "4096",
        "-t",
        "1",
        "-b",
        "48",
        "-ub",
        "48",
        *options,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}/v1"


@pytest.mark.parametrize("slots", [1, 2])
def test_a_real_llama_server_says_what_the_model_says_here(
    files: tuple[Path, Path], here: LlamaContext, slots: int
) -> None:
    process, url = _real(files, ["--lora", str(files[1]), "-np", str(slots)])
    model = _model(url)
    try:
        wait_for(lambda: model.look() or model.taught_by == "tiny.adapter", 60)
        model.start()
        assert list(model.read(_messages(ARTICLES[0], ""), "a")) == []
        for allows in (None, _letters, _not_again):
            pairs = [(article, question) for article in ARTICLES for question in QUESTIONS]
            jobs = [_ask(model, *pair, allows, asker=pair[1]) for pair in pairs]
            for pair, job in zip(pairs, jobs, strict=True):
                assert _same(_said(job), _here(here, *pair, allows))
    finally:
        model.close()
        process.kill()
        process.wait()
