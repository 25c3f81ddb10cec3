"""Reads the figures of a text, in digits, English words or kanji.

Vague quantities ("hundreds", 数百) and "one" are no figures. Which an answer may hold is for `answering/sayable.py`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from assistant.text.language import fold
from assistant.text.units import PER, SIGNS, UNIT_OF, compatible

__all__ = [
    "CARDINALS",
    "NUMBER_WORDS",
    "Figure",
    "figures",
    "nonzero_digits",
    "number_of",
    "outside",
    "same",
    "whole_part",
]

CARDINALS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
"""Those below twenty, from one."""
_ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {
    **{word: value for value, word in enumerate(CARDINALS[1:], start=2)},
    **{word + plural: value for value, word in enumerate(_ORDINALS.split(), start=3) for plural in ("", "s")},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
}
NUMBER_WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))
"""A pattern of those that are one number: "twelve", "thirds"."""
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12} | {
    "lakh": 10**5,
    "crore": 10**7,
}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_KANJI_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九・", "0123456789.")
_BLANK = r"[\s\-‐]"
_DIGITS = r"\d+(?:[.,]\d+)*"


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_DETERMINER = "(?:the|an?|his|her|its|their|all|both|more)(?![a-z])"
_NO_FRACTION = r"(?<=分の)[^\d〇一二三四五六七八九十百]"
_UNIT = rf"{_any(UNIT_OF)}(?!(?<=[a-z])[a-z]|(?<=日)[本市]|(?<=元)素|(?<=度)目|{_NO_FRACTION}|(?<=won) {_DETERMINER})"
_SCALE = rf"{_any(_SCALES)}(?![a-z])"
_ONES = f"(?:one|first|second|{_any(word for word, value in _WORDS.items() if value < 10)})"
_SMALL = rf"(?:{_any(_TENS.split())}(?:{_BLANK}{_ONES})?|{_any(_WORDS)})(?![a-z])"
_SCALED = rf"(?:(?:one|{_SMALL}){_BLANK})?{_SCALE}"
_SPELT = rf"(?<![a-z])(?:{_SCALED}{_BLANK}(?:and{_BLANK})?)*(?:{_SCALED}|{_SMALL})"
_COUNTER = rf"{_UNIT}|四半期|[社つ個件回番号倍割点枚台隻頭匹冊票棟]|位(?!置)|[かカヵヶケ箇][国所]"
_KANJI = r"(?:[〇一二三五六七八九十百千]|四(?!半期))"
_KANJI_DECIMAL = "[〇一二三四五六七八九十百]+・[〇一二三四五六七八九]+"
_KANJI_NUMERAL = rf"(?<![数何])(?!十分(?!間)){_KANJI}(?={_KANJI}|[万億兆]|{_COUNTER}){_KANJI}*"
_PART = rf"{_DIGITS}[十百千]?|{_KANJI_DECIMAL}|{_KANJI_NUMERAL}"
_COMPOUND = rf"(?:{_PART})(?:[万億兆]|(?<=[十百千万億兆])(?:{_DIGITS}[十百千]?|{_KANJI}+))*"
_FIGURE = re.compile(
    rf"(?P<rate>{_any(PER)})?"
    rf"(?:(?<![a-z])(?P<sign>{_any(SIGNS)})\s?(?=\d))?"
    rf"(?:(?<![a-z])(?P<part>half|quarter) (?:of )?an? (?={_any(_SCALES)}))?"
    rf"(?:(?P<compound>{_COMPOUND})|(?P<words>{_SPELT}))"
    rf"(?P<and_half>{_BLANK}and{_BLANK}a{_BLANK}half(?![a-z]))?"
    rf"(?P<scale>(?:{_BLANK}?{_any(_SCALES)}s?(?![a-z]))+|(?:bn|tn)(?![a-z])|(?(sign)(?:k|m|mn|b)(?![a-z])|(?!)))?"
    rf"(?:{_BLANK}?(?P<unit>{_UNIT})(?P<half>(?:(?<=[年月週日])|間)半(?![分ばず期数額端導減]))?)?"
)
_KANJI_DIGIT = "[〇一二三四五六七八九]"
_COMPOUND_TOKENS = re.compile(rf"{_DIGITS}|{_KANJI_DIGIT}+(?:・{_KANJI_DIGIT}+)?|[十百千万億兆]")
_CLUSTERS = re.compile(r".[\uff9e\uff9f\u3099\u309a]*", re.DOTALL)  # a character and its voicing marks, by NFKC one
HALF = Decimal("0.5")
PARTS = {"half": HALF, "quarter": Decimal("0.25")}
RATE_LENGTH = 8
_RATE = re.compile(rf"({'|'.join(PER)})(?:約|およそ|は|が)+$")
"""What stands before a figure and says of its unit what it is per."""
_METRES = re.compile(r"(?<=\d) m(?![a-z\d/])")
"""Metres by their letter, which is for millions behind money."""
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
    number_end: int
    """Offset behind the number, before what it is of."""


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of `text` in reading order."""
    folded = _folded(text)
    starts: Sequence[int] = range(len(text) + 1)
    ends: Sequence[int] = starts
    if not text.isascii():
        starts, ends = [], [0]
        for cluster in _CLUSTERS.finditer(text):
            length = len(fold(cluster.group()))
            starts.extend([cluster.start()] * length)
            ends.extend([cluster.end()] * length)
    return tuple(_figure(match, starts, ends) for match in _FIGURE.finditer(folded))


