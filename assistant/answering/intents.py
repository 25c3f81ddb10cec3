"""What somebody wants who types something: an answer, the article in short, a list of what it mentions, or a word.

Told by the vector of what was typed, not by wordings; in doubt it is a question of the ordinary kind.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache

from assistant.answering.linear import LinearClassifier, load_classifier
from assistant.library.embedding import Vectors
from assistant.settings import own_file

__all__ = ["INTENTS_FILE", "SMALL_TALK", "Intent", "intent_of"]

INTENTS_FILE = "intents.json"
SURE = 0.5
"""The chance from which on something else than a question is taken for it."""


class Intent(StrEnum):
    """What is wanted."""

    QUESTION = "question"
    SUMMARY = "summary"
    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    PLACES = "places"
    FIGURES = "figures"
    DATES = "dates"
    DIFFERENCES = "differences"
    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABOUT_YOU = "about_you"
    OPINION = "opinion"
    ORDER = "order"
    REACTION = "reaction"


SMALL_TALK = frozenset(
    (
        *(Intent.GREETING, Intent.THANKS, Intent.FAREWELL, Intent.ABOUT_YOU),
        *(Intent.OPINION, Intent.ORDER, Intent.REACTION),
    )
)
"""What is no question about an article."""


def intent_of(text: str, embed: Callable[[str], Vectors]) -> Intent:
    """What is wanted by a text.

    Raises:
        ModelError: the file that it is told by can't be read.
    """
    chances = _classifier().chances(text, embed(text))
    if 1 - chances.pop(Intent.QUESTION) < SURE:
        return Intent.QUESTION
    return Intent(max(chances, key=lambda label: chances[label]))


@cache
def _classifier() -> LinearClassifier:
    return load_classifier(own_file(INTENTS_FILE))
