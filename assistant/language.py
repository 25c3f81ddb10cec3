"""Tells English from Japanese by script, and cuts text into paragraphs and sentences.

Everything works on offsets into the text as given; nothing is normalised away. Which paragraphs make an
article is for `article.py`.
"""

import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

__all__ = [
    "Language",
    "Span",
    "ends_sentence",
    "fold",
    "paragraph_spans",
    "question_language",
    "script_language",
    "sentence_spans",
]

KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff\uff66-\uff9f]")
HIRAGANA = re.compile(r"[\u3041-\u309f]")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LOWER_CASE_WORD = re.compile(r"(?<![A-Za-z])[a-z]+(?![A-Za-z])")

CUT = "\ufffd"
"""What stands for a character cut short."""
SENTENCE_LIMIT = 600
"""Longest sentence in characters; longer ones (tables, unpunctuated text) are cut where they pause."""
BLOCK_LIMIT = 6000
"""Longest text in characters given to pysbd at once; its time grows faster than its input."""
_BLANK = re.compile(r"\s")
_PAUSE = re.compile(r"[\s,;:、，；：]")


class Language(StrEnum):
    """A language that articles are written in and questions are asked in; the value is its ISO 639-1 code."""

    ENGLISH = "en"
    JAPANESE = "ja"

    @property
    def other(self) -> "Language":
        return Language.JAPANESE if self is Language.ENGLISH else Language.ENGLISH


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `text[start:end]`."""

    start: int
    end: int


def fold(text: str) -> str:
    """`text` in the form in which it is compared: NFKC (full width to half width), case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def script_language(text: str) -> Language | None:
    """The language that a paragraph is written in, or None where its script is neither, or it has no letters.

    Han characters alone count as neither: without kana they may be Chinese (`article.py` knows the neighbours).
    A Japanese character weighs two Latin letters, which is about what a word takes in each.
    """
    kana, han, latin = (len(pattern.findall(text)) for pattern in (KANA, HAN, LATIN))
    foreign = sum(character.isalpha() for character in text) - kana - han - latin
    japanese = 2 * (kana + han)
    if max(japanese, latin) <= foreign or not japanese + latin:
        return None
    if latin >= japanese:
        return Language.ENGLISH
    return Language.JAPANESE if kana * 20 >= han else None


def question_language(text: str) -> Language:
    """The language a question is asked in; names in the other script don't decide ("Who is 習近平?" is English)."""
    japanese = len(KANA.findall(text)) + len(HAN.findall(text))
    latin = len(LATIN.findall(text))
    if not japanese:
        return Language.ENGLISH
    if LOWER_CASE_WORD.search(text) and not (HIRAGANA.search(text) and 4 * japanese >= latin):
        return Language.ENGLISH
    return Language.JAPANESE


def paragraph_spans(text: str) -> tuple[Span, ...]:
    """Paragraphs of `text` without the blanks around them, in reading order.

    A line is a paragraph, except in blocks (between blank lines) that are hard-wrapped, where the block is one.
    """
    spans: list[Span] = []
    for block in _blocks(_line_spans(text)):
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


def _blocks(lines: Iterator[Span | None]) -> Iterator[list[Span]]:
    block: list[Span] = []
    for line in lines:
        if line:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _is_hard_wrapped(lines: list[str]) -> bool:
    """Whether lines look cut at a column: of one language, alike in width, few of them ending a sentence."""
    body = lines[:-1]
    if len(body) < 2 or len({script_language(line) for line in lines} - {None}) > 1:
        return False
    widths = [_width(line) for line in body]
    alike = min(widths) >= 40 and max(widths) <= 100 and max(widths) - min(widths) <= 25
    return alike and 2 * sum(map(ends_sentence, body)) < len(body)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def ends_sentence(text: str) -> bool:
    """Whether `text` closes with the mark of a sentence's end, or of what introduces one (a colon)."""
    return text.rstrip("\"'”’)]」』） ").endswith((".", "!", "?", "。", "！", "？", ":", "："))


def sentence_spans(text: str, paragraph: Span, language: Language) -> tuple[Span, ...]:
    """Sentences of one paragraph, by pysbd (Sadvilkar & Neumann 2020, arXiv:2010.09657).

    The spans cover every character of the paragraph that isn't blank, in order, and overlap nowhere.
    """
    body = _BLANK.sub(" ", text[paragraph.start : paragraph.end])
    spans: list[Span] = []
    for block in _cut(body, Span(0, len(body)), BLOCK_LIMIT):
        cursor = block.start
        for sentence in _segment(body[block.start : block.end], language):
            found = body.find(sentence, cursor, block.end)
            if found >= 0:
                spans.append(Span(cursor, found + len(sentence)))
                cursor = found + len(sentence)
        spans.append(Span(cursor, block.end))
    pieces = [piece for span in spans for piece in _cut(body, span, SENTENCE_LIMIT)]
    return tuple(Span(paragraph.start + piece.start, paragraph.start + piece.end) for piece in pieces)


def _segment(body: str, language: Language) -> list[str]:
    """Sentences of `body` as pysbd gives them; none where it stumbles over its own regular expressions."""
    try:
        sentences: list[str] = _segmenter(language).segment(body)
    except (IndexError, re.error):
        return []
    return [sentence.strip() for sentence in sentences if sentence.strip()]


@cache
def _segmenter(language: Language) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pysbd

    return pysbd.Segmenter(language=language.value, clean=False)


def _cut(body: str, span: Span, limit: int) -> Iterator[Span]:
    """`span` without the blanks around it, in pieces of at most `limit` characters, cut where the text pauses."""
    start = span.start
    while start < span.end:
        end = min(start + limit, span.end)
        if end < span.end:
            pauses = [pause.end() for pause in _PAUSE.finditer(body, start + limit // 2, end)]
            end = pauses[-1] if pauses else end
        piece = body[start:end].strip()
        if piece:
            at = body.index(piece, start)
            yield Span(at, at + len(piece))
        start = end
