"""What a client of the Model Context Protocol does with `assistant mcp`, by the protocol's own client library."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client, ClientSession, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent

import assistant.application
from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant
from assistant.answering.refusals import REFUSAL
from assistant.application import Application
from assistant.errors import FetchError
from assistant.interfaces.mcp_server import build
from assistant.library.article import parse_article
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.model.protocol import ModelStatus
from assistant.settings import DEFAULT_MODEL, ChromaServer, Settings
from assistant.text.language import Language
from tests import needs
from tests.command import ANSWER_KEYS, Ended, Run, assert_fails
from tests.conftest import Knowing
from tests.fake_model import UNSURE, FakeModel
from tests.test_readme import BLOCKS, README
from tests.texts import BILINGUAL, ENGLISH

COMMAND = str(Path(sysconfig.get_path("scripts")) / "assistant")
TIME = 60
"""Seconds for what has no limit of its own."""
CLIENT = {"name": "test", "version": "1"}
Call = Callable[..., CallToolResult]


def server(home: Path, *arguments: str) -> StdioServerParameters:
    env = os.environ | {"ASSISTANT_HOME": str(home)}
    return StdioServerParameters(command=COMMAND, args=["mcp", *arguments], env=env)


@asynccontextmanager
async def session(home: Path, *arguments: str) -> AsyncIterator[ClientSession]:
    async with stdio_client(server(home, *arguments)) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Calls a tool of a server process; its home has no article."""
    home = tmp_path_factory.mktemp("home")
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(session(home)) as running:
        yield lambda tool, **arguments: portal.call(partial(running.call_tool, tool, arguments))


def value(result: CallToolResult) -> Any:
    """What a tool gave, which its text says as well."""
    assert not result.is_error, result.content
    assert isinstance(result.content[0], TextContent)
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def problem(result: CallToolResult) -> str:
    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


@pytest.mark.parametrize(
    ("server", "chroma", "says"),
    [
        ("", None, "Japanese, wholly on the user's machine. Each answer"),
        ("llm.example:9", None, "the model of llm.example:9 answers, to which questions and passages"),
        ("", ChromaServer("shelf.example"), "the articles are kept on the Chroma server shelf.example:8000. Each"),
    ],
)
def test_a_client_is_told_where_questions_and_articles_go(
    library: Library, server: str, chroma: ChromaServer | None, says: str
) -> None:
    application = Application(library, None, None, server=server)  # type: ignore[arg-type]
    told = build(application, Settings(chroma=chroma)).instructions
    assert told
    assert says in told
    assert ("wholly on the user's machine" in told) is not bool(server or chroma)


def test_an_article_is_added_listed_read_and_removed(call: Call) -> None:
    assert value(call("list_articles")) == {"articles": []}
    added = value(call("add_article", text=ENGLISH + "\n\nPhoto: Anybody", title="Rolls", date="2031-05-02"))
    assert (added["title"], added["is_new"], added["left_out"]) == ("Rolls", True, ["Photo: Anybody"])
    assert not value(call("add_article", text=ENGLISH + "\n\nPhoto: Anybody"))["is_new"]
    other = value(call("add_article", text=BILINGUAL))["id"]
    listed = value(call("list_articles"))["articles"]
    assert [(entry["id"], entry["languages"]) for entry in listed] == [(added["id"], ["en"]), (other, ["en", "ja"])]
    assert (listed[0]["title"], listed[0]["date"]) == ("Rolls", "2031-05-02")
    assert value(call("read_article", article=other))["text"] == BILINGUAL
    for article, title in ((added["id"], "Rolls"), (other, parse_article(BILINGUAL).title)):
        assert value(call("remove_article", article=article)) == {"id": article, "title": title}
    assert value(call("list_articles")) == {"articles": []}


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": "Who?", "article": "0" * 12}, "There is no article '000000000000'"),
        ("ask", {"question": "Who?", "care": "reckless"}, "There is no care 'reckless'. Choose cautious, balanced"),
        ("ask", {"question": "Who?", "id": "0" * 12}, "ask takes no argument 'id'. It takes question, article, care."),
        ("ask", {"article": "0" * 12}, "ask lacks the argument 'question'. It takes question, article, care."),
        ("ask", {"question": 5}, "The argument 'question' of ask must be a text, not 5."),
        ("list_articles", {"all": "yes"}, "list_articles takes no argument 'all'. It takes no arguments."),
        ("read_article", {"article": "../secret"}, "There is no article '../secret'"),
        ("remove_article", {"article": "0" * 12}, "There is no article '000000000000'"),
        ("add_article", {"text": ""}, "The text is empty"),
        ("add_article", {"text": ENGLISH, "date": "May"}, "'May' is no date"),
        ("add_articles", {"text": ENGLISH}, "Unknown tool: add_articles"),
    ],
)
def test_what_goes_wrong_is_told(call: Call, tool: str, arguments: dict[str, Any], says: str) -> None:
    assert problem(call(tool, **arguments)).startswith(says)


