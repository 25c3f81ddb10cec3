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
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from assistant.errors import ArticleError
from assistant.sources.extracted import CJK, Extracted, known_date, known_title, paragraphs_text
from assistant.sources.pdf.drawing import Drawing, TooMuch
from assistant.sources.pdf.fonts import UNREADABLE
from assistant.sources.pdf.furniture import leading, without_furniture
from assistant.sources.pdf.lines import Line, lines_of
from assistant.text.language import Language
from assistant.text.scripts import language_of
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["extract_pdf"]

PAGES = 500
"""Most pages read."""
UNPACKED_BYTES = 20_000_000
"""Most bytes that what draws a page may have unpacked; a page of text has some ten thousand."""
DRAWING_STEPS = 1_000_000
"""Most steps in which a page may be drawn, letters among them; a page of text takes some thousand."""
WIDER_GAP = 1.2
"""Between paragraphs lines stand this much farther apart than within them."""
INITIAL = 1.5
"""So many times as large as the letters beside it is an initial that reaches down beside several lines."""
USUAL_WORD, PARTICLE, RARE_WORD = 5, 7, 2
"""How common two words are at least, the first below, and together at most, to keep a hyphen at a line's end."""
SHORT_LINE = 0.7
"""A line that ends a sentence and is shorter than this share of the longest ones ends its paragraph."""
UNREADABLE_SHARE = 0.02
"""A page may have such a share of letters that can't be told; they are shown as such."""

_ODD_BULLET = re.compile(rf"[{UNREADABLE}]\s*(?=[^\s{UNREADABLE}])")
_BULLET = re.compile(r"(?:[•▪●○■□◆◇・‣※]|[-–*]\s|\d{1,2}[.)]\s|\u3000)")
_HYPHENATED = re.compile(r"(?<![A-Za-z])[A-Za-z]+[-\u2010\u00ad]$")
_OPEN_FIGURE = re.compile(r"\d[-\u2010\u2011–]$")
_OF_FIGURE = re.compile(r"\d|(?!(?:and|or|to)\b)[a-z]")
"""What goes on behind the hyphen of a figure: 2024-2026, 30-year; and not "16- and 17-year-olds"."""
_SPACE_IN_JAPANESE = re.compile(rf"(?<=[{CJK}]) +(?=[{CJK}])")
_IS_CJK = re.compile(f"[{CJK}]")
_RADICALS = dict(zip("⺒⺠⻄⻑⻗⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲", "巳民西長雨青食骨鬼麦黄斉歯竜亀", strict=True))
_SIMILAR = str.maketrans({**_RADICALS, "︙": "…", "︰": "‥"})
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06\ufe10-\ufe18\ufe31-\ufe48]")
"""Radicals, ligatures and marks of vertical lines, in the place of the characters that look like them."""


