"""Leaves out what stands around the text of a PDF's pages: running heads, page numbers, what browsers print."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.extracted import tidy
from assistant.pdf_lines import APART, Line

__all__ = ["leading", "without_furniture"]

EDGE_LINES = 2
"""So many lines above and below may be what stands on every page."""
FAR = 1.6
"""A page number stands this much farther from the text than the lines of the text from each other."""

_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:page\s*|p\.?\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE)
_PRINTED = {
    "address": re.compile(r"(?:https?://|file:///|www\.)\S+"),
    "time": re.compile(r"(?=.*\d[:時]\d{2})(?=.*(?:\d[/.\-年]\s?\d{1,2}|\d{4})).{8,40}"),
    "number": re.compile(r"(?:page\s*)?\d{1,4}\s*(?:/|of)\s*\d{1,4}", re.IGNORECASE),
}
"""What browsers print above and below: the address, a day and an hour with little else, which page of how many."""


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """Without lines above or below that stand there on two pages or more, whatever their numbers, without page numbers
    and without the rows of title, address and time that browsers print."""
    pages = _by_page(lines)
    places = Counter(place for page in pages for place in {_place(line) for line in page})
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
    heights = sorted(line.y for line in page if line.downwards == downwards)
    outer = sorted(set(heights))
    outermost = {*outer[:EDGE_LINES], *outer[-EDGE_LINES:]}
    printed = _printed(page, usual)
    for line in page:
        runs_across = line.downwards != downwards
        if not (runs_across or line.y in outermost):
            yield line
        elif id(line) in printed:
            continue
        elif _PAGE_NUMBER.fullmatch(line.text):
            if not runs_across and _is_near(line, heights, usual):
                yield line
        elif places[_place(line)] < 2:
            yield line


def _by_page(lines: Sequence[Line]) -> list[list[Line]]:
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return list(pages.values())


def _place(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", tidy(line.text)), round(line.y)


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
