"""The names that an answer may have where it or the article is in Japanese: those of what was shown, in any script.

What is a name in Japanese is told by the dictionary (SudachiPy). It stands in the article or the question as it is, or
is of a country or a city that they name, or is said as one of their words in Latin letters is. Whether a spelling in
katakana is any word is for `guards.py`, English answers on English articles are for `text/known_words.py`.
"""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from assistant.text.english_names import is_of_calendar, names_said
from assistant.text.known_words import is_listed
from assistant.text.language import HAN, KANA, KATAKANA_WORD, fold, without_accents
from assistant.text.morphology import Morpheme, morphemes
from assistant.text.place_names import meanings, places_named
from assistant.text.romanised import is_said_like, romaji, voiceless, without_long_vowels
from assistant.text.word_forms import is_ordinary

__all__ = ["EnglishNamesOfJapanese", "JapaneseNames"]

GROWING = 2
"""The last words of what is being said may become others."""
LONG, ALIKE = 4, 0.75
"""A spelling in katakana of so many characters is taken for a known name misspelt from this likeness on."""
SHORT = 2
"""Fewer characters are a name only behind another one."""
_JUDGED = frozenset({"人名", "地名", "一般"})
_LATIN_NAME = re.compile(r"[A-Z\u00c0-\u00de][A-Za-z\u00c0-\u024f]*(?:['’.-][A-Za-z\u00c0-\u024f]+)*")
_TWO_LATIN_NAMES = re.compile(rf"(?=\b({_LATIN_NAME.pattern}) ({_LATIN_NAME.pattern}))")
_KATAKANA_HAS = str.maketrans("clv", "krb")
"""The letters for others."""
_KINDS_OF_PLACES = "都道府県市区町村州国島"
_KIND_OF_PLACE = re.compile("(?:ケン|シ|ク|マチ|チョウ|ムラ|ソン|フ|ト|グン|ヤマ|サン|カワ|ガワ|シマ|ジマ)$")
_OF_THE_WORLD = re.compile("[洋海極欧州米亜国]|半島|大陸|帝国|王朝|中東")
"""Places whose English names aren't said as these are."""
_CLAUSE_END = re.compile("(?<=[、。])")
_CHINESE_OR_KOREAN = re.compile(
    r"\b(?:Chin|Beijing|Shanghai|Hong Kong|Taiwan|Taipei|Korea|Seoul|Pyongyang|Vietnam|Xi\b|Kim\b)"
)
"""Names in kanji aren't said in Japanese as in Latin letters."""
_OF_JAPAN = frozenset({"Japan", "Japanese"})
"""What a Japanese text needn't name."""
_CHINESE_OR_KOREAN_IN_KANJI = re.compile("中国|北京|上海|香港|台湾|台北|韓国|北朝鮮|ソウル|中華")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")


