"""Words that anybody may use: those of frequency lists (wordfreq); Japanese ones in katakana also one after the other.

A small model spells names in katakana that it makes up, and misspells English words and names; such a spelling is not
in the lists.
"""

from bisect import bisect_left
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache

from assistant.text.language import KATAKANA_WORD
from assistant.text.place_names import meanings

__all__ = [
    "EnglishWords",
    "Loanwords",
    "commonness",
    "is_alike",
    "is_listed",
    "load",
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
            self._misspelt[word] = any(is_alike(word, known) for known in self._words)
        return self._misspelt[word]

    def _goes_on(self, begun: str, known: str) -> bool:
        return known.startswith(begun) or any(f"{known}{ending}".startswith(begun) for ending in _ENDINGS)


def is_alike(said: str, known: str) -> bool:
    """Whether a word is likely to be another one misspelt."""
    return said[0] == known[0] and SequenceMatcher(None, said, known, autojunk=False).ratio() >= ALIKE


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
