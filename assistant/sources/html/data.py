"""The text of an article that an HTML page holds as data only (JSON-LD, https://schema.org/articleBody)."""

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.sources.extracted import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["article_body"]

_WRAPPED = re.compile(r"^\s*(?:(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/|//)?\s*)?", re.IGNORECASE)
"""How data are kept from old programs that would take them for markup; what stands behind them is not looked at."""
_TAG = re.compile(r"<[^<>]{1,1000}>")
_END_OF_BLOCK = re.compile(r"</(?:p|div|li|h[1-6])\s*>|<br\s*/?>", re.IGNORECASE)


def article_body(tree: "_Element") -> list[str]:
    """The paragraphs of the longest article among the data of a page; none where there is no such text."""
    found = max(_bodies(tree), key=len, default="")
    text = html.unescape(_TAG.sub("", _END_OF_BLOCK.sub("\n", found)))
    return list(filter(None, map(tidy, text.splitlines())))


def _bodies(tree: "_Element") -> Iterator[str]:
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "").lower():
            continue
        try:
            text = _WRAPPED.sub("", script.text or "", count=1)
            waiting = [json.JSONDecoder(strict=False).raw_decode(text)[0]]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                body = value.get("articleBody")
                if isinstance(body, str):
                    yield body
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