class JapaneseNames:
    """The names of a text, to be said in Japanese."""

    def __init__(self, known: str) -> None:
        """Args:
        known: what was shown of the article, and the question.
        """
        self._known = unicodedata.normalize("NFKC", known)
        self._article = self._known.rpartition("\n")[0]
        self._judged: dict[str, bool] = {}

    @cached_property
    def _is_japanese(self) -> bool:
        return bool(KANA.search(self._article))

    @cached_property
    def _latin(self) -> tuple[str, ...]:
        """The words in capitals, and two in a row as one."""
        both = (f"{one[1]}{one[2]}" for one in _TWO_LATIN_NAMES.finditer(self._known))
        return tuple(dict.fromkeys([*_LATIN_NAME.findall(self._known), *both]))

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(map(_as_said, self._latin))

    @cached_property
    def _places(self) -> frozenset[str]:
        return places_named(self._known)

    @cached_property
    def _names(self) -> tuple[Morpheme, ...]:
        *article, question = self._known.rpartition("\n")
        return (*_proper_names("".join(article)), *_proper_names(question))

    def allows(self, text: str, *, finished: bool) -> bool:
        """Whether `text` has no name that isn't one of these; its last words may still be growing."""
        *clauses, last = _CLAUSE_END.split(unicodedata.normalize("NFKC", text))
        words = _words(last)
        said = (*map(_words, clauses), words if finished else words[:-GROWING])
        return all(self._is_given(name) for clause in said for name in _names(clause))

    def _is_given(self, word: Morpheme) -> bool:
        name = word.text
        if name in self._known:
            return True
        if name not in self._judged:
            self._judged[name] = self._is_known(word)
        return self._judged[name]

    def _is_known(self, word: Morpheme) -> bool:
        name = word.text
        if not _is_proper(word):
            return not self._is_misspelt(name)
        if self._is_put_together(name) or self._is_short_for(name) or self._is_known_place(name):
            return True
        if self._is_said_like(word):
            return True
        if self._is_japanese:
            return KATAKANA_WORD.fullmatch(name) is not None and any(word.reading == one.reading for one in self._names)
        if not HAN.search(name):
            return False
        is_free = (
            word.kinds[2:3] == ("一般",)
            or word.kinds[3:] == ("名",)
            or _OF_THE_WORLD.search(name)
            or _CHINESE_OR_KOREAN.search(self._known)
        )
        return bool(is_free)

    def _is_said_like(self, word: Morpheme) -> bool:
        """Whether a name is one of the words in Latin letters: one in kanji by the letters of its reading."""
        if HAN.search(word.text):
            readings = (word.reading, _KIND_OF_PLACE.sub("", word.reading))
            return any(voiceless(romaji(reading)) in self._letters for reading in readings)
        if word.text not in meanings():
            return is_said_like(word.reading, self._latin)
        first = romaji(word.reading)[:1]
        return is_said_like(
            word.reading, [one for one in self._latin if one[0].lower().translate(_KATAKANA_HAS) == first]
        )

    def _is_put_together(self, name: str) -> bool:
        """Whether a name is of known ones, or one without what kind of place it is."""
        bare = name.rstrip(_KINDS_OF_PLACES)
        if len(bare) >= SHORT and bare in self._known:
            return True
        cuts = range(SHORT, len(name) - SHORT + 1)
        return any(name[:cut] in self._known and name[cut:] in self._known for cut in cuts)

    def _is_short_for(self, name: str) -> bool:
        """Whether a name in kanji is short for a known one, or the other way round: 日銀 for 日本銀行."""
        return bool(HAN.search(name)) and any(
            len(short) >= SHORT and short[0] == long[0] and not name.startswith(other.text) and _is_within(short, long)
            for other in self._names
            for short, long in (sorted((name, other.text), key=len),)
        )

    def _is_known_place(self, name: str) -> bool:
        return not self._places.isdisjoint(meanings().get(name, ()))

    def _is_misspelt(self, name: str) -> bool:
        """Whether a word in katakana is a known name misspelt."""
        return len(name) >= LONG and any(
            len(name) == len(one.text) and SequenceMatcher(None, name, one.text, autojunk=False).ratio() >= ALIKE
            for one in self._names
        )