def test_only_the_protocol_is_on_standard_output_and_its_end_ends_the_server(tmp_path: Path) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        (
            "initialize",
            {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "", "version": ""}},
        ),
        ("tools/call", {"name": "add_article", "arguments": {"text": BILINGUAL}}),
        ("tools/list", {}),
    ]
    env = os.environ | {"ASSISTANT_HOME": str(tmp_path)}
    answers = []
    with subprocess.Popen([COMMAND, "mcp"], env=env, stdin=PIPE, stdout=PIPE, stderr=PIPE, encoding="utf-8") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for number, (method, params) in enumerate(calls):
            process.stdin.write(f"{json.dumps({'jsonrpc': '2.0', 'id': number, 'method': method, 'params': params})}\n")
            process.stdin.flush()
            answers.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(TIME) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
    assert [answer["id"] for answer in answers] == [0, 1, 2]
    tools = {tool["name"]: tool for tool in answers[2]["result"]["tools"]}
    assert list(tools) == ["list_articles", "read_article", "add_article", "remove_article", "ask"]
    assert all(f"`{name}`" in README for name in tools)
    assert list(tools["ask"]["inputSchema"]["properties"]) == ["question", "article", "care"]
    assert [name for name, tool in tools.items() if tool["annotations"].get("destructiveHint")] == ["remove_article"]
    assert not any(tool["inputSchema"]["additionalProperties"] for tool in tools.values())


def test_ctrl_c_ends_a_server_that_waits_for_a_call(tmp_path: Path) -> None:
    env = os.environ | {"ASSISTANT_HOME": str(tmp_path)}
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    with subprocess.Popen([COMMAND, "mcp"], env=env, stdin=PIPE, stdout=PIPE, encoding="utf-8") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{ping}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(TIME) == -signal.SIGINT


def test_a_library_in_use_is_told(library: Library, settings: Settings) -> None:
    env = os.environ | {"ASSISTANT_HOME": str(settings.home)}
    done = subprocess.run([COMMAND, "mcp"], env=env, capture_output=True, encoding="utf-8", timeout=TIME, check=False)
    ended = Ended(done.returncode, done.stdout, done.stderr)
    assert_fails(ended, f"{settings.home} are in use by another running assistant. Close it, or ask there")


def test_the_page_does_not_wait_for_what_only_the_tools_need() -> None:
    code = "import sys, assistant.interfaces.ui.serving\nassert not {'mcp', 'mcp.server'} & {*sys.modules}\n"
    code += "import mcp.server"
    subprocess.run([sys.executable, "-c", code], timeout=TIME, check=True)


OpenClient = Callable[[FakeModel, str], Client]


@pytest.fixture
def client_of(library: Library) -> OpenClient:
    """A client, of either age of the protocol, of a server in this process; its library has one article."""
    library.add(BILINGUAL)
    retriever = Retriever(library.store, library.embedder)

    def client_of(model: FakeModel, mode: str) -> Client:
        options = {"window_tokens": 700, "answer_tokens": 32}
        assistant = AnsweringAssistant(retriever, library.article, model, UNCALIBRATED, **options)
        return Client(build(Application(library, assistant, model), Settings()), mode=mode)  # type: ignore[arg-type]

    return client_of


async def asked(client: Client, question: str, **arguments: str) -> tuple[CallToolResult, list[str | None]]:
    """The answer, and what was told meanwhile."""
    told: dict[float, str | None] = {}

    async def tell(step: float, _: float | None, message: str | None) -> None:
        told[step] = message

    async with client:
        result = await client.call_tool("ask", {"question": question} | arguments, progress_callback=tell)
    assert list(told) == sorted(told)
    return result, list(told.values())


each_age = pytest.mark.parametrize("mode", ["legacy", "auto"])


@each_age
def test_an_answer_is_the_record_of_the_command_and_grows(client_of: OpenClient, mode: str) -> None:
    model = FakeModel("240", " yen", ".", statuses=[ModelStatus("loading")])
    result, told = asyncio.run(asked(client_of(model, mode), "How much does a roll cost?"))
    answer = value(result)
    assert list(answer) == ["question", "understood", "question_lang", *ANSWER_KEYS]
    assert re.fullmatch(r"240 yen\. \[\d+\]", answer["answer"])
    (citation,) = answer["citations"]
    assert citation.keys() == {"number", "language", "start", "end", "text", "article"}
    assert citation["text"] == BILINGUAL[citation["start"] : citation["end"]]
    assert told == ["The model is loading.", "240", "240 yen", "240 yen."]


