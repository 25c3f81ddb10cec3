"""Where the blocks of an HTML page stand: what is around them, what that is called, and how much of it is links."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.sources.html.notices import is_notice, is_pointer, is_polite
from assistant.sources.html.page import HEADINGS, Block, weight
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["PROSE", "Page", "Places", "common_element", "is_prose", "path"]

PROSE = 40
"""Least weight of a paragraph that is told from labels by its length alone."""
MOST_LINKED = 0.5
"""Share of links above which a paragraph is a list of them."""
CAPTION = 250
"""Most weight of what stands below a picture."""
MOST_ODD = 0.4
"""Share of links and notices above which a part of a page is none of an article."""
JUNK_SHARE = 0.4
"""What holds more of a page's prose is no junk, whatever it is called."""
TEASER_LINKED = 0.2
"""Share of links above which a teaser leads to another article."""

_JUNK_TAGS = {"nav", "footer", "button", "select", "label", "figcaption", "legend", "menu", "dialog", "option"}
_JUNK_WORDS = {
    *(
        "ad",
        "ads",
        "advert",
        "advertisement",
        "promoted",
        "promotion",
        "sponsored",
        "outbrain",
        "taboola",
    ),
    *("breadcrumb", "breadcrumbs", "menu", "nav", "navbar", "navigation", "pager", "pagination", "sidebar", "toolbar"),
    *("caption", "credit", "credits", "byline", "copyright", "footer", "tags", "pullquote", "tooltip"),
    *("comment", "comments", "disqus", "share", "sharing", "sns", "consent", "cookie", "cookies", "gdpr"),
    *("login", "signup", "newsletter", "subscribe", "subscription", "modal", "popup"),
    *("popular", "ranking", "recirc", "recommend", "recommendation", "recommendations", "recommended", "related"),
    *("rollover", "trending"),
}
_PROSE_WORDS = {"banner", "social", "teaser", "topics"}
"""Names of junk, and of standfirsts, chapters and quotations of an article: these are prose with hardly a link."""
_DOUBTFUL_WORDS = {*_PROSE_WORDS, "promo", "widget"}
"""Names of junk, and of what a page builder makes all of a page of."""
_PARTS = {"li", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "tr", "blockquote", "pre", "figure"}
"""Elements that stand for what is inside of them."""
_WORD = re.compile(r"(?<!\d)[A-Z][a-z]+|(?<![A-Za-z\d])[a-z]+|[A-Z]+(?![a-z])")
"""Words of names, as article-body or articleBody; letters behind digits are of numbers of parts, as 3ad."""
_CREDIT = re.compile(r"(?:撮影|提供)\W*$|\b(?:photo(?:graph)?|image|picture|credit)s?\s*(?:by\b|:|/)|©", re.IGNORECASE)
_SENTENCE = re.compile(r"[。！？]|[^\W\d_]{3}[.!?][\"”’)]*\s")


def is_prose(block: Block) -> bool:
    """Whether it has a sentence of some length, most of it no link."""
    size = weight(block.text)
    is_text = sum(map(weight, block.links)) <= MOST_LINKED * size
    return size >= PROSE and is_text and bool(ends_sentence(block.text) or _SENTENCE.search(block.text))


@dataclass
class _Sizes:
    """The weight of text in each element, of its prose, its links, and its notices."""

    text: "Counter[_Element]" = field(default_factory=Counter)
    prose: "Counter[_Element]" = field(default_factory=Counter)
    linked: "Counter[_Element]" = field(default_factory=Counter)
    notices: "Counter[_Element]" = field(default_factory=Counter)


def _sizes(tree: "_Element", blocks: Iterable[Block], polite: bool) -> _Sizes:
    sizes = _Sizes()
    for block in blocks:
        size = weight(block.text)
        sizes.text[block.element] += size
        sizes.linked[block.element] += sum(map(weight, block.links))
        sizes.prose[block.element] += size if is_prose(block) else 0
        sizes.notices[block.element] += size if is_notice(block, polite) else 0
    for element in reversed(list(tree.iter())):
        parent = element.getparent()
        if parent is not None:
            for each in (sizes.text, sizes.prose, sizes.linked, sizes.notices):
                if each[element]:
                    each[parent] += each[element]
    return sizes


