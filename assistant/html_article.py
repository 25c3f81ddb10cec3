"""Which blocks of an HTML page are its article, begun from those that trafilatura takes for it.

It leaves out what stands in no paragraph, in a second container, or is full of links; and lets in what a page says of
itself. Both are told by where a block stands among the others, how much of it is links, and what it is called.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.html_page import HEADINGS, Block, weight
from assistant.html_notices import is_notice, is_pointer
from assistant.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["article_blocks", "squeezed"]

PROSE = 40
"""Least weight of a paragraph that is told from labels by its length alone."""
MOST_LINKED = 0.5
"""Share of links above which a part of a page is a list of them."""
CORE_SHARE = 0.5
"""Share of the text found by which an element is where the article stands."""
CORE_DEPTH = 4
"""How far up from a paragraph that element is looked for."""
JUNK_SHARE = 0.4
"""What holds more of a page's prose is no junk, whatever it is called."""
VERSION_SHARE = 0.4
"""How much a version in the other language says, at least, of what the first one does."""
MOST_SUMMARIES = 2
"""More paragraphs between headline and text are no standfirst, but captions or other articles."""
REPEATED = 40
"""Least weight of what is said once more elsewhere (a pull quote) and needs no second reading."""

_JUNK_TAGS = set("nav footer button select label figcaption legend menu dialog option".split())
_JUNK_WORDS = set(
    "ad ads advert advertisement banner breadcrumb breadcrumbs byline caption comment comments consent cookie cookies "
    "copyright credit credits disqus footer gdpr login menu modal nav navigation navbar newsletter outbrain pager "
    "pagination popular popup promo promotion promoted pullquote ranking recirc recommend recommendation recommendations "
    "recommended related rollover share sharing sidebar signup sns social sponsored subscribe subscription taboola "
    "tags teaser toolbar tooltip topics trending widget".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BLANKS = re.compile(r"\s+")
_NAMED_SUMMARY = re.compile(
    r"summary|stand-?first|subtitle|sub-?head|\bdek\b|\bdeck\b|\blead?e?\b|intro|excerpt|abstract|description", re.IGNORECASE
)
_KANA = re.compile(r"[\u3041-\u30ff]")
_QUOTES = "\"'“”‘’「」『』"


def squeezed(text: str) -> str:
    """`text` without blanks, as it is compared."""
    return _BLANKS.sub("", text)


@dataclass
class _Sizes:
    """The weight of text in each element, of its prose, its links, and its notices."""

    text: "Counter[_Element]" = field(default_factory=Counter)
    prose: "Counter[_Element]" = field(default_factory=Counter)
    linked: "Counter[_Element]" = field(default_factory=Counter)
    notices: "Counter[_Element]" = field(default_factory=Counter)


def _sizes(tree: "_Element", blocks: Iterable[Block]) -> _Sizes:
    sizes = _Sizes()
    for block in blocks:
        size = weight(block.text)
        sizes.text[block.element] += size
        sizes.linked[block.element] += sum(map(weight, block.links))
        sizes.prose[block.element] += size if _is_prose(block) else 0
        sizes.notices[block.element] += size if is_notice(block.text) else 0
    for element in reversed(list(tree.iter())):
        parent = element.getparent()
        if parent is not None:
            for each in (sizes.text, sizes.prose, sizes.linked, sizes.notices):
                if each[element]:
                    each[parent] += each[element]
    return sizes


def _is_prose(block: Block) -> bool:
    """Whether it has a sentence of some length, most of it no link."""
    size = weight(block.text)
    return size >= PROSE and sum(map(weight, block.links)) <= MOST_LINKED * size and ends_sentence(block.text)


def _is_japanese(text: str) -> bool:
    return bool(_KANA.search(text))


class _Page:
    """The blocks of a page, and what their places say of them."""

    def __init__(self, tree: "_Element", blocks: Sequence[Block]) -> None:
        self.tree, self.blocks = tree, blocks
        self.sizes = _sizes(tree, blocks)
        self._junk: dict[_Element, bool] = {}

    def is_junk(self, element: "_Element") -> bool:
        """Whether an element, or one around it, is something else than an article by its tag or its names."""
        path = []
        while element is not None and element not in self._junk:
            path.append(element)
            element = element.getparent()
        junk = self._junk[element] if element is not None else False
        for each in reversed(path):
            junk = junk or self._is_called_junk(each)
            self._junk[each] = junk
        return junk

    def _is_called_junk(self, element: "_Element") -> bool:
        called = element.tag in _JUNK_TAGS or not _JUNK_WORDS.isdisjoint(_names(element))
        return called and self.sizes.prose[element] <= JUNK_SHARE * self.sizes.prose[self.tree]

    def core(self, found: set[int]) -> set[int]:
        """The paragraphs of `found` that stand where most of its text does."""
        prose = {number for number in found if _is_prose(self.blocks[number])} or found
        weights: Counter[_Element] = Counter()
        for number in prose:
            for element in _path(self.blocks[number].element):
                weights[element] += weight(self.blocks[number].text)
        most = CORE_SHARE * weights[self.tree]
        paths = {number: _path(self.blocks[number].element)[:CORE_DEPTH] for number in prose}
        return {number for number, path in paths.items() if any(weights[each] >= most for each in path)} or prose

    def around(self, numbers: Iterable[int]) -> "set[_Element]":
        """All elements around the blocks of `numbers`."""
        return {element for number in numbers for element in _path(self.blocks[number].element)}

    def is_odd(self, number: int, around: "set[_Element]") -> bool:
        """Whether a block is in a part of the page, apart from those `around` the article, of links or notices."""
        part = _outermost(self.blocks[number].element, around)
        if part is None or part is self.blocks[number].element:
            return False
        return self.sizes.linked[part] > MOST_LINKED * self.sizes.text[part] or self.sizes.notices[part] > 0

    def is_foreign(self, number: int, around: "set[_Element]") -> bool:
        """Whether a block is certainly none of an article that `around` stand around."""
        block = self.blocks[number]
        is_furniture = is_pointer(block) or is_notice(block.text)
        return is_furniture or self.is_junk(block.element) or self.is_odd(number, around)

    def completed(self, found: set[int], headline: str) -> set[int]:
        """Those of `found` that are of the article, with what else stands in their places, and its standfirst."""
        core = self.core(found)
        first = min(core)
        titles = [n for n in range(first) if self.blocks[n].tag in HEADINGS and _says(self.blocks[n].text, headline)]
        start = max(titles, default=0)
        common = _common(self.blocks[number].element for number in (core | {start} if titles else core))
        places = _Places(self.blocks, core, common)
        around = self.around(core)
        ends = [n for n in found if n >= max(core) and places.is_home(self.blocks[n]) and ends_sentence(self.blocks[n].text)]
        last = max([*core, *ends])
        own = {n for n in range(start, len(self.blocks)) if n in core or not self.is_foreign(n, around)}
        between = {n for n in own if first <= n <= last and (n in found or places.has(self.blocks[n]))}
        behind = {n for n in own if n > last and places.has(self.blocks[n]) and ends_sentence(self.blocks[n].text)}
        before = {n for n in own if n < first and n in found and (titles or places.has(self.blocks[n]))}
        summaries = {n for n in own - before if n < first and titles and _is_standfirst(self.blocks[n])}
        if len(summaries) <= MOST_SUMMARIES:
            before |= {n for n in summaries if common in _path(self.blocks[n].element)}
        return before | between | behind

    def other_language(self, kept: set[int]) -> set[int]:
        """The numbers of the paragraphs that say in the other language what `kept` do."""
        own = [number for number in kept if _is_prose(self.blocks[number])]
        size = sum(weight(self.blocks[number].text) for number in own)
        japanese = sum(weight(self.blocks[number].text) for number in own if _is_japanese(self.blocks[number].text))
        if min(japanese, size - japanese) > VERSION_SHARE * max(japanese, size - japanese):
            return set()
        around = self.around(own)
        others = {
            number
            for number, block in enumerate(self.blocks)
            if number not in kept
            and weight(block.text) >= PROSE / 2
            and ends_sentence(block.text)
            and _is_japanese(block.text) is (japanese < size / 2)
            and not self.is_foreign(number, around)
        }
        return others if sum(weight(self.blocks[number].text) for number in others) >= VERSION_SHARE * size else set()

    def headings_of(self, kept: set[int]) -> set[int]:
        """The numbers of headings that stand right before some of `kept`, in one part of the page with them."""
        found: set[int] = set()
        for number in reversed(range(len(self.blocks) - 1)):
            block = self.blocks[number]
            if number + 1 in kept | found and number not in kept and block.tag in HEADINGS and not is_pointer(block):
                parent = block.element.getparent()
                if parent in _path(self.blocks[number + 1].element) and not self.is_junk(block.element):
                    found.add(number)
        return found


class _Places:
    """Where the paragraphs of an article stand, and what they are called."""

    def __init__(self, blocks: Sequence[Block], prose: Iterable[int], common: "_Element | None") -> None:
        elements = [blocks[number].element for number in prose]
        self._homes = {*elements, *(element.getparent() for element in elements), common}
        self._signatures = set(map(_signature, elements))

    def is_home(self, block: Block) -> bool:
        """Whether a block stands beside one of the paragraphs."""
        return block.element in self._homes or block.element.getparent() in self._homes

    def has(self, block: Block) -> bool:
        """Whether it does, or is a paragraph called as one of them, and so are the two elements around it."""
        return self.is_home(block) or (_is_prose(block) and _signature(block.element) in self._signatures)


def _names(element: "_Element") -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:1000]
    return {word.lower() for word in _WORD.findall(names)}


