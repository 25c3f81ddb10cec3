"""What can be asked, and what a question means that only the conversation makes sense of ("And this year?")."""

import re
from dataclasses import dataclass

from assistant.errors import UsageError
from assistant.figures import figures, same
from assistant.language import Language, fold, question_language
from assistant.prompts import QUESTION_MARKS

__all__ = ["Exchange", "check_question", "depends_on_earlier", "understood"]

QUESTION_CHARACTERS = 1000
"""Longest question accepted."""

FEW_WORDS, FEW_CHARACTERS = 3, 9
"""An English question of no more words, a Japanese one of no more characters, asks by what was asked before it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question asked before, as it was understood, and its answer."""

    question: str
    answer: str


_ENGLISH = re.compile(
    r"^(?:and|but|so|then|what about|how about|why (?:not|so)|what else|who else|where else|which one)\b"
    r"|\b(?:it|its|they|their|theirs|them|he|she|his|hers?|him|there|those|these|that|else|same|another|the other)\b"
    r"|\bthis\b(?! (?:week|month|year|quarter|morning|afternoon|evening|time|article|story|news))",
    re.IGNORECASE,
)
_ENGLISH_NOT = re.compile(
    r"\b(?:is|are|was|were|will|did|does|do|has|have|had) there\b|\bthat (?:the|an?)\b", re.IGNORECASE
)
_JAPANESE = re.compile(
    r"^(?:では|じゃあ|それ|そこ|そし|で、|あと|他|ほか|なぜ|どうして|もっと)"
    r"|それ|その|そこ|そちら|これ|この(?!記事|ニュース|1?か月|一か月|週)|彼(?!岸)|彼女|同社|同氏|両社|両者|前者|後者"
)
_JAPANESE_SHORT = re.compile(r"^.{1,14}(?:は|も|なら)[？?]?$")


def check_question(question: str) -> None:
    """Raises UsageError where the question is empty or too long."""
    if not question.strip():
        raise UsageError("The question is empty. Ask something about the article.")
    if len(question) > QUESTION_CHARACTERS:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {QUESTION_CHARACTERS:,} are read. "
            "To ask about a longer text, add it as an article."
        )


def depends_on_earlier(question: str, language: Language) -> bool:
    """Whether a question has to be understood from the conversation before it: pronouns, or much left unsaid."""
    folded = fold(question).strip()
    if language is Language.ENGLISH:
        words = re.findall(r"[\w'’.%-]+", folded)
        return len(words) <= FEW_WORDS or bool(_ENGLISH.search(_ENGLISH_NOT.sub("", folded)))
    said = folded.rstrip("?。!")
    return len(said) <= FEW_CHARACTERS or bool(_JAPANESE.search(said) or _JAPANESE_SHORT.search(said))


def understood(written: str, question: str, earlier: Exchange) -> str:
    """`question` as the model has `written` it out, or as it is where that is no question or brings in a new figure."""
    line = " ".join(written.strip().split("\n")[0].split())
    said = [figure for text in (question, earlier.question, earlier.answer) for figure in figures(text)]
    is_question = line.endswith(QUESTION_MARKS) and question_language(line) is question_language(question)
    if not is_question or any(not any(same(figure, other) for other in said) for figure in figures(line)):
        return question
    return line
