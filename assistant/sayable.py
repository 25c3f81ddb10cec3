"""The figures that may be said of words of an article: theirs, and the question's, in any spelling of their value.

While a saying is decoded, its last numeral may only be the beginning of a spelling of one of those, so that it can't
run into a dead end; a numeral that has ended must be one. Sums and differences of figures of one unit may be said too.
What a figure is, is for `figures.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from assistant.bounds import HELD
from assistant.figures import Figure, figures
from assistant.language import KANA, fold
from assistant.units import CURRENCIES, compatible
from assistant.values import ERAS, MONTHS, english_numbers, japanese_numbers, year_of_era

__all__ = ["SayableFigures"]

COMBINED = 12
"""Sums and differences are made of so many figures at most."""
ONE = Decimal(1)
"""What there is one of needs no figure: "one of them", 「1人」 of "a man"."""
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
_NAMED = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS if month != "May")
_MONTH = re.compile(rf"\b(?:{_NAMED}|sept|may(?= \d)|(?<=\d )may)\b", re.IGNORECASE)
_TWO = re.compile(r"\b(?:twice|both|pair|couple|double[ds]?|half|halves)\b|両|双|倍増|半")
_HALF_PAST = re.compile(r"\bhalf past\b|時半")
_ERA = re.compile(rf"({'|'.join(ERAS)})(元|\d{{1,2}})年")
_TENTHS = re.compile(r"(\d+(?:\.\d+)?)割(?:(\d)分)?")
_POINT = re.compile(r"(?<=\d)・(?=\d)")
"""Between digits it is a decimal point."""
_COUNTED = re.compile(r"[ \-]?([a-z]{3,}|[一-龥ァ-ヶ])")
_FUNCTION_WORDS = re.compile(
    "and|but|for|from|had|has|have|into|less|more|not|off|out|over|per|than|that|the|was|were|when|who|will|with"
)
_COMBINES = re.compile(
    r"\b(?:more|fewer|less|lower|higher|differ\w*|total|together|combined|sum|left|remain\w*|gap|margin|how much)\b"
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
        known = [figure for found in read for figure in found]
        self._units: dict[Decimal, set[str | None]] = {}
        whole = "\n".join(texts)
        tenths = {Decimal(match[1]) for match in _TENTHS.finditer(whole)}
        for figure in known:
            unit = TENTH if figure.unit is None and figure.value in tenths else figure.unit
            self._units.setdefault(figure.value, set()).add(unit)
        for value, unit in _combined(known) if combines else ():
            self._units.setdefault(value, set()).add(unit)
        for value in (*_implied(whole), ONE):
            self._units.setdefault(value, set()).add(None)
        spellings = (spelling for value in self._units for spelling in _spellings(value))
        self._counted: dict[Decimal, set[tuple[bool, str]]] = {}
        """What each figure counts, and whether it is said in Japanese."""
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
        if units is not None and figure.unit in CURRENCIES:  # what has none isn't given one
            units = units - {None}
        if units is None:
            return any(character.isdecimal() for character in text[figure.start : figure.end])
        return any(compatible(figure.unit, unit) for unit in units)

    def _is_another_s(self, figure: Figure, counted: tuple[bool, str]) -> bool:
        """Whether a figure counts what others count, and not this one: "14 people" of 14 countries."""
        own = {each for each in self._counted.get(figure.value, ()) if each[0] is counted[0]}
        others = (each for value, each in self._counted.items() if value != figure.value)
        return bool(own) and counted not in own and any(counted in each for each in others)


def _counted(text: str, read: Sequence[Figure]) -> Iterator[tuple[Figure, tuple[bool, str]]]:
    """Figures with what they count: the unit, or the word behind each, in Japanese its first character."""
    is_japanese = bool(KANA.search(text))
    for figure in read:
        counted = _COUNTED.match(text, figure.end)
        if figure.unit:
            yield figure, (is_japanese, figure.unit)
        elif counted and not _FUNCTION_WORDS.fullmatch(counted[1]):
            yield figure, (is_japanese, counted[1])


def _combined(known: Sequence[Figure]) -> Iterator[tuple[Decimal, str | None]]:
    """Differences and sums of figures of one unit, with that."""
    for one, other in combinations(known[:COMBINED], 2):
        if compatible(one.unit, other.unit):
            yield abs(one.value - other.value), one.unit or other.unit
            yield one.value + other.value, one.unit or other.unit


def _implied(text: str) -> Iterator[Decimal]:
    """What months, years of eras, tenths, ordinals and hours come to in other spellings."""
    for month in _MONTH.finditer(text):
        yield Decimal([name[:3].casefold() for name in MONTHS].index(month[0][:3].casefold()) + 1)
    for era, year in _ERA.findall(text):
        yield Decimal(year_of_era(era, year))
    for tenths, hundredths in _TENTHS.findall(text):
        yield Decimal(tenths) * 10 + Decimal(hundredths or 0)
    words = set(re.findall(r"[a-z]+", text))
    for number, word in enumerate(_NUMBER_WORDS):
        if word in words or (0 < number <= len(_ORDINALS) and _ORDINALS[number - 1] in words):
            yield Decimal(number)
    if _TWO.search(text):
        yield Decimal(2)
    if _HALF_PAST.search(text):
        yield Decimal(30)
    for groups in _HOURS.findall(text):
        hour = int(next(filter(None, groups)))
        yield Decimal(hour % 12 or 12)
        yield Decimal(hour % 12 + 12)


def _spellings(value: Decimal) -> Iterable[str]:
    if value < 0:
        return ()
    return map(fold, (*english_numbers(value), *japanese_numbers(value)))
