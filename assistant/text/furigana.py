"""Readings in hiragana above the kanji of Japanese text; words and their readings are by `morphology.py`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.morphology import Morpheme, morphemes

__all__ = ["Furigana", "furigana"]

_KANJI = r"一-鿿㐀-䶿豈-龎\U00020000-\U0003ffff々〆ヶヵ"
_HAS_KANJI = re.compile(rf"[{_KANJI}]")
_RUN = re.compile(rf"[{_KANJI}]+|[^{_KANJI}]+")
_KATAKANA = re.compile(r"[ァ-ヴー]+")
_NUMBER = re.compile(r"[一二三四五六七八九十百千万億兆〇数何\d０-９]")
_DAY = re.compile(r"[一二三四五六七八九十]+日")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ") + 1)}
_TO_KATAKANA = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}
_USUAL = {"私": "ワタシ", "私達": "ワタシタチ", "私たち": "ワタシタチ", "日本": "ニホン"}
"""Readings that news is read with, where the dictionary has more formal ones."""


@dataclass(frozen=True, slots=True)
class Furigana:
    """How the characters of a text from `start` to `end` are read, in hiragana."""

    start: int
    end: int
    reading: str


def furigana(text: str) -> Iterator[Furigana]:
    """Readings for the kanji of words, in their order: 食 of 食べる, た.

    A word whose reading can't be told from its kana has it as a whole. There are none for numerals and their counters,
    whose readings the dictionary doesn't put together (14日), and none for what it doesn't know.
    """
    is_counted = False
    for word in morphemes(text):
        is_number = "数詞" in word.kinds
        if _HAS_KANJI.search(word.text) and not is_number and not (is_counted and _counts(word)):
            yield from _above(word)
        is_counted = is_number


def _counts(word: Morpheme) -> bool:
    """Whether a word behind a numeral goes with it."""
    kinds = set(word.kinds)
    return bool(kinds & {"接尾辞", "助数詞", "助数詞可能"} or _NUMBER.match(word.text))


def _above(word: Morpheme) -> Iterator[Furigana]:
    reading = _USUAL.get(word.text, word.reading)
    if not _KATAKANA.fullmatch(reading) or _DAY.fullmatch(word.text) or "補助記号" in word.kinds:
        return
    runs = _RUN.findall(word.text)
    parts = _parts(runs, reading)
    if parts is None:
        yield Furigana(word.start, word.end, _hiragana(reading))
        return
    at = word.start
    for run, part in zip(runs, parts, strict=True):
        if _HAS_KANJI.match(run):
            yield Furigana(at, at + len(run), _hiragana(part))
        at += len(run)


def _parts(runs: list[str], reading: str) -> list[str] | None:
    """The reading of each run of kanji or kana, None where there are several ways to share it out, or none."""
    found = set()
    for least in ("+?", "+"):
        pattern = "".join(f"(.{least})" if _HAS_KANJI.match(run) else f"({re.escape(_katakana(run))})" for run in runs)
        if match := re.fullmatch(pattern, reading):
            found.add(match.groups())
    return list(found.pop()) if len(found) == 1 else None


def _katakana(kana: str) -> str:
    return kana.translate(_TO_KATAKANA)


def _hiragana(kana: str) -> str:
    return kana.translate(_TO_HIRAGANA)
