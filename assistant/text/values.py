"""Words that are one value, a figure, a share, a date, a weekday or a time, said in the other language by rule.

A small model says 金曜日 of "on Thursday" every so often; what has a value needs no model. Words that are more than
one value, or of a unit that isn't known here, are left alone. What a figure is, is for `figures.py`.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assistant.text.bounds import said_with_bound, surroundings
from assistant.text.figures import CARDINALS, HALF, Figure, figures
from assistant.text.language import Language, fold
from assistant.text.named_times import ERAS, MONTHS, WEEKDAYS, WEEKDAYS_IN_KANJI, year_of_era
from assistant.text.ordinals import ORDINAL_WORDS
from assistant.text.quantities import named_shares
from assistant.text.units import PER, Spelt, spelt

__all__ = ["english_numbers", "japanese_numbers", "said_of_value"]

_COUNTED = {
    "person": Spelt(" person", " people", "人"),
    "month": Spelt(" month", " months", "か月"),
    "week": Spelt(" week", " weeks", "週間"),
    "day": Spelt(" day", " days", "日間"),
    "hour": Spelt(" hour", " hours", "時間"),
    "minute": Spelt(" minute", " minutes", "分"),
    "second": Spelt(" second", " seconds", "秒"),
}
_ENGLISH_SIGNS = {"USD": "$", "dollar": "$", "EUR": "€", "GBP": "£"}
_THOUSAND = Decimal(1000)
_SCALES = ((Decimal(10) ** 12, " trillion"), (Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million"))
_MYRIADS = ((Decimal(10) ** 12, "兆"), (Decimal(10) ** 8, "億"), (Decimal(10) ** 4, "万"))
LEAP_YEAR = 2024
WRITTEN_OUT = Decimal(10) ** 16
"""From here on a number is written in digits alone."""
SCALED_DIGITS = 4
"""A number of more digits is written out rather than in millions."""
_DURATION = re.compile(r"(?:[年月週日時分秒])間|[かカヵヶケ箇]月|月間|秒|分$|[a-z]")
_DECIMALS = re.compile(r"(?<![\d.])[\d,]+\.(\d+)(?![\d.])")
_HALVED = {"year": "年", "month": "か月", "week": "週間", "day": "日", "hour": "時間"}
"""What stands before 半 where it is half of one."""
_ODD_COMMA = re.compile(r",\d(?!\d)|,\d\d(?![\d,])|,\d{4}")
"""A comma that groups no digits, neither in threes nor as in 1,00,000: 5,6人 are five or six."""
_HALF = Fraction(1, 2)
_QUARTERS = 4
_PERIODS = ("quarter", "quarters")
"""Without a hyphen they are three months as often as parts."""
_ENGLISH_MONTH = "|".join(MONTHS)
_ENGLISH_DATE = re.compile(
    rf"(?P<in>on |in )?(?:(?P<weekday>{'|'.join(WEEKDAYS)}),? ?)?"
    rf"(?:(?:(?P<month>{_ENGLISH_MONTH})(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_ENGLISH_MONTH}))(?:,? (?P<year>\d{{4}}))?"
    r"|(?P<year2>\d{4}))?",
    re.IGNORECASE,
)
_JAPANESE_DATE = re.compile(
    rf"(?:(?:(?P<era>{'|'.join(ERAS)})(?P<era_year>\d{{1,2}}|元)|(?P<year>\d{{4}}))年)?"
    r"(?:(?P<month>\d{1,2})月)?(?:(?P<day>\d{1,2})日)?"
    r"(?:[(]?(?P<weekday>[月火水木金土日])(?:曜日?|(?=[)]))[)]?)?に?"
)
_PARTS = {"early ": "初め", "mid-": "半ば", "late ": "後半", "the end of ": "末"}
_ENGLISH_PART = re.compile(rf"(?:in |at )?(?P<part>{'|'.join(_PARTS)})(?P<year>\d{{4}})", re.IGNORECASE)
_JAPANESE_PART = re.compile(rf"(?P<year>\d{{4}})年の?(?P<part>{'|'.join(_PARTS.values())})に?")
_RELATIONS = {
    "by ": "までに",
    "until ": "まで",
    "till ": "まで",
    "from ": "から",
    "since ": "から",
    "before ": "より前",
    "after ": "より後",
}
"""What stands before an English time and behind a Japanese one; of two in English the first is said."""
_ENGLISH_TIME = re.compile(
    r"(?:at )?(?P<about>(?:about|around|roughly|approximately|some) )?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))? ?(?P<half>[ap])\.?m\.?",
    re.IGNORECASE,
)
_JAPANESE_TIME = re.compile(
    r"(?P<half>午前|午後)(?P<hour>\d{1,2})時(?:(?P<minute>\d{1,2})分|(?P<thirty>半))?(?P<about>[ごこ]ろ|頃|前後)?に?"
)


@dataclass(frozen=True, slots=True)
class _Day:
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    """From 0 for Monday."""


def said_of_value(words: str, language: Language) -> str | None:
    """What is said in the other language of `words`, which are in `language`; None where they aren't one value."""
    text = " ".join(words.split()).strip(" .。,、")
    readers = (_said_of_moment, _said_of_relation, _said_of_share, _said_of_figure)
    return next((said for reader in readers if (said := reader(text, language))), None)


