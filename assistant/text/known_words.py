"""Words that anybody may use: those of frequency lists (wordfreq); Japanese ones in katakana also one after the other.

A small model spells names in katakana that it makes up, and misspells English words and names; such a spelling is not
in the lists.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache

from assistant.text.language import KATAKANA_WORD, LOWER_CASE_WORD, fold, without_accents
from assistant.text.named_times import MONTHS, WEEKDAYS
from assistant.text.place_names import meanings
from assistant.text.word_forms import is_ordinary

__all__ = [
    "EnglishNames",
    "EnglishWords",
    "Loanwords",
    "commonness",
    "is_listed",
    "is_of_calendar",
    "load",
    "names_said",
]

COMMON = 3e-7
"""How often a word of the list must be used, as a share of all words: ナイロビ is above, a made-up spelling below."""
LENGTH, LONGER = 2, 3
"""The least that both parts of a compound have, and one of them: of short ones, made-up names can be put together."""
SHORT = 3
"""English words of so few letters are let pass: there are abbreviations of any kind."""
ALIKE = 0.8
"""From this on two names are taken for one, the second misspelt (Ratcliff & Obershelp 1988, by difflib)."""
_BEGINNINGS = ("re", "un", "non", "pre", "over", "under", "mis", "co", "anti")
_ENDINGS = ("s", "es", "d", "ed", "r", "er", "ers", "ing", "ly", "al", "ness")
BEGUN, ROOT = 2, 4
"""So many letters at their beginning forms of a name have in common: that of a people by its language, and others."""
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


class Loanwords:
    """The words of the list, and those `known` beside them, or parts of these."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)

    def allows(self, run: str, *, is_open: bool) -> bool:
        """Whether a run of katakana is one of the words or two; `is_open`: the last may still be growing."""
        if any(run in word for word in self._known) or self._is_word(run, is_open=is_open):
            return True
        cuts = range(LENGTH, len(run) if is_open else len(run) - LENGTH + 1)
        halves = ((run[:cut], run[cut:]) for cut in cuts)
        return any(
            self._is_word(one, is_open=False) and self._is_word(other, is_open=is_open)
            for one, other in halves
            if is_open or max(len(one), len(other)) >= LONGER
        )

    def _is_word(self, run: str, *, is_open: bool) -> bool:
        words, begun = _listed()
        if len(run) >= LENGTH and (run in words or run in self._known):
            return True
        return is_open and (run in begun or any(word.startswith(run) for word in self._known))


class EnglishWords:
    """The words of the English list, and those `known` beside them, with their endings."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Args:
        known: in small letters.
        """
        self._known = frozenset(known)
        self._words = [word for word in self._known if len(word) > SHORT]
        self._misspelt: dict[str, bool] = {}

    def allows(self, word: str, *, is_open: bool) -> bool:
        """Whether a word is one of these, or a name that isn't one of theirs misspelt; `is_open`: it may still grow."""
        folded = word.casefold()
        if len(word) <= SHORT or folded in self._known or folded in _english()[1]:
            return True
        has_ending = any(folded.removesuffix(ending) in self._known for ending in _ENDINGS)
        if not word[0].islower():
            return is_open or has_ending or not self._is_misspelt(folded)
        stems = [folded, *(folded[len(start) :] for start in _BEGINNINGS if folded.startswith(start))]
        if is_open:
            return any(map(_is_begun, stems)) or any(self._goes_on(folded, known) for known in self._known)
        return has_ending or any(len(stem) > SHORT and stem in _english()[1] for stem in stems)

    def _is_misspelt(self, word: str) -> bool:
        if word not in self._misspelt:
            self._misspelt[word] = any(_is_like(word, known) for known in self._words)
        return self._misspelt[word]

    def _goes_on(self, begun: str, known: str) -> bool:
        return known.startswith(begun) or any(f"{known}{ending}".startswith(begun) for ending in _ENDINGS)


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
            or (is_ordinary(_bare(word)) and not _is_of_country(word) and not self._is_nearly_known(word))
            for word in names_said(text, finished=finished)
        )

    def _is_nearly_known(self, word: str) -> bool:
        """Whether a word is a name of these misspelt."""
        return len(word) > SHORT and any(_is_like(_bare(word), name) for name in self._written)

    def _is_known(self, word: str, *, is_open: bool) -> bool:
        bare = _bare(word)
        if bare in self._known or word.isupper():
            return True
        if is_open:
            return bare[:BEGUN] in self._begun
        return any(_is_of_one_root(bare, known) for known in self._alike)


def _is_like(said: str, known: str) -> bool:
    return said[0] == known[0] and SequenceMatcher(None, said, known, autojunk=False).ratio() >= ALIKE


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


def is_listed(run: str) -> bool:
    """Whether a run of katakana is a word of the list."""
    return run in _listed()[0]


def commonness(word: str) -> int:
    """How often an English word is used, from 0 for hardly ever to 8, each ten times as often as the one before it."""
    from wordfreq import zipf_frequency

    return round(zipf_frequency(word, "en"))


def load() -> None:
    """Reads the lists, half a second's work, so that no answer waits for it."""
    _listed()
    _english()
    meanings()


def _is_begun(word: str) -> bool:
    """Whether a word of the English list begins so."""
    listed, _ = _english()
    at = bisect_left(listed, word)
    return at < len(listed) and listed[at].startswith(word)


@cache
def _english() -> tuple[list[str], frozenset[str]]:
    """The list's words of letters, sorted, and as a set."""
    from wordfreq import get_frequency_dict

    words = frozenset(word for word in get_frequency_dict("en", "large") if len(word) > SHORT and word.isalpha())
    return sorted(words), words


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """The list's words in katakana, and what they begin with."""
    from wordfreq import get_frequency_dict

    frequencies = get_frequency_dict("ja", "large").items()
    words = frozenset(word for word, share in frequencies if share >= COMMON and KATAKANA_WORD.fullmatch(word))
    return words, frozenset(word[:length] for word in words for length in range(1, len(word) + 1))
