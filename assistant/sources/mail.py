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
from assistant.sources.forwarded import NOTE_SHARE, Forward, bare_subject, find_forward, says_forwarded
from assistant.sources.html.encoding import decode_html
from assistant.sources.html.page import weight
from assistant.sources.html.text import extract_html, whole_page
from assistant.sources.mail_page import mail_blocks
from assistant.sources.plain_text import extract_text

__all__ = ["extract_mail"]

HEADER_CHARACTERS = 10_000
"""What of a header is read; the longest subjects and names of files have hundreds."""
SIGNATURE_LINES = 10
"""Most lines of a signature, with its mark."""
NAME_CHARACTERS = 100
"""What of an attached file's name a message shows."""
_BEFORE = b"\xef\xbb\xbf\r\n\t "
"""What mails that were copied by hand begin with."""
_QUOTED = re.compile(r"(?:>[ ]?)*")
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

    Of a mail that forwards another they are those of the other, also where that is attached to it.
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
    if not is_saved:
        found = _mail(message, name)
        if not found.text:
            raise _no_text(message, name, suffixes)
        return found
    pages = _found(message, name, partial(_saved_page, name=name))
    if not pages:
        raise _no_text(message, name, suffixes)
    return replace(pages[0], title=pages[0].title or known_title(bare_subject(_subject(message))))


def _mail(message: EmailMessage, name: str) -> Extracted:
    """What a mail says, or the mail that is attached to it says, where it forwards that with a note at most."""
    subject = _subject(message)
    unsubscribes = _ADDRESS.findall(_raw(message, "list-unsubscribe"))
    found = _found(message, name, partial(_mail_page, unsubscribes=unsubscribes, subject=subject), subject)
    text = "\n\n".join(part.text for part in found)
    if not text or says_forwarded(subject):
        attached = _attached_mails(message)
        inner = _mail(attached[0], name) if len(attached) == 1 else Extracted("")
        if weight(text) < NOTE_SHARE * weight(inner.text):
            return inner
    title = next((part.title for part in found if part.title), known_title(bare_subject(subject)))
    return Extracted(text, title, next((part.date for part in found if part.date), known_date(_sent(message))))


def _attached_mails(part: EmailMessage) -> list[EmailMessage]:
    """The mails that are attached to one; not those attached to these."""
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload()
        return [cast(EmailMessage, each) for each in payload] if isinstance(payload, list) else []
    if not part.is_multipart():
        return []
    return [mail for each in part.iter_parts() for mail in _attached_mails(cast(EmailMessage, each))]


def _found(part: EmailMessage, name: str, read_page: Callable[[str], Extracted], subject: str = "") -> list[Extracted]:
    """The texts that are read one after the other: of several ways to write one thing the richest that has one."""
    kind = part.get_content_type()
    if part.is_attachment() or kind.startswith("message/"):
        return []
    if not part.is_multipart():
        text = _read(part, name, read_page, subject) if kind in ("text/plain", "text/html") else Extracted("")
        return [text] if text.text.strip() else []
    parts = [cast(EmailMessage, each) for each in part.iter_parts()]
    if kind == "multipart/alternative":
        parts.sort(key=_has_page, reverse=True)
    found = (_found(each, name, read_page, subject) for each in parts)
    if kind in ("multipart/alternative", "multipart/related"):  # of what is related the first is the text
        return next(filter(None, found), [])
    return [text for texts in found for text in texts]


def _has_page(part: EmailMessage) -> bool:
    return any(each.get_content_type() == "text/html" for each in part.walk())


def _read(part: EmailMessage, name: str, read_page: Callable[[str], Extracted], subject: str) -> Extracted:
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
    return _plain(text, name, subject)


def _plain(text: str, name: str, subject: str) -> Extracted:
    """A plain text without its signature; of what it forwards, with title and date, where it does."""
    lines = text.splitlines()
    forward = find_forward(lines, subject)
    if forward:
        lines = lines[forward.start :]
    read = extract_text("\n".join(_without_signature(lines)).encode(errors="replace"), name)
    return _of(read, forward)


def _without_signature(lines: list[str]) -> list[str]:
    """The lines before the mark of a signature (RFC 3676, 4.3), where little and no quotation is behind that."""
    ends = [number for number, line in enumerate(lines) if line == _SIGNATURE]
    behind = [line for line in lines[ends[-1] :] if line.strip()] if ends else []
    is_signature = len(behind) <= SIGNATURE_LINES and not any(line.startswith(">") for line in behind)
    return lines[: ends[-1]] if ends and is_signature and any(map(str.strip, lines[: ends[-1]])) else lines


def _mail_page(page: str, unsubscribes: Collection[str], subject: str) -> Extracted:
    """The text of a mail's page, with its title where it has a single one; of what it forwards, where it does."""
    blocks, forward = mail_blocks(page, unsubscribes, subject)
    titles = [block.text for block in blocks if block.tag == "h1"]
    text = paragraphs_text(block.text for block in blocks)
    return _of(Extracted(text, known_title(titles[0]) if len(titles) == 1 else ""), forward)


def _of(read: Extracted, forward: Forward | None) -> Extracted:
    """What was read, with title and date of what it is forwarded from."""
    if not forward:
        return read
    return replace(read, title=read.title or known_title(bare_subject(forward.subject)), date=forward.date)


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
    return tidy(written)


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
