"""Which blocks of an HTML page are its article, begun from those that trafilatura takes for it.

It leaves out what stands in no paragraph, in a second container, or is full of links; and lets in what a page says of
itself. Both are told by where a block stands among the others, how much of it is links, and what it is called.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.sources.html.dates import is_date_line
from assistant.sources.html.notices import is_notice, is_pointer
from assistant.sources.html.page import CELL, HEADINGS, Block, weight
from assistant.sources.html.places import PROSE, Page, Places, common_element, is_prose, path
from assistant.text.language import KANA
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["article_blocks"]

CORE_SHARE = 0.5
"""Share of the text found by which an element is where the article stands."""
MAIN_SHARE = 0.8
"""Share of the text above which an element holds all of it but what may be about the site."""
CORE_DEPTH = 4
"""How far up from a paragraph that element is looked for."""
VERSION_SHARE = 0.4
"""How much a version in the other language says, at least, of what the first one does."""
MOST_SUMMARIES = 2
"""More paragraphs between headline and text are no standfirst, but captions or other articles."""
SOME_POINTERS = 2
"""Links to other articles in a row that have a heading of their own."""
REPEATED = 40
"""Least weight of what is said once more elsewhere (a pull quote) and needs no second reading."""
SEARCHED = 1_000_000_000
"""Most characters that are searched for the blocks' texts; a page of usual size has a hundredth of it."""

