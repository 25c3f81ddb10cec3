"""An answer of a model that was taught to point: words of a window, and what is said of them to the asker."""

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.affirmations import affirms, unaffirmed
from assistant.answering.grounding import Citation, citation_of, cite
from assistant.answering.guards import as_sentence
from assistant.answering.pointing import Place, Pointer, Stretches, sentences_of
from assistant.answering.refusals import UNSAID
from assistant.answering.windows import Window, language_of
from assistant.library.retrieval import Query
from assistant.text.bounds import Bounds
from assistant.text.copula import takes_copula
from assistant.text.dates import date_spans
from assistant.text.figures import NUMBER_WORDS
from assistant.text.known_words import commonness
from assistant.text.language import CUT, HIRAGANA, JAPANESE, Language
from assistant.text.names import names_in
from assistant.text.place_names import meanings
from assistant.text.values import said_of_value
from assistant.text.word_forms import is_ordinary

__all__ = ["Pointed"]


@dataclass(frozen=True, slots=True)
class Pointed:
    """Words of a window, and what is said of them, as `Draft` has it."""

    _query: Query
    _window: Window
    _stretches: Stretches

    @property
    def _is_across(self) -> bool:
        return language_of(self._window) is not self._query.language

    def shown(self, written: str, *, is_sure: bool = True) -> str:
        words, said = self._stretches.split(written)
        if said is None:
            return "" if self._is_across else words.rstrip(CUT)
        value = self._value(words)
        return (said if is_sure else unaffirmed(said)).rstrip(CUT) if value is None else value

    def is_done(self, written: str) -> bool:
        words, said = self._stretches.split(written)
        return said is not None and self._value(words) is not None

    def finished(self, written: str, *, is_sound: bool, is_sure: bool = True) -> str | None:
        words, said = self._stretches.split(written)
        if not self._stretches.stands(words) or (said is None and not is_sound):
            return "" if is_sound else None
        value = self._value(words)
        if value is None and said and is_sound:
            told = said if is_sure else unaffirmed(said)
            if told:
                return as_sentence(told, self._query.language) if affirms(said) else self._beside(words, told)
        if value is None and self._is_across and not self._stays(words):
            return UNSAID[self._query.language]
        place = self._place(written)
        bounds = Bounds([one.sentence.text for one in place.sentences] if place else [])
        return bounds.complete(as_sentence(value or words, self._query.language), self._query.language, finished=True)

    def pointer(self, written: str) -> Pointer | None:
        place = self._place(written)
        return place.pointer if place else None

    def citations(self, written: str, answer: str) -> tuple[Citation, ...]:
        place = self._place(written)
        if place and place.sentences:
            return tuple(map(citation_of, place.sentences))
        return cite(answer, self._query.text, self._window)

    def _value(self, words: str) -> str | None:
        """What is said of words in the other language by rule: a value, or a name in letters, which stays as it is."""
        if not self._is_across:
            return None
        said = said_of_value(words, language_of(self._window))
        pointed_at = _PREPOSITIONS.sub("", words)
        name = _POSSESSIVE.sub("", pointed_at)
        if said is None and self._query.language is Language.JAPANESE and self._is_name(name, pointed_at):
            return name
        return said

    def _stays(self, words: str) -> bool:
        """Whether words may be all of an answer: few of the other language, or "Denver Broncos" in a Japanese text."""
        asker = self._query.language
        is_of_asker = bool(JAPANESE.search(words)) is (asker is Language.JAPANESE)
        return is_of_asker or bool(_STAYS[asker].fullmatch(words))

    def _is_name(self, words: str, pointed_at: str) -> bool:
        """Whether English words are a name that stays, `pointed_at` with 's perhaps: no time and no number, none that
        has a usual Japanese name, and no word in a capital that begins a sentence."""
        if not _NAME.fullmatch(words) or all(map(_TIME_OR_NUMBER.fullmatch, _capitalised(words))):
            return False
        if words in meanings() or all(map(_is_known, _capitalised(words))):
            return False
        texts = [one.sentence.text for one in sentences_of(self._stretches.places(pointed_at))]
        if not _WORD.fullmatch(words) or not all(text.startswith(words) for text in texts):
            return True
        return any(words in _named(text) for text in texts)

    def _place(self, written: str) -> Place | None:
        """Where the words stand; where that is in several places, the one that is nearest to the question."""
        words, _ = self._stretches.split(written)
        places = self._stretches.places(words)
        if len(places) < 2 or not (sentences := sentences_of(places)):
            return places[0] if places else None
        nearest = cite(words, self._query.text, sentences)[0].number
        return next(place for place in places if any(one.sentence.number == nearest for one in place.sentences))

    def _beside(self, words: str, said: str) -> str:
        """What is said of words; those of the other language stand behind it, as a small model translates badly."""
        language = self._query.language
        words, told = _PREPOSITIONS.sub("", words).strip(_QUOTES), said.rstrip(".。")
        if not self._is_across or words in said or not _FEW[language].fullmatch(words):
            return as_sentence(said, language)
        if language is Language.ENGLISH:
            return f"{told} ({words})"
        noun = told.removesuffix("です")
        is_clause = noun == told and HIRAGANA.search(told) and not takes_copula(told)
        return f"{noun}（{words}）" if is_clause else f"{noun}（{words}）です。"


