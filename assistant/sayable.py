"""The figures that may be said of words of an article: theirs, and the question's, in any spelling of their value.

While a saying is decoded, its last numeral may only be the beginning of a spelling of one of those, so that it can't
run into a dead end; a numeral that has ended must be one. Sums and differences of figures of one unit may be said too.
What a figure is, is for `figures.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from assistant.bounds import HELD
from assistant.figures import Figure, figures
from assistant.language import KANA, Language, fold
from assistant.named_times import MONTHS, months
from assistant.units import CURRENCIES, MEASURES, compatible, equals
from assistant.values import ERAS, english_numbers, japanese_numbers, year_of_era

__all__ = ["SayableFigures"]

_Counted = tuple[Language | None, str]
"""A unit, or a word of a language."""
PEOPLE: _Counted = (None, "person")
COMBINED = 12
"""Sums and differences are made of so many figures at most."""
ONE = Decimal(1)
"""What there is one of needs no figure: "one of them", 「1人」 of "a man"."""
GIVEN = CURRENCIES | MEASURES
"""Units that aren't given to what has none."""
TENTH = "tenth"
"""The unit of 3割, which is 30%."""
_NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMERAL = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?:[千百]?[万億兆][\d,]*|千|百)*(?: ?(?:thousand|million|billion|trillion)(?![a-z]))?"
)
_SCALE_BEGUN = re.compile(r"(?:\.| ?[a-z]{1,8}|[ ,])")
_TWO = re.compile(r"\b(?:twice|both|pair|couple|double[ds]?|half|halves)\b|両|双|倍増|半")
_HALF_PAST = re.compile(r"\bhalf past\b|時半")
_ERA = re.compile(rf"({'|'.join(ERAS)})(元|\d{{1,2}})年")
_TENTHS = re.compile(r"(\d+(?:\.\d+)?)割(?:(\d)分)?")
_POINT = re.compile(r"(?<=\d)・(?=\d)")
"""Between digits it is a decimal point."""
_COUNTED = re.compile(r"[ \-]?([a-z]{3,}|[一-龥ァ-ヶ])")
_COUNTERS_OF_THINGS = frozenset("棟軒戸台枚隻頭匹冊票件個本社店校機")
"""What counts anything but people."""
_FUNCTION_WORDS = re.compile(
    "and|but|for|from|had|has|have|into|less|more|not|off|out|over|per|than|that|the|was|were|when|who|will|with"
)
_COMBINES = re.compile(
    r"\b(?:more|fewer|less|lower|higher|differ\w*|total|together|combined|sum|left|remain\w*|gap|margin"
    r"|how (?:much|many) \w+er)\b"
    r"|合計|合わせ|総|全部|全体|差|多[いくか]|少な|高[いくか]|低[いくか]|安[いくか]|増|減|残|違|どれだけ|以外|ではない|\bnot\b|n't\b",
    re.IGNORECASE,
)
"""Questions that a sum or a difference may answer."""
_HOURS = re.compile(r"(\d{1,2}) ?(?::\d\d)? ?p\.?m|午後(\d{1,2})時|(?<!\d)(1[3-9]|2[0-4])(?:時|:\d\d)")


