"""What programs can do: every action of the page as a named endpoint, with plain values (`gradio_client`, HTTP)."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from gradio.events import api

from assistant.answering import Inquiry
from assistant.application import Application
from assistant.errors import AssistantError, UsageError
from assistant.events import AnswerFinished, TokenGenerated
from assistant.records import as_json
from assistant.settings import Care
from assistant.ui.session import Sessions, Threads

__all__ = ["offer"]

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")
Record = dict[str, Any]


def offer(application: Application, sessions: Sessions, threads: Threads, askers: int) -> None:
    """Adds the endpoints to the page that is being built; at most `askers` questions are taken at once."""
    library = application.library

    @_told
    def list_articles() -> list[Record]:
        """The articles kept, oldest first: id, title, date, languages, length in characters, when each was added."""
        return [asdict(entry) for entry in library.entries()]

    @_told
    def read_article(article: str) -> Record:
        """Id, title and text of an article."""
        found = library.article(article)
        return {"id": found.id, "title": found.title, "text": found.text}

    @_told
    def add_article(text: str, title: str = "", date: str = "") -> Record:
        """Keeps an article in English, Japanese, or both. What was left out of it as page furniture is told."""
        article, is_new = library.add(text, title, date)
        return {"id": article.id, "title": article.title, "is_new": is_new, "left_out": list(article.left_out)}

    @_told
    def remove_article(article: str) -> Record:
        """Removes an article, and all that was made of it."""
        return {"id": article, "title": application.remove(article)}

    async def ask(
        question: str, article: str = "", care: str = Care.BALANCED.value, request: gr.Request | None = None
    ) -> AsyncIterator[Record]:
        """Asks about an article, by its id, or about all of them: the answer as far as it is there, and then whole.

        The last record is that of `assistant ask --json`, and `finished`.
        """
        page = request.session_hash if request else None
        try:
            inquiry = await threads.run(_inquiry, application, question, article, care, page or "")
            with sessions.running(page, inquiry):
                async for record in threads.each(_records(inquiry)):
                    yield record
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    for endpoint in (list_articles, read_article, add_article, remove_article):
        api(endpoint, api_name=endpoint.__name__)
    api(ask, api_name="ask", concurrency_limit=askers)


def _told(endpoint: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
    """`endpoint`, whose errors are told to the program as they are."""

    @wraps(endpoint)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
        try:
            return endpoint(*args, **kwargs)
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return run


def _inquiry(application: Application, question: str, article: str, care: str, asker: str) -> Inquiry:
    if care not in set(Care):
        raise UsageError(f"There is no care {care!r}. Choose {', '.join(Care)}.")
    return application.assistant.ask(question, [article] if article else None, Care(care), asker=asker)


def _records(inquiry: Inquiry) -> Iterator[Record]:
    words = ""
    for event in inquiry:
        if isinstance(event, TokenGenerated):
            words += event.text
            yield {"finished": False, "answer": words}
        elif isinstance(event, AnswerFinished):
            yield {"finished": True, **as_json(event.answer)}
