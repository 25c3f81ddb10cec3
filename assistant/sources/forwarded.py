"""Where a mail that forwards another has that one in its text, and what the lines above it say of it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.sources.extracted import tidy, written_day
from assistant.sources.html.page import weight

__all__ = ["NOTE_SHARE", "Forward", "bare_subject", "find_forward", "says_forwarded"]

NOTE_SHARE = 0.5
"""A note above what is forwarded says less than this share of it; else it is the text itself."""
HEAD_LINES = 30
"""Most lines of such a head: addresses may take several."""
FORWARDS = 5
"""Most times that one text was forwarded."""

_ANSWERED = re.compile(r"^(?:(?:re|fwd?|返信|転送)\s*[:：]\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(r"(?:fwd?|転送)\s*[:：]", re.IGNORECASE)
_BORDER = re.compile(r"\W{0,40}(?:[-_=]{2}|.{0,40}(?:\bforwarded message\b|転送))", re.IGNORECASE)
_SAYS_FORWARDED = re.compile(r"\bforwarded\b|転送", re.IGNORECASE)
_FIELDS = {
    "from": ("From", "差出人", "送信者", "送信元"),
    "date": ("Date", "Sent", "日付", "日時", "送信日時", "送信日"),
    "subject": ("Subject", "件名"),
    "to": ("To", "宛先", "送信先"),
    "other": ("Cc", "CC", "Bcc", "BCC", "Reply-To", "返信先", "Attachments", "添付ファイル", "Importance", "重要度"),
}
_KINDS = {name: kind for kind, names in _FIELDS.items() for name in names}
_FIELD = re.compile(
    rf"[>\s*|]*(?P<field>{'|'.join(_KINDS)})[*\s|]*[:：][*|\s]*(?P<said>.*)",
    re.DOTALL,
)
"""A line of a head, quoted perhaps, bold in a plain text or a row of a table."""
_NEEDED = {"date", "subject", "to"}
"""Of these a head has two at least, beside who it is from."""


class Forward(NamedTuple):
    """What is forwarded.

    Attributes:
        start: the number of its first line.
        subject: its own, as it is written; "" where that isn't told.
        date: when it was sent, as YYYY-MM-DD; "" where that isn't told.
    """

    start: int
    subject: str
    date: str


def bare_subject(subject: str) -> str:
    """A subject without what programs put before it, as Re: and Fwd:."""
    return _ANSWERED.sub("", tidy(subject))


def says_forwarded(subject: str) -> bool:
    """Whether a mail with this subject forwards another."""
    begins = _ANSWERED.match(tidy(subject))
    return begins is not None and bool(_FORWARDED.search(begins[0]))


def find_forward(lines: Sequence[str], subject: str) -> Forward | None:
    """What a mail forwards, the innermost where that forwards another; None for other mails, answers among them.

    Args:
        lines: the text of the mail, blank lines too where it is a plain one.
        subject: of the mail.
    """
    found = None
    for _ in range(FORWARDS):
        start, said = (found.start, found.subject) if found else (0, subject)
        inner = _first(lines[start:], said)
        if not inner:
            break
        found = inner._replace(start=start + inner.start)
    return found


def _first(lines: Sequence[str], subject: str) -> Forward | None:
    number = 0
    while number < len(lines):
        fields, end = _head(lines, number)
        if "from" in fields and len(fields.keys() & _NEEDED) > 1:
            is_forward = _is_forwarded(lines[:number], lines[end:], subject)
            told = Forward(end, fields.get("subject", ""), written_day(fields.get("date", "")))
            return told if is_forward else None
        number = max(end, number + 1)
    return None


def _head(lines: Sequence[str], start: int) -> tuple[dict[str, str], int]:
    """The fields of the head that begins with a line, and the number of the line behind it."""
    fields: dict[str, str] = {}
    end = start
    for number in range(start, min(start + HEAD_LINES, len(lines))):
        line = lines[number]
        if field := _FIELD.fullmatch(line):
            fields.setdefault(_KINDS[field["field"]], tidy(field["said"]))
        elif not fields or (line.strip() and not _goes_on(line)):
            break
        end = number + 1
    return fields, end


def _goes_on(line: str) -> bool:
    """Whether a line goes on with the field above it: it is set in, or has more addresses."""
    return line[:1].isspace() or bool(re.search(r"<[^<>\s]+@[^<>\s]+>", line))


def _is_forwarded(above: Sequence[str], below: Sequence[str], subject: str) -> bool:
    """Whether what is below a head is forwarded, with at most a note above it, and not answered."""
    note = [line for line in above if re.search(r"\w", line)]
    border = note.pop() if note and _BORDER.match(note[-1]) else ""
    if note and not says_forwarded(subject) and not _SAYS_FORWARDED.search(border):
        return False
    size = sum(map(weight, below))
    return size > 0 and sum(map(weight, note)) <= NOTE_SHARE * size