def test_a_refusal_is_told_with_the_passages_nearest(client_of: OpenClient) -> None:
    model = FakeModel("240 yen", makes=UNSURE)
    result, _ = asyncio.run(asked(client_of(model, "auto"), "何人がケーキを買いましたか？", care="cautious"))
    answer = value(result)
    assert (answer["refused"], answer["answer"], answer["citations"]) == (True, REFUSAL[Language.JAPANESE], [])
    assert all(passage["text"] == BILINGUAL[passage["start"] : passage["end"]] for passage in answer["nearest"])


def test_a_model_that_cannot_be_loaded_is_told_who_asks_and_nobody_else(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))

    async def ask() -> CallToolResult:
        async with session(tmp_path, "--model", str(broken)) as client:
            assert value(await client.call_tool("add_article", {"text": BILINGUAL}))["is_new"]
            return await client.call_tool("ask", {"question": "How much does a roll cost?"})

    assert re.match(r"The model \S+broken\.gguf can't be loaded", problem(asyncio.run(ask())))


def test_the_tools_are_there_before_the_model_and_who_asks_is_told_that_it_is_fetched(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    is_told = threading.Event()

    def fails(*_: object) -> Path:
        is_told.wait(TIME / 4)
        raise FetchError("Connect to the network.")

    async def tell(_: float, __: float | None, message: str | None) -> None:
        if message == "The model is being fetched.":
            is_told.set()

    async def ask(application: Application) -> CallToolResult:
        async with Client(build(application, Settings())) as client:
            assert value(await client.call_tool("add_article", {"text": BILINGUAL}))["is_new"]
            question = {"question": "How much does a roll cost?"}
            return await client.call_tool("ask", question, progress_callback=tell)

    results: list[CallToolResult] = []
    monkeypatch.setattr(assistant.application, "model_folders", lambda _: (tmp_path,))
    monkeypatch.setattr(assistant.application, "resolve", fails)
    monkeypatch.setattr(
        "assistant.interfaces.mcp_server.serve", lambda served, _: results.append(asyncio.run(ask(served)))
    )
    ended = run("mcp")
    assert (ended.code, ended.out, ended.err) == (0, "", "assistant: Connect to the network.\n")
    assert is_told.is_set()
    assert problem(results[0]) == "Connect to the network."


@each_age
def test_a_question_that_is_cancelled_ends_the_work(client_of: OpenClient, mode: str) -> None:
    model = FakeModel("240", " yen", seconds=TIME)

    async def cancel() -> None:
        async with client_of(model, mode) as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": "How much does a roll cost?"}))
            while not model.generations:
                await asyncio.sleep(0.002)
            asking.cancel()
            began = time.monotonic()
            while not model.generations[0].stopped.is_set():
                await asyncio.sleep(0.002)
            assert time.monotonic() - began < 0.5
            assert value(await client.call_tool("list_articles"))["articles"]

    asyncio.run(asyncio.wait_for(cancel(), TIME / 2))


def test_the_real_model_answers_and_refuses(tmp_path: Path, knowing: Knowing) -> None:
    """A few facts, not the wording: that is measured elsewhere."""
    model = str(needs.model_path())

    async def ask() -> list[Any]:
        async with session(knowing(tmp_path), "--model", model) as client:
            article = value(await client.call_tool("add_article", {"text": BILINGUAL}))["id"]
            questions = ("How much does a roll cost?", "ロールはいくらですか？", "Who designed the lighthouse?")
            return [value(await client.call_tool("ask", {"question": each, "article": article})) for each in questions]

    english, japanese, refused = asyncio.run(ask())
    for answer, language in ((english, "en"), (japanese, "ja")):
        assert (answer["question_lang"], answer["refused"], answer["model"]) == (language, False, DEFAULT_MODEL)
        assert "240" in answer["answer"]
        assert [(one["language"], "240" in one["text"]) for one in answer["citations"]] == [(language, True)]
        assert all(one["text"] == BILINGUAL[one["start"] : one["end"]] for one in answer["citations"])
    assert refused["refused"]
    assert refused["nearest"]


def test_the_readme_s_configuration_and_program_are_right(
    tmp_path: Path, knowing: Knowing, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = next(block for kind, block in BLOCKS if kind == "json")
    assert json.loads(configuration)["mcpServers"]["article-assistant"] == {
        "command": "uv",
        "args": ["run", "--directory", "PATH", "assistant", "mcp"],
    }
    program, shown = next(
        (block, BLOCKS[number + 1][1]) for number, (kind, block) in enumerate(BLOCKS) if kind == "python"
    )
    started = 'command="uv", args=["run", "assistant", "mcp"]'
    assert started in program
    ours = server(knowing(tmp_path), "--model", str(needs.model_path()))
    exec(program.replace(started, f"command={ours.command!r}, args={ours.args!r}, env={ours.env!r}"), {})  # noqa: S102
    assert without_points(capsys.readouterr().out) == without_points(shown)


def without_points(printed: str) -> str:
    """What another processor's rounding leaves as it is."""
    return printed.replace(".", "")
