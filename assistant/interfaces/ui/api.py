"""What programs can do over HTTP: every action of the page as a named endpoint (`gradio_client` and others)."""

import inspect
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec, TypeVar

from assistant.answering.answering import Inquiry
from assistant.answering.events import AnswerFinished, Retraction, TokenGenerated, WordsFound, with_change
from assistant.answering.records import as_json
from assistant.application import Application
from assistant.errors import AssistantError, UsageError
from assistant.interfaces.actions import Actions, Record
from assistant.interfaces.ui.framework import api, gr
from assistant.interfaces.ui.session import Sessions, Threads
from assistant.settings import Care

__all__ = ["offer"]

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")


def offer(application: Application, sessions: Sessions, threads: Threads, askers: int) -> None:
    """Adds the endpoints to the page that is being built; at most `askers` questions are taken at once."""
    actions = Actions(application)

    async def ask(
        question: str, article: str = "", care: str = Care.BALANCED.value, request: gr.Request | None = None
    ) -> AsyncIterator[Record]:
        """Asks about an article, by its id, or about all of them: the answer as far as it is there, and then whole.

        The last record is that of `assistant ask --json`, and `finished`.
        """
        page = request.session_hash if request else None
        try:
            _check_texts("ask", {"question": question, "article": article, "care": care})
            inquiry = await threads.run(actions.ask, question, article, care, asker=page or "")
            with sessions.running(page, inquiry):
                async for record in threads.each(_records(inquiry)):
                    yield record
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    for endpoint in (actions.list_articles, actions.read_article, actions.add_article, actions.remove_article):
        api(_told(endpoint), api_name=endpoint.__name__)
    api(ask, api_name="ask", concurrency_limit=askers)


def _told(endpoint: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
    """`endpoint`, whose errors are told to the program as they are; it takes nothing but texts."""
    bind = inspect.signature(endpoint).bind

    @wraps(endpoint)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
        try:
            _check_texts(endpoint.__name__, bind(*args, **kwargs).arguments)
            return endpoint(*args, **kwargs)
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return run


def _check_texts(endpoint: str, arguments: Mapping[str, object]) -> None:
    """Raises UsageError where an argument is no text: Gradio passes on whatever it is given."""
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise UsageError(f"The argument {name!r} of {endpoint} must be a text, not {value!r}.")


def _records(inquiry: Inquiry) -> Generator[Record, None, None]:
    answer, found = "", None
    for event in inquiry:
        if isinstance(event, WordsFound):
            found = asdict(event.pointer)
        elif isinstance(event, TokenGenerated | Retraction):
            answer = with_change(answer, event)
        if isinstance(event, WordsFound | TokenGenerated | Retraction):
            yield {"finished": False, "answer": answer, "words": found}
        elif isinstance(event, AnswerFinished):
            yield {"finished": True, **as_json(event.answer)}
