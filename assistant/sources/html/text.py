"""The article on an HTML page, through trafilatura: no navigation, related links, captions, notices or scripts."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

from assistant.errors import ArticleError
from assistant.sources.extracted import Extracted, known_date, known_title, paragraphs_text, tidy
from assistant.sources.html.article import article_blocks
from assistant.sources.html.cleaning import join_lines, make_readable
from assistant.sources.html.data import article_body, article_date, is_data
from assistant.sources.html.dates import date_in_address, date_in_markup, date_in_view, is_date_line
from assistant.sources.html.encoding import decode_html
from assistant.sources.html.notices import ERROR, is_error, is_excuse, is_notice, is_pointer, is_polite
from assistant.sources.html.page import HEADINGS, Block, bare, blocks_of, parse_page, weight
from assistant.sources.html.places import is_prose, path

if TYPE_CHECKING:
    from lxml.etree import _Element
    from trafilatura.settings import Document

__all__ = ["extract_html", "whole_page"]

LEAST_CHARACTERS = "30"
"""Shorter texts are looked for once more, on all of the page; a news flash in Japanese has not many more."""
DATA_SHARE = 0.5
"""A page that shows less than this of the text that it holds as data shows no article."""

LOST_SHARE = 0.3
"""Share of a page's paragraphs from which it is told that they aren't in the text.

Of 60 pages that are read well, four have as much beside their article.
"""

TITLE = 1000
"""Characters of a title in which the name of the site is looked for."""

_HOME = re.compile(r"(?:https?://[^/?#]+)?(?:\.{0,2}/)*(?:index\.\w+)?$", re.IGNORECASE)
_BORDER = re.compile(r"(?<!\s)\s*[-–—|｜:：/／•·«»‹›<>＜＞【】（(]\s*")


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
    metadata = _metadata(deepcopy(tree))
    named_date = _named_date(deepcopy(tree), metadata.title or "")
    data_body, written_title = article_body(tree), tree.findtext(".//title") or ""
    join_lines(tree, written_title or metadata.title or "")
    make_readable(tree)
    blocks = list(blocks_of(tree))
    headline = _headline(metadata.title or "", written_title, metadata.sitename or "", blocks)
    kept = _article(tree, blocks, headline)
    body = [block.text for block in kept if block.tag not in HEADINGS and not is_excuse(block.text)]
    if sum(map(weight, body)) < DATA_SHARE * sum(map(weight, data_body)):
        paragraphs = data_body
    elif body and not (sum(map(weight, body)) <= ERROR and _tells_an_error([headline, written_title], blocks)):
        paragraphs = [block.text for block in kept]
    else:
        raise _no_article(name)
    title = known_title(headline)
    others = [paragraph for paragraph in paragraphs if bare(paragraph) != bare(title)]
    found = named_date or _date_beside(blocks, kept, headline) or date_in_address(metadata.url or "")
    text = paragraphs_text([title, *others])
    if not text:  # what there was can't be seen
        raise _no_article(name)
    return Extracted(text, title, known_date(found), _lost(blocks, [title, *others]), _whole(blocks, title, others))


def whole_page(page: str) -> Iterator[Block]:
    """All that is read on a page, in reading order: for what is article from its first word to its last."""
    tree = parse_page(page)
    if tree is not None:
        make_readable(tree)
        yield from blocks_of(tree)


def _metadata(tree: "_Element") -> "Document":
    """What a page says of itself: title, site, address, date. Changes `tree`."""
    from trafilatura.metadata import extract_metadata

    return extract_metadata(tree, date_config={"original_date": True, "extensive_search": False})


def _named_date(tree: "_Element", title: str) -> date | None:
    """The date that a page names in its head, its data or its address; none out of its text. Changes `tree`.

    Of its data those of the article count, where it is told which they are, and not of a film or a comment beside it.
    """
    published = article_date(tree, title)
    for script in filter(is_data, tree.iter("script")) if published else ():
        script.text = json.dumps({"datePublished": published})
    for body in tree.iter("body"):
        data = list(filter(is_data, body.iter("script")))
        body.clear()
        body.extend(data)
    try:
        found = _metadata(tree).date
        return date.fromisoformat(found) if found else None
    except ValueError:
        return None


def _article(tree: "_Element", blocks: list[Block], headline: str) -> list[Block]:
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", LEAST_CHARACTERS)
    found = bare_extraction(deepcopy(tree), include_comments=False, config=config)
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return article_blocks(tree, blocks, found.body, headline)


def _date_beside(blocks: list[Block], kept: list[Block], headline: str) -> date | None:
    """The date that marks name for the article, else that in view beside it."""
    own = set(map(id, kept))
    numbers = [number for number, block in enumerate(blocks) if id(block) in own]
    text = [n for n in numbers if blocks[n].tag not in HEADINGS and not is_date_line(blocks[n].text)]
    if not text:
        return None
    if named := date_in_markup(blocks[text[0]].element):
        return named
    titles = [n for n in range(text[0]) if blocks[n].tag in HEADINGS and bare(blocks[n].text) == bare(headline)]
    return date_in_view(blocks, max(titles, default=text[0]), text[0], numbers[-1])


def _lost(blocks: Sequence[Block], paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The paragraphs of a page that aren't among those taken, where they are much of it; not what it says of itself."""
    taken = set(map(bare, paragraphs))
    polite = is_polite(block.text for block in blocks)
    prose = dict.fromkeys(block.text for block in blocks if is_prose(block) and not is_notice(block, polite))
    lost = tuple(each for each in prose if bare(each) not in taken)
    size = sum(map(weight, lost))
    return lost if size > LOST_SHARE * (size + sum(map(weight, paragraphs))) else ()


