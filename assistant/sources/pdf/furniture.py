"""Leaves out what stands around the text of a PDF's pages: running heads, page numbers, what browsers print."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.sources.extracted import tidy
from assistant.sources.pdf.lines import APART, Line

__all__ = ["leading", "without_furniture"]

EDGE_LINES = 2
"""So many lines above and below may be what stands on every page."""
FAR = 1.6
"""A page number stands this much farther from the text than the lines of the text from each other."""

_PAGE_NUMBER = re.compile(
    r"[-–—―−\s]*(?:page\s*|p\.?\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*(?:ページ|頁))?[-–—―−\s]*", re.IGNORECASE
)
_PRINTED = {
    "address": re.compile(r"(?:https?://|file:///|www\.)\S+"),
    "time": re.compile(r"(?=.*\d[:時]\d{2})(?=.*(?:\d[/.\-年]\s?\d{1,2}|\d{4})).{8,40}"),
    "number": re.compile(r"(?:page\s*)?\d{1,4}\s*(?:/|of)\s*\d{1,4}", re.IGNORECASE),
}
"""What browsers print above and below: the address, a day and an hour with little else, which page of how many."""


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """Without lines above or below that stand there on two pages or more, page numbers, and what browsers print.

    Numbers may differ in such lines where they stand apart from the text; a number that stands near is of the text.
    """
    pages = _by_page(lines)
    places = Counter(
        place for page in pages for place in {_place(line, masked) for line in page for masked in (True, False)}
    )
    usual = leading(lines)
    return [line for page in pages for line in _text_of(page, places, usual)]


def leading(lines: Sequence[Line]) -> float:
    """How far lines of a paragraph stand apart, in sizes of their characters: what a quarter of the lines keep to."""
    gaps = sorted(
        (before.y - line.y) / line.size
        for before, line in pairwise(lines)
        if line.page == before.page and line.size == before.size and before.y - line.y > line.size / 2
    )
    return gaps[len(gaps) // 4] if gaps else 1.2


def _text_of(page: Sequence[Line], places: Counter[tuple[str, int]], usual: float) -> Iterator[Line]:
    downwards = any(line.downwards for line in page)
    outer = sorted({line.y for line in page if line.downwards == downwards})
    outermost = {*outer[:EDGE_LINES], *outer[-EDGE_LINES:]}
    printed = _printed(page, usual)
    text = sorted(
        line.y
        for line in page
        if line.downwards == downwards and not (line.y in outermost and places[_place(line, True)] > 1)
    )
    for line in page:
        runs_across = line.downwards != downwards
        if not (runs_across or line.y in outermost):
            yield line
            continue
        if id(line) in printed:
            continue
        is_near = not runs_across and _is_near(line, text, usual)
        if is_near if _PAGE_NUMBER.fullmatch(line.text) else places[_place(line, not is_near)] < 2:
            yield line


def _by_page(lines: Sequence[Line]) -> list[list[Line]]:
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return list(pages.values())


def _place(line: Line, masked: bool) -> tuple[str, int]:
    """What stands where; if `masked`, whatever its numbers are."""
    text = tidy(line.text)
    return re.sub(r"\d+", "#", text) if masked else text, round(line.y)


def _is_near(line: Line, heights: Sequence[float], usual: float) -> bool:
    """Whether `line` stands no farther from one above or below than the lines of the text do."""
    row, reach = line.size / 2, FAR * usual * line.size
    below = bisect_left(heights, line.y - row) - 1
    above = bisect_right(heights, line.y + row)
    return (below >= 0 and line.y - heights[below] <= reach) or (
        above < len(heights) and heights[above] - line.y <= reach
    )


def _printed(page: Sequence[Line], usual: float) -> set[int]:
    """The ids of the lines of the first and last rows where these have two of address, time and page number."""
    across = [line for line in page if not line.downwards]
    heights = sorted(line.y for line in across)
    rows = [[line for line in across if abs(line.y - edge) <= line.size / 2] for edge in {*heights[:1], *heights[-1:]}]
    found = [(row, _kinds(row)) for row in rows if not any(_is_near(line, heights, usual) for line in row)]
    if len({kind for _, kinds in found for kind in kinds}) < 2:
        return set()
    return {id(line) for row, kinds in found if kinds for line in row}


def _kinds(row: Sequence[Line]) -> set[str]:
    parts = [part.strip() for line in row for part in line.text.split(APART)]
    return {name for name, pattern in _PRINTED.items() if any(pattern.fullmatch(part) for part in parts)}
