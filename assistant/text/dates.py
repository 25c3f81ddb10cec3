"""Days as they are written, in either language: 14 March 2026, 3/14/2026, 2026-03-14, 2026年3月14日, 令和8年3月14日."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from assistant.text.figures import Figure, figures
from assistant.text.named_times import ERAS, MONTHS, WEEKDAYS, WEEKDAYS_IN_KANJI

__all__ = ["CLOCK", "MONTH_NAME", "date_spans", "dates_in", "day_of", "read_date", "without_dates"]

_MONTHS = tuple(month[:3].lower() for month in MONTHS)
MONTH_NAME = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS).replace("Sep(?:tember)?", "Sept?(?:ember)?")
_MONTH = rf"(?P<month>{MONTH_NAME})\.?"
_NUMBER = r"[0-9〇零一二三四五六七八九十]{1,5}"
_ERA = "|".join(ERAS)
_ERA_LETTERS = {"r": "令和", "h": "平成", "s": "昭和"}
_OTHER_YEAR = rf"(?:\((?:(?:{_ERA})?(?:元|{_NUMBER})|[rhs]\d{{1,2}})年?\)\s*)?"
"""The same year otherwise counted, in brackets: 2026年(令和8年)3月14日."""
_YEAR_ENDS = rf"\s*{_OTHER_YEAR}年\s*{_OTHER_YEAR}"
_DATES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<era>{_ERA})\s*(?P<year>元|{_NUMBER}){_YEAR_ENDS}(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*日",
        r"(?<![a-z])(?P<era>[rhs])\s?(?P<year>\d{1,2})[./](?P<month>\d{1,2})[./](?P<day>\d{1,2})(?!\d)",
        rf"(?P<year>[0-9〇零一二三四五六七八九]{{4}}|二千{_NUMBER}){_YEAR_ENDS}(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*日",
        r"(?<![\d/.-])(?P<year>\d{4})\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<![\d/.-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d/.-])(?P<day>1[3-9]|2\d|3[01])[/-](?P<month>\d{1,2})[/-](?P<year>\d{4})(?!\d)",
        r"(?<![\d/.-])(?P<month>\d{1,2})[/-](?P<day>1[3-9]|2\d|3[01])[/-](?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+(?P<year>\d{{4}})(?!\d)",
        rf"(?<![a-z]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
CLOCK = re.compile(r"\d{1,2}\s*[:時]\s*\d{0,2}分?|(?<![a-z])[ap]\.?m\.?(?!\w)", re.IGNORECASE)
"""A time of the day."""
_WEEKDAY = re.compile(
    rf"^(?:{'|'.join(f'{day[:3]}(?:{day[3:]})?' for day in WEEKDAYS)})\.?,?\s+"
    rf"|(?<!\s)\s*(?:\([{WEEKDAYS_IN_KANJI}](?:曜日?)?\)|[{WEEKDAYS_IN_KANJI}]曜日?)$",
    re.IGNORECASE,
)


_BEFORE_MAY = (
    *("in", "since", "until", "by", "of", "early", "late", "last", "next", "this", "during", "through"),
    *("In", "Since", "Until", "By", "Early", "Late", "Last", "Next", "This", "During", "Through"),
)
_NAMED_MONTH = MONTH_NAME.replace(
    "May", rf"(?:{'|'.join(f'(?<={word} )' for word in _BEFORE_MAY)}|(?<=[Mm]id-)|(?<=\d ))May|May(?= \d)"
)
_WEEKDAYS = "|".join(WEEKDAYS)
_DAY_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?(?![\d:.,%]\d|%)"
_YEAR = r"(?:1[6-9]|20)\d\d(?!\d|[,.]\d|%)"
_SPANS = re.compile(
    rf"(?:(?:{_WEEKDAYS}),? )?(?<![A-Za-z])(?:{_DAY_NUMBER} (?:of )?)?(?:{_NAMED_MONTH})\b"
    rf"(?:(?<=\b[A-Z][a-z]{{2}})\.|(?<=Sept)\.)?(?: {_DAY_NUMBER})?(?:,? {_YEAR})?"
    rf"|(?<![A-Za-z])(?:{_WEEKDAYS})s?(?![A-Za-z])"
    rf"|(?:(?<![\d.,/$¥€£-])|(?<=mid-)){_YEAR}(?:-\d\d(?:-\d\d)?|/\d\d?/\d\d?)?s?(?![A-Za-z\d年-])"
    rf"|(?:(?:(?:{_ERA})(?:\d{{1,2}}|元)"
    r"|(?<!\d)\d{4}|(?<!\d)\d\d(?=年\d{1,2}月|年度))年度?(?!間)(?:\d{1,2}月(?!間))?|(?<![\d.])\d{1,2}月(?!間))"
    r"(?:\d{1,2}日(?!間))?(?:[（(].曜?[）)])?"
    rf"|(?<![\d月.])\d{{1,2}}日(?![間分目])(?:[（(].曜?[）)])?|[{WEEKDAYS_IN_KANJI}]曜日?"
)
_BARE_YEAR = re.compile(r"\d{4}")
_OF_YEAR = re.compile(r"(?<![A-Za-z])(?:in|since|the|during|from|until|by|every|early|late|its|this)\s$", re.IGNORECASE)
"""What stands before a year, whatever is behind it: "in 2020 people stayed at home"."""
_OF_NUMBER = re.compile(
    r"(?:(?<![a-z])(?:more than|at least|fewer than|less than|nearly|almost)\s|約|およそ|ほぼ|最大)$", re.IGNORECASE
)
_COUNTER = re.compile(
    r"[万億兆千棟株台個店校件社本枚頭匹回軒冊点票戸隻便種倍席食杯着足羽両機基室](?![一-龥ァ-ヶ])"
    r"|世帯|[かカヶケ箇][所国]|項目|種類|試合|作品"
    r"| (?:homes|houses|households|votes|jobs|deaths|cases|units|shares|copies|cars|vehicles|trees|seats|rooms|items)\b"
)
"""What is counted, behind a number."""


def date_spans(text: str) -> list[tuple[int, int]]:
    """Where days, months and years are named in a text, in either language: (start, end) each, in their order."""
    spans = [found.span() for found in _SPANS.finditer(text)]
    if not any(_BARE_YEAR.fullmatch(text, *span) for span in spans):
        return spans
    numbers = {one.start: one for one in figures(text)}
    return [span for span in spans if not _is_number(text, span, numbers.get(span[0]))]


def _is_number(text: str, span: tuple[int, int], figure: Figure | None) -> bool:
    """Whether four digits are a number of something rather than a year: 約2000人, "1945 people died"."""
    start, end = span
    if not _BARE_YEAR.fullmatch(text, start, end):
        return False
    before = text[max(0, start - 12) : start]
    if _OF_NUMBER.search(before):
        return True
    is_counted = figure is not None and (figure.unit is not None or figure.number_end > end)
    return bool(is_counted or _COUNTER.match(text, end)) and not _OF_YEAR.search(before)


def read_date(text: str) -> date | None:
    """The day that a text is, with its weekday perhaps; None where it says another thing, or more."""
    normal = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text).strip())
    found = (form.fullmatch(normal) for form in _DATES)
    return next((day for day in (day_of(each) for each in found if each) if day), None)


def dates_in(text: str) -> Iterator[tuple[int, date]]:
    """The days named in `text`, which is in the form NFKC, with where each begins; some by several of the forms."""
    for form in _DATES:
        for found in form.finditer(text):
            if day := day_of(found):
                yield found.start(), day


def without_dates(text: str) -> tuple[str, bool]:
    """`text`, in the form NFKC, without what is written like a day; and whether there was any."""
    rest = text
    for form in _DATES:
        rest = form.sub("", rest)
    return rest, rest != text


def day_of(found: re.Match[str]) -> date | None:
    """The day whose year, month and day were matched, with an era perhaps; None where there is no such day."""
    parts = found.groupdict()
    year = 1 if parts["year"] == "元" else _number(parts["year"])
    month = parts["month"].lower()[:3]
    era = (parts.get("era") or "").lower()
    try:
        return date(
            year + ERAS.get(_ERA_LETTERS.get(era, era), 0),
            _MONTHS.index(month) + 1 if month in _MONTHS else _number(parts["month"]),
            _number(parts["day"]),
        )
    except ValueError:
        return None


def _number(written: str) -> int:
    """A number in figures or in those of Japanese, as 二〇二六, 二千二十六 or 十二."""
    digits = {figure: str(value) for value, figure in enumerate("〇一二三四五六七八九")} | {"零": "0"}
    total, figures = 0, ""
    for character in written:
        if character in "十千":
            total += int(figures or "1") * (10 if character == "十" else 1000)
            figures = ""
        else:
            figures += digits.get(character, character)
    return total + int(figures or "0")
