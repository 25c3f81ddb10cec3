"""The text of an e-mail (RFC 5322), as who gets it reads it: its HTML or its plain text; its subject and its date.

A page that a browser has saved as a single file (MHTML, RFC 2557) is written like one, and read as the page.
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import PurePath
from typing import cast

from assistant.errors import ArticleError
from assistant.sources.extracted import (
    CONTROL,
    Extracted,
    is_readable,
    known_date,
    known_title,
    no_text,
    not_of_kind,
    paragraphs_text,
    tidy,
)
from assistant.sources.html.encoding import decode_html
from assistant.sources.html.text import extract_html, whole_page
from assistant.sources.mail_page import mail_blocks
from assistant.sources.plain_text import extract_text

__all__ = ["extract_mail"]

HEADER_CHARACTERS = 10_000
"""What of a header is read; the longest subjects and names of files have hundreds."""
NAME_CHARACTERS = 100
"""What of an attached file's name a message shows."""
_BEFORE = b"\xef\xbb\xbf\r\n\t "
"""What mails that were copied by hand begin with."""
_QUOTED = re.compile(r"(?:>[ ]?)*")
_ANSWERED = re.compile(r"^(?:(?:re|fwd?)\s*[:：]\s*)+", re.IGNORECASE)
_SIGNATURE = "-- "
_SAVED = re.compile(r"\W*saved by\b", re.IGNORECASE)
"""How browsers name the sender of a page that they save."""
_ADDRESS = re.compile(r"<([^<>]*)>")
_LOCKED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}


