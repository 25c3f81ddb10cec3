"""What programs can do over HTTP: every action of the page as a named endpoint (`gradio_client` and others)."""

from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec, TypeVar

from assistant.answering.answering import Inquiry
from assistant.answering.events import AnswerFinished, Retraction, TokenGenerated, WordsFound, with_change
from assistant.answering.records import as_json
from assistant.application import Application
from assistant.errors import AssistantError
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
    """`endpoint`, whose errors are told to the program as they are."""

    @wraps(endpoint)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Value:
        try:
            return endpoint(*args, **kwargs)
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return run


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
