"""The text of a book or article in EPUB: all of its documents in reading order, without its tables of contents."""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import TYPE_CHECKING

from assistant.sources.epub.parts import Book
from assistant.sources.extracted import Extracted, known_title, no_text, paragraphs_text, written_day
from assistant.sources.html.cleaning import remove
from assistant.sources.html.encoding import decode_html
from assistant.sources.html.page import HEADINGS, XML_DECLARATION, Block, weight
from assistant.sources.html.text import whole_page
from assistant.sources.xml_parts import kind_of, parse_part

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["extract_epub"]

LINK_SHARE = 0.5
"""A document that is said to be the table of contents is, where more of its text than this is links."""
_ENTITY = re.compile(r"&(\w{2,32};)")
_OF_XML = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_LISTS = re.compile(r"\b(?:toc|landmarks|page-?list|lo[tiav])\b")
"""What a <nav> is that lists places of the book, as its type or its role says."""
_SIGNS = re.compile(r"\b(?:noteref|backlink|pagebreak)\b")
"""What an element is that is none of the text, as these say."""


def extract_epub(data: bytes, name: str) -> Extracted:
    """The text of a book with its title and the day it was published.

    Raises:
        ArticleError: it is broken, locked or no book, has no text, or is too large unpacked.
    """
    book = Book(data, name)
    text = paragraphs_text(_paragraphs(book))
    if not text:
        raise no_text(name)
    title = next(filter(None, map(known_title, book.said("title"))), "")
    return Extracted(text, title, next(filter(None, map(written_day, book.said("date", "publication"))), ""))


def _paragraphs(book: Book) -> Iterator[str]:
    for path in book.pages:
        blocks = list(whole_page(_as_html(decode_html(book.page(path)))))
        if not (path in book.contents and _is_list(blocks)):
            yield from (block.text for block in blocks)


def _is_list(blocks: list[Block]) -> bool:
    """Whether there is little more than headings and links."""
    texts = sum(weight(block.text) for block in blocks if block.tag not in HEADINGS)
    links = sum(weight(link) for block in blocks if block.tag not in HEADINGS for link in block.links)
    return links >= LINK_SHARE * texts


def _as_html(page: str) -> str:
    """An XHTML document as HTML, where an element without content isn't written as in XML; other pages as they are."""
    from lxml import etree

    written = _ENTITY.sub(_character, XML_DECLARATION.sub("", page))
    try:
        root = parse_part(written.encode("utf-8", "replace"))
    except etree.XMLSyntaxError:
        return page
    for element in root.iter("{*}*"):
        element.tag = kind_of(element)
    remove(root, [each for each in root.iter() if _is_no_text(each)])
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, method="html", encoding="unicode"))


def _is_no_text(element: "_Element") -> bool:
    """Whether an element is a list of places, points at a note, or numbers a page of the printed book."""
    role = _role(element)
    return bool(_SIGNS.search(role) or (element.tag == "nav" and _LISTS.search(role)))


def _role(element: "_Element") -> str:
    return " ".join(value for key, value in element.items() if key.rpartition("}")[2] in ("type", "role"))


def _character(entity: re.Match[str]) -> str:
    """What HTML calls by a name that XML doesn't know."""
    return entity[0] if entity[1] in _OF_XML else html5.get(entity[1], entity[0])
