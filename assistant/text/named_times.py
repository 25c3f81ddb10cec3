"""Times that are named rather than figures: weekdays, months, halves of the day, parts of a year or month.

What is said of words may name no other than they do, or the question does.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from assistant.text.figures import CARDINALS

__all__ = [
    "ERAS",
    "HOUR_WORDS",
    "MONTHS",
    "NOON_NAMED",
    "WEEKDAYS",
    "WEEKDAYS_IN_KANJI",
    "NamedTimes",
    "months",
    "year_of_era",
]

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_IN_KANJI = "月火水木金土日"
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each era."""
NOON = 12
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})s?\b", re.IGNORECASE)
_WEEKDAY_CUT = r"(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)"
_WEEKDAY_SHORT = re.compile(rf"\b{_WEEKDAY_CUT}\b")
_WEEKDAY_SAID_SHORT = re.compile(rf"\b(?:{_WEEKDAY_CUT}(?=\.)|(?<=\bon ){_WEEKDAY_CUT}\b)")
_WEEKDAYS_IN_KANJI = re.compile(
    rf"(?<!\d)(?P<named>[{WEEKDAYS_IN_KANJI}](?:[・、と]?[{WEEKDAYS_IN_KANJI}])*)曜|[（(](?P<beside>[{WEEKDAYS_IN_KANJI}])[）)]"
    r"|(?P<weekend>土日|週末)|(?P<workdays>平日)"
)
_NOT_MAY = [month for month in MONTHS if month != "May"]
_MONTH = re.compile(rf"\b(?:{'|'.join(_NOT_MAY)}|May)\b")
_MONTH_CUT = rf"(?:{'|'.join(month[:3] for month in _NOT_MAY)}|Sept)"
_MONTH_ABBREVIATED = re.compile(rf"\b{_MONTH_CUT}\b", re.IGNORECASE)
_MONTH_SAID_SHORT = re.compile(rf"\b{_MONTH_CUT}(?=\.|\s\d)|(?<=\d\s){_MONTH_CUT}\b")
_BEFORE_MAY = ("\\d ", *(rf"\b{word} " for word in ("in", "by", "of", "to", "since", "until", "from", "early", "late")))
_IN_MAY = "|".join(f"(?<={before})may" for before in (*_BEFORE_MAY, "mid-"))
_MONTH_IN_SMALL = re.compile(rf"\b(?:{'|'.join(_NOT_MAY)}|may(?= \d)|{_IN_MAY})\b", re.IGNORECASE)
_MONTH_IN_DIGITS = re.compile(r"(?<![\d一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九]|十[一二]?)月(?!間)")
_KANJI_DIGITS = "一二三四五六七八九"
_IN_KANJI = {
    f"{tens}{ones}": number
    for number, (tens, ones) in enumerate(product(("", "十", "二十", "三十"), ("", *_KANJI_DIGITS)))
}
"""Days and months by their numbers."""
_HOUR = re.compile(r"(?<![\d:])(\d{1,2})(?::\d\d)? ?([ap])\.?m\b", re.IGNORECASE)
_HOUR_IN_WORDS = re.compile(
    r"(?<![\d:])(\d{1,2})(?::\d\d)?(?: o'clock)? (?:in the|at) (morning|evening|afternoon|night)"
)
_HOUR_IN_JAPANESE = re.compile(r"(午前|未明|朝|午後|夕方|(?<!深)夜|晩)(\d{1,2})時")
_HOUR_OF_EITHER_HALF = re.compile(
    r"(?<![\d:後前朝夜晩方])(?:(\d{1,2})(?=:\d\d(?! ?[ap]\.?m)|時(?!間)| o'clock)"
    r"|(?<=\bat )(\d{1,2})(?![\d:%]| ?[ap]\.?m| in the| at night))"
)
NOON_NAMED = re.compile(r"\bnoon\b|正午")
_MIDNIGHT = re.compile(r"\bmidnight\b|深夜0時|零時")
_FOLLOWED = rf"(?= (?:in )?.{{0,4}}?(?:\d{{4}}|next|this|last|the|{'|'.join(MONTHS)}))"
_SINCE_THE_BEGINNING = re.compile(r"年初来|\bsince January\b|\byear to date\b|1月から")
_DATE = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)}|{_MONTH_CUT}\.?) (?P<day>\d{{1,2}})(?=\D)"
    rf"|(?<!\d)(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month2>{'|'.join(MONTHS)}|{_MONTH_CUT})\b"
)
_DATE_IN_JAPANESE = re.compile(
    r"(?<![\d一二三四五六七八九十])(\d{1,2}|十?[一二三四五六七八九十])月(\d{1,2}|[二三]?十?[一二三四五六七八九十])日"
)
_DAY = re.compile(r"(?<![\d.,$€£¥])\d{1,2}(?![\d,.]\d|\d|[%人円時分秒年月回四]| (?:percent|people|million|billion))")
"""A day whose month stands elsewhere: "from 3 to 5 May"."""
HOUR_WORDS = CARDINALS[:12]
_HOUR_WORD = re.compile(rf"\b(?:{'|'.join(HOUR_WORDS)})\b", re.IGNORECASE)
_PARTS = {
    "early": r"\b(?:early|(?:the )?(?:beginning|start) of|first half of)FOLLOWED"
    r"|(?<=[年月度])の?(?:前半|初め|初頭|上旬|上半期)|年初(?!来)|年明け",
    "middle": r"\bmid-? ?(?=\d{4}|MONTH)|(?:the )?middle of(?= (?:\d{4}|the|MONTH))"
    r"|(?<=[年月度])の?(?:半ば|中旬|中頃|中ごろ)",
    "late": r"\b(?:late|(?:the )?end of|(?:second|latter) half of)FOLLOWED"
    r"|(?<=[年月度])の?(?:後半|末|終わり|下旬|下半期)|年末",
    "spring": r"\bspring\b|(?<=[年今来昨翌同])の?春",
    "summer": r"\bsummer\b|(?<=[年今来昨翌同])の?夏",
    "autumn": r"\b(?:autumn|fall(?= (?:of )?\d{4}))\b|(?<=[年今来昨翌同])の?秋",
    "winter": r"\bwinter\b|(?<=[年今来昨翌同])の?冬",
    "first half": r"\bfirst[ -]half\b|上半期|上期",
    "second half": r"\b(?:second|latter)[ -]half\b|下半期|下期",
    "first quarter": r"\bfirst[ -]quarter\b|第[1一]四半期|\b(?:Q1|1Q)\b",
    "second quarter": r"\bsecond[ -]quarter\b|第[2二]四半期|\b(?:Q2|2Q)\b",
    "third quarter": r"\bthird[ -]quarter\b|第[3三]四半期|\b(?:Q3|3Q)\b",
    "fourth quarter": r"\bfourth[ -]quarter\b|第[4四]四半期|\b(?:Q4|4Q)\b",
    "this year": r"\bthis year\b|今年|本年",
    "last year": r"\b(?:last|previous|prior|preceding) year\b|\byear (?:earlier|ago|before)\b"
    r"|\byear[ -]on[ -]year\b|昨年|去年|前年",
    "next year": r"\b(?:next|following|coming) year\b|来年|翌年",
    "this month": r"\bthis month\b|今月",
    "last month": r"\b(?:last|previous|prior) month\b|\bmonth (?:earlier|ago|before)\b"
    r"|\bmonth[ -]on[ -]month\b|先月|前月",
    "next month": r"\b(?:next|following|coming) month\b|来月|翌月",
    "this week": r"\bthis week\b|今週",
    "last week": r"\b(?:last|previous) week\b|\bweek (?:earlier|ago|before)\b|先週|前週",
    "next week": r"\b(?:next|following|coming) week\b|来週|翌週",
    "today": r"\btoday\b|今日|本日|きょう",
    "yesterday": r"\byesterday\b|昨日|きのう",
    "tomorrow": r"\btomorrow\b|明日|あす",
    "noon": r"\bnoon\b|正午",
    "midnight": r"\bmidnight\b|真夜中|零時",
}
_PART = {
    part: re.compile(pattern.replace("FOLLOWED", _FOLLOWED).replace("MONTH", "|".join(MONTHS)), re.IGNORECASE)
    for part, pattern in _PARTS.items()
}


