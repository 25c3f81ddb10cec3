"""Cuts a text into paragraphs, in offsets into the text as given; nothing is normalised away."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.language import KANA, Span
from assistant.text.scripts import is_function_word, language_of
from assistant.text.sentences import ends_sentence

__all__ = ["paragraph_spans"]

NARROWEST, WIDEST = 22, 100
"""Widths of wrapped lines, in columns; those of Japanese may be less."""
NARROWEST_JAPANESE = 24
ALIKE, ALIKE_JAPANESE = 30, 14
"""By how much the widths of wrapped lines differ, at most, in columns."""
HEADLINES = 4
"""Most lines that stand above a text: a headline on two, who wrote it, and when."""
SLACK = 12
"""Columns by which a line may end early, or late, and still be one of those that are cut at a column."""
INDENT, TAB = 2, 8
"""Columns by which the first line of a paragraph stands in, at least; those of a tab."""
_LINE = re.compile(r"[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]*(?:\r{0,2}\n|[\v\f\r\x1c-\x1e\x85\u2028\u2029]|\Z)")
"""Two conversions of a text make CR CR LF of a line's end."""
_BULLET = re.compile(r"[-–—*•▪■●・]|\d{1,2}[.)]\s|\([a-z\d]\)\s")
_FIGURE = re.compile(r"\d")
_FIRST_WORD = re.compile(r"[A-Za-z\d][A-Za-z\d'’.,-]*|.")
_HYPHEN_END = re.compile(r"[A-Za-z]-$")
_QUOTE_END = ("」", "』")
_GOES_ON = re.compile(r"[\"“(]?(?:[a-z\d]|I\b)|[A-Z]{2}")
_OPEN_END = re.compile(r"[,;—–-]$")
_LAST_WORD = re.compile(r"[A-Za-z']+$")
_END_WITHIN = re.compile(r"[。！？]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the blanks around it, and by how many columns it stands in."""

    span: Span
    text: str
    indent: int
    is_full_width: bool
    """Whether it stands in by a full-width blank, as Japanese paragraphs do."""


def paragraph_spans(text: str) -> tuple[Span, ...]:
    """Paragraphs of `text` without the blanks around them, in reading order.

    A line is a paragraph, except in blocks that are hard-wrapped, where the block is one. Blocks lie between blank
    lines, or begin where a line stands in, where an item of a list begins, or below a headline.
    """
    spans: list[Span] = []
    for passage in _passages(text):
        for block in (part for one in _blocks(passage) for part in _below_headlines(one)):
            if _is_hard_wrapped(block):
                spans.append(Span(block[0].span.start, block[-1].span.end))
            else:
                spans.extend(line.span for line in block)
    return tuple(spans)


def _passages(text: str) -> Iterator[list[_Line]]:
    """Lines that follow each other without a blank one between them."""
    passage: list[_Line] = []
    for match in _LINE.finditer(text):
        body = match[0].strip()
        if body:
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            before = text[match.start() : start]
            indent = _width(before.replace("\t", " " * TAB))
            passage.append(_Line(Span(start, start + len(body)), body, indent, before.endswith("\u3000")))
        elif passage:
            yield passage
            passage = []
    if passage:
        yield passage


def _blocks(passage: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of a passage, apart where one stands in as the first of a paragraph does."""
    outer = min(line.indent for line in passage)
    inner = [line.indent >= outer + INDENT for line in passage]
    items = _items(passage)
    is_set_in = not any(items) and (inner[0] or 2 * sum(inner) < len(inner))
    is_list = sum(items) > 1
    block: list[_Line] = []
    for line, is_inner, is_item in zip(passage, inner, items, strict=True):
        if block and (line.is_full_width or (is_set_in and is_inner) or (is_list and is_item)):
            yield block
            block = []
        block.append(line)
    yield block


def _items(passage: list[_Line]) -> list[bool]:
    """Which lines begin an item of a list: by a bullet or a number, or as all lines do by a figure, such as a year."""
    if len(passage) > 2 and all(_FIGURE.match(line.text) for line in passage):
        return [True] * len(passage)
    return [bool(_BULLET.match(line.text)) for line in passage]


def _below_headlines(block: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of a block, those apart that stand above hard-wrapped ones without being cut where these are."""
    above = next((n for n in range(1, min(HEADLINES + 1, len(block) - 1)) if _is_above(block[:n], block[n:])), 0)
    yield from ([line] for line in block[:above])
    yield block[above:]


def _is_above(lines: list[_Line], below: list[_Line]) -> bool:
    return _is_hard_wrapped(below) and all(_is_headline(line.text, below) for line in lines)


def _is_headline(line: str, below: list[_Line]) -> bool:
    """Whether a line ends where none is cut: the first word below it would have stood on it, or it is too wide."""
    behind = below[0].text
    if ends_sentence(line):
        return False
    if not KANA.search(line + behind) and _goes_on(line, behind):
        return False
    widest = max(_width(one.text) for one in below[:-1])
    word = _FIRST_WORD.match(behind)
    return not -SLACK <= widest - _width(line) <= SLACK + (_width(word[0]) if word else 0)


def _is_hard_wrapped(block: list[_Line]) -> bool:
    """Whether lines are cut at a column: of one language, alike in width, and going on in the next."""
    lines = [line.text for line in block]
    body = lines[:-1]
    open_ = [(line, behind) for line, behind in zip(body, lines[1:], strict=True) if not ends_sentence(line)]
    if len({language_of(line) for line in lines} - {None}) > 1:
        return False
    stands_in = any(line.indent + INDENT <= block[0].indent for line in block[1:])
    is_told = stands_in and any(not line.endswith(_QUOTE_END) for line, _ in open_)
    if 2 * len(open_) <= len(body) and not is_told:
        return False
    widths = [_width(line) for line in body if not _HYPHEN_END.search(line)] or [NARROWEST]
    if KANA.search("".join(lines)):
        has_ends = bool(_END_WITHIN.search("".join(lines)))
        return has_ends and min(widths) >= NARROWEST_JAPANESE and _alike(widths, ALIKE_JAPANESE)
    goes_on = sum(_goes_on(line, behind) for line, behind in open_)
    is_prose = goes_on == len(open_) and ends_sentence(lines[-1])
    is_alike = _alike(widths, WIDEST if is_prose else ALIKE)
    return 2 * goes_on >= len(open_) and min(widths) >= NARROWEST and is_alike


def _goes_on(line: str, behind: str) -> bool:
    """Whether an English line that ends no sentence goes on in the one behind it, as behind "Dr." too."""
    last = _LAST_WORD.search(line)
    is_open = _OPEN_END.search(line) or line.endswith(".") or (last and is_function_word(last[0]))
    return bool(is_open or _GOES_ON.match(behind))


def _alike(widths: list[int], by: int) -> bool:
    return max(widths) <= WIDEST and max(widths) - min(widths) <= by


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