def _said_of_moment(text: str, language: Language) -> str | None:
    readers = (_said_of_time, _said_of_day, _said_of_part)
    return next((said for reader in readers if (said := reader(text, language))), None)


def _said_of_relation(text: str, language: Language) -> str | None:
    """A time with what something is to it: "by Friday", 2030年まで."""
    for before, behind in _RELATIONS.items():
        if language is Language.ENGLISH and text.casefold().startswith(before):
            moment = text[len(before) :]
            said = _said_of_moment(moment, language) or _said_of_moment(f"in {moment}", language)
            return said and said + behind
        if language is Language.JAPANESE and text.endswith(behind):
            said = _said_of_moment(text.removesuffix(behind), language)
            return said and before + said
    return None


def _said_of_time(text: str, language: Language) -> str | None:
    if language is Language.ENGLISH:
        match = _ENGLISH_TIME.fullmatch(fold(text))
        if not match or not 1 <= int(match["hour"]) <= 12 or int(match["minute"] or 0) > 59:
            return None
        hour = int(match["hour"]) % 12
        minute = f"{int(match['minute'])}分" if int(match["minute"] or 0) else ""
        return f"{'午前' if match['half'] == 'a' else '午後'}{hour}時{minute}{'ごろ' if match['about'] else ''}"
    match = _JAPANESE_TIME.fullmatch(fold(text))
    if not match or int(match["hour"]) > 11 or int(match["minute"] or 0) > 59:  # 午前12時 is noon to some
        return None
    minutes = 30 if match["thirty"] else int(match["minute"] or 0)
    hour = int(match["hour"]) % 12 or 12
    clock = f"{hour}:{minutes:02}" if minutes else str(hour)
    return f"{'about ' if match['about'] else ''}{clock} {'a.m.' if match['half'] == '午前' else 'p.m.'}"


def _said_of_day(text: str, language: Language) -> str | None:
    day = _english_day(text) if language is Language.ENGLISH else _japanese_day(fold(text))
    if day is None or not _is_on_the_calendar(day):
        return None
    return _in_japanese(day) if language is Language.ENGLISH else _in_english(day)


def _is_on_the_calendar(day: _Day) -> bool:
    if day.day is not None and day.month is None:
        return False
    try:
        date(LEAP_YEAR if day.year is None else day.year, day.month or 1, day.day or 1)
    except ValueError:
        return False
    return day.month != 0 and day.day != 0


def _english_day(text: str) -> _Day | None:
    match = _ENGLISH_DATE.fullmatch(text)
    if not match or not match.group().strip():
        return None
    found = match.groupdict()
    month, day, year = (found[name] or found[f"{name}2"] for name in ("month", "day", "year"))
    weekday = WEEKDAYS.index(found["weekday"].capitalize()) if found["weekday"] else None
    is_named = bool(month and (day or year)) or (weekday is not None and not year) or bool(found["in"])
    if not is_named or (year and weekday is not None and not month):  # May or April alone may be somebody
        return None
    return _Day(
        int(year) if year else None,
        MONTHS.index(month.capitalize()) + 1 if month else None,
        int(day) if day else None,
        weekday,
    )


