"""The questions made up on an article that the page can suggest."""

from collections.abc import Sequence

from assistant.application import Application
from assistant.interfaces.ui.conversation import Turn
from assistant.text.language import Language, fold

__all__ = ["made_up_on", "unasked_on"]


def made_up_on(application: Application, article: str | None, language: str) -> tuple[str, ...]:
    """Those there are by now."""
    suggester = application.suggester
    return suggester.questions(article, Language(language)) if suggester and article else ()


def unasked_on(application: Application, article: str | None, language: str, turns: Sequence[Turn]) -> list[str]:
    """Those that haven't been asked yet."""
    answers = [turn.answer for turn in turns if not turn.scope or article in turn.scope]
    asked = {fold(question) for answer in answers for question in (answer.question, answer.understood)}
    return [question for question in made_up_on(application, article, language) if fold(question) not in asked]