def same(one: Figure, other: Figure) -> bool:
    """Whether two figures are of equal value, and of units that don't contradict each other."""
    return one.value == other.value and compatible(one.unit, other.unit)


def outside(found: Iterable[Figure], spans: Sequence[tuple[int, int]]) -> list[Figure]:
    """The figures that no span of the same text touches, as those of its dates."""
    return [one for one in found if not any(start < one.end and one.start < end for start, end in spans)]


def _folded(text: str) -> str:
    """`text` as `fold` gives it, character by character, so that offsets can be mapped back."""
    return text.casefold() if text.isascii() else "".join(map(fold, _CLUSTERS.findall(text)))


def _figure(match: re.Match[str], starts: Sequence[int], ends: Sequence[int]) -> Figure:
    """What was matched in a folded text; where its characters start and end in the text as given."""
    value = _compound_value(match["compound"]) if match["compound"] else _words_value(match["words"])
    if match["part"]:
        value = _ARITHMETIC.multiply(value, PARTS[match["part"]])
    if match["and_half"]:
        value += HALF
    for scale in re.findall("[a-z]+", match["scale"] or ""):
        word = scale.removesuffix("s")
        value = _ARITHMETIC.multiply(value, Decimal(_SCALES.get(word) or _SHORT_SCALES[word]))
    unit = SIGNS[match["sign"]] if match["sign"] else UNIT_OF.get(match["unit"] or "")
    if not (match["sign"] or match["unit"]) and _METRES.match(match.string, match.end()):
        unit = "metre"
    if unit and (rate := match["rate"] or _rate_before(match)):
        unit = PER[rate].get(unit, unit)
    if match["half"]:
        value += HALF
    number_end = max(match.end(group) for group in ("compound", "words", "and_half", "scale"))
    return Figure(value, unit, starts[match.start()], ends[match.end()], ends[number_end])


def _rate_before(match: re.Match[str]) -> str | None:
    found = _RATE.search(match.string, max(0, match.start() - RATE_LENGTH), match.start())
    return found[1] if found else None


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
    total, current, last = Decimal(0), 0, 0
    for word in re.findall(r"[a-z]+", text):
        scale = _SCALES.get(word)
        if scale == 100:
            current = max(current, 1) * scale
        elif scale and (scale > last or not current):  # of all before it: "two thousand three hundred million"
            total, current, last = _ARITHMETIC.multiply(_ARITHMETIC.add(total, current) or 1, scale), 0, scale
        elif scale:
            total, current, last = _ARITHMETIC.add(total, current * scale), 0, scale
        else:
            current += {"one": 1, "first": 1, "second": 2}.get(word) or _WORDS.get(word, 0)
    return _ARITHMETIC.add(total, current)


def _decimal(digits: str) -> Decimal:
    """The value of digits; of more than one decimal point (a version, a date) all but the first are left out."""
    whole, point, rest = digits.replace(",", "").partition(".")
    return Decimal(whole + point + rest.replace(".", ""))


def number_of(numeral: str) -> int:
    """The value of a numeral alone, in digits or kanji; 0 where it is none."""
    found = figures(f"{numeral}人")
    return int(found[0].value) if found else 0


def whole_part(value: Decimal) -> Decimal:
    """What stands before the decimal point, of however many digits."""
    return value.to_integral_value(ROUND_FLOOR)


def nonzero_digits(value: Decimal) -> str:
    """The digits of `value` without zeros: while a numeral is spoken or written on, they only get more."""
    return "".join(str(digit) for digit in value.as_tuple().digits if digit)
