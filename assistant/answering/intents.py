"""What somebody wants who types something: an answer, the article in short, a list of what it mentions, or a word.

Told by the vector of what was typed, not by wordings; in doubt it is a question of the ordinary kind. Small talk gets a
ready reply, for which no article is read, so it is to be surer than a wish for the gist or for a list.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache

from assistant.answering.linear import LinearClassifier, load_classifier
from assistant.library.embedding import Vectors
from assistant.settings import own_file
from assistant.text.language import JAPANESE
from assistant.text.morphology import morphemes

__all__ = ["INTENTS_FILE", "SMALL_TALK", "Intent", "intent_of"]

INTENTS_FILE = "intents.json"
SURE, SURE_ASKED = 0.6, 0.75
"""The chance from which on something else than a question is taken for it: said, and where it is put as a question."""
SURE_OF_TALK, SURE_OF_TALK_ASKED = 0.7, 0.85
"""Those of small talk: said, and where a question is likelier: put as one, in bare words, or after an answer."""
SURE_OF_PART = 0.8
"""The chance from which on a part of a text is taken for what it likeliest is, where it isn't put as a question."""
MOST_PARTS = 8
"""Parts of a text that are told by themselves; a text of more is told as a whole."""

_ASKED = re.compile(r"(?:[?？]|か[。]?)\s*$")
_FEW_WORDS = re.compile(r"[\w'’%-]+(?: [\w'’%-]+){0,2}")
_BETWEEN_PARTS = re.compile(r"(?<=[.,])\s+|(?<=[!?！？。、，…])(?![!?！？。、，…])\s*")


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


COURTESIES = frozenset((Intent.GREETING, Intent.THANKS, Intent.FAREWELL, Intent.REACTION))
"""What stands before or behind something else in one message ("Thanks! And who paid?")."""


def intent_of(text: str, embed: Callable[[str], Vectors], *, follows: bool = False) -> Intent:
    """What is wanted by a text; where a courtesy stands beside something else, that is.

    Args:
        follows: whether it comes after an answer.

    Raises:
        ModelError: the file that it is told by can't be read.
    """

    def chances(part: str) -> dict[Intent, float]:
        return {Intent(label): chance for label, chance in _classifier().chances(part, embed(part)).items()}

    is_asked = bool(_ASKED.search(text))
    is_likelier = is_asked or follows or _is_bare(text.strip())
    sure_of_talk = SURE_OF_TALK_ASKED if is_likelier else SURE_OF_TALK
    whole = _likeliest(chances(text), SURE_ASKED if is_asked else SURE, sure_of_talk)
    parts = [part for part in _BETWEEN_PARTS.split(text.strip()) if part]
    if whole not in SMALL_TALK or not 1 < len(parts) <= MOST_PARTS:
        return whole
    told = [_of_part(chances(part), is_asked=bool(_ASKED.search(part))) for part in parts]
    others = [intent for intent in told if intent and intent not in SMALL_TALK]
    return others[-1] if others and not COURTESIES.isdisjoint(told) else whole


def _is_bare(text: str) -> bool:
    """Whether it is nouns alone, or in English a few words without a mark, by which something may be asked ("Fare")."""
    if not _FEW_WORDS.fullmatch(text):
        return False
    return not JAPANESE.search(text) or all(word.kinds[0] in ("名詞", "接頭辞", "接尾辞") for word in morphemes(text))


def _likeliest(chances: dict[Intent, float], sure: float, sure_of_talk: float) -> Intent:
    """By the chances, of which those of all but a question are to be `sure` together, for small talk `sure_of_talk`."""
    other = max(chances.keys() - {Intent.QUESTION}, key=lambda intent: chances[intent])
    needed = sure_of_talk if other in SMALL_TALK else sure
    return other if 1 - chances[Intent.QUESTION] >= needed else Intent.QUESTION


def _of_part(chances: dict[Intent, float], *, is_asked: bool) -> Intent | None:
    """None where it can't be told: a part that is no question by its end says less than all of the text."""
    if is_asked:
        return _likeliest(chances, SURE_ASKED, SURE_OF_TALK_ASKED)
    intent = max(chances, key=lambda intent: chances[intent])
    return intent if chances[intent] >= SURE_OF_PART else None


@cache
def _classifier() -> LinearClassifier:
    return load_classifier(own_file(INTENTS_FILE))
