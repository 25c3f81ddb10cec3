"""What an HTML page holds of its article as data (JSON-LD, https://schema.org/Article): its text, its date."""

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.sources.extracted import tidy
from assistant.sources.html.page import bare

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["article_body", "article_date", "is_data"]

DAY = 10
"""Characters of a date that is written YYYY-MM-DD."""

_WRAPPED = re.compile(r"^\s*(?:(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/|//)?\s*)?", re.IGNORECASE)
"""How data are kept from old programs that would take them for markup; what stands behind them is not looked at."""
_ARTICLE = re.compile(r"(?:Article|BlogPosting)$")
_TAG = re.compile(r"<[^<>]{1,1000}>")
_END_OF_BLOCK = re.compile(r"</(?:p|div|li|h[1-6])\s*>|<br\s*/?>", re.IGNORECASE)


def article_body(tree: "_Element") -> list[str]:
    """The paragraphs of the longest article among the data of a page; none where there is no such text."""
    bodies = (body for each in _objects(tree) if isinstance(body := each.get("articleBody"), str))
    text = html.unescape(_TAG.sub("", _END_OF_BLOCK.sub("\n", max(bodies, key=len, default=""))))
    return list(filter(None, map(tidy, text.splitlines())))


def article_date(tree: "_Element", title: str) -> str:
    """When the article of a page was published, as its data write it; "" where they don't tell which is the article.

    That is the one whose headline is in `title`, else any where all are of one day.
    """
    dated = [each for each in _objects(tree) if _is_article(each) and isinstance(each.get("datePublished"), str)]
    headlines = [bare(str(each.get("headline") or "")) for each in dated]
    own = [each for each, headline in zip(dated, headlines, strict=True) if headline and headline in bare(title)]
    days = {each["datePublished"][:DAY] for each in dated}
    found = own or (dated if len(days) == 1 else [])
    return str(found[0]["datePublished"]) if found else ""


def _is_article(value: dict[str, Any]) -> bool:
    types = value.get("@type")
    return any(
        isinstance(each, str) and _ARTICLE.search(each) for each in (types if isinstance(types, list) else [types])
    )


def is_data(element: "_Element") -> bool:
    """Whether an element holds data of a page."""
    return element.tag == "script" and "ld+json" in element.get("type", "").lower()


def _objects(tree: "_Element") -> Iterator[dict[str, Any]]:
    """All objects in the data of a page, outer ones before those inside of them."""
    for script in filter(is_data, tree.iter("script")):
        try:
            text = _WRAPPED.sub("", script.text or "", count=1)
            waiting = deque([json.JSONDecoder(strict=False).raw_decode(text)[0]])
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.popleft()
            if isinstance(value, dict):
                yield value
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