def _whole(blocks: Sequence[Block], title: str, paragraphs: Sequence[str]) -> str:
    """All that is read on a page but links alone, each once, below its title and what was taken from its data."""
    said = [block.text for block in blocks if not is_pointer(block)]
    in_view = set(map(bare, said))
    hidden = [paragraph for paragraph in paragraphs if bare(paragraph) not in in_view]
    once = dict.fromkeys(each for each in (*hidden, *said) if bare(each) != bare(title))
    return paragraphs_text([title, *once])


def _tells_an_error(titles: Sequence[str], blocks: Sequence[Block]) -> bool:
    """Whether the title of a page, or the heading over it, says that there is no such page."""
    headings = (block.text for block in blocks if block.tag == "h1")
    return any(is_error(part) for title in (*titles, *headings) for part in _parts(title[:TITLE]))


def _no_article(name: str) -> ArticleError:
    return ArticleError(
        "No article was found on {name}. Open the page in a browser, copy the text of the article and add that.",
        name=name,
    )


def _headline(title: str, written: str, site: str, blocks: list[Block]) -> str:
    """The title without the name of the site beside it, by the headings of the page or by what it calls itself.

    Args:
        title: what the page says its title is.
        written: what stands in <title>, for where that is cut, or the site's name alone.
    """
    title, written, site = tidy(title), tidy(written), tidy(site)
    names = {"", bare(site), *(bare(block.text) for block in blocks if _is_way_home(block))}
    headings = {bare(block.text) for block in blocks if block.tag in ("h1", "h2")} - names
    is_cut = bool(_BORDER.search(title)) and not any(bare(title) in heading for heading in headings)
    for whole in (title, written) if is_cut or bare(title) in names else (title,):
        found = [part for part in _parts(whole[:TITLE]) if bare(part) in headings]
        if found:
            return max(found, key=weight)
    if bare(title) in names:
        title = written or title
    rest = title.removesuffix(site) if site else title
    return re.sub(r"\s*[-–—|｜:：/／•·]\s*$", "", rest) if rest and rest != title else title


def _parts(title: str) -> Iterator[str]:
    """A title, what it begins and ends with, and what stands between two borders of it."""
    yield title
    for border in _BORDER.finditer(title):
        yield title[: border.start()]
        yield title[border.end() :]
    yield from _BORDER.split(title)


def _is_way_home(block: Block) -> bool:
    """Whether a block is a link to the first page of its site, as the name of that is."""
    if len(block.links) != 1 or block.links[0] != block.text:
        return False
    around = (*path(block.element), *block.element.iter("a"))
    return any(_HOME.match(each.get("href")) for each in around if each.tag == "a" and each.get("href"))
