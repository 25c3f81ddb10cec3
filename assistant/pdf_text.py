"""The text of a PDF, through pypdf: lines joined to paragraphs again, without what stands on every page.

A PDF knows characters and where they stand, no paragraphs. Lines are joined by their distance, indent, size and
length; English words that were cut at a line's end too, and Japanese without a blank.
"""

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assistant.errors import ArticleError
from assistant.extracted import CJK, Extracted, known_date, known_title, paragraphs_text, tidy
from assistant.language import Language
from assistant.scripts import language_of
from assistant.sentences import ends_sentence

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["extract_pdf"]

PAGES = 500
"""Most pages read."""
UNPACKED_BYTES = 20_000_000
"""Most bytes that what draws a page may have unpacked; a page of text has some ten thousand."""
DRAWING_STEPS = 1_000_000
"""Most steps in which a page may be drawn; a page of text takes some thousand."""
EDGE_LINES = 2
"""So many lines above and below may be what stands on every page."""
WIDER_GAP = 1.2
"""Between paragraphs lines stand this much farther apart than within them."""
SHORT_LINE = 0.7
"""A line that ends a sentence and is shorter than this share of the longest ones ends its paragraph."""

_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE)
_BULLET = re.compile(r"(?:[•▪●○■□◆◇・‣※]|[-–*]\s|\d{1,2}[.)]\s|\u3000)")
_HYPHENATED = re.compile(r"[A-Za-z]+[-\u2010\u00ad]$")
_SPACE_IN_JAPANESE = re.compile(rf"(?<=[{CJK}]) +(?=[{CJK}])")
_IS_CJK = re.compile(f"[{CJK}]")
_RADICALS = str.maketrans(dict(zip("⺒⺠⻄⻑⻗⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲", "巳民西長雨青食骨鬼麦黄斉歯竜亀", strict=True)))
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
"""Radicals and ligatures, which programs write in the place of the characters that look like them."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text: where it begins, in points from the left and from the bottom of its page, and its size."""

    text: str
    page: int
    x: float
    y: float
    size: float

    @property
    def width(self) -> int:
        """Its length, a Japanese character counting as two."""
        return len(self.text) + len(_IS_CJK.findall(self.text))

    @property
    def ends_sentence(self) -> bool:
        return ends_sentence(self.text)


def extract_pdf(data: bytes, name: str) -> Extracted:
    """The text of a PDF; a page takes some hundredths of a second.

    Raises:
        ArticleError: it is locked, too large, or has no text (a scan).
        Exception: whatever pypdf raises on a broken file.
    """
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    from pypdf import apply_configuration
    from pypdf.errors import LimitReachedError

    try:
        with apply_configuration(
            zlib_maximum_output_length=UNPACKED_BYTES, stream_parsing_work_maximum_count=DRAWING_STEPS
        ):
            return _extracted(data, name)
    except LimitReachedError as error:
        raise ArticleError(
            "{name} is too large when it is unpacked. Save the pages of the article alone, or paste the text.",
            name=name,
        ) from error


def _extracted(data: bytes, name: str) -> Extracted:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    _unlock(reader, name)
    if len(reader.pages) > PAGES:
        raise ArticleError(
            "{name} has {pages} pages; at most {limit} are read. Save the pages of the article alone.",
            name=name,
            pages=len(reader.pages),
            limit=PAGES,
        )
    lines = [line for number, page in enumerate(reader.pages) for line in _lines(page, number)]
    text = paragraphs_text(_paragraphs(_without_furniture(lines)))
    if not re.search(r"[^\W\d_]", text):
        raise ArticleError(
            "{name} has no text in it, as a scan has none. Run text recognition (OCR) on it, or paste the text.",
            name=name,
        )
    metadata = reader.metadata
    return Extracted(text, known_title(metadata.title if metadata else None), known_date(_made(metadata)))


def _unlock(reader: "PdfReader", name: str) -> None:
    from pypdf.errors import DependencyError

    try:
        if not reader.is_encrypted or reader.decrypt(""):
            return
    except (DependencyError, NotImplementedError):
        pass
    raise ArticleError(
        "{name} is locked with a password. Save or print it to a PDF without one and add that.", name=name
    )


def _made(metadata: Any) -> datetime | None:
    try:
        made: datetime | None = metadata.creation_date if metadata else None
    except ValueError:
        return None
    return made


