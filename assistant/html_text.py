"""The article on an HTML page, through trafilatura: no navigation, related links, captions, notices or scripts."""

import logging
import re
from copy import deepcopy
from datetime import date

from assistant.errors import ArticleError
from assistant.extracted import Extracted, known_date, known_title, paragraphs_text, tidy
from assistant.html_article import article_blocks
from assistant.html_encoding import decode_html
from assistant.html_page import blocks_of, make_readable, parse_page

__all__ = ["extract_html"]

LEAST_CHARACTERS = "30"
"""Shorter texts are looked for once more, on all of the page; a news flash in Japanese has not many more."""
_BEFORE_SITE = re.compile(r"^\s*[-–—|｜:：/／•·«»<>＜＞【（(]")


def extract_html(data: bytes, name: str, charset: str = "") -> Extracted:
    """The article on a page, its headline first. Takes a fraction of a second; loading trafilatura takes one.

    Args:
        charset: encoding that the server named.

    Raises:
        ArticleError: there is no article on it.
    """
    for library in ("trafilatura", "htmldate"):  # what they find strange on a page is no message for the user
        logging.getLogger(library).addHandler(logging.NullHandler())
    tree = parse_page(decode_html(data, charset))
    if tree is None:
        raise _no_article(name)
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata
    from trafilatura.settings import use_config

    metadata = extract_metadata(
        deepcopy(tree), date_config={"original_date": True, "extensive_search": False}
    )
    make_readable(tree)
    blocks = list(blocks_of(tree))
    headline = _headline(metadata.title or "", metadata.sitename or "", [b.text for b in blocks if b.tag == "h1"] or [""])
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", LEAST_CHARACTERS)
    found = bare_extraction(deepcopy(tree), include_comments=False, config=config)
    if found is None or isinstance(found, dict) or found.body is None:
        raise _no_article(name)
    kept = article_blocks(tree, blocks, found.body, headline)
    paragraphs = [block.text for block in kept]
    if not paragraphs:
        raise _no_article(name)
    title = known_title(headline)
    text = paragraphs_text([title, *(paragraph for paragraph in paragraphs if paragraph != title)])
    return Extracted(text, title, _date(metadata.date))


def _no_article(name: str) -> ArticleError:
    return ArticleError(
        "No article was found on {name}. Open the page in a browser, copy the text of the article and add that.",
        name=name,
    )


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