class SayableFigures:
    """The figures of `texts`, to be said in any language."""

    def __init__(self, texts: Sequence[str], question: str = "") -> None:
        """Args:
        question: whose figures may be said too, and which may ask for a sum or a difference.
        """
        combines = bool(_COMBINES.search(question))
        texts = [_POINT.sub(".", fold(text)) for text in (*texts, question)]
        read = [figures(text) for text in texts]
        known = [figure for pair in zip(texts, read, strict=True) for figure in _with_units(*pair)]
        self._units: dict[Decimal, set[str | None]] = {}
        whole = "\n".join(texts)
        tenths = {Decimal(match[1]) for match in _TENTHS.finditer(whole)}
        for figure in known:
            unit = TENTH if figure.unit is None and figure.value in tenths else figure.unit
            self._units.setdefault(figure.value, set()).add(unit)
            for value, other in equals(figure.value, figure.unit):
                self._units.setdefault(value.normalize(), set()).add(other)
        for value, unit in _combined(known) if combines else ():
            self._units.setdefault(value, set()).add(unit)
        for value, unit in (*_implied(whole), (ONE, None)):
            self._units.setdefault(value, set()).add(unit)
        spellings = (spelling for value in self._units for spelling in _spellings(value))
        self._counted: dict[Decimal, set[_Counted]] = {}
        """What each figure counts."""
        for figure, counted in (pair for each in zip(texts, read, strict=True) for pair in _counted(*each)):
            self._counted.setdefault(figure.value, set()).add(counted)
        self._spellings = frozenset([*spellings, *(match[0].rstrip(",") for match in _NUMERAL.finditer(whole))])

    def allows(self, text: str, *, finished: bool) -> bool:
        """Whether each numeral of `text` is one of these, the last one maybe only its beginning."""
        folded = fold(text)
        for match in _NUMERAL.finditer(folded):
            tail = folded[match.end() :]
            is_open = not finished and (not tail or _SCALE_BEGUN.fullmatch(tail))
            if is_open and self._begins(match[0] + tail):
                continue
            if match[0].rstrip(",") not in self._spellings:
                return False
        read = figures(folded)
        settled = read if finished else [one for one in read if one.end + HELD < len(folded)]
        if not all(self._is_known(one, folded) for one in settled):
            return False
        return not any(self._is_another_s(*pair) for pair in _counted(folded, settled))

    def _begins(self, numeral: str) -> bool:
        return any(spelling.startswith(numeral) for spelling in self._spellings)

    def _is_known(self, figure: Figure, text: str) -> bool:
        """Whether a figure has no other unit than where it is known; one in digits was judged as it is spelt."""
        units = self._units.get(figure.value)
        if units is not None and figure.unit in GIVEN:
            units = units - {None}
        if units is None:
            return any(character.isdecimal() for character in text[figure.start : figure.end])
        return any(compatible(figure.unit, unit) for unit in units)

    def _is_another_s(self, figure: Figure, counted: _Counted) -> bool:
        """Whether a figure counts what others count, and not this one: "14 people" of 14 countries."""
        language, what = counted
        counts = self._counted.get(figure.value, set())
        if counts == {PEOPLE} and what in _COUNTERS_OF_THINGS:
            return True
        own = counts if language is None else {each for each in counts if each[0] in (None, language)}
        others = (each for value, each in self._counted.items() if value != figure.value)
        return bool(own) and counted not in own and any(counted in each for each in others)


def _counted(text: str, read: Sequence[Figure]) -> Iterator[tuple[Figure, _Counted]]:
    """Figures with what they count: the unit, or the word behind each, in Japanese its first character."""
    language = Language.JAPANESE if KANA.search(text) else Language.ENGLISH
    for figure in read:
        counted = _COUNTED.match(text, figure.end)
        if figure.unit:
            yield figure, (None, figure.unit)
        elif counted and not _FUNCTION_WORDS.fullmatch(counted[1]):
            yield figure, (language, counted[1])


def _with_units(text: str, read: Sequence[Figure]) -> Iterator[Figure]:
    """Figures; one that counts nothing also with what another of the sentence counts: "from two euros to three"."""
    for figure in read:
        yield figure
        if figure.unit is None and not _COUNTED.match(text, figure.end):
            yield from (replace(figure, unit=other.unit) for other in read if other.unit)


def _combined(known: Sequence[Figure]) -> Iterator[tuple[Decimal, str | None]]:
    """Differences and sums of figures of one unit, with that."""
    for one, other in combinations(known[:COMBINED], 2):
        if (one.unit is None) is (other.unit is None) and compatible(one.unit, other.unit):
            yield abs(one.value - other.value), one.unit or other.unit
            yield one.value + other.value, one.unit or other.unit


def _implied(text: str) -> Iterator[tuple[Decimal, str | None]]:
    """What months, years of eras, tenths, ordinals and hours come to in other spellings."""
    for month in months(text):
        yield Decimal(MONTHS.index(month) + 1), "month"
    for era, year in _ERA.findall(text):
        yield Decimal(year_of_era(era, year)), "year"
    for tenths, hundredths in _TENTHS.findall(text):
        yield Decimal(tenths) * 10 + Decimal(hundredths or 0), "%"
    words = set(re.findall(r"[a-z]+", text))
    for number, word in enumerate(_NUMBER_WORDS):
        if word in words or (0 < number <= len(_ORDINALS) and _ORDINALS[number - 1] in words):
            yield Decimal(number), None
    if _TWO.search(text):
        yield Decimal(2), None
    if _HALF_PAST.search(text):
        yield Decimal(30), None
    for groups in _HOURS.findall(text):
        hour = int(next(filter(None, groups)))
        yield Decimal(hour % 12 or 12), None
        yield Decimal(hour % 12 + 12), None


def _spellings(value: Decimal) -> Iterable[str]:
    if value < 0:
        return ()
    return map(fold, (*english_numbers(value), *japanese_numbers(value)))
