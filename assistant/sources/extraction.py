"""Files and pages to texts: tells which kind one is, and has what is no plain text read by a process of its own.

A broken or hostile file then can't take this process along, stop it or fill its memory, and a question that is
answered meanwhile loses no time to it. Reading files is for `inputs.py`, fetching pages for `web.py`.
"""

import json
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import ArticleError
from assistant.processes import command_of, environment
from assistant.sources.extracted import Extracted, is_readable, not_of_kind
from assistant.sources.plain_text import extract_markdown, extract_text

__all__ = ["MEDIA_TYPES", "SUFFIXES", "Extracted", "Kind", "extract"]

SECONDS = 30
"""Longest time that reading one file may take; a hundred pages take a few."""
MEMORY_BYTES = 3_000_000_000
"""Most address space of the process that reads it, where the system can limit that."""
TEXT_CHARACTERS = 10_000_000
"""Longest text taken out of one file."""
BEGINNING = 10_000
"""Bytes of a file in which it is seen to be a page; a licence may stand before."""


class Kind(StrEnum):
    """What a file is; the value is what a message calls it."""

    TEXT = "text"
    MARKDOWN = "Markdown"
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "Word"
    EPUB = "EPUB"
    MAIL = "EML"


SUFFIXES = {
    ".txt": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".epub": Kind.EPUB,
    ".eml": Kind.MAIL,
    ".mhtml": Kind.MAIL,
    ".mht": Kind.MAIL,
}
"""How the names of files end that can be read."""
MEDIA_TYPES = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "application/pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
    "application/epub+zip": Kind.EPUB,
    "message/rfc822": Kind.MAIL,
    "multipart/related": Kind.MAIL,
    "text/plain": Kind.TEXT,
    "text/markdown": Kind.MARKDOWN,
}
"""What servers call them."""
_OLD_WORD = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_EPUB = b"mimetypeapplication/epub+zip"
"""What a book begins with, behind the head of its first part."""
_BEFORE_MARKUP = rb"^(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+"
"""Comments, and what says that it is XML."""
_HTML = re.compile(_BEFORE_MARKUP + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
"""What pages begin with."""
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml\s|" + _BEFORE_MARKUP + rb"<(?:rss|feed|rdf:RDF)\s[^<>]*=", re.DOTALL)
"""What feeds and other data begin with; no text does."""
_MAIL = re.compile(
    rb"^(?:From: <Saved by |(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID):)", re.IGNORECASE
)
"""What mails begin with, and hardly a text."""
_CHARSET = re.compile(r"""\bcharset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_OTHERS = ("image/", "audio/", "video/", "font/")


def extract(data: bytes, name: str, media_type: str = "") -> Extracted:
    """The text, title and date of a file or page; those of a plain text are all text.

    Args:
        name: what messages call it; how it ends tells its kind where `data` and `media_type` don't.
        media_type: what a server says that it is, with its character set.

    Raises:
        ArticleError: it is empty, broken, locked, of no kind that can be read, or has no text in it.
    """
    if not data.strip(b"\0\t\n\r "):
        raise ArticleError("{name} is empty. Choose another file, or paste the text of the article.", name=name)
    kind = _kind(data, name, media_type)
    if kind is Kind.TEXT:
        return extract_text(data, name)
    charset = _CHARSET.search(media_type)
    return _read_apart(kind, data, name, charset.group(1) if charset else "")


def _kind(data: bytes, name: str, media_type: str) -> Kind:
    """What the bytes are by their beginning, else what the server says, else what the name says."""
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    media = media_type.partition(";")[0].strip().lower()
    path = urlsplit(name).path if name.startswith(("http://", "https://")) else name
    named = MEDIA_TYPES.get(media) or SUFFIXES.get(PurePath(path).suffix.lower())
    if data.startswith(_ZIP):
        return Kind.EPUB if named is Kind.EPUB or _EPUB in data[:100] else Kind.DOCX
    if data.startswith(_OLD_WORD) or media.startswith(_OTHERS):
        raise _of_no_kind(name)
    if named in (Kind.PDF, Kind.DOCX, Kind.EPUB):
        raise not_of_kind(name, named)
    if named is None and _MAIL.search(data):
        return Kind.MAIL
    if named in (None, Kind.TEXT, Kind.MARKDOWN) and media != "text/plain":
        if _HTML.search(data[:BEGINNING]):
            return Kind.HTML
        if _XML.search(data[:BEGINNING]):
            raise _of_no_kind(name)
    return named or Kind.TEXT


def _of_no_kind(name: str) -> ArticleError:
    return ArticleError(
        "{name} is of no kind that can be read. Save the article as .docx, .pdf, .html or .txt.", name=name
    )


def _read_apart(kind: Kind, data: bytes, name: str, charset: str) -> Extracted:
    command = command_of("assistant.sources.extraction", kind, name, charset)
    try:
        done = subprocess.run(
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), timeout=SECONDS
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ArticleError(
            "{name} took more than {seconds} seconds to read. Save the text of the article alone, or paste it.",
            name=name,
            seconds=SECONDS,
        ) from error
    except OSError as error:
        raise ArticleError(
            "{name} can't be read: no process could be started for it ({reason}). Close other programs and "
            "try again, or paste the text of the article.",
            name=name,
            reason=error.strerror,
        ) from error
    except ValueError as error:
        raise _unreadable(kind, name) from error
    if "template" in answer:
        raise ArticleError(answer["template"], **answer["values"])
    return Extracted(**answer | {"lost": tuple(answer["lost"])})


def _unreadable(kind: Kind, name: str) -> ArticleError:
    return ArticleError(
        "The {kind} file {name} is broken: it can't be read. Save it anew, or paste the text of the article.",
        kind=kind,
        name=name,
    )


def _broken(kind: Kind, name: str, why: Exception) -> ArticleError:
    return ArticleError(
        "The {kind} file {name} is broken: {reason}. Save it anew, or paste the text of the article.",
        kind=kind,
        name=name,
        reason=_reason(why),
    )


def _reason(why: Exception) -> str:
    if isinstance(why, RecursionError):
        return "it is nested too deep"
    return " ".join(str(why).split()) or type(why).__name__


def _main(kind: Kind, name: str, charset: str) -> None:
    """Reads standard input and writes what is on it, or why it can't be read, as JSON."""
    _limit()
    answer: dict[str, Any]
    try:
        found = _read(kind, sys.stdin.buffer.read(), name, charset)
        if len(found.text) > TEXT_CHARACTERS:
            raise ArticleError(
                "{name} has {size:,} characters of text; at most {limit:,} are read. "
                "Take out what is not part of the article.",
                name=name,
                size=len(found.text),
                limit=TEXT_CHARACTERS,
            )
        if not is_readable(found.text):
            raise _unreadable(kind, name)
        answer = asdict(found)
    except Exception as error:  # whatever the libraries make of a broken file
        told = error if isinstance(error, ArticleError) else _broken(kind, name, error)
        answer = {"template": told.template, "values": told.values}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit() -> None:
    """Holds this process to its memory and its time, should the one that started it be gone."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _read(kind: Kind, data: bytes, name: str, charset: str) -> Extracted:
    if kind is Kind.HTML:
        from assistant.sources.html.text import extract_html

        return extract_html(data, name, charset)
    if kind is Kind.PDF:
        from assistant.sources.pdf.text import extract_pdf

        return extract_pdf(data, name)
    if kind is Kind.EPUB:
        from assistant.sources.epub.text import extract_epub

        return extract_epub(data, name)
    if kind is Kind.MARKDOWN:
        return extract_markdown(data, name)
    if kind is Kind.MAIL:
        from assistant.sources.mail import extract_mail

        return extract_mail(data, name, SUFFIXES)
    from assistant.sources.docx.text import extract_docx

    return extract_docx(data, name)


if __name__ == "__main__":
    _main(Kind(sys.argv[1]), *sys.argv[2:4])