def _path(element: "_Element | None") -> "list[_Element]":
    """`element` and those around it, the outermost last."""
    path = []
    while element is not None:
        path.append(element)
        element = element.getparent()
    return path


def _common(elements: "Iterable[_Element]") -> "_Element | None":
    """The innermost element around all of `elements`."""
    common: list[_Element] = []
    for element in elements:
        path = _path(element)
        if not common:
            common = path
            continue
        inside = set(path)
        common = [each for each in common if each in inside]
    return common[0] if common else None


def _signature(element: "_Element") -> tuple[tuple[str, str], ...]:
    """What a paragraph and the two elements around it are and are called, by which those of an article are alike."""
    return tuple((str(each.tag), each.get("class", "")) for each in _path(element)[:3])


def article_blocks(tree: "_Element", blocks: Sequence[Block], found: "_Element", headline: str) -> list[Block]:
    """The blocks of the article among those of a page.

    Args:
        found: what trafilatura took for the article.
        headline: the title of the page.
    """
    page = _Page(tree, blocks)
    kept = {number for number in _found(blocks, found) if not page.is_junk(blocks[number].element)}
    if kept:
        kept = page.completed(kept, headline)
        kept |= page.other_language(kept)
        kept |= page.headings_of(kept)
    return _without_furniture([blocks[number] for number in sorted(kept)])


