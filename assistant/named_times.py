"""Times that are named rather than figures: weekdays, months, halves of the day, parts of a year or month.

What is said of words may name no other than they do, or the question does.
"""

import re
from collections.abc import Callable, Iterator

from assistant.language import fold

__all__ = ["MONTHS", "WEEKDAYS", "WEEKDAYS_IN_KANJI", "NamedTimes", "months"]

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_IN_KANJI = "月火水木金土日"
NOON = 12
_WEEKDAY = re.compile("|".join(WEEKDAYS), re.IGNORECASE)
_WEEKDAY_IN_KANJI = re.compile(f"([{WEEKDAYS_IN_KANJI}])曜")
_NOT_MAY = [month for month in MONTHS if month != "May"]
_MONTH = re.compile(rf"\b(?:{'|'.join(_NOT_MAY)}|may(?= \d)|(?<=\d )may)\b", re.IGNORECASE)
_MONTH_ABBREVIATED = re.compile(rf"\b({'|'.join(month[:3] for month in _NOT_MAY)}|sept)\b", re.IGNORECASE)
_MONTH_IN_DIGITS = re.compile(r"(?<!\d)(\d{1,2})月(?!間)")
_HOUR = re.compile(r"(?<![\d:])(\d{1,2})(?::\d\d)? ?([ap])\.?m\b")
_HOUR_IN_JAPANESE = re.compile(r"(午前|午後)(\d{1,2})時")
_HOUR_OF_EITHER_HALF = re.compile(
    r"(?<![\d:後前])(?:(\d{1,2})(?=:\d\d(?! ?[ap]\.?m)|時(?!間)| o'clock)|(?<=\bat )(\d{1,2})(?![\d:%]| ?[ap]\.?m))"
)
_NOON = re.compile(r"\bnoon\b|正午")
_MIDNIGHT = re.compile(r"\bmidnight\b|深夜0時|零時")
_PARTS = {
    "early": r"\b(?:early|(?:the )?(?:beginning|start) of|first half of)(?= (?:\d{4}|next|this|last|the|MONTH))"
    r"|(?<=[年月度])の?(?:前半|初め|初頭|上旬|上半期)|年初(?!来)|年明け",
    "middle": r"\bmid-? ?(?=\d{4}|MONTH)|(?:the )?middle of(?= (?:\d{4}|the|MONTH))|(?<=[年月度])の?(?:半ば|中旬|中頃)",
    "late": r"\b(?:late|(?:the )?end of|(?:second|latter) half of)(?= (?:\d{4}|next|this|last|the|MONTH))"
    r"|(?<=[年月度])の?(?:後半|末|終わり|下旬|下半期)|年末",
}
_PART = {
    part: re.compile(pattern.replace("MONTH", "|".join(MONTHS)), re.IGNORECASE) for part, pattern in _PARTS.items()
}


def _weekdays(text: str) -> Iterator[str]:
    yield from (match[0].capitalize() for match in _WEEKDAY.finditer(text))
    yield from (WEEKDAYS[WEEKDAYS_IN_KANJI.index(match[1])] for match in _WEEKDAY_IN_KANJI.finditer(text))


def _months(text: str) -> Iterator[str]:
    yield from (match[0].capitalize() for match in _MONTH.finditer(text))


def months(text: str) -> Iterator[str]:
    """The months that a text names, by their names, those cut short too, or by their numbers."""
    yield from _months(text)
    abbreviated = {month[:3]: month for month in MONTHS}
    yield from (abbreviated[match[1][:3].capitalize()] for match in _MONTH_ABBREVIATED.finditer(text))
    numbers = (int(match[1]) for match in _MONTH_IN_DIGITS.finditer(text))
    yield from (MONTHS[number - 1] for number in numbers if 1 <= number <= len(MONTHS))


def _hours(text: str) -> Iterator[int]:
    """Hours of the day from 0, of those whose half of the day is said."""
    yield from (int(hour) % NOON + (NOON if half == "p" else 0) for hour, half in _HOUR.findall(text))
    yield from (int(hour) % NOON + (NOON if half == "午後" else 0) for half, hour in _HOUR_IN_JAPANESE.findall(text))


def _hours_given(text: str) -> Iterator[int]:
    """The same, with both of those whose half isn't said."""
    yield from _hours(text)
    for hour in (int(one or other) for one, other in _HOUR_OF_EITHER_HALF.findall(text)):
        yield from (hour,) if hour > NOON else (hour % NOON, hour % NOON + NOON)
    yield from (NOON for _ in _NOON.finditer(text))
    yield from (0 for _ in _MIDNIGHT.finditer(text))


def _parts(text: str) -> Iterator[str]:
    yield from (part for part, pattern in _PART.items() if pattern.search(text))


_KINDS: tuple[tuple[Callable[[str], Iterator[object]], Callable[[str], Iterator[object]]], ...] = (
    (_weekdays, _weekdays),
    (_months, months),
    (_hours, _hours_given),
    (_parts, _parts),
)
"""What a saying may name, and what is given of it."""


class NamedTimes:
    """The times that a text names."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self._given = [frozenset(given(folded)) for _, given in _KINDS]

    def allows(self, said: str) -> bool:
        """Whether `said` names no other; of parts of years, where any is given."""
        folded = fold(said)
        for (named, _), given in zip(_KINDS, self._given, strict=True):
            is_free = named is _parts and not given
            if not is_free and not given.issuperset(named(folded)):
                return False
        return True
