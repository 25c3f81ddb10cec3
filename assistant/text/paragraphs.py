"""Cuts a text into paragraphs, in offsets into the text as given; nothing is normalised away."""

import re
import unicodedata
from collections.abc import Iterator

from assistant.text.language import KANA, Span
from assistant.text.scripts import is_function_word, language_of
from assistant.text.sentences import ends_sentence

__all__ = ["paragraph_spans"]

NARROWEST, WIDEST = 22, 100
"""Widths of wrapped lines, in columns; those of Japanese may be less."""
NARROWEST_JAPANESE = 24
ALIKE, ALIKE_JAPANESE = 30, 14
"""By how much the widths of wrapped lines differ, at most, in columns."""
_GOES_ON = re.compile(r"[\"“(]?(?:[a-z\d]|I\b)|[A-Z]{2}")
_OPEN_END = re.compile(r"[,;—–-]$")
_LAST_WORD = re.compile(r"[A-Za-z']+$")
_END_WITHIN = re.compile(r"[。！？]")


def paragraph_spans(text: str) -> tuple[Span, ...]:
    """Paragraphs of `text` without the blanks around them, in reading order.

    A line is a paragraph, except in blocks (between blank lines) that are hard-wrapped, where the block is one.
    """
    spans: list[Span] = []
    for block in _blocks(text, _line_spans(text)):
        if _is_hard_wrapped([text[line.start : line.end] for line in block]):
            spans.append(Span(block[0].start, block[-1].end))
        else:
            spans.extend(block)
    return tuple(spans)


def _line_spans(text: str) -> Iterator[Span | None]:
    """The lines without the blanks around them; None for each blank line."""
    start = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        offset = start + len(line) - len(line.lstrip())
        yield Span(offset, offset + len(body)) if body else None
        start += len(line)


def _is_indented(text: str, line: Span) -> bool:
    """Whether a line begins with a full-width blank, as Japanese paragraphs do."""
    return text[max(0, line.start - 1) : line.start] == "\u3000"


def _blocks(text: str, lines: Iterator[Span | None]) -> Iterator[list[Span]]:
    """Lines that follow each other without a blank one or an indentation between them."""
    block: list[Span] = []
    for line in lines:
        if block and (line is None or _is_indented(text, line)):
            yield block
            block = []
        if line:
            block.append(line)
    if block:
        yield block


def _is_hard_wrapped(lines: list[str]) -> bool:
    """Whether lines are cut at a column: of one language, alike in width, and going on in the next."""
    body = lines[:-1]
    open_ = [(line, behind) for line, behind in zip(body, lines[1:], strict=True) if not ends_sentence(line)]
    if 2 * len(open_) <= len(body) or len({language_of(line) for line in lines} - {None}) > 1:
        return False
    widths = [_width(line) for line in body]
    if KANA.search("".join(lines)):
        has_ends = bool(_END_WITHIN.search("".join(lines)))
        return has_ends and min(widths) >= NARROWEST_JAPANESE and _alike(widths, ALIKE_JAPANESE)
    goes_on = sum(_goes_on(line, behind) for line, behind in open_)
    return 2 * goes_on >= len(open_) and min(widths) >= NARROWEST and _alike(widths, ALIKE)


def _goes_on(line: str, behind: str) -> bool:
    """Whether an English line that ends no sentence goes on in the one behind it."""
    last = _LAST_WORD.search(line)
    is_open = _OPEN_END.search(line) or (last and is_function_word(last[0]))
    return bool(is_open or _GOES_ON.match(behind))


def _alike(widths: list[int], by: int) -> bool:
    return max(widths) <= WIDEST and max(widths) - min(widths) <= by


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