class EnglishNamesOfJapanese:
    """The names of a Japanese text, to be said in English."""

    def __init__(self, known: str) -> None:
        """Args:
        known: what was shown of the article, and the question.
        """
        self._known = unicodedata.normalize("NFKC", known)
        self._judged: dict[str, bool] = {}

    @cached_property
    def _latin(self) -> frozenset[str]:
        return frozenset(map(fold, _LATIN_WORD.findall(self._known)))

    @cached_property
    def _places(self) -> frozenset[str]:
        return places_named(self._known)

    @cached_property
    def _readings(self) -> tuple[str, ...]:
        """Of the words in katakana."""
        return tuple(dict.fromkeys(KATAKANA_WORD.findall(self._known)))

    @cached_property
    def _said(self) -> str:
        """It in Latin letters."""
        *article, question = self._known.rpartition("\n")
        return f"{_in_letters(''.join(article))} {_in_letters(question)}"

    def allows(self, text: str, *, finished: bool) -> bool:
        """Whether `text` has no name that isn't one of these; its last word may still be growing.

        The characters of a given name don't tell how it is read: beside a known surname it may be any.
        """
        return all(
            self._is_given(word) or any(map(self._is_read_so, _beside(word, text)))
            for word in names_said(text, finished=finished)
        )

    def _is_read_so(self, word: str) -> bool:
        letters = _as_said(word)
        return len(letters) > SHORT and letters in self._said

    def _is_given(self, word: str) -> bool:
        if word not in self._judged:
            self._judged[word] = self._is_known(word)
        return self._judged[word]

    def _is_known(self, word: str) -> bool:
        letters = fold(without_accents(word))
        if word.isupper() or letters in self._latin or is_of_calendar(letters) or word in _OF_JAPAN:
            return True
        means = meanings().get(word, ())
        is_of_place = any(not each.startswith("language") for each in means)  # as Berlin and Chinese, no ordinary words
        if is_ordinary(letters) and not is_of_place:
            return True
        if not self._places.isdisjoint(means) or _CHINESE_OR_KOREAN_IN_KANJI.search(self._known):
            return True
        return self._is_read_so(word) or any(is_said_like(each, (word,), may_be_part=True) for each in self._readings)


def _as_said(word: str) -> str:
    """A word in Latin letters in the form in which readings are compared."""
    return voiceless(without_long_vowels(fold(without_accents(word))))


def _beside(word: str, text: str) -> Iterator[str]:
    """The words in capitals directly before and behind one."""
    for pattern in (rf"({_LATIN_NAME.pattern}) {word}\b", rf"\b{word} ({_LATIN_NAME.pattern})"):
        yield from re.findall(pattern, text)


def _names(words: tuple[Morpheme, ...]) -> Iterator[Morpheme]:
    """The words that are to be known: proper names, and in katakana what no list has."""
    before = None
    for word in words:
        is_name = _is_proper(word) and not _is_cut_off(word, before)
        is_long = len(word.text) >= LONG and KATAKANA_WORD.fullmatch(word.text)
        if (is_name and (len(word.text) >= SHORT or _is_proper(before))) or (is_long and not is_listed(word.text)):
            yield word
        before = word


def _is_cut_off(word: Morpheme, before: Morpheme | None) -> bool:
    """Whether what looks like a name is the rest of a word that the dictionary doesn't have: 成岩 of 火成岩."""
    if before is None or _is_proper(before) or "一般" in word.kinds[2:3]:
        return False
    return len(before.text) == 1 and bool(HAN.match(before.text)) and "数詞" not in before.kinds


def _is_proper(word: Morpheme | None) -> bool:
    if word is None:
        return False
    if word.kinds[1:2] != ("固有名詞",) or word.kinds[2] not in _JUDGED:
        return False
    is_spelt = HAN.search(word.text) or KATAKANA_WORD.fullmatch(word.text)
    return bool(is_spelt) or ("地名" in word.kinds and len(word.text) > SHORT)


def _is_within(short: str, long: str) -> bool:
    """Whether the characters of one stand in the other, in their order."""
    rest = iter(long)
    return all(character in rest for character in short)


@lru_cache(maxsize=8)
def _proper_names(text: str) -> tuple[Morpheme, ...]:
    """The proper names in Japanese, each once."""
    return tuple({word.text: word for word in morphemes(text) if _is_proper(word)}.values())


@lru_cache(maxsize=8)
def _in_letters(text: str) -> str:
    """A Japanese text as it is said, in Latin letters, without its words in katakana."""
    words = (one for one in morphemes(text) if not KATAKANA_WORD.fullmatch(one.text))
    return voiceless(romaji("".join(one.reading for one in words)))


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[Morpheme, ...]:
    return tuple(morphemes(text))
