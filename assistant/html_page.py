"""An HTML page as blocks of text: what is seen of it, in reading order, and how much of each is links."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.extracted import CJK, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["CELL", "HEADINGS", "LINK", "Block", "blocks_of", "make_readable", "parse_page", "weight"]

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
CELL = " | "
"""What stands between the cells of a row."""
LINK = "\ufffc"
"""What stands for a link in an outline."""
JAPANESE_WEIGHT = 2.5
"""Letters of English that say as much as one character of Japanese."""
LAYOUT_SHARE = 0.6
"""A table of which one cell holds more is no table, but a page laid out by one."""
LAYOUT_WEIGHT = 200
"""Less in that cell may stand in a table."""
HIDDEN_SHARE = 0.5
"""What hides more of a page's text than this is undone by a script."""
UNIT_LETTERS = 3
"""A raised figure behind more letters points at a note; m², km² and cm³ have fewer."""

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
_UNREAD = ("script", "style", "template", "noscript", "textarea", "select", "iframe", "object", "svg", "math", "head")
_STRUCK = {"del", "s", "strike"}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?:\.0+)?(?:px|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_FOR_READERS_OF_SCREENS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only)?|(?:visually|assistive)-?hidden)(?:\s|$)"
    r"|(?:^|\s)(?:tooltip|popover|rollover)[\w-]*",
    re.IGNORECASE,
)
_LINED_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]{0,60}line-through", re.IGNORECASE)
_BODY = re.compile(r"<(?:body|frameset)\b", re.IGNORECASE)
_HEAD = re.compile(
    r"\s*(?:<!doctype[^>]*>\s*)?(?:<html[^>]*>\s*)?(?:<head\b.*?</head\s*>)?"
    r"(?:\s*(?:<!--.*?-->|<(?:meta|link|base)\b[^>]*>|<title\b.*?</title\s*>|<style\b.*?</style\s*>"
    r"|<script\b.*?</script\s*>))*",
    re.IGNORECASE | re.DOTALL,
)
"""What of a page that has no body marked is before it."""
_READING = re.compile(r"<r[tp]\b[^>]{0,200}>[^<]{0,100}(?:</r[tp]\s*>)?", re.IGNORECASE)
_BROKEN_JAPANESE = re.compile(rf"(?<=[{CJK}])[ \t]*\r?\n[ \t]*(?=[{CJK}])")
_PREFORMATTED = re.compile(r"(</?pre\b[^>]{0,500}>)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_NOTE = re.compile(r"^[\[(（※注*＊†‡]")
_CJK = re.compile(f"[{CJK}]")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


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


def parse_page(page: str) -> "_Element | None":
    """The tree of a page, without readings above characters, line breaks inside Japanese, or an encoding that is past.

    None where there is no page. What begins otherwise than trafilatura asks is taken for none where it has a single
    element, and so it is made to.
    """
    from trafilatura import load_html

    page = "".join(_joined_lines(_READING.sub("", _XML_DECLARATION.sub("", page))))
    page = page if "html" in page[:50].lower() else f"<html>{page}"
    if not _BODY.search(page):  # libxml2 would take elements it doesn't know, as <article>, for the head's
        head = _HEAD.match(page)
        at = head.end() if head else 0
        page = f"{page[:at]}<body>{page[at:]}"
    return load_html(page)


def _joined_lines(page: str) -> Iterator[str]:
    """A page without line breaks inside Japanese; those of <pre> are made such as are seen."""
    in_lines = False
    for part in _PREFORMATTED.split(page):
        if _PREFORMATTED.match(part):
            in_lines = not part.startswith("</")
            yield part
        else:
            yield part.replace("\n", "<br>") if in_lines else _BROKEN_JAPANESE.sub("", part)


def make_readable(tree: "_Element") -> None:
    """Takes out of `tree` what is not seen or struck, sets raised figures apart, and makes layouts no tables."""
    from lxml import etree

    etree.strip_elements(tree, *_UNREAD, with_tail=False)
    _remove(tree, [element for element in tree.iter() if _is_struck(element)])
    _remove_hidden(tree)
    raised = list(tree.iter("sup"))
    notes = {_sign(each) for each in raised if not _text_before(each).strip()}
    for each in raised:
        _set_apart(each, notes)
    for table in reversed(list(tree.iter("table"))):
        if _is_layout(table):
            for element in (table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
                element.tag = "div"


def _remove(tree: "_Element", elements: "list[_Element]") -> None:
    """Takes `elements` out and leaves what stands behind them."""
    from lxml import etree

    for element in elements:
        element.tag = "gone"
    etree.strip_elements(tree, "gone", with_tail=False)


def _is_struck(element: "_Element") -> bool:
    return element.tag in _STRUCK or bool(_LINED_THROUGH.search(element.get("style", "")))


def _is_hidden(element: "_Element") -> bool:
    return (
        element.get("hidden") is not None
        or bool(_UNSEEN.search(element.get("style", "")))
        or bool(_FOR_READERS_OF_SCREENS.search(element.get("class", "")))
        or (element.tag == "dialog" and element.get("open") is None)
    )


def _remove_hidden(tree: "_Element") -> None:
    hidden = [element for element in tree.iter() if _is_hidden(element)]
    if hidden:
        sizes = _sizes(tree)
        _remove(tree, [each for each in hidden if sizes[each] <= HIDDEN_SHARE * sizes[tree]])


def _sizes(tree: "_Element") -> "Counter[_Element]":
    """Characters of text in each element of `tree`."""
    sizes: Counter[_Element] = Counter()
    for element in reversed(list(tree.iter())):
        sizes[element] += len((element.text or "").strip())
        parent = element.getparent()
        if parent is not None:
            sizes[parent] += sizes[element] + len((element.tail or "").strip())
    return sizes


def _sign(raised: "_Element") -> str:
    return tidy("".join(raised.itertext()))


def _set_apart(raised: "_Element", notes: set[str]) -> None:
    """Makes 10<sup>6</sup> 10^6 and m<sup>2</sup> m², and takes the sign of one of `notes` out."""
    sign = _sign(raised)
    before = _text_before(raised)
    letters = re.search(r"[^\W\d_]*$", before)
    figure = sign.translate(_RAISED) if re.fullmatch(r"[+\-−]?\d{1,3}", sign) else ""
    is_note = sign in notes or _NOTE.match(sign) or raised.find(".//a") is not None or raised.getparent().tag == "a"
    if figure and not is_note:
        is_note = not re.search(r"\w$", before) or (letters and len(letters[0]) > UNIT_LETTERS)
        is_note = is_note or bool(_CJK.search(before[-1:]))
    if is_note:
        text = ""
    elif figure and re.search(r"\d$", before):
        text = f"^{sign}"
    else:
        text = figure or sign
    for child in list(raised):
        raised.remove(child)
    raised.text = text


def _text_before(element: "_Element") -> str:
    """What stands right before `element`."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return previous.tail or "".join(previous.itertext())
    return (parent.text or "") if parent is not None else ""


def _is_layout(table: "_Element") -> bool:
    """Whether a table only lays out a page: it holds others, has one column, or most stands in one cell."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if max(map(len, rows), default=0) <= 1 or any(cell.find(".//h1") is not None for row in rows for cell in row):
        return True
    sizes = [sum(weight(tidy(text)) for text in cell.itertext()) for row in rows for cell in row]
    largest = max(sizes)
    return largest > LAYOUT_WEIGHT / JAPANESE_WEIGHT and (largest > LAYOUT_SHARE * sum(sizes))


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


def blocks_of(tree: "_Element") -> Iterator[Block]:
    """The blocks of text in a tree that `make_readable` went over, in reading order; a row of a table is one."""
    from lxml import etree

    pieces, open_blocks = _Pieces(), [tree]
    row: _Row | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        is_block = element.tag in _BLOCKS or "-" in str(element.tag)
        is_link = element.tag == "a" and element.get("href") is not None
        if is_block or (event == "start" and element.tag == "br"):
            for block in pieces.take(open_blocks[-1]):
                if row is None:
                    yield block
                else:
                    row.add(block)
        if event == "start":
            if is_block:
                open_blocks.append(element)
            if element.tag == "tr" and row is None:
                row = _Row(element)
            elif row is not None and element.tag in ("td", "th"):
                row.cells.append([])
            if is_link:
                pieces.open_link()
            pieces.add(element.text)
            continue
        if is_block and len(open_blocks) > 1:
            open_blocks.pop()
        if is_link:
            pieces.open_links -= 1
        if row is not None and element is row.element:
            if row.block().text:
                yield row.block()
            row = None
        if element is not tree:
            pieces.add(element.tail)
