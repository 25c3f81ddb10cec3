"""The date of an article in marks on it, in view beside it, or in its address, where its page names none otherwise."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from assistant.sources.html.page import HEADINGS, Block, weight
from assistant.sources.html.places import path
from assistant.text.dates import CLOCK, MONTH_NAME, dates_in, day_of, without_dates
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["date_in_address", "date_in_markup", "date_in_view", "is_date_line"]

LINE = 120
"""Most weight of a line that tells when and by whom an article was written; a date in a longer one is the text's."""
WORDS = 24
"""Most weight of what may stand beside the date in a line that is of it alone."""
BEFORE = 4
"""How many blocks before a headline, or behind the text, are looked at."""

_CHANGED = re.compile(r"updated?|modified|edited|corrected|更新|修正|改訂|訂正", re.IGNORECASE)
_WRITTEN = re.compile(r"publi|posted|created|first|公開|掲載|配信|投稿|発行|作成", re.IGNORECASE)
_LABELLED = re.compile(rf"\W*(?:{_CHANGED.pattern}|{_WRITTEN.pattern})", re.IGNORECASE)
_PUBLISHED = {"datePublished", "schema:datePublished"}
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d{2})"
_IN_ADDRESSES = (
    re.compile(rf"{_YEAR}(?P<s>[-/_.]?)(?P<month>\d{{2}})(?P=s)(?P<day>\d{{2}})(?!\d)"),
    re.compile(rf"{_YEAR}(?P<s>[-/_])(?P<month>\d{{1,2}}|{MONTH_NAME})(?P=s)(?P<day>\d{{1,2}})(?!\d)", re.IGNORECASE),
)


def date_in_markup(element: "_Element") -> date | None:
    """The day of publication that marks on a page name (microdata, RDFa) for the article that `element` is of."""
    for item in filter(_is_item, path(element)):
        named = (each for each in item.iter() if _PUBLISHED & {each.get("itemprop"), each.get("property")})
        own = (each for each in named if next(filter(_is_item, path(each)), None) is item)
        for each in own:
            written = each.get("content") or each.get("datetime") or "".join(each.itertext())
            for _, day in dates_in(unicodedata.normalize("NFKC", written)):
                return day
    return None


def _is_item(element: "_Element") -> bool:
    return element.get("itemscope") is not None or element.get("typeof") is not None


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
    """The day that an address names, as in /2026/02/09/, /20260209-fees or /2026/feb/9/."""
    found = (form.search(address) for form in _IN_ADDRESSES)
    return next((day for day in (day_of(each) for each in found if each) if day), None)


def is_date_line(text: str) -> bool:
    """Whether a line says when an article was written, and nothing else; a sentence does if it begins with a label."""
    if weight(text) > LINE:
        return False
    rest, dated = without_dates(unicodedata.normalize("NFKC", text))
    rest = CLOCK.sub("", rest)
    if not dated or weight(re.sub(r"[\W\d]+|年|月|日", "", rest)) > WORDS:
        return False
    return not ends_sentence(CLOCK.sub("", text)) or bool(_LABELLED.match(rest)) or not re.search(r"[^\W\d]", rest)


def _dated(block: Block) -> Iterator[tuple[int, date]]:
    """The dates of a line, each with how little it looks like the one on which the article was published."""
    written = [element.get("datetime", "") for element in block.element.iter("time")]
    for index, text in enumerate([block.text, *written]):
        normal = unicodedata.normalize("NFKC", text)
        for start, day in dates_in(normal):
            yield _doubt(block.text if index else normal[:start]), day


def _may_be_dated(block: Block) -> bool:
    """Whether a block may be a line about the article; headings and sentences are of its text."""
    if block.tag in HEADINGS or weight(block.text) > LINE:
        return False
    return not ends_sentence(CLOCK.sub("", block.text)) or is_date_line(block.text)


def _doubt(before: str) -> int:
    """0 where what stands before a date says that the article was published then, 2 where it was changed, else 1."""
    changed = max((found.end() for found in _CHANGED.finditer(before)), default=-1)
    written = max((found.end() for found in _WRITTEN.finditer(before)), default=-1)
    return 1 if changed == written else 0 if written > changed else 2
