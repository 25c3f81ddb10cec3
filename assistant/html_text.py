"""The article on an HTML page, through trafilatura: no navigation, related links, captions, notices or scripts."""

import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from assistant.errors import ArticleError
from assistant.extracted import CJK, Extracted, known_date, known_title, paragraphs_text, tidy
from assistant.html_encoding import decode_html

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["extract_html"]

LEAST_CHARACTERS = "30"
"""Shorter texts are looked for once more, on all of the page; a news flash in Japanese has not many more."""
_READING = re.compile(r"<r[tp]\b[^>]{0,200}>[^<]{0,100}(?:</r[tp]\s*>)?", re.IGNORECASE)
_BROKEN_JAPANESE = re.compile(rf"(?<=[{CJK}])[ \t]*\r?\n[ \t]*(?=[{CJK}])")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_BEFORE_SITE = re.compile(r"^\s*[-–—|｜:：/／•·«»<>＜＞【（(]")
_HOLDS_BLOCKS = {"body", "div", "list", "quote", "table"}


def extract_html(data: bytes, name: str, charset: str = "") -> Extracted:
    """The article on a page, its headline first. Takes a fraction of a second; loading trafilatura takes one.

    Args:
        charset: encoding that the server named.

    Raises:
        ArticleError: there is no article on it.
    """
    for library in ("trafilatura", "htmldate"):  # what they find strange on a page is no message for the user
        logging.getLogger(library).addHandler(logging.NullHandler())
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", LEAST_CHARACTERS)
    found = bare_extraction(
        _prepared(decode_html(data, charset)),
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "extensive_search": False},
        config=config,
    )
    if found is None or isinstance(found, dict) or found.body is None:
        raise _no_article(name)
    paragraphs = list(filter(None, map(tidy, _blocks(found.body))))
    if not paragraphs:
        raise _no_article(name)
    title = known_title(_headline(found.title or "", found.sitename or "", paragraphs))
    text = paragraphs_text([title, *(paragraph for paragraph in paragraphs if paragraph != title)])
    return Extracted(text, title, _date(found.date))


def _prepared(page: str) -> str:
    """Without readings above characters, line breaks inside Japanese, or an encoding that is past; as trafilatura asks.

    It takes what begins otherwise for no page where it has a single element.
    """
    page = _BROKEN_JAPANESE.sub("", _READING.sub("", _XML_DECLARATION.sub("", page)))
    return page if "html" in page[:50].lower() else f"<html>{page}"


def _no_article(name: str) -> ArticleError:
    return ArticleError(
        "No article was found on {name}. Open the page in a browser, copy the text of the article and add that.",
        name=name,
    )


def _blocks(element: "_Element") -> Iterator[str]:
    """The paragraphs, headings, list items and table rows below `element`, in reading order."""
    if element.tag == "row":
        yield " | ".join(filter(None, (tidy(" ".join(_lines(cell))) for cell in element)))
    elif element.tag in _HOLDS_BLOCKS and len(element):
        yield element.text or ""
        for child in element:
            yield from _blocks(child)
            yield child.tail or ""
    else:
        yield from _lines(element)


def _lines(element: "_Element") -> list[str]:
    """The text of `element`, cut at its line breaks."""
    return _plain(element).split("\n")


def _plain(element: "_Element") -> str:
    own = (element.text or "").replace("\n", " ") if isinstance(element.tag, str) else ""
    inner = "".join(_plain(child) + (child.tail or "").replace("\n", " ") for child in element)
    return ("\n" if element.tag == "lb" else "") + own + inner


def _headline(title: str, site: str, paragraphs: list[str]) -> str:
    """The title without the name of the site behind it."""
    title, site = tidy(title), tidy(site)
    if title.startswith(paragraphs[0]) and _BEFORE_SITE.match(title[len(paragraphs[0]) :]):
        return paragraphs[0]
    bare = title.removesuffix(site) if site else title
    return re.sub(r"\s*[-–—|｜:：/／•·]\s*$", "", bare) if bare and bare != title else title


def _date(found: str | None) -> str:
    try:
        return known_date(date.fromisoformat(found)) if found else ""
    except ValueError:
        return ""