_BLANKS = re.compile(r"\s+")
_NAMED_SUMMARY = re.compile(
    r"summary|stand-?first|subtitle|sub-?head|\bdek\b|\bdeck\b|\blead?e?\b|intro|excerpt|abstract|description",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’「」『』"


def article_blocks(tree: "_Element", blocks: Sequence[Block], found: "_Element", headline: str) -> list[Block]:
    """The blocks of the article among those of a page.

    Args:
        found: what trafilatura took for the article.
        headline: the title of the page.
    """
    page = Page(tree, blocks)
    kept = {n for n in _found(blocks, found) if not (page.is_junk(blocks[n].element) or page.is_caption(blocks[n]))}
    if kept:
        kept = _completed(page, kept, headline)
        kept |= _other_language(page, kept)
        kept |= _headings_of(page, kept)
    return _without_furniture([blocks[number] for number in sorted(kept)], page.is_polite)


def _found(blocks: Sequence[Block], found: "_Element") -> set[int]:
    """The numbers of the blocks whose text is in `found`; short ones are looked for as a piece of it alone."""
    text = _squeezed("".join(found.itertext()))
    pieces = {_squeezed("".join(element.itertext())) for element in found.iter()} | set(
        map(_squeezed, found.itertext())
    )
    own = [_squeezed(block.text.replace(CELL, "")) for block in blocks]
    parts = text if len(own) * len(text) <= SEARCHED else ""
    return {number for number, each in enumerate(own) if each in pieces or (weight(each) >= PROSE and each in parts)}


def _core(page: Page, found: set[int]) -> set[int]:
    """The paragraphs of `found` that stand where most of its text does."""
    prose = {number for number in found if is_prose(page.blocks[number])} or found
    weights: Counter[_Element] = Counter()
    for number in prose:
        for element in path(page.blocks[number].element):
            weights[element] += weight(page.blocks[number].text)
    most = CORE_SHARE * weights[page.tree]
    paths = {number: path(page.blocks[number].element)[:CORE_DEPTH] for number in prose}
    core = {number for number, path in paths.items() if any(weights[each] >= most for each in path)} or prose
    largest = max(core, key=lambda number: weights[page.blocks[number].element.getparent()])
    around = page.around([largest])
    core = {number for number in core if not page.is_odd(number, around)}
    return core - _behind_the_end(page, core, weights)


def _behind_the_end(page: Page, core: set[int], weights: "Counter[_Element]") -> set[int]:
    """Those of the last of `core` that stand apart from nearly all of the text, behind a list of links."""
    most = MAIN_SHARE * sum(weight(page.blocks[number].text) for number in core)
    mains = [each for each in path(page.blocks[min(core)].element) if weights[each] >= most] if core else []
    if not mains:
        return set()
    inside = {number for number in core if mains[0] in path(page.blocks[number].element)}
    last = max(inside, default=0)
    links = [
        number for number in range(last + 1, max(core)) if page.blocks[number].links and is_pointer(page.blocks[number])
    ]
    return {number for number in core if len(links) >= SOME_POINTERS and number > links[SOME_POINTERS - 1]} - inside


def _completed(page: Page, found: set[int], headline: str) -> set[int]:
    """Those of `found` that are of the article, with what else stands in their places, and its standfirst."""
    core = _core(page, found)
    first = min(core)
    titles = [n for n in range(first) if page.blocks[n].tag in HEADINGS and _says(page.blocks[n].text, headline)]
    start = max(titles, default=0)
    common = common_element(page.blocks[number].element for number in (core | {start} if titles else core))
    places = Places(page.blocks, core, common)
    around = page.around(core)
    last = max(core)
    homes = (n for n in found if n > last and places.is_home(page.blocks[n]))
    last = max((n for n in homes if ends_sentence(page.blocks[n].text)), default=last)
    own = {n for n in range(start, len(page.blocks)) if n in core or not page.is_foreign(n, around)}
    own -= {n for n in own - found if any(each.tag == "aside" for each in path(page.blocks[n].element))}
    while first - 1 in own and _is_statement(page.blocks[first - 1]) and places.is_home(page.blocks[first - 1]):
        first -= 1
    between = {n for n in own if first <= n <= last and (n in found or places.has(page.blocks[n]))}
    behind = {
        n for n in own if n > last and places.has(page.blocks[n]) and (n in found or ends_sentence(page.blocks[n].text))
    }
    before = {n for n in own if n < first and n in found and (titles or places.has(page.blocks[n]))}
    summaries = {n for n in own - before if n < first and titles and _is_standfirst(page.blocks[n])}
    if len(summaries) <= MOST_SUMMARIES:
        before |= {n for n in summaries if common in path(page.blocks[n].element)}
    return before | between | behind


def _other_language(page: Page, kept: set[int]) -> set[int]:
    """The numbers of the paragraphs that say in the other language what `kept` do."""
    own = [number for number in kept if is_prose(page.blocks[number])]
    size = sum(weight(page.blocks[number].text) for number in own)
    japanese = sum(weight(page.blocks[number].text) for number in own if _is_japanese(page.blocks[number].text))
    if min(japanese, size - japanese) > VERSION_SHARE * max(japanese, size - japanese):
        return set()
    around = page.around(own)
    others = {
        number
        for number, block in enumerate(page.blocks)
        if number not in kept
        and weight(block.text) >= PROSE / 2
        and ends_sentence(block.text)
        and _is_japanese(block.text) is (japanese < size / 2)
        and not page.is_foreign(number, around)
    }
    return others if sum(weight(page.blocks[number].text) for number in others) >= VERSION_SHARE * size else set()


def _headings_of(page: Page, kept: set[int]) -> set[int]:
    """The numbers of headings that stand right before some of `kept`, in one part of the page with them."""
    found: set[int] = set()
    for number in reversed(range(len(page.blocks) - 1)):
        block, below = page.blocks[number], page.blocks[number + 1]
        leads = (number + 1 in kept or number + 1 in found) and block.element.getparent() in path(below.element)
        is_heading = block.tag in HEADINGS and not is_pointer(block) and not page.is_junk(block.element)
        if leads and is_heading and number not in kept:
            found.add(number)
    return found


def _says(text: str, headline: str) -> bool:
    bare, title = _squeezed(text), _squeezed(headline)
    return bool(bare) and (bare == title or (len(bare) > len(title) / 2 and (bare in title or title in bare)))


def _is_standfirst(block: Block) -> bool:
    """Whether what stands between headline and text says what the article does, and not who wrote it when."""
    size = weight(block.text)
    named = any(
        _NAMED_SUMMARY.search(f"{each.get('class', '')} {each.get('id', '')}") for each in path(block.element)[:2]
    )
    return size >= PROSE and (is_prose(block) or block.tag in HEADINGS or named)


def _is_statement(block: Block) -> bool:
    """Whether a block is a sentence of some length, though it be a link."""
    return block.tag not in HEADINGS and (
        is_prose(block) or (weight(block.text) >= PROSE and ends_sentence(block.text))
    )


def _squeezed(text: str) -> str:
    """`text` without blanks, as it is compared."""
    return _BLANKS.sub("", text)


def _is_japanese(text: str) -> bool:
    return bool(KANA.search(text))


def _without_furniture(blocks: list[Block], polite: bool) -> list[Block]:
    """Without links to other articles, what the page says of itself, what is said twice, and headings of nothing."""
    behind = _pointers_behind(blocks)
    kept = [block for block, follows in zip(blocks, behind, strict=True) if _is_text(block, follows, polite)]
    kept = _without_datelines(kept)
    counts = Counter(_squeezed(block.text) for block in kept)
    text = "\n".join(counts) if len(counts) * sum(map(len, counts)) <= SEARCHED else ""
    once: set[str] = set()
    unique = []
    for block in kept:
        own = _squeezed(block.text)
        is_long = weight(own) >= REPEATED and block.tag != "tr"
        if not (is_long and (own in once or (_is_quoted(block) and text.count(own.strip(_QUOTES)) > 1))):
            unique.append(block)
        once.add(own)
    while len(unique) > 1 and unique[-1].tag in HEADINGS and not ends_sentence(unique[-1].text):
        unique.pop()
    return unique


def _without_datelines(blocks: list[Block]) -> list[Block]:
    """Without the lines before and behind the text that say when it was written; those amid it may be of it."""
    dated = [block.tag not in HEADINGS | {"li", "tr", "dt", "dd"} and is_date_line(block.text) for block in blocks]
    text = [n for n, block in enumerate(blocks) if block.tag not in HEADINGS and not dated[n]]
    return [block for n, block in enumerate(blocks) if not dated[n] or (text and text[0] < n < text[-1])]


def _pointers_behind(blocks: list[Block]) -> list[int]:
    """How many links to other articles follow right behind each block."""
    counts, run = [], 0
    for block in reversed(blocks):
        counts.append(run)
        run = run + 1 if is_pointer(block) else 0
    return counts[::-1]


def _is_text(block: Block, pointers: int, polite: bool) -> bool:
    """Whether a block with so many links to other articles behind it is text, and neither one nor their heading."""
    if is_pointer(block) or is_notice(block, polite):
        return False
    return pointers < SOME_POINTERS or ends_sentence(block.text) or weight(block.text) >= PROSE


def _is_quoted(block: Block) -> bool:
    """Whether a block stands apart from the text, as a quotation of it may."""
    return any(each.tag in ("blockquote", "aside") for each in path(block.element)[:3])