class _Policy(EmailPolicy):
    """The usual one, but for headers without end: those are read in quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:HEADER_CHARACTERS]


def extract_mail(data: bytes, name: str, suffixes: Collection[str] = ()) -> Extracted:
    """The text of a mail with the title that it has itself, else its subject; its date is when it was sent.

    Of a saved page both are those of the page.

    Args:
        suffixes: how the names of files end that can be added themselves, lower case; an error points at those.

    Raises:
        ArticleError: it is no mail, is encrypted, or has no text in it.
    """
    # What `message_from_bytes` makes is of the policy's kind, which its type doesn't say.
    message = cast(EmailMessage, message_from_bytes(data.lstrip(_BEFORE), policy=_Policy()))
    if not message.keys():
        raise not_of_kind(name, PurePath(name).suffix[1:].upper() or "EML")
    is_saved = bool(_SAVED.match(sender := _raw(message, "from"))) and "@" not in sender
    unsubscribes = _ADDRESS.findall(_raw(message, "list-unsubscribe"))
    read_page = partial(_saved_page, name=name) if is_saved else partial(_mail_page, unsubscribes=unsubscribes)
    found = _found(message, name, read_page)
    if not found:
        raise _no_text(message, name, suffixes)
    title = next((part.title for part in found if part.title), _subject(message))
    if is_saved:
        return replace(found[0], title=title)
    return Extracted("\n\n".join(part.text for part in found), title, known_date(_sent(message)))


def _found(part: EmailMessage, name: str, read_page: Callable[[str], Extracted]) -> list[Extracted]:
    """The texts that are read one after the other: of several ways to write one thing the richest that has one."""
    kind = part.get_content_type()
    if part.is_attachment() or kind.startswith("message/"):
        return []
    if not part.is_multipart():
        text = _read(part, name, read_page) if kind in ("text/plain", "text/html") else Extracted("")
        return [text] if text.text.strip() else []
    parts = [cast(EmailMessage, each) for each in part.iter_parts()]
    if kind == "multipart/alternative":
        parts.sort(key=_has_page, reverse=True)
    found = (_found(each, name, read_page) for each in parts)
    if kind in ("multipart/alternative", "multipart/related"):  # of what is related the first is the text
        return next(filter(None, found), [])
    return [text for texts in found for text in texts]


def _has_page(part: EmailMessage) -> bool:
    return any(each.get_content_type() == "text/html" for each in part.walk())


def _read(part: EmailMessage, name: str, read_page: Callable[[str], Extracted]) -> Extracted:
    """The text of one part; "" where it has none."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = str(part.get_param("charset", ""))
    if not data.strip():
        return Extracted("")
    text = decode_html(data, charset)
    if not is_readable(text):
        raise ArticleError(
            "{name} is not a text in UTF-8, UTF-16 or Shift JIS. Save it as plain text in UTF-8.", name=name
        )
    text = CONTROL.sub("", text)
    if part.get_content_subtype() == "html":
        return read_page(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = "\n".join(_unflowed(text, joins=str(part.get_param("delsp", "")).lower() == "yes"))
    return extract_text(text.encode(errors="replace"), name)


def _mail_page(page: str, unsubscribes: Collection[str]) -> Extracted:
    """The text of a mail's page, with its title where it has a single one."""
    blocks = mail_blocks(page, unsubscribes)
    titles = [block.text for block in blocks if block.tag == "h1"]
    return Extracted(
        paragraphs_text(block.text for block in blocks), known_title(titles[0]) if len(titles) == 1 else ""
    )


def _saved_page(page: str, name: str) -> Extracted:
    try:
        return extract_html(page.encode(errors="replace"), name, "utf-8")
    except ArticleError:  # a page may be shorter than any article
        return Extracted(paragraphs_text(block.text for block in whole_page(page)))


def _unflowed(text: str, *, joins: bool) -> Iterator[str]:
    """The lines before they were cut (RFC 3676), with their marks of quotation.

    Args:
        joins: whether the blank that a cut line ends with is none of the text.
    """
    pieces: list[str] = []
    depth = 0
    for line in text.splitlines():
        mark = _QUOTED.match(line)
        marks = mark[0] if mark else ""
        body = line[len(marks) :].removeprefix(" ")
        if pieces and (marks.count(">") != depth or body == _SIGNATURE):
            yield "".join(pieces)
            pieces = []
        depth = marks.count(">")
        is_cut = body.endswith(" ") and body != _SIGNATURE
        pieces.append(("" if pieces else marks) + (body[:-1] if is_cut and joins else body))
        if not is_cut:
            yield "".join(pieces)
            pieces = []
    if pieces:
        yield "".join(pieces)


def _raw(message: EmailMessage, header: str) -> str:
    """A header as it was written, where bytes beyond ASCII are the text that they look like; "" without one."""
    written = next((str(value) for key, value in message.raw_items() if key.lower() == header), "")
    return decode_html(written.encode("utf-8", "surrogateescape"))


def _subject(message: EmailMessage) -> str:
    """The subject, also where characters are cut in two by its encoding (RFC 2047), or that isn't what it says."""
    written = _raw(message, "subject")
    with suppress(HeaderParseError, ValueError):
        written = "".join(
            part
            if isinstance(part, str)
            else decode_html(part, charset)
            if charset
            else part.decode("raw_unicode_escape")
            for part, charset in decode_header(written)
        )
    return known_title(_ANSWERED.sub("", tidy(written)))


def _sent(message: EmailMessage) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(_raw(message, "date"))
    return None


def _no_text(message: EmailMessage, name: str, suffixes: Collection[str]) -> ArticleError:
    """Why there is none: it is encrypted, stands in an attached file, or there is none at all."""
    if message.get_content_type() in _LOCKED:
        return ArticleError(
            "{name} is encrypted. Open it in a mail program, copy the text of the article and add that.", name=name
        )
    files = (tidy(part.get_filename() or "") for part in message.walk())
    attached = next((file for file in files if PurePath(file).suffix.lower() in suffixes), "")
    if attached:
        return ArticleError(
            "{name} has no text of its own, but an attached file: {attached}. Save that from the mail and add it.",
            name=name,
            attached=attached[-NAME_CHARACTERS:].encode("utf-8", "replace").decode(),
        )
    return no_text(name)