def _japanese_day(text: str) -> _Day | None:
    match = _JAPANESE_DATE.fullmatch(text)
    if not match or not any(match.groupdict().values()):
        return None
    year = int(match["year"]) if match["year"] else None
    if match["era"]:
        year = year_of_era(match["era"], match["era_year"])
    month, day = (int(match[name]) if match[name] else None for name in ("month", "day"))
    return _Day(year, month, day, WEEKDAYS_IN_KANJI.index(match["weekday"]) if match["weekday"] else None)


def _in_japanese(day: _Day) -> str:
    parts = [f"{number}{sign}" for number, sign in ((day.year, "年"), (day.month, "月"), (day.day, "日")) if number]
    weekday = WEEKDAYS_IN_KANJI[day.weekday] if day.weekday is not None else ""
    if not parts:
        return f"{weekday}曜日"
    return "".join(parts) + (f"（{weekday}）" if weekday else "")


def _in_english(day: _Day) -> str:
    written = MONTHS[day.month - 1] if day.month else ""
    written += f" {day.day}" if day.day else ""
    if day.year:
        written += f", {day.year}" if day.day else f" {day.year}"
    weekday = WEEKDAYS[day.weekday] if day.weekday is not None else ""
    return ", ".join(part for part in (weekday, written.strip()) if part)


def _said_of_part(text: str, language: Language) -> str | None:
    """A part of a year."""
    if language is Language.ENGLISH:
        match = _ENGLISH_PART.fullmatch(text)
        return f"{match['year']}年{_PARTS[match['part'].lower()]}" if match else None
    match = _JAPANESE_PART.fullmatch(fold(text))
    return next(f"{part}{match['year']}" for part, said in _PARTS.items() if said == match["part"]) if match else None


def _said_of_share(text: str, language: Language) -> str | None:
    """A part of a whole with its bound, where there is nothing else: "nearly two thirds", 約3割."""
    text = fold(text)
    found = list(named_shares(text))
    if len(found) != 1 or not 0 < found[0][0] < 1:
        return None
    share, match = found[0]
    kind = surroundings(text, Figure(Decimal(share.numerator), "part", match.start(), match.end(), match.end()))
    written = (_share_in_japanese if language is Language.ENGLISH else _share_in_english)(share, match[0])
    return None if written is None or kind is False else said_with_bound(written, kind, language.other)


def _share_in_japanese(share: Fraction, words: str) -> str | None:
    if share == _HALF:
        return "半分" if words == "half" else None
    if words.endswith(_PERIODS) and "-" not in words:
        return None
    return f"{share.denominator}分の{share.numerator}"


def _share_in_english(share: Fraction, words: str) -> str | None:
    if "割" in words:
        return f"{_plain(100 * Decimal(share.numerator) / Decimal(share.denominator))}%"
    if share == _HALF:
        return "half" if words not in ("半額", "折半") else None
    if share.denominator > len(ORDINAL_WORDS):
        return None
    part = "quarter" if share.denominator == _QUARTERS else ORDINAL_WORDS[share.denominator - 1]
    return f"a {part}" if share.numerator == 1 else f"{CARDINALS[share.numerator - 1]} {part}s"


def _said_of_figure(text: str, language: Language) -> str | None:
    """A figure with its bound, where there is nothing else but a counter of people or a unit."""
    is_long = text.endswith("間")
    text = text.removesuffix("間")
    found = figures(text)
    if len(found) != 1 or found[0].unit is None:
        return None
    figure = found[0]
    number = fold(text[: figure.number_end])
    if number.endswith(ORDINAL_WORDS) or _ODD_COMMA.search(number):
        return None
    kind = surroundings(text, figure)
    if kind is False:
        return None
    spelling = text[figure.start : figure.end] + ("間" if is_long else "")
    written = None if _loses_its_rate(figure, spelling) else _written(figure, spelling, language.other)
    if written is None:
        return None
    said = said_with_bound(written, kind, language.other)
    return said.replace("less than", "fewer than", 1) if figure.unit == "person" else said