def _weekdays_spelt(text: str, *patterns: re.Pattern[str]) -> Iterator[str]:
    for pattern in (_WEEKDAY, *patterns):
        cut = (match[0][:3].capitalize() for match in pattern.finditer(text))
        yield from (next(day for day in WEEKDAYS if day.startswith(start)) for start in cut)
    for match in _WEEKDAYS_IN_KANJI.finditer(text):
        signs = "土日" if match["weekend"] else "月火水木金" if match["workdays"] else match["named"] or match["beside"]
        yield from (WEEKDAYS[WEEKDAYS_IN_KANJI.index(sign)] for sign in signs if sign in WEEKDAYS_IN_KANJI)


def _weekdays(text: str) -> Iterator[str]:
    yield from _weekdays_spelt(text, _WEEKDAY_SAID_SHORT)


def _weekdays_given(text: str) -> Iterator[str]:
    yield from _weekdays_spelt(text, _WEEKDAY_SHORT)


def _months(text: str) -> Iterator[str]:
    yield from _of_cut(match[0] for pattern in (_MONTH, _MONTH_SAID_SHORT) for match in pattern.finditer(text))


def year_of_era(era: str, year: str) -> int:
    """The year of our calendar that a year of an era is, in digits or 元, which is the first."""
    return ERAS[era] + (1 if year == "元" else int(year))


def months(text: str) -> Iterator[str]:
    """The months that a text names, by their names, those cut short too, or by their numbers."""
    yield from _of_cut(
        match[0] for pattern in (_MONTH, _MONTH_IN_SMALL, _MONTH_ABBREVIATED) for match in pattern.finditer(text)
    )
    found = [match[1] for match in _MONTH_IN_DIGITS.finditer(text)]
    numbers = (int(each) if each.isdecimal() else _IN_KANJI[each] for each in found)
    yield from (MONTHS[number - 1] for number in numbers if 1 <= number <= len(MONTHS))


