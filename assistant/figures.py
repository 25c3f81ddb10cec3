"""Reads the figures of a text, in digits, English words or kanji, and keeps an answer to those that are given.

Vague quantities ("hundreds", 数百) and "one" are no figures. What else an answer may hold is for `guards.py`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from assistant.clocks import ClockGuard, without_minutes
from assistant.language import fold
from assistant.units import SIGNS, UNIT_OF, compatible

__all__ = ["Figure", "FigureGuard", "figures", "nonzero_digits", "same"]

_CARDINALS = (
    "two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {
    **{word: value for value, word in enumerate(_CARDINALS.split(), start=2)},
    **{word + plural: value for value, word in enumerate(_ORDINALS.split(), start=3) for plural in ("", "s")},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_KANJI_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_IMPLIED = re.compile(r"(?<![a-z])(?:second|twice|doubled?|both|pair|couple)(?![a-z])|両|双")
"""Words of the evidence that mean two of something, though they are no figures."""

_MONTHS = (
    *("january", "february", "march", "april", r"may(?=\s\d)|(?<=\d\s)may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
"""The months' names; "may" is one beside a figure."""
_BLANK = r"[\s\-‐]"
_DIGITS = r"\d+(?:[.,]\d+)*"


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_UNIT = rf"{_any(UNIT_OF)}(?!(?<=[a-z])[a-z]|(?<=日)[本市]|(?<=元)素)"
_SCALE = rf"{_any(_SCALES)}(?![a-z])"
_ONES = f"(?:one|first|second|{_any(word for word, value in _WORDS.items() if value < 10)})"
_SMALL = rf"(?:{_any(_TENS.split())}(?:{_BLANK}{_ONES})?|{_any(_WORDS)})(?![a-z])"
_SCALED = rf"(?:(?:one|{_SMALL}){_BLANK})?{_SCALE}"
_SPELT = rf"(?<![a-z])(?:{_SCALED}{_BLANK}(?:and{_BLANK})?)*(?:{_SCALED}|{_SMALL})"
_COUNTER = rf"{_UNIT}|[社つ個件回番号倍割点枚台隻頭匹冊票棟]|位(?!置)|[かカヵヶケ箇][国所]"
_KANJI = r"(?:[〇一二三五六七八九十百千]|四(?!半期))"
_PART = rf"{_DIGITS}[十百千]?|(?<![数何])(?!十分(?!間)){_KANJI}(?={_KANJI}|[万億兆]|{_COUNTER}){_KANJI}*"
_COMPOUND = rf"(?:{_PART})(?:[万億兆]|(?<=[十百千万億兆])(?:{_DIGITS}[十百千]?|{_KANJI}+))*"
_FIGURE = re.compile(
    rf"(?:(?<![a-z])(?P<sign>{_any(SIGNS)})\s?(?=\d))?"
    rf"(?:(?P<compound>{_COMPOUND})|(?P<words>{_SPELT}))"
    rf"(?P<scale>(?:{_BLANK}?{_any(_SCALES)}s?(?![a-z]))+|(?:bn|tn)(?![a-z])|(?(sign)(?:k|m|mn|b)(?![a-z])|(?!)))?"
    rf"(?:{_BLANK}?(?P<unit>{_UNIT}))?"
)
_NUMERALS = re.compile(_DIGITS)
_COMPOUND_TOKENS = re.compile(rf"{_DIGITS}|[〇一二三四五六七八九]+|[十百千万億兆]")
_SCALE_WORDS = re.compile(
    rf"{_any(_SCALES)}(?=s?(?![a-z]))|(?<=\d)(?:{_any(_SHORT_SCALES)})(?![a-z])|(?<![十百千])[十百千]*[万億兆]|千"
)
_CLUSTERS = re.compile(r".[\uff9e\uff9f\u3099\u309a]*", re.DOTALL)  # a character and its voicing marks, by NFKC one
_LOOSE_POINT = re.compile(r"\d\.(?:[^\s\d\"'”’)\]」』]|\s+[\dぁ-んァ-ヶ一-龥])")  # "41.%", "41. 1%", "41. 円": no end
_ARITHMETIC = Context(prec=60, traps=[])


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text."""

    value: Decimal
    """With its scale: "1億" and "100 million" are both 100000000."""
    unit: str | None
    """As "%", "JPY", "year", "dollar" (where whose isn't said); None where it has none that is known."""
    start: int
    end: int
    """Offsets into the text as given, sign and unit included."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A figure in folded text, and how it is written."""

    value: Decimal
    unit: str | None
    start: int
    end: int
    digits: Decimal | None
    """Its numeral without scale, where it has one numeral and that in digits."""
    words: str
    """Its English words, "" where it has none."""
    suffix: str
    """The spelling of the unit behind it, "" where it has none."""

    @property
    def scale(self) -> Decimal:
        return _ARITHMETIC.divide(self.value, self.digits) if self.digits else Decimal(1)


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of `text` in reading order."""
    spans: list[tuple[int, int]] = []
    for cluster in _CLUSTERS.finditer(text):
        spans.extend([cluster.span()] * len(fold(cluster.group())))
    return tuple(
        Figure(reading.value, reading.unit, spans[reading.start][0], spans[reading.end - 1][1])
        for reading in _readings(_folded(text))
    )


def same(one: Figure, other: Figure) -> bool:
    """Whether two figures are of equal value, and of units that don't contradict each other."""
    return one.value == other.value and compatible(one.unit, other.unit)


def _folded(text: str) -> str:
    """`text` as `fold` gives it, character by character, so that offsets can be mapped back."""
    return text.casefold() if text.isascii() else "".join(map(fold, _CLUSTERS.findall(text)))


def _readings(folded: str) -> list[_Reading]:
    return [_reading(match) for match in _FIGURE.finditer(folded)]


def _reading(match: re.Match[str]) -> _Reading:
    compound, words, suffix = match["compound"] or "", match["words"] or "", match["unit"] or ""
    value = _compound_value(compound) if compound else _words_value(words)
    for scale in re.findall("[a-z]+", match["scale"] or ""):
        value = _ARITHMETIC.multiply(value, _scale_value(scale.removesuffix("s")))
    numerals = _NUMERALS.findall(compound)
    digits = _decimal(numerals[0]) if len(numerals) == 1 else None
    unit = SIGNS[match["sign"]] if match["sign"] else UNIT_OF.get(suffix)
    return _Reading(value, unit, match.start(), match.end(), digits, words, suffix)


def _compound_value(text: str) -> Decimal:
    """The value of digits, kanji, or both: each numeral times the 十百千 behind it, their sum times the 万億兆."""
    total = section = Decimal(0)
    number: Decimal | None = None
    for token in _COMPOUND_TOKENS.findall(text):
        if token in _KANJI_TENS:
            factor = Decimal(1) if number is None else number
            section = _ARITHMETIC.add(section, _ARITHMETIC.multiply(factor, Decimal(_KANJI_TENS[token])))
            number = None
        elif token in _MYRIADS:
            section = _ARITHMETIC.add(section, number or Decimal(0))
            total = _ARITHMETIC.add(total, _ARITHMETIC.multiply(section, Decimal(_MYRIADS[token])))
            section, number = Decimal(0), None
        else:
            number = _decimal(token.translate(_KANJI_DIGITS))
    if not total and not section:
        return number or Decimal(0)
    return _ARITHMETIC.add(_ARITHMETIC.add(total, section), number or Decimal(0))


def _words_value(text: str) -> Decimal:
    total = current = 0
    for word in re.findall(r"[a-z]+", text):
        scale = _SCALES.get(word)
        if scale == 100:
            current = max(current, 1) * scale
        elif scale:
            total, current = total + max(current, 1) * scale, 0
        else:
            current += {"one": 1, "first": 1, "second": 2}.get(word) or _WORDS.get(word, 0)
    return Decimal(total + current)


def _scale_value(word: str) -> Decimal:
    """The factor that a scale stands for: a word, its abbreviation, or kanji."""
    if word in _SCALES or word in _SHORT_SCALES:
        return Decimal(_SCALES.get(word) or _SHORT_SCALES[word])
    return _compound_value(word if word[0] in _KANJI_TENS else "一" + word)


def _decimal(digits: str) -> Decimal:
    """The value of digits; of more than one decimal point (a version, a date) all but the first are left out."""
    whole, point, rest = digits.replace(",", "").partition(".")
    return Decimal(whole + point + rest.replace(".", ""))


class FigureGuard:
    """Holds an answer to the figures of `evidence` and `question`."""

    def __init__(self, evidence: str, question: str) -> None:
        known = _folded(f"{evidence}\n\n{question}")
        self._clocks = ClockGuard(known)
        known = without_minutes(known)
        readings = _readings(known)
        self._digits = frozenset(digits.replace(",", "") for digits in _NUMERALS.findall(known))
        self._sorted_digits = sorted(self._digits)
        self._scales = {_scale_value(word) for word in _SCALE_WORDS.findall(known)} | {each.scale for each in readings}
        self._units: dict[Decimal, set[str | None]] = {}
        self._unscaled: dict[Decimal, set[str | None]] = {}
        for reading in readings:
            self._units.setdefault(reading.value, set()).add(reading.unit)
            if reading.digits is not None and reading.digits == reading.value:
                self._unscaled.setdefault(reading.digits, set()).add(reading.unit)
        if _IMPLIED.search(known):
            self._units.setdefault(Decimal(2), set()).add(None)
        self._loose = frozenset(_LOOSE_POINT.findall(known))
        self._months = {str(number) for number, name in enumerate(_MONTHS, start=1) if re.search(name, known)}
        self._month_beginnings = self._months | {month[0] for month in self._months}
        self._targets = sorted({(nonzero_digits(value), value) for value in self._units})

    def allows(self, text: str, *, finished: bool = False) -> bool:
        """Whether `text`, an answer so far, holds no figure other than those of the evidence or the question.

        The last figure of an unfinished text may still be growing: it is allowed as long as it can grow into an
        allowed one. Numerals in digits must stand in the evidence or question with the same digits; a value without
        a scale may take one that stands elsewhere (tables "in millions").
        """
        folded = _folded(text)
        if not self._clocks.allows(folded, finished=finished):
            return False
        folded = without_minutes(folded)
        if not self._digits_stand(folded, finished) or not self._loose.issuperset(_LOOSE_POINT.findall(folded)):
            return False
        readings = _readings(folded)
        if not all(self._stands(reading, reading.unit) for reading in readings[:-1]):
            return False
        if not readings or self._stands(readings[-1], readings[-1].unit):
            return True
        return not finished and self._may_grow(readings[-1], folded)

    def _digits_stand(self, folded: str, finished: bool) -> bool:
        return all(
            match.group().replace(",", "") in self._digits
            or self._is_month(match.group(), folded[match.end() :], finished)
            or (not finished and self._begins_known(match.group().replace(",", ""), folded[match.end() :]))
            for match in _NUMERALS.finditer(folded)
        )

    def _is_month(self, digits: str, tail: str, finished: bool) -> bool:
        """Whether `digits` are a month's that is known by its name: 2月 for "February"."""
        if tail or finished:
            return digits in self._months and tail.startswith("月")
        return digits in self._month_beginnings

    def _begins_known(self, digits: str, tail: str) -> bool:
        """Whether a known numeral begins with `digits` and then `tail`, which a decimal point or comma may be."""
        if tail == ",":
            return any(self._begins_known(f"{digits}{digit}", "") for digit in range(10))
        at = bisect_left(self._sorted_digits, digits + tail)
        return any(each.startswith(digits + tail) for each in self._sorted_digits[at : at + 1])

    def _stands(self, reading: _Reading, unit: str | None) -> bool:
        if reading.value == 1 and reading.digits is None:
            return True
        if reading.unit == "month" and str(reading.value) in self._months:
            return True
        units = self._units.get(reading.value, set())
        if reading.digits is not None and reading.scale in self._scales:
            units = units | self._unscaled.get(reading.digits, set())
        return any(compatible(unit, known) for known in units)

    def _may_grow(self, reading: _Reading, folded: str) -> bool:
        tail = folded[reading.end :]
        if reading.suffix:
            units = {unit for spelling, unit in UNIT_OF.items() if spelling.startswith(reading.suffix + tail)}
            return any(self._stands(reading, unit) for unit in units)
        if reading.words:
            return _continues_words(tail) and any(self._reaches(each, None) for each in _grown(reading, tail))
        if not tail and str(reading.value) in self._month_beginnings:
            return True
        is_open = not tail or (tail in ".," and folded[reading.end - 1].isdecimal())
        return (is_open and self._reaches(reading.value, reading.unit)) or self._takes_scale(reading, tail)

    def _takes_scale(self, reading: _Reading, tail: str) -> bool:
        """Whether a scale that `tail` is the beginning of (" mil") makes the numeral one that is known."""
        rest = re.sub(rf"^{_BLANK}", "", tail)
        scales = [scale for word, scale in (_SCALES | _MYRIADS).items() if word.startswith(rest)]
        scaled = (_ARITHMETIC.multiply(reading.value, Decimal(scale)) for scale in scales)
        return any(self._stands(replace(reading, value=value), reading.unit) for value in scaled)

    def _reaches(self, value: Decimal, unit: str | None) -> bool:
        """Whether a numeral of `value` can be the beginning of one that is known."""
        beginning = nonzero_digits(value)
        for digits, target in self._targets[bisect_left(self._targets, (beginning,)) :]:
            if not digits.startswith(beginning):
                return False
            if target >= value and any(compatible(unit, known) for known in self._units[target]):
                return True
        return False


def nonzero_digits(value: Decimal) -> str:
    """The digits of `value` without zeros: while a numeral is spoken or written on, they only get more."""
    return "".join(str(digit) for digit in value.as_tuple().digits if digit)


def _continues_words(tail: str) -> bool:
    """Whether a number in English words may go on after `tail`: "", "-", " and", " mil"."""
    rest = re.sub(rf"^{_BLANK}(?:and{_BLANK})?", "", tail)
    return any(word.startswith(rest) for word in ("and", "one", *_WORDS, *_SCALES))


def _grown(reading: _Reading, tail: str) -> Iterator[Decimal]:
    """The values that number words may have when the last word is spelt on: "six" is the beginning of "sixteen"."""
    last = re.split(_BLANK, reading.words)[-1]
    yield reading.value
    for word, value in _WORDS.items():
        if not tail and last in _WORDS and word.startswith(last):
            yield reading.value + value - _WORDS[last]
