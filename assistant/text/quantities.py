"""Quantities that texts name without a plain figure: shares, halves, dozens, multiples, decades, years of eras, hours.

What they come to may be said in figures, and the other way round (`answering/sayable.py`). All texts are in the form of
`fold`.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from assistant.text.figures import Figure, number_of
from assistant.text.named_times import ERAS, HOUR_WORDS, MONTHS, NOON_NAMED, months, year_of_era
from assistant.text.ordinals import ORDINAL_WORDS, days
from assistant.text.units import MEASURES, UNIT_OF

__all__ = [
    "ONE",
    "eras",
    "given_multiples",
    "given_shares",
    "implied",
    "multiples",
    "named_shares",
    "scaled_parts",
    "scores",
    "shares",
    "temperatures",
]

ONE = Decimal(1)
"""What there is one of needs no figure: "one of them", 「1人」 of "a man"."""
MOST = 100
"""One in so many is a share; what is "in 2027" is none."""
LETTERS = 4
"""Names of units that may be halved in words have so many, at least."""
TENTH = "tenth"
"""The unit of 3割, which is 30%."""
Quantity = tuple[Decimal, str | None]
_NUMBER_WORDS = (
    *("zero", *HOUR_WORDS),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_PARTS = {"half": 2, "quarter": 4} | {word: number for number, word in enumerate(ORDINAL_WORDS[2:10], 3)}
_NUMBER = rf"(?:\d+|{'|'.join(_NUMBER_WORDS[1:])}|an?)"
_NO_POINT = r"(?![ -](?:of a )?(?:percentage )?point| past| to )"
_BOTTOM = "third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_SHARE = re.compile(rf"(?<![a-z\d])(?P<top>{_NUMBER})[ -](?P<bottom>{_BOTTOM})s?(?![a-z]){_NO_POINT}")
_OF_PART: dict[str, Quantity] = {
    "point": (Decimal(1), "point"),
    "thousand": (Decimal(1000), None),
    "million": (Decimal(10**6), None),
    "billion": (Decimal(10**9), None),
    "trillion": (Decimal(10**12), None),
    "dozen": (Decimal(12), None),
    "century": (Decimal(100), "year"),
    "decade": (Decimal(10), "year"),
    "year": (Decimal(12), "month"),
    "hour": (Decimal(60), "minute"),
    "day": (Decimal(24), "hour"),
}
_OF_PART |= {
    spelling: (ONE, unit)
    for spelling, unit in UNIT_OF.items()
    if unit in MEASURES and spelling.isascii() and spelling.isalpha() and len(spelling) >= LETTERS
}
_WHOLES = "|".join(sorted(_OF_PART, key=len, reverse=True))
_SCALED_PART = re.compile(
    rf"(half|quarter)(?: (?:of )?an? ({_WHOLES})(?![a-z])|[ -](?:(?:of )?a )?(?:percentage )?(point))"
)
_HALF = re.compile(
    r"(?<![a-z])(?<!first[ -])(?<!second[ -])(?<!latter )(?<!and a )half(?![a-z]|-year| time| a point)"
    rf"(?! (?:of )?an? (?:{_WHOLES})){_NO_POINT}|halved|半分|半数|半額|折半"
)
_COUNT = r"[\d一二三四五六七八九十百]"
_SHARE_IN_JAPANESE = re.compile(rf"(?<!{_COUNT})({_COUNT}+)分の({_COUNT}+)")
_ONE_IN = re.compile(rf"(?<![a-z\d])({_NUMBER}) (?:in|out of) (?:every )?({_NUMBER})(?![a-z\d])")
_ONE_IN_JAPANESE = re.compile(r"(?<!\d)(\d+)人に(\d+)人")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_PERCENT = re.compile(r"(?<!\d)(\d+(?:\.\d+)?) ?(?:%|percent|per cent|パーセント)")
_TENTHS = re.compile(
    r"(?<![\d一二三四五六七八九])([\d一二三四五六七八九]+(?:\.\d+)?)割(?:([\d一二三四五六七八九])分)?(?:([\d一二三四五六七八九])厘)?"
)
_KANJI = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"十": 10, "百": 100}
_MANY = re.compile(rf"(?:(?<![a-z\d])({_NUMBER}) )?(dozen|decade|century|centuries)s?(?![a-z])")
_MULTIPLES = {
    2: r"\b(?:doubl(?:ed?|es|ing)|twice|twofold)\b|倍増|倍に(?<!\d倍に)(?<![二三四五六七八九十]倍に)",
    3: r"\b(?:tripl(?:ed?|es|ing)|trebl(?:ed?|es|ing)|threefold)\b",
    4: r"\b(?:quadrupl(?:ed?|es|ing)|fourfold)\b",
    5: r"\b(?:quintupl(?:ed?|es|ing)|fivefold)\b",
}
_MULTIPLE = {number: re.compile(pattern) for number, pattern in _MULTIPLES.items()}
_TIMES = re.compile(rf"((?<!\d)\d+|[二三四五六七八九十])倍|(?<![a-z\d])({_NUMBER}) times(?![a-z])")
_TWO = re.compile(r"\b(?:second|both|pair|couple|halves)\b|両[国社者方校市県親店軍党側氏]|双方|双子|半[分数額]")
_HALF_PAST = re.compile(r"\bhalf past\b|\band a half hours\b|\bhalf an hour\b|[時間]半")
_QUARTER_PAST = re.compile(r"\bquarter (past|to)\b")
_HALF_YEAR = re.compile(r"半年|half-year")
_ERA = re.compile(rf"({'|'.join(ERAS)})(元|\d{{1,2}})年")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_HOURS = re.compile(
    r"(\d{1,2}) ?(?::\d\d)? ?p\.?m|午後(\d{1,2})時|(?<!\d)(1[3-9]|2[0-4])(?:時|:\d\d)|(?:[夜晩]|夕方)(\d{1,2})時"
)
_RACE = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d):(\d\d)(?![\d:])")
"""Hours, minutes and seconds."""
_SCORE = re.compile(r"(?<![\d.,:/$€£¥-])(\d{1,3})(?:[-–—]|対)(\d{1,3})(?!\d|[.,:/]\d|[%–—-])(?=[\s\S])")
_YEN_AND_SEN = re.compile(r"(?<![\d,])([\d,]+)円(\d{1,2})銭")
_MIDNIGHT = re.compile(r"\bmidnight\b|真夜中|零時")
_A_UNIT_AND_A_HALF = re.compile(r"an? (year|month|week|day|hour) and a half")
_AND_A_HALF = re.compile(rf"(?<!\d)({_NUMBER}) and a half(?: ([a-z]+))?")

_BELOW_ZERO = re.compile(r"(?:^- ?|[△▲−]|(?<![\w-])-|マイナス|氷点下|零下|\bminus |\bnegative )$")
_BELOW_ZERO_BEHIND = re.compile(r"\s?(?:below (?:zero|freezing)|under zero)")
_TEMPERATURES = frozenset({"celsius", "fahrenheit", "degree", "celsius or angle"})


def shares(text: str) -> Iterator[Fraction]:
    """The shares of something that a text names by words: "two thirds", 3分の2, "one in five", 3割."""
    yield from (share for share, _ in named_shares(text))
    for top, bottom in (*_ONE_IN.findall(text), *(pair[::-1] for pair in _ONE_IN_JAPANESE.findall(text))):
        if _number(top) < _number(bottom) <= MOST:
            yield Fraction(_number(top), _number(bottom))


def named_shares(text: str) -> Iterator[tuple[Fraction, re.Match[str]]]:
    """The same, but for "one in five", each with where it stands."""
    for match in _SHARE.finditer(text):
        yield Fraction(_number(match["top"]), _PARTS[match["bottom"]]), match
    for match in _HALF.finditer(text):
        yield Fraction(1, 2), match
    for match in _SHARE_IN_JAPANESE.finditer(text):
        if _number(match[1]):
            yield Fraction(_number(match[2]), _number(match[1])), match
    for match in _TENTHS.finditer(text):
        yield _tenths(match), match


def given_shares(text: str) -> Iterator[Fraction]:
    """The same, with what is written by a stroke or in percent."""
    yield from shares(text)
    yield from (Fraction(int(top), int(bottom)) for top, bottom in _SLASHED.findall(text) if 0 < int(top) < int(bottom))
    yield from (Fraction(percent) / 100 for percent in _PERCENT.findall(text))


def scaled_parts(text: str) -> Iterator[Quantity]:
    """Halves and quarters of a number or a unit: "half a million", "a quarter point"."""
    for part, whole, point in _SCALED_PART.findall(text):
        value, unit = _OF_PART[whole or point]
        yield value / _PARTS[part], unit


def given_multiples(text: str) -> Iterator[int]:
    """The same as `multiples`, with what is in figures: 3倍, "three times"."""
    yield from multiples(text)
    yield from (_number(digits or word) for digits, word in _TIMES.findall(text))


def multiples(text: str) -> Iterator[int]:
    """How many times as much something has become, where a word says so."""
    yield from (number for number, pattern in _MULTIPLE.items() if pattern.search(text))


def eras(text: str) -> Iterator[int]:
    """The years of our calendar that a text names by an era."""
    yield from (year_of_era(era, year) for era, year in _ERA.findall(text))


def scores(text: str) -> Iterator[tuple[int, ...]]:
    """The results of matches and races that a text has as one: "3-1", 3対1, "2:04:37"; the lower one first of two.

    One at the very end of `text` may be the beginning of another, and is left out.
    """
    for match in _SCORE.finditer(text):
        yield tuple(sorted(map(int, match.groups())))
    for match in _RACE.finditer(text):
        if match.end() < len(text):
            yield tuple(map(int, match.groups()))


def temperatures(text: str, read: Iterable[Figure]) -> Iterator[tuple[Decimal, bool]]:
    """The figures of degrees, each with whether it is below zero."""
    for figure in read:
        if figure.unit in _TEMPERATURES:
            is_below = _BELOW_ZERO.search(text[: figure.start]) or _BELOW_ZERO_BEHIND.match(text, figure.end)
            yield figure.value, bool(is_below)


def implied(text: str) -> Iterator[Quantity]:
    """What may be said in figures of a text that has it otherwise."""
    for yen, sen in _YEN_AND_SEN.findall(text):
        yield Decimal(yen.replace(",", "")) + Decimal(sen) / 100, "JPY"
    for share in shares(text):
        yield from _of_share(share)
    for share in given_shares(text):
        if (share * 10).denominator == 1:
            yield Decimal(int(share * 10)), TENTH
    yield from ((Decimal(multiple), None) for multiple in multiples(text))
    yield from _of_words(text)
    yield from _of_times(text)
    yield from _of_years(text)


def _of_share(share: Fraction) -> Iterator[Quantity]:
    """A share in percent, as a decimal, and the figures that it is written with."""
    decimal = Decimal(share.numerator) / Decimal(share.denominator)
    if len(decimal.as_tuple().digits) <= len("12.345"):
        yield (decimal * 100).normalize(), "%"
        yield decimal.normalize(), None
    if share.denominator <= len(_NUMBER_WORDS):
        yield Decimal(share.numerator), None
        yield from ((Decimal(share.denominator), unit) for unit in ("part", None))


def _of_words(text: str) -> Iterator[Quantity]:
    if re.search(r"\bzero\b", text):
        yield Decimal(0), None
    if _TWO.search(text):
        yield Decimal(2), None
    yield from scaled_parts(text)
    for many, unit in _MANY.findall(text):
        times = Decimal(_number(many) if many else 1)
        yield (times * 12, None) if unit == "dozen" else (times * (10 if unit == "decade" else 100), "year")
    for unit in _A_UNIT_AND_A_HALF.findall(text):
        yield from ((Decimal("1.5"), UNIT_OF[unit]), (ONE, UNIT_OF[unit]))
    for number, counted in _AND_A_HALF.findall(text):
        yield Decimal(_number(number)) + Decimal("0.5"), UNIT_OF.get(counted)


def _of_times(text: str) -> Iterator[Quantity]:
    for month in months(text):
        yield Decimal(MONTHS.index(month) + 1), "month"
    yield from ((Decimal(day), "day") for day in days(text))
    if _HALF_PAST.search(text):
        yield Decimal(30), "minute"
    for side in _QUARTER_PAST.findall(text):
        yield Decimal(15 if side == "past" else 45), "minute"
    for parts in _RACE.findall(text):
        yield from ((Decimal(part), unit) for part, unit in zip(parts, ("hour", "minute", "second"), strict=True))
    if _HALF_YEAR.search(text):
        yield Decimal(6), "month"
    for groups in _HOURS.findall(text):
        hour = _number(next(filter(None, groups)))
        yield Decimal(hour % 12 or 12), "hour"
        yield Decimal(hour % 12 + 12), "hour"
    if NOON_NAMED.search(text):
        yield from ((Decimal(12), "hour"), (Decimal(0), "hour"))
    if _MIDNIGHT.search(text):
        yield from ((Decimal(0), "hour"), (Decimal(12), "hour"), (Decimal(24), "hour"))


def _of_years(text: str) -> Iterator[Quantity]:
    yield from ((Decimal(year), "year") for year in eras(text))
    for year in map(int, _YEAR.findall(text)):
        begun = [start for start in ERAS.values() if start < year]
        if begun:
            yield Decimal(year - max(begun)), "year"


def _number(text: str) -> int:
    """The value of digits, an English word, or kanji."""
    if text.isdecimal():
        return int(text)
    if text in ("a", "an"):
        return 1
    if text in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(text)
    return number_of(text) or _KANJI.get(text, 0)


def _tenths(match: re.Match[str]) -> Fraction:
    total = Fraction(0)
    for place, digits in enumerate(match.groups(), 1):
        if digits:
            value = Fraction(digits) if digits[0].isdecimal() and digits.isascii() else Fraction(_number(digits))
            total += value / 10**place
    return total