class Page:
    """The blocks of a page, and what their places say of them.

    Attributes:
        is_polite: whether its prose is in the polite style of Japanese.
    """

    def __init__(self, tree: "_Element", blocks: Sequence[Block]) -> None:
        self.tree, self.blocks = tree, blocks
        self.is_polite = is_polite(block.text for block in blocks)
        self.sizes = _sizes(tree, blocks, self.is_polite)
        self._junk: dict[_Element, bool] = {}

    def is_junk(self, element: "_Element") -> bool:
        """Whether an element, or one around it, is something else than an article by its tag or its names."""
        unknown = []
        while element is not None and element not in self._junk:
            unknown.append(element)
            element = element.getparent()
        junk = self._junk[element] if element is not None else False
        for each in reversed(unknown):
            junk = junk or self._is_called_junk(each)
            self._junk[each] = junk
        return junk

    def _is_called_junk(self, element: "_Element") -> bool:
        names = _names(element)
        called = element.tag in _JUNK_TAGS or not _JUNK_WORDS.isdisjoint(names)
        called = called or (not names.isdisjoint(_DOUBTFUL_WORDS) and not self._is_part(element, names))
        return called and self.sizes.prose[element] <= JUNK_SHARE * self.sizes.prose[self.tree]

    def _is_part(self, element: "_Element", names: set[str]) -> bool:
        """Whether an element of a doubtful name is a part of an article: by what it holds, or by those called alike."""
        text, prose, linked = (each[element] for each in (self.sizes.text, self.sizes.prose, self.sizes.linked))
        doubtful = names & _DOUBTFUL_WORDS
        if doubtful <= _PROSE_WORDS and 2 * prose > text and linked <= TEASER_LINKED * text:
            return True
        return names in self._built or (not linked and any(doubtful & each for each in self._built))

    @cached_property
    def _built(self) -> set[frozenset[str]]:
        """The names, doubtful ones among them, of elements that hold much of the page's prose together."""
        sizes: Counter[frozenset[str]] = Counter()
        for block in filter(is_prose, self.blocks):
            called = {frozenset(_names(each)) for each in path(block.element)}
            sizes.update({names: weight(block.text) for names in called if not names.isdisjoint(_DOUBTFUL_WORDS)})
        return {names for names, size in sizes.items() if size > JUNK_SHARE * self.sizes.prose[self.tree]}

    def is_caption(self, block: Block) -> bool:
        """Whether a block is all that is said in a part of the page with a picture: no sentence, or who took it."""
        part = block.element.getparent()
        if part is None or block.tag in HEADINGS or weight(block.text) > CAPTION:
            return False
        is_alone = self.sizes.text[part] == self.sizes.text[block.element] and block.element.find(".//img") is None
        return (
            is_alone
            and part.find(".//img") is not None
            and (not ends_sentence(block.text) or bool(_CREDIT.search(block.text)))
        )

    def around(self, numbers: Iterable[int]) -> "set[_Element]":
        """All elements around the blocks of `numbers`."""
        return {element for number in numbers for element in path(self.blocks[number].element)}

    def is_odd(self, number: int, around: "set[_Element]") -> bool:
        """Whether a block is in a part of the page, apart from those `around` the article, of links or notices."""
        part = _outermost(self.blocks[number].element, around)
        if part is None or part is self.blocks[number].element:
            return False
        return self.sizes.linked[part] + self.sizes.notices[part] > MOST_ODD * self.sizes.text[part]

    def is_foreign(self, number: int, around: "set[_Element]") -> bool:
        """Whether a block is certainly none of an article that `around` stand around."""
        block = self.blocks[number]
        is_furniture = is_pointer(block) or is_notice(block, self.is_polite)
        is_furniture = is_furniture or self.is_caption(block)
        return is_furniture or self.is_junk(block.element) or self.is_odd(number, around)


class Places:
    """Where the paragraphs of an article stand, and what they are called."""

    def __init__(self, blocks: Sequence[Block], prose: Iterable[int], common: "_Element | None") -> None:
        elements = [blocks[number].element for number in prose]
        self._homes = {*elements, *(element.getparent() for element in elements), common}
        self._signatures = set(map(_signature, elements))

    def is_home(self, block: Block) -> bool:
        """Whether a block, or the list or table that it is of, stands beside one of the paragraphs."""
        for element in path(block.element):
            if element in self._homes or element.getparent() in self._homes:
                return True
            if element.tag not in _PARTS:
                break
        return False

    def has(self, block: Block) -> bool:
        """Whether it does, or is a paragraph called as one of them, and so are the two elements around it."""
        return self.is_home(block) or (is_prose(block) and _signature(block.element) in self._signatures)


def _names(element: "_Element") -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:1000]
    return {word.lower() for word in _WORD.findall(names)}


def path(element: "_Element | None") -> "list[_Element]":
    """`element` and those around it, the outermost last."""
    elements = []
    while element is not None:
        elements.append(element)
        element = element.getparent()
    return elements


def common_element(elements: "Iterable[_Element]") -> "_Element | None":
    """The innermost element around all of `elements`."""
    common: list[_Element] = []
    for element in elements:
        around = path(element)
        if not common:
            common = around
            continue
        inside = set(around)
        common = [each for each in common if each in inside]
    return common[0] if common else None


def _signature(element: "_Element") -> tuple[tuple[str, str], ...]:
    """What a paragraph and the two elements around it are and are called, by which those of an article are alike."""
    return tuple((str(each.tag), each.get("class", "")) for each in path(element)[:3])


def _outermost(element: "_Element", around: "set[_Element]") -> "_Element | None":
    """The largest part of the page around `element` that holds nothing of what those `around` hold."""
    outermost = None
    for each in path(element):
        if each in around:
            break
        outermost = each
    return outermost
