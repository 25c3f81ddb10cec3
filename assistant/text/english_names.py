"""The names that an English answer may have: those of what was shown, and other forms of these."""

import re
from collections.abc import Iterator
from functools import cache

from assistant.text.known_words import SHORT, is_alike
from assistant.text.language import LOWER_CASE_WORD, Language, fold, without_accents
from assistant.text.named_times import MONTHS, WEEKDAYS
from assistant.text.names import Kind, names_in
from assistant.text.scripts import is_function_word
from assistant.text.word_forms import is_ordinary

__all__ = ["EnglishNames", "is_of_calendar", "names_said"]

BEGUN, ROOT = 2, 4
"""So many letters at their beginning forms of a name have in common: that of a people by its language, and others."""
SOMEBODY = 0.3
"""From this chance on a name is taken for a person's."""
_NAME_ENDING = re.compile(
    "|a|ain|ay|egian|ally?|ans?|d|e|eans?|ed|en|ers?|es|ese|ey|i|ia|ians?|ics?|ies|ing|is|ish|ism|ists?|ites?|ity|ities|land|ly"
    "|ns?|nish|o|s|tish|um|us|vian|y"
)
"""What comes behind that."""
_VOWEL = re.compile("[aeiou]")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"(?<![^\W_])[A-Z\u00c0-\u00de][^\W\d_]+")
_NAME_BEHIND = re.compile(r" [A-Z\u00c0-\u00de][^\W\d_]")
_SMALL = re.compile(r"(?:^|[^\w’'])[a-z]")
_NAME_IN_SENTENCE = re.compile(r"(?:(?<=[^\W\d_] )|(?<=[,;)] ))(?=[A-Z\u00c0-\u00de])[^\W\d_]+")
_CALENDAR = frozenset(
    name[:length].lower() for name in (*MONTHS, *WEEKDAYS) for length in (3, 4, 5, len(name)) if length <= len(name)
)
"""What is right of these is for `named_times.py`."""
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "sir", "prof", "yes", "no", "i"})


class EnglishNames:
    """The names that an English answer on an English article may have: words of it, their like, and abbreviations."""

    def __init__(self, known: str) -> None:
        """Args:
        known: the text of the article that was shown, and the question.
        """
        words = set(map(_bare, _WORD.findall(known)))
        self._known = frozenset(words | _CALENDAR | _TITLES)
        self._begun = frozenset(word[:length] for word in self._known for length in range(1, BEGUN + 1))
        self._alike = [word for word in words if len(word) > SHORT]
        small = set(LOWER_CASE_WORD.findall(known))
        self._written = [
            name for name in map(_bare, set(_CAPITAL.findall(known))) if len(name) > SHORT and name not in small
        ]

    def allows(self, text: str, *, finished: bool) -> bool:
        """Whether `text` has no name that isn't one of these; a word that begins a sentence may be any ordinary one."""
        return all(
            self._is_known(match[0], is_open=not finished and match.end() == len(text))
            for match in _NAME_IN_SENTENCE.finditer(text)
        ) and all(
            self._is_known(word, is_open=False)
            or (
                is_ordinary(_bare(word))
                and not (_is_of_country(word) or self._is_nearly_known(word) or _is_given_name(word, text))
            )
            for word in names_said(text, finished=finished)
        )

    def _is_nearly_known(self, word: str) -> bool:
        """Whether a word is a name of these misspelt."""
        return len(word) > SHORT and any(is_alike(_bare(word), name) for name in self._written)

    def _is_known(self, word: str, *, is_open: bool) -> bool:
        bare = _bare(word)
        if bare in self._known or word.isupper():
            return True
        if is_open:
            return bare[:BEGUN] in self._begun
        return any(_is_of_one_root(bare, known) for known in self._alike)


def _is_given_name(word: str, text: str) -> bool:
    """Whether a word is of one name with the word in capitals behind it, and somebody's: Mika in "Mika Hoshino"."""
    both = re.search(rf"\b{re.escape(word)}(?: {_CAPITAL.pattern})+", text)
    if not both or is_function_word(_bare(word)):
        return False
    return any(
        name.start <= both.start() < name.end and name.chances[Kind.PERSON] >= SOMEBODY
        for name in names_in(text, Language.ENGLISH)
    )


def _is_of_one_root(said: str, known: str) -> bool:
    """Whether a word is another form of a known name: "Japanese" of Japan, "Turkish" of Turkey, "French" of France."""
    if said[:BEGUN] != known[:BEGUN]:
        return False
    if said in _languages():
        return True
    root = next(
        (at for at, pair in enumerate(zip(said, known, strict=False)) if pair[0] != pair[1]), min(len(said), len(known))
    )
    if _VOWEL.fullmatch(said, root) and _VOWEL.fullmatch(known, root):  # Barrosa is no form of Barroso
        return False
    return root >= ROOT and all(_NAME_ENDING.fullmatch(word, root) for word in (said, known))


def _is_of_country(word: str) -> bool:
    """Whether a word is a country, or its people's: "Nigerian"."""
    countries = _countries()
    return word in countries or word.removesuffix("n") in countries


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    return frozenset(name for name in Locale("en").territories.values() if name.isalpha())


@cache
def _languages() -> frozenset[str]:
    """The names of languages (CLDR), which are those of peoples too."""
    from babel import Locale

    return frozenset(_bare(name) for name in Locale("en").languages.values() if name.isalpha())


def names_said(text: str, *, finished: bool) -> Iterator[str]:
    """The words in capitals of an English answer that may be names: none that only begins a sentence of others.

    Of what isn't `finished` the last word may still be growing, and the one that begins it stand before anything.
    """
    for match in _CAPITAL.finditer(text):
        if match.end() == len(text) and not finished:
            continue
        begins = not _NAME_IN_SENTENCE.match(text, match.start())
        is_alone = finished and not _SMALL.search(text)
        if not begins or is_alone or _NAME_BEHIND.match(text, match.end()) or _is_of_country(match[0]):
            yield match[0]


def is_of_calendar(word: str) -> bool:
    """Whether a word in small letters is a month's, a weekday's, or a title before a name."""
    return word in _CALENDAR or word in _TITLES


def _bare(word: str) -> str:
    """`word` in small letters, without accents."""
    return without_accents(fold(word))
