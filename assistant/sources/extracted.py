"""What a file or page gives: its text, and its title and date where it tells them; and how those are written.

Which kind a file is, and what reads it, is for `extraction.py`.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from assistant.errors import ArticleError
from assistant.text.dates import read_date

__all__ = [
    "BYTE_ORDER_MARKS",
    "CJK",
    "CONTROL",
    "Extracted",
    "decoded",
    "is_readable",
    "known_date",
    "known_title",
    "no_text",
    "not_of_kind",
    "paragraphs_text",
    "tidy",
    "written_day",
]

CJK = "\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uffef"
"""Characters that Japanese sets without blanks between them, to stand in brackets of a regular expression."""
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""What a file may begin with that tells its encoding."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""Characters that no text has."""
UNREADABLE_SHARE = 0.05
"""Of characters that are none, from which what holds them is no text."""
BEGINNING = 60
"""Characters of a paragraph that are shown to tell which it is."""
FIRST_YEAR = 1980
"""Older dates of files are clocks that weren't set."""
DAY_CHARACTERS = 100
"""What is longer tells no day alone."""

_BLANKS = re.compile(r"[^\S\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f]")
_FILE = re.compile(r"\.(?:docx?|pdf|x?html?|txt|md|rtf|odt|indd|pages|tex|dvi|ps|eml|mhtml?|epub)$", re.IGNORECASE)
_PROGRAM = re.compile(r"^Microsoft (?:Word|PowerPoint) - ")
_UNNAMED = re.compile(
    r"^(?:untitled|word document|document|無題|名称未設定|文書|タイトルなし)[\s\d.-]*$", re.IGNORECASE
)
_HOUR = re.compile(r"(?:\s+at)?[T,\s]+(?:(?:午前|午後|[ap]\.?m\.?)\s*)?\d{1,2}\s*[:時].*", re.IGNORECASE | re.DOTALL)
"""What is written behind a day to tell the time of it."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file or page, paragraphs separated by blank lines; its title and its date, "" where unknown.

    Attributes:
        date: written YYYY-MM-DD.
        lost: the paragraphs of a page that are not in the text, where they are much of what it says.
        whole: all that a page says, links alone aside; "" for what is no page.
    """

    text: str
    title: str = ""
    date: str = ""
    lost: tuple[str, ...] = ()
    whole: str = ""

    @property
    def first_lost(self) -> str:
        """How the first of the paragraphs begins that aren't in the text."""
        first = self.lost[0] if self.lost else ""
        return first if len(first) <= BEGINNING else first[:BEGINNING].rstrip() + "…"

    @property
    def entire(self) -> "Extracted":
        """The same with all that the page says for its text."""
        return Extracted(self.whole or self.text, self.title, self.date)


def no_text(name: str) -> ArticleError:
    """The error that a file has no text."""
    return ArticleError(
        "{name} has no text in it. If it holds pictures of a text, type or paste the text instead.", name=name
    )


def not_of_kind(name: str, kind: str) -> ArticleError:
    """The error that a file isn't of the kind that it is called."""
    return ArticleError(
        "{name} is no {kind} file, though it is called one. Save it anew, or choose another file.", name=name, kind=kind
    )


def decoded(data: bytes, encoding: str) -> str | None:
    """`data` in an encoding; None where it isn't in that, or there is no such."""
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None


def is_readable(text: str) -> bool:
    """Whether hardly any of its characters are none: else it is no text, or in no known encoding."""
    unreadable = len(CONTROL.findall(text)) + text.count("\ufffd")
    return unreadable <= UNREADABLE_SHARE * len(text)


def tidy(text: str) -> str:
    """`text` on one line, without blanks around it and without characters that can't be seen.

    The full-width blank stays: Japanese separates words with it.
    """
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def paragraphs_text(paragraphs: Iterable[str]) -> str:
    """`paragraphs` as the text of an article; empty ones are left out."""
    return "\n\n".join(filter(None, map(tidy, paragraphs)))


def known_title(title: str | None) -> str:
    """`title` where it is one; "" for what programs write there: a file's name, "untitled"."""
    title = tidy(_PROGRAM.sub("", title or ""))
    if _FILE.search(title) or _UNNAMED.match(title) or not re.search(r"[^\W\d_]", title):
        return ""
    return title


def known_date(found: date | datetime | None) -> str:
    """`found` as YYYY-MM-DD, in the time zone it was written in; "" where no article can be of that day."""
    if found is None:
        return ""
    day = found.date() if isinstance(found, datetime) else found
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    return day.isoformat() if day.year >= FIRST_YEAR and day <= tomorrow else ""


def written_day(written: str) -> str:
    """The day that `written` is, with a time perhaps, as `known_date` gives it; "" where it is none, or says more."""
    written = written.strip()
    if len(written) > DAY_CHARACTERS:
        return ""
    with suppress(ValueError):
        return known_date(datetime.fromisoformat(written))
    return known_date(read_date(_HOUR.sub("", written)))