def _found(blocks: Sequence[Block], found: "_Element") -> set[int]:
    """The numbers of the blocks whose text is in `found`; short ones are looked for as a piece of it alone."""
    text = squeezed("".join(found.itertext()))
    pieces = {squeezed("".join(element.itertext())) for element in found.iter()} | set(map(squeezed, found.itertext()))
    own = (squeezed(block.text.replace(" | ", "")) for block in blocks)
    return {number for number, each in enumerate(own) if each in pieces or (weight(each) >= PROSE and each in text)}


def _says(text: str, headline: str) -> bool:
    bare, title = squeezed(text), squeezed(headline)
    return bool(bare) and (bare == title or (len(bare) > len(title) / 2 and (bare in title or title in bare)))


def _is_standfirst(block: Block) -> bool:
    """Whether what stands between headline and text says what the article does, and not who wrote it when."""
    size = weight(block.text)
    named = any(_NAMED_SUMMARY.search(f"{each.get('class', '')} {each.get('id', '')}") for each in _path(block.element)[:2])
    return size >= PROSE and (_is_prose(block) or block.tag in HEADINGS or named)


def _outermost(element: "_Element", around: "set[_Element]") -> "_Element | None":
    """The largest part of the page around `element` that holds nothing of what those `around` hold."""
    outermost = None
    for each in _path(element):
        if each in around:
            break
        outermost = each
    return outermost


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Without links to other articles, what the page says of itself, what is said twice, and headings of nothing."""
    kept = [block for block in blocks if not is_pointer(block) and not is_notice(block.text)]
    counts = Counter(squeezed(block.text) for block in kept)
    text = "\n".join(counts)
    once: set[str] = set()
    unique = []
    for block in kept:
        own = squeezed(block.text)
        is_long = weight(own) >= REPEATED and block.tag != "tr"
        if not (is_long and (own in once or (_is_quoted(block) and text.count(own.strip(_QUOTES)) > 1))):
            unique.append(block)
        once.add(own)
    while len(unique) > 1 and unique[-1].tag in HEADINGS and not ends_sentence(unique[-1].text):
        unique.pop()
    return unique


def _is_quoted(block: Block) -> bool:
    """Whether a block stands apart from the text, as a quotation of it may."""
    return any(each.tag in ("blockquote", "aside") for each in _path(block.element)[:3])