def _of_cut(found: Iterable[str]) -> Iterator[str]:
    by_start = {month[:3]: month for month in MONTHS}
    yield from (by_start[each[:3].capitalize()] for each in found)


def _hours(text: str) -> Iterator[int]:
    """Hours of the day from 0, of those whose half of the day is said."""
    yield from (int(hour) % NOON + (NOON if half in "pP" else 0) for hour, half in _HOUR.findall(text))
    for half, hour in _HOUR_IN_JAPANESE.findall(text):
        yield int(hour) % NOON + (0 if half in ("午前", "未明", "朝") else NOON)
    for hour, part in _HOUR_IN_WORDS.findall(text):
        yield int(hour) % NOON + (0 if part == "morning" else NOON)


def _hours_given(text: str) -> Iterator[int]:
    """The same, with both of those whose half isn't said."""
    yield from _hours(text)
    for hour in (int(one or other) for one, other in _HOUR_OF_EITHER_HALF.findall(text)):
        yield from (hour,) if hour > NOON else (hour % NOON, hour % NOON + NOON)
    yield from (NOON for _ in NOON_NAMED.finditer(text))
    yield from (0 for _ in _MIDNIGHT.finditer(text))


def _dates(text: str) -> Iterator[tuple[str, str]]:
    """Days of months: the month's name, and the day in digits."""
    for match in _DATE.finditer(text):
        (month,) = _of_cut([match["month"] or match["month2"]])
        yield month, (match["day"] or match["day2"]).lstrip("0")
    for found in _DATE_IN_JAPANESE.findall(text):
        number, day = (int(each) if each.isdecimal() else _IN_KANJI.get(each, 0) for each in found)
        if 1 <= number <= len(MONTHS):
            yield MONTHS[number - 1], str(day)


def _parts(text: str) -> Iterator[str]:
    yield from (part for part, pattern in _PART.items() if pattern.search(text))


def _parts_given(text: str) -> Iterator[str]:
    yield from _parts(text)
    yield from ("early" for _ in _SINCE_THE_BEGINNING.finditer(text))


_WORD = re.compile(r"[A-Za-z]+")
_WORD_AT_END = re.compile(r"(?<![A-Za-z])[A-Za-z]+\Z")

_PARTS_OF_DAY = {
    "morning": r"\bmorning\b|朝(?![鮮日食])|午前|未明|明け方|\bdawn\b|\bearly hours\b",
    "afternoon": r"\bafternoon\b|午後|昼",
    "evening": r"\b(?:evening|tonight)\b|夕方|(?<!深)夜|晩",
    "night": r"\b(?:night|overnight|tonight)\b|夜|晩|未明",
}
_PART_OF_DAY = {part: re.compile(pattern) for part, pattern in _PARTS_OF_DAY.items()}


def _parts_of_day(text: str) -> Iterator[str]:
    yield from (part for part, pattern in _PART_OF_DAY.items() if pattern.search(text))


_KINDS: tuple[tuple[Callable[[str], Iterator[object]], Callable[[str], Iterator[object]]], ...] = (
    (_weekdays, _weekdays_given),
    (_months, months),
    (_hours, _hours_given),
    (_parts, _parts_given),
)
"""What a saying may name, and what is given of it."""


class NamedTimes:
    """The times that a text names."""

    def __init__(self, text: str) -> None:
        text = unicodedata.normalize("NFKC", text)
        self._dates = frozenset(_dates(f"{text}\n"))
        self._days = frozenset(_DAY.findall(_DATE_IN_JAPANESE.sub("", _DATE.sub("", text))))
        text = _HOUR_WORD.sub(lambda word: str(HOUR_WORDS.index(word[0].lower()) + 1), text)
        self._given = [frozenset(given(text)) for _, given in _KINDS]
        self._parts_of_day = frozenset(() if tuple(_hours_given(text)) else _parts_of_day(text))
        """Where no hour tells them."""
        mayors = ("Mayor",) if "長" in text else ()
        self._words = frozenset([*_WORD.findall(text), *mayors])

    def allows(self, said: str, *, finished: bool = True) -> bool:
        """Whether `said` names no other; a day at its end may still be growing where it isn't `finished`."""
        said = unicodedata.normalize("NFKC", said) + ("\n" if finished else "")
        begun = _WORD_AT_END.search(said)
        if begun and any(word.startswith(begun[0]) and word != begun[0] for word in self._words):
            said = said[: begun.start()]  # it may be "Marchetti"
        parts = frozenset(_parts_of_day(said))
        if parts and self._parts_of_day and parts.isdisjoint(self._parts_of_day):
            return False
        if not all(date in self._dates or date[1] in self._days for date in _dates(said)):
            return False
        return all(given.issuperset(named(said)) for (named, _), given in zip(_KINDS, self._given, strict=True))