def _loses_its_rate(figure: Figure, spelling: str) -> bool:
    """Whether a figure is of a time or for one, and its unit isn't: 毎秒1000トン, 100 Mbps."""
    rate = next((rate for rate in PER if spelling.startswith(rate)), "")
    is_of_time = bool(rate) and any(one.unit == figure.unit for one in figures(spelling.removeprefix(rate)))
    return is_of_time or (fold(spelling).endswith("bps") and figure.unit != "basis point")


def _written(figure: Figure, spelling: str, language: Language) -> str | None:
    unit = _COUNTED.get(figure.unit or "") or spelt(figure.unit)
    if figure.unit == "year":
        unit = Spelt(" year", " years", "年間") if language is Language.JAPANESE or _DURATION.search(spelling) else None
        unit = Spelt("", "", "") if re.search("歳|才", spelling) else unit
    elif language is Language.ENGLISH and figure.unit in ("month", "day", "hour", "minute"):
        unit = unit if _DURATION.search(spelling) else None
    if unit is None:
        return None
    if language is Language.JAPANESE:
        whole, rest = divmod(figure.value, 1)
        if figure.unit in _HALVED and whole and rest == HALF:
            return japanese_numbers(whole)[0] + _HALVED[figure.unit] + "半"
        return unit.before + _as_exact(japanese_numbers(figure.value)[0], figure, spelling) + unit.japanese
    number = _as_exact(english_numbers(figure.value)[0], figure, spelling)
    if figure.unit in _ENGLISH_SIGNS:
        is_of_tenths = re.fullmatch(r"[\d,]+\.\d", number)
        return _ENGLISH_SIGNS[figure.unit] + number + "0" * bool(is_of_tenths)
    return number + (unit.one if figure.value == 1 else unit.other)


def _as_exact(number: str, figure: Figure, spelling: str) -> str:
    """A figure's number to as many decimals as it is written with: "5.0%"."""
    written = _DECIMALS.search(fold(spelling))
    is_plain = number.replace(",", "") == _plain(figure.value).replace(",", "")
    if not written or not is_plain or Decimal(written[0].replace(",", "")) != figure.value:
        return number
    exact = f"{figure.value:,.{len(written[1])}f}"
    return exact if "," in number else exact.replace(",", "")


def english_numbers(value: Decimal) -> list[str]:
    """The spellings of a number in English, in digits, the usual one first: "230 million", "230,000,000"."""
    plain = _plain(value)
    if value >= WRITTEN_OUT:
        return [plain, plain.replace(",", "")]
    scaled = [f"{_plain(value / scale)}{word}" for scale, word in _SCALES if value >= scale]
    usual = [spelling for spelling in scaled if len(spelling.split()[0].replace(".", "")) <= SCALED_DIGITS]
    scaled += [f"{_plain(value / _THOUSAND)} thousand"] if value >= _THOUSAND and not value % _THOUSAND else []
    padded = [f"{each}0" for each in {plain, plain.replace(",", "")} if re.fullmatch(r"[\d,]+\.\d", each)]  # $3.40
    return [*usual, plain, *scaled, plain.replace(",", ""), *padded]


def japanese_numbers(value: Decimal) -> list[str]:
    """The same in Japanese, as newspapers have it: 5万2000, 2億3000万, digits alone below 10,000."""
    plain = _plain(value).replace(",", "")
    if value >= WRITTEN_OUT:
        return [plain, _plain(value)]
    single = [f"{_plain(value / scale).replace(',', '')}{sign}" for scale, sign in _MYRIADS if value >= scale]
    if value < 10**4:
        return [plain, *single]
    parts, rest = [], value
    for scale, sign in _MYRIADS:
        if whole := int(rest // scale):
            parts.append(f"{whole}{sign}")
        rest %= scale
    return ["".join(parts) + (_plain(rest).replace(",", "") if rest else ""), plain, _plain(value), *single]


def _plain(value: Decimal) -> str:
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole
