"""Our side: the application as the page has it, with what the model has read kept on disk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.answering.events import AnswerFinished, TokenGenerated, milliseconds
from assistant.application import Application, open_application
from assistant.settings import Settings
from tests.bench.questions import ARTICLES
from tests.bench.side import Reply

__all__ = ["Ours", "open_ours"]


class Ours:
    """The application, and the ids of the articles in it."""

    def __init__(self, application: Application, articles: tuple[str, ...]) -> None:
        self._application = application
        self._articles = articles

    def ask(self, article: int, question: str) -> Reply:
        """The first shown is the first token or, of a refusal, the whole answer."""
        began = time.perf_counter()
        first_ms = None
        for event in self._application.assistant.ask(question, [self._articles[article]]):
            if isinstance(event, TokenGenerated | AnswerFinished) and first_ms is None:
                first_ms = milliseconds(began)
            if isinstance(event, AnswerFinished):
                answer, last_ms = event.answer, milliseconds(began)
        evaluated = answer.timings.prompt_tokens - answer.timings.reused_tokens
        return Reply(answer.text, answer.refused, first_ms or last_ms, last_ms, evaluated)

    def read(self) -> None:
        """Reads all articles, as the page does in the background when one is opened, and waits for the end."""
        for article in self._articles:
            for reading in self._application.assistant.read(article):
                for _ in reading:
                    pass


@contextmanager
def open_ours(settings: Settings) -> Iterator[Ours]:
    """The application under `settings.home` with the articles in it, its model loaded."""
    with open_application(settings, lambda _: None) as application:
        articles = tuple(application.library.add(news.text)[0].id for news in ARTICLES)
        for article in articles:
            application.library.article(article)
        application.library.embedder.query("ready")
        application.model.wait_until_loaded()
        yield Ours(application, articles)