def extract_pdf(data: bytes, name: str) -> Extracted:
    """The text of a PDF; a page takes some hundredths of a second.

    Raises:
        ArticleError: it is locked, too large, has no text (a scan), or doesn't say what its letters are.
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
    except (LimitReachedError, TooMuch) as error:
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
    drawing = Drawing(reader, DRAWING_STEPS)
    drawn = [line for number, page in enumerate(reader.pages) for line in _lines(drawing, page, number)]
    lines = list(_with_initials(without_furniture(drawn)))
    _check_readable(lines, name)
    text = paragraphs_text(_paragraphs(lines))
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


def _lines(drawing: Drawing, page: Any, number: int) -> list[Line]:
    """The lines of a page, with the characters that are meant and without blanks between Japanese ones."""
    return [replace(line, text=_readable(line.text)) for line in lines_of(drawing.strokes(page), number)]


def _readable(text: str) -> str:
    text = _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text.translate(_SIMILAR))
    text = _SPACE_IN_JAPANESE.sub("", text.rstrip(" "))
    return _ODD_BULLET.sub("• ", text, count=1) if text.startswith(UNREADABLE) else text


def _check_readable(lines: Sequence[Line], name: str) -> None:
    letters, unreadable = Counter[int](), Counter[int]()
    for line in lines:
        letters[line.page] += len(line.text)
        unreadable[line.page] += line.text.count(UNREADABLE)
    for page, count in unreadable.items():
        if count > UNREADABLE_SHARE * letters[page]:
            raise ArticleError(
                "{name} shows letters on page {page} but doesn't say which they are, so they can't be read. "
                "Run text recognition (OCR) on it, or paste the text.",
                name=name,
                page=page + 1,
            )


def _with_initials(lines: Sequence[Line]) -> Iterator[Line]:
    """A large letter that begins a text, and the lines beside it, as lines that all begin where it stands."""
    initial, letter = None, ""
    for line, after in zip_longest(lines, lines[1:]):
        if after and _is_initial(line, after):
            initial, letter = line, line.text
        elif initial and line.page == initial.page and line.x > initial.x and line.y > initial.y - line.size / 2:
            text = f"{letter} {line.text}" if _begins_own_word(letter, line.text) else letter + line.text
            yield replace(line, x=initial.x, text=text)
            letter = ""
        else:
            initial = None
            yield line


def _is_initial(line: Line, after: Line) -> bool:
    """Whether a line is one large letter, and the next goes on with its word right behind it, at its top."""
    return (
        len(line.text) == 1
        and line.text.isupper()
        and line.size > INITIAL * after.size
        and line.page == after.page
        and after.text[:1].isalpha()
        and line.y < after.y < line.y + line.size
        and abs(after.x - line.end_x) < after.size
    )


def _paragraphs(lines: list[Line]) -> Iterator[str]:
    if not lines:
        return
    compounds = {word.lower() for line in lines for word in re.findall(r"\b[A-Za-z]+-[A-Za-z]+\b", line.text)}
    usual, width = leading(lines), _full_width(lines)
    edges = {(line.page, round(line.x)) for line in lines}
    text = lines[0].text
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        after = lines[index + 1] if index + 1 < len(lines) else None
        if _begins_paragraph(before, line, after, usual, width) or _is_indented(before, line, edges):
            yield text
            text = line.text
        else:
            text = _joined(text, line.text, compounds)
    yield text


def _full_width(lines: Sequence[Line]) -> int:
    """How long a line is that goes to the end, at least: nine tenths of them are no longer."""
    widths = sorted(line.width for line in lines)
    return widths[len(widths) * 9 // 10]


def _begins_paragraph(before: Line, line: Line, after: Line | None, usual: float, width: int) -> bool:
    if abs(line.size - before.size) > 0.1 * before.size or _BULLET.match(line.text):
        return True
    if line.page != before.page or line.y > before.y + line.size:  # the next page or column
        return ends_sentence(before.text)
    if before.y - line.y > WIDER_GAP * usual * line.size:
        return True
    indent = line.size / 2
    if line.x > before.x + indent or (after and after.page == line.page and line.x > after.x + indent):
        return True
    return ends_sentence(before.text) and before.width < SHORT_LINE * width


def _is_indented(before: Line, line: Line, edges: set[tuple[int, int]]) -> bool:
    """Whether a Japanese line begins a paragraph, by its indent of one character, as the line before does."""
    shifted = any((line.page, round(line.x - line.size) + off) in edges for off in (-1, 0, 1))
    return shifted and bool(_IS_CJK.match(line.text)) and line.x - before.x > -1 and ends_sentence(before.text)


def _joined(text: str, line: str, compounds: set[str]) -> str:
    """`line` behind `text`, of which it is the next line."""
    cut = _HYPHENATED.search(text)
    if cut:
        following = re.match(r"[a-z]+", line)
        if not following or _is_compound(cut.group()[:-1].lower(), following.group(), compounds):
            return text + line
        return text[:-1] + line
    if _OPEN_FIGURE.search(text[-2:]) and _OF_FIGURE.match(line):
        return text + line
    if _IS_CJK.match(text[-1:]) and _IS_CJK.match(line[:1]):
        return text + line
    beside_japanese = _IS_CJK.match(text[-1:]) or _IS_CJK.match(line[:1])
    apart = not beside_japanese or language_of(text + line) is not Language.JAPANESE
    return text + (" " if apart else "") + line


def _is_compound(first: str, second: str, compounds: set[str]) -> bool:
    """Whether two words are written with a hyphen also within a line, as "four-year"."""
    from assistant.text.known_words import commonness

    if f"{first}-{second}" in compounds:
        return True
    are_words = USUAL_WORD <= commonness(first) < PARTICLE and commonness(second) >= USUAL_WORD
    return are_words and commonness(first + second) <= RARE_WORD


def _begins_own_word(letter: str, line: str) -> bool:
    """Whether an initial is a word by itself before what stands beside it: "A storm", and not "After"."""
    from assistant.text.known_words import commonness

    rest = re.match(r"[a-z]*", line.lower())
    return letter in ("A", "I") and rest is not None and commonness(letter + rest[0]) < commonness(rest[0])
