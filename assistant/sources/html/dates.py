"""The date of an article that stands in view beside it, or in its address, where its page names none otherwise."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.sources.html.page import HEADINGS, Block, weight
from assistant.text.named_times import MONTHS
from assistant.text.sentences import ends_sentence

__all__ = ["date_in_address", "date_in_view", "is_date_line", "read_date"]

LINE = 120
"""Most weight of a line that tells when and by whom an article was written; a date in a longer one is the text's."""
WORDS = 24
"""Most weight of what may stand beside the date in a line that is of it alone."""
BEFORE = 4
"""How many blocks before a headline, or behind the text, are looked at."""

_MONTHS = tuple(month[:3].lower() for month in MONTHS)
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_NUMBER = r"[0-9〇零一二三四五六七八九十]{1,5}"
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988, "s": 1925}
"""The year before each begins."""
_DATES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<era>令和|平成|昭和)\s*(?P<year>元|{_NUMBER})\s*年\s*(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*日",
        r"(?<![a-z])(?P<era>[rhs])\s?(?P<year>\d{1,2})[./](?P<month>\d{1,2})[./](?P<day>\d{1,2})(?!\d)",
        rf"(?P<year>[0-9〇零一二三四五六七八九]{{4}}|二千{_NUMBER})\s*年\s*(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*日",
        r"(?<![\d/.-])(?P<year>\d{4})\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<![\d/.-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d/.-])(?P<day>1[3-9]|2\d|3[01])[/-](?P<month>\d{1,2})[/-](?P<year>\d{4})(?!\d)",
        r"(?<![\d/.-])(?P<month>\d{1,2})[/-](?P<day>1[3-9]|2\d|3[01])[/-](?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})(?!\d)",
        rf"(?<![a-z]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
_CHANGED = re.compile(r"updated?|modified|edited|corrected|更新|修正|改訂|訂正", re.IGNORECASE)
_WRITTEN = re.compile(r"publi|posted|created|first|公開|掲載|配信|投稿|発行|作成", re.IGNORECASE)
_LABELLED = re.compile(rf"\W*(?:{_CHANGED.pattern}|{_WRITTEN.pattern})", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}\s*[:時]\s*\d{0,2}分?|(?<![a-z])[ap]\.?m\.?(?!\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<s>[-/_.]?)(?P<month>\d{2})(?P=s)(?P<day>\d{2})(?!\d)")


def date_in_view(blocks: Sequence[Block], headline: int, first: int, last: int) -> date | None:
    """The date that stands beside an article.

    That is one between headline and text, else right before the headline, in the last line or right behind the text.

    Args:
        headline: number of the block that is the headline, that of the text's first where there is none.
        first, last: numbers of the first and the last block of the text.
    """
    between = list(blocks[min(headline + 1, first) : first + 1])
    above = list(reversed(blocks[max(0, headline - BEFORE) : headline]))
    below = [block for block in blocks[max(first, last - 1) : last + 1 + BEFORE] if not block.links]
    for lines in (between, above, below):
        dates = [found for block in lines if _may_be_dated(block) for found in _dated(block)]
        if dates:
            return min(dates, key=lambda each: each[0])[1]
    return None


def date_in_address(address: str) -> date | None:
    """The day that an address names, as in /2026/02/09/ or /20260209-fees."""
    found = _ADDRESS.search(address)
    return _day(found) if found else None


def read_date(text: str) -> date | None:
    """The day that a text is, as 2026-03-14, 14 March 2026 or 令和8年3月14日; None where it is none, or says more."""
    normal = unicodedata.normalize("NFKC", text).strip()
    found = (form.fullmatch(normal) for form in _DATES)
    return next((day for day in (_day(each) for each in found if each) if day), None)


def is_date_line(text: str) -> bool:
    """Whether a line says when an article was written, and nothing else; a sentence does if it begins with a label."""
    if weight(text) > LINE:
        return False
    rest = unicodedata.normalize("NFKC", text)
    dated = False
    for form in _DATES:
        rest, count = form.subn("", rest)
        dated = dated or bool(count)
    rest = _TIME.sub("", rest)
    if not dated or weight(re.sub(r"[\W\d]+|年|月|日", "", rest)) > WORDS:
        return False
    return not ends_sentence(_TIME.sub("", text)) or bool(_LABELLED.match(rest)) or not re.search(r"[^\W\d]", rest)


def _dated(block: Block) -> Iterator[tuple[int, date]]:
    """The dates of a line, each with how little it looks like the one on which the article was published."""
    written = [element.get("datetime", "") for element in block.element.iter("time")]
    for index, text in enumerate([block.text, *written]):
        normal = unicodedata.normalize("NFKC", text)
        for form in _DATES:
            for found in form.finditer(normal):
                day = _day(found)
                if day is not None:
                    yield _doubt(block.text if index else normal[: found.start()]), day


def _may_be_dated(block: Block) -> bool:
    """Whether a block may be a line about the article; headings and sentences are of its text."""
    if block.tag in HEADINGS or weight(block.text) > LINE:
        return False
    return not ends_sentence(_TIME.sub("", block.text)) or is_date_line(block.text)


def _doubt(before: str) -> int:
    """0 where what stands before a date says that the article was published then, 2 where it was changed, else 1."""
    changed = max((found.end() for found in _CHANGED.finditer(before)), default=-1)
    written = max((found.end() for found in _WRITTEN.finditer(before)), default=-1)
    return 1 if changed == written else 0 if written > changed else 2


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    year = 1 if parts["year"] == "元" else _number(parts["year"])
    month = parts["month"].lower()[:3]
    try:
        return date(
            year + _ERAS.get((parts.get("era") or "").lower(), 0),
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
