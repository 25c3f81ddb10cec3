"""An HTML page as blocks of text in reading order, and how much of each is links."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.sources.extracted import CJK, tidy
from assistant.text.paragraphs import paragraph_spans

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "CELL",
    "HEADINGS",
    "LINK",
    "XML_DECLARATION",
    "Block",
    "bare",
    "blocks_of",
    "is_block",
    "parse_page",
    "weight",
]

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
CELL = " | "
"""What stands between the cells of a row."""
LINK = "\ufffc"
"""What stands for a link in an outline."""
JAPANESE_WEIGHT = 2.5
"""Letters of English that say as much as one character of Japanese."""
_BLOCKS = HEADINGS | {
    *(
        "html",
        "body",
        "main",
        "article",
        "section",
        "nav",
        "aside",
        "header",
        "footer",
        "address",
        "hgroup",
        "div",
        "p",
    ),
    *(
        "center",
        "blockquote",
        "pre",
        "hr",
        "figure",
        "figcaption",
        "ol",
        "ul",
        "menu",
        "li",
        "dl",
        "dt",
        "dd",
        "details",
    ),
    *(
        "summary",
        "dialog",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "form",
        "fieldset",
        "legend",
    ),
    *("button", "select", "option", "textarea", "iframe", "object", "audio", "video"),
}
_READING = re.compile(r"<r[tp]\b[^>]{0,200}>[^<]{0,100}(?:</r[tp]\s*>)?", re.IGNORECASE)
_BROKEN_JAPANESE = re.compile(rf"(?<=[{CJK}])[ \t]*\r?\n[ \t]*(?=[{CJK}])")
_PREFORMATTED = re.compile(r"(</?pre\b[^>]{0,500}>)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>\n]{0,500}>")
_LINE_END = re.compile(r"\n")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, row of a table, or a line of one that line breaks part.

    Attributes:
        element: the innermost element that makes a block of it.
        links: the texts of its links.
        outline: the text with `LINK` in place of each link.
    """

    element: "_Element"
    text: str
    links: tuple[str, ...] = ()
    outline: str = ""

    @property
    def tag(self) -> str:
        return str(self.element.tag)


def weight(text: str) -> int:
    """How much a text says, in letters of English."""
    return len(text) + round((JAPANESE_WEIGHT - 1) * len(_CJK.findall(text)))


def bare(text: str) -> str:
    """`text` without blanks, marks and differences of writing, as headlines are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def parse_page(page: str) -> "_Element | None":
    """The tree of a page, without readings above characters, line breaks inside Japanese, or an encoding that is past.

    None where there is no page. What begins otherwise than trafilatura asks is taken for none where it has a single
    element, and so it is made to.
    """
    from trafilatura import load_html

    page = "".join(_joined_lines(_READING.sub("", XML_DECLARATION.sub("", page))))
    return load_html(page if "html" in page[:50].lower() else f"<html>{page}")


def _joined_lines(page: str) -> Iterator[str]:
    """A page without line breaks inside Japanese; those of <pre> that are no cuts of a paragraph are seen."""
    in_lines = False
    for part in _PREFORMATTED.split(page):
        if _PREFORMATTED.match(part):
            in_lines = not part.startswith("</")
            yield part
        else:
            yield _with_seen_breaks(part) if in_lines else _BROKEN_JAPANESE.sub("", part)


def _with_seen_breaks(lines: str) -> str:
    """Preformatted text with <br> where lines end, but for those that are a paragraph cut at a column."""
    bare = _TAG.sub("", lines)
    inside = {at for span in paragraph_spans(bare) for at in _line_ends(bare, span.start, span.end)}
    join = {at: "" if _CJK.search(bare[max(0, at - 1) : at + 2]) else "\n" for at in inside}
    ends = (join.get(at, "<br>") for at in _line_ends(bare, 0, len(bare)))
    return "".join(part for pair in zip(lines.split("\n"), [*ends, ""], strict=True) for part in pair)


def _line_ends(text: str, start: int, end: int) -> list[int]:
    return [found.start() for found in _LINE_END.finditer(text, start, end)]


class _Pieces:
    """The text between two borders of blocks, as it comes in."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.links: list[list[str]] = []
        self.outline: list[str] = []
        self.open_links = 0

    def open_link(self) -> None:
        self.open_links += 1
        self.links.append([])
        self.outline.append(LINK)

    def add(self, text: str | None) -> None:
        if text:
            line = text.replace("\n", " ")
            self.text.append(line)
            (self.links[-1] if self.open_links else self.outline).append(line)

    def take(self, element: "_Element") -> Iterator[Block]:
        """The block that ends here, in `element`; nothing where no text came."""
        text = tidy("".join(self.text))
        links = tuple(filter(None, (tidy("".join(link)) for link in self.links)))
        outline = tidy("".join(self.outline))
        self.text = []
        self.links, self.outline = ([[]], [LINK]) if self.open_links else ([], [])
        if text:
            yield Block(element, text, links, outline)


class _Row:
    """The cells of a row of a table, as they come in."""

    def __init__(self, element: "_Element") -> None:
        self.element = element
        self.cells: list[list[str]] = [[]]
        self.links: list[str] = []

    def add(self, block: Block) -> None:
        self.cells[-1].append(block.text)
        self.links += block.links

    def block(self) -> Block:
        text = CELL.join(filter(None, map(" ".join, self.cells)))
        return Block(self.element, text, tuple(self.links), text)


def is_block(element: "_Element") -> bool:
    """Whether an element stands apart from the text around it; those that HTML doesn't know are taken to."""
    return element.tag in _BLOCKS or "-" in str(element.tag)


def blocks_of(tree: "_Element") -> Iterator[Block]:
    """The blocks of text in a tree that `make_readable` went over, in reading order; a row of a table is one."""
    from lxml import etree

    pieces, open_blocks = _Pieces(), [tree]
    row: _Row | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        is_apart = is_block(element)
        is_link = element.tag == "a" and element.get("href") is not None
        if is_apart or (event == "start" and element.tag == "br"):
            for block in pieces.take(open_blocks[-1]):
                if row is None:
                    yield block
                else:
                    row.add(block)
        if event == "start":
            if is_apart:
                open_blocks.append(element)
            if element.tag == "tr" and row is None:
                row = _Row(element)
            elif row is not None and element.tag in ("td", "th"):
                row.cells.append([])
            if is_link:
                pieces.open_link()
            pieces.add(element.text)
            continue
        if is_apart and len(open_blocks) > 1:
            open_blocks.pop()
        if is_link:
            pieces.open_links -= 1
        if row is not None and element is row.element:
            if row.block().text:
                yield row.block()
            row = None
        if element is not tree:
            pieces.add(element.tail)