def _lines(page: Any, number: int) -> list[_Line]:
    """The lines of a page, in the order in which it draws them; turned text stands in margins and is left out."""
    lines: list[_Line] = []
    ended = True

    def visit(text: str, page_matrix: Sequence[float], text_matrix: Sequence[float], _: object, size: float) -> None:
        nonlocal ended
        upright = text_matrix[2] * page_matrix[1] + text_matrix[3] * page_matrix[3]
        if not upright or not text.strip():
            ended = ended or text.endswith("\n")
            if not ended:
                lines[-1] = replace(lines[-1], text=lines[-1].text + " ")
            return
        x = text_matrix[4] * page_matrix[0] + text_matrix[5] * page_matrix[2] + page_matrix[4]
        y = text_matrix[4] * page_matrix[1] + text_matrix[5] * page_matrix[3] + page_matrix[5]
        line = _Line(text.strip("\n"), number, x, y, round(abs(size * upright), 1))
        if ended or abs(lines[-1].y - y) > line.size / 2:
            lines.append(line)
        else:
            lines[-1] = replace(lines[-1], text=lines[-1].text + line.text)
        ended = text.endswith("\n")

    page.extract_text(visitor_text=visit)
    return [replace(line, text=_readable(line.text)) for line in lines]


def _readable(text: str) -> str:
    """`text` with the characters that are meant, and without blanks between Japanese ones."""
    text = _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text.translate(_RADICALS))
    return _SPACE_IN_JAPANESE.sub("", text.rstrip(" "))


def _without_furniture(lines: list[_Line]) -> list[_Line]:
    """Without lines above or below that stand there on two pages or more, whatever their numbers, and page numbers."""
    pages = _by_page(lines)
    places = Counter(place for page in pages for place in {_place(line) for line in page})
    return [
        line
        for page in pages
        for line in page
        if not _is_outermost(line, page) or (places[_place(line)] < 2 and not _PAGE_NUMBER.fullmatch(line.text))
    ]


def _place(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", tidy(line.text)), round(line.y)


def _is_outermost(line: _Line, page: Sequence[_Line]) -> bool:
    heights = sorted({other.y for other in page})
    return line.y in (*heights[:EDGE_LINES], *heights[-EDGE_LINES:])


def _by_page(lines: Sequence[_Line]) -> list[list[_Line]]:
    pages: dict[int, list[_Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return list(pages.values())


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    if not lines:
        return
    compounds = {word.lower() for line in lines for word in re.findall(r"\b[A-Za-z]+-[A-Za-z]+\b", line.text)}
    leading, width = _leading(lines), _full_width(lines)
    text = lines[0].text
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        after = lines[index + 1] if index + 1 < len(lines) else None
        if _begins_paragraph(before, line, after, leading, width):
            yield text
            text = line.text
        else:
            text = _joined(text, line.text, compounds)
    yield text


def _leading(lines: Sequence[_Line]) -> float:
    """How far lines of a paragraph stand apart, in sizes of their characters: what a quarter of the lines keep to."""
    gaps = sorted(
        (before.y - line.y) / line.size
        for before, line in pairwise(lines)
        if line.page == before.page and line.size == before.size and before.y > line.y
    )
    return gaps[len(gaps) // 4] if gaps else 1.2


def _full_width(lines: Sequence[_Line]) -> int:
    """How long a line is that goes to the end, at least: nine tenths of them are no longer."""
    widths = sorted(line.width for line in lines)
    return widths[len(widths) * 9 // 10]


def _begins_paragraph(before: _Line, line: _Line, after: _Line | None, leading: float, width: int) -> bool:
    if abs(line.size - before.size) > 0.1 * before.size or _BULLET.match(line.text):
        return True
    if line.page != before.page or line.y > before.y + line.size:  # the next page or column
        return before.ends_sentence
    if before.y - line.y > WIDER_GAP * leading * line.size:
        return True
    indent = line.size / 2
    if line.x > before.x + indent or (after and after.page == line.page and line.x > after.x + indent):
        return True
    return before.ends_sentence and before.width < SHORT_LINE * width


def _joined(text: str, line: str, compounds: set[str]) -> str:
    """`line` behind `text`, of which it is the next line."""
    cut = _HYPHENATED.search(text)
    if cut:
        following = re.match(r"[a-z]+", line)
        whole = f"{cut.group()[:-1]}-{following.group()}".lower() if following else ""
        return text + line if not following or whole in compounds else text[:-1] + line
    if _IS_CJK.match(text[-1:]) and _IS_CJK.match(line[:1]):
        return text + line
    beside_japanese = _IS_CJK.match(text[-1:]) or _IS_CJK.match(line[:1])
    apart = not beside_japanese or language_of(text + line) is not Language.JAPANESE
    return text + (" " if apart else "") + line
