"""How a question and its answer grow in the conversation while the answer comes."""

from collections.abc import Generator
from dataclasses import dataclass

from assistant.answering.answering import Inquiry
from assistant.answering.events import (
    AnswerFinished,
    EvidenceFound,
    ModelAwaited,
    QuestionUnderstood,
    Retraction,
    TokenGenerated,
    WordsFound,
    with_change,
)
from assistant.interfaces.ui import html
from assistant.interfaces.ui.conversation import Turn
from assistant.library.store import Hit

__all__ = ["Reply", "replies"]


@dataclass(frozen=True, slots=True)
class Reply:
    """HTML of a question and of what there is of its answer."""

    question: str
    answer: str


def replies(inquiry: Inquiry, scope: tuple[str, ...]) -> Generator[Reply | Turn, None, None]:
    """The question's and answer's HTML as the events come in, and the turn at their end; `scope` is the turn's."""
    language, words = inquiry.query.language, ""
    asked = html.question_html(inquiry.asked)
    hits: tuple[Hit, ...] = ()
    pointer = None
    yield Reply(asked, html.waiting_html(language, hits))
    for event in inquiry:
        match event:
            case QuestionUnderstood():
                asked = html.question_html(inquiry.asked, language, event.text)
                yield Reply(asked, html.waiting_html(language, hits))
            case EvidenceFound():
                hits = event.hits
                yield Reply(asked, html.waiting_html(language, hits))
            case ModelAwaited():
                yield Reply(asked, html.waiting_html(language, hits, event))
            case WordsFound() | TokenGenerated() | Retraction():
                pointer = event.pointer if isinstance(event, WordsFound) else pointer
                words = words if isinstance(event, WordsFound) else with_change(words, event)
                yield Reply(asked, html.answer_html(language, words, hits, pointer=pointer))
            case AnswerFinished():
                yield Turn(scope, hits, event.answer)