MUCH_USED, USED = 5, 4
"""As often as that, by `commonness`, words are used that have a Japanese one, and adjectives of peoples."""
_ADJECTIVE = re.compile(r".{3,}(?:an|ese|ish|ic|ist)s?")
_POSSESSIVE = re.compile("['’]s?$")
_QUOTES = '「」『』"“”‘’'
_PREPOSITIONS = re.compile(r"^(?:(?:at|by|for|from|in|of|on|the|to|with|an?) )+", re.IGNORECASE)
_NAME = re.compile(
    r"(?:[A-ZÀ-Þ][\w'’.&-]*|\d+)(?:,? (?:of|the|and|de|van|von|&|[A-ZÀ-Þ][\w'’.&-]*|\d+))*(?: \([A-Z]+\))?"
)
_WORD = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’]+")
_TIME_OR_NUMBER = re.compile(
    r"early|late|mid|last|next|this|noon|midnight|today|tomorrow|yesterday|spring|summer|autumn|winter|fiscal|fy\d*|q[1-4]"
    r"|once|twice|half|one|third|quarter|(?:hundred|thousand|million|billion|dozen)s?"
    rf"|(?:{NUMBER_WORDS})(?:-[a-z]+)?",
    re.IGNORECASE,
)
_FEW = {
    Language.ENGLISH: re.compile(r"[^、。「」]{1,8}"),
    Language.JAPANESE: re.compile(r".{1,80}"),
}
"""Words of the other language that may stand in an answer, for an asker of either: most Japanese read English."""
_STAYS = {Language.ENGLISH: _FEW[Language.ENGLISH], Language.JAPANESE: re.compile(r"\S+(?: \S+){0,3}")}
"""Those that may be all of it."""


@lru_cache(maxsize=256)
def _is_known(word: str) -> bool:
    """Whether a word in a capital is a place's or a people's, or an ordinary one: Kenyan, World."""
    small = word.lower()
    least = USED if _ADJECTIVE.fullmatch(small) else MUCH_USED
    is_usual = commonness(small) >= least
    return word in meanings() or (is_usual and is_ordinary(small))


def _capitalised(words: str) -> list[str]:
    """The words in capitals of English ones that are of no date."""
    spans = date_spans(words)
    found = re.finditer(r"[A-ZÀ-Þ][\w'’&-]*", words)
    return [one[0] for one in found if not any(start <= one.start() < end for start, end in spans)]


@lru_cache(maxsize=16)
def _named(text: str) -> frozenset[str]:
    """The names in an English sentence."""
    return frozenset(text[name.start : name.end] for name in names_in(text, Language.ENGLISH))
