"""Names across scripts, by their sound: katakana against Latin letters.

Spellings in katakana follow how a name is said, so the vowels of its letters tell little: what is compared are the
consonants, those that katakana doesn't tell apart taken for one.
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product

from assistant.text.language import fold, without_accents

__all__ = ["is_said_like", "romaji", "voiceless", "without_long_vowels"]

ALIKE = 0.8
"""From this on two rows of consonants are of one name (Ratcliff & Obershelp 1988, by difflib)."""
LEAST = 2
"""Fewer consonants tell no name."""
_VOWELS = "aiueo"
_MUTE = frozenset("aiueohyw")
_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_LETTERS = {kana: f"{row}{vowel}" for row, line in _ROWS.items() for kana, vowel in zip(line, _VOWELS, strict=True)}
_LETTERS |= {"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヴ": "vu"}
_LETTERS |= {"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n"}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "ya", "ュ": "yu", "ョ": "yo", "ヮ": "wa"}
_LONG = re.compile(r"ou|oo|oh(?![aiueoy])|uu|aa|ee|ii")
_SOFT = re.compile(r"c(?=[eiy])|sch|sh|ch(?=[aeiouy])|ts|ti(?=[oa])")
_SOFT_G = re.compile(r"g(?=[eiy])")
_MUTE_R = re.compile(r"(?<=[aiueoy])r(?![aiueoy])")
_CLASSES = str.maketrans(
    {"c": "k", "q": "k", "g": "k", "j": "s", "z": "s", "t": "t", "d": "t", "v": "b", "f": "b", "p": "p", "l": "r"}
    | {"m": "n"}
)
_VOICELESS = str.maketrans("gzdbf", "ksthh")
_NONE = str.maketrans(dict.fromkeys("aeiouyhw'’-. ・", None))
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=4096)
def romaji(katakana: str) -> str:
    """Katakana in Hepburn's letters, long vowels as short ones."""
    letters = ""
    is_double = False
    for kana in katakana:
        if kana == "ッ":
            is_double = True
            continue
        if kana in _SMALL:
            vowel = _SMALL[kana]
            stem = letters[:-1] if letters else ""
            letters = stem + (vowel[-1] if stem.endswith(("sh", "ch", "j")) else vowel)
            continue
        said = _LETTERS.get(kana, "")
        letters += said[:1] + said if is_double else said
        is_double = False
    return without_long_vowels(letters)


@lru_cache(maxsize=4096)
def consonants(letters: str) -> frozenset[str]:
    """The consonants that a word in Latin letters may be said with, in the classes that katakana has."""
    word = fold(without_accents(letters)).replace("x", "ks").replace("ph", "f")
    soft = _SOFT.sub("s", word)
    said = (soft, _SOFT_G.sub("s", soft), _MUTE_R.sub("", soft), _MUTE_R.sub("", _SOFT_G.sub("s", soft)))
    harder = (word.replace("ch", "k"), word.replace("ts", "t").replace("ch", "t"))
    return frozenset(_DOUBLE.sub(r"\1", each.translate(_CLASSES)).translate(_NONE) for each in (*said, *harder))


def is_said_like(reading: str, words: Iterable[str], *, may_be_part: bool = False) -> bool:
    """Whether a name, by its reading in katakana, is one of the words in Latin letters; `may_be_part`: or has one."""
    letters = romaji(reading)
    own = consonants(letters)
    return any(_is_like(letters, own, word, may_be_part) for word in words)


def _is_like(letters: str, own: frozenset[str], word: str, may_be_part: bool) -> bool:
    plain = without_long_vowels(fold(without_accents(word)))
    if letters == plain:
        return True
    begin_alike = (letters[:1] in _MUTE) is (plain[:1] in _MUTE)
    return any(
        (begin_alike or len(one) > LEAST) and _are_alike(one, other, may_be_part)
        for one, other in product(own, consonants(word))
    )


@lru_cache(maxsize=4096)
def _are_alike(one: str, other: str, other_may_be_part: bool) -> bool:
    if min(len(one), len(other)) < LEAST:
        return False
    if other_may_be_part and len(other) > LEAST and (one.startswith(other) or one.endswith(other)):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def voiceless(letters: str) -> str:
    """Hepburn's letters without the voice that the second part of a name may have or not: Uragami, Urakami."""
    return letters.replace("j", "sh").translate(_VOICELESS)


def without_long_vowels(letters: str) -> str:
    """A word in small Latin letters, with long vowels as short ones, and no consonant twice."""
    return _DOUBLE.sub(r"\1", _LONG.sub(lambda vowels: vowels[0][0], letters))
