"""Takes out of an HTML page what is not seen of it, or struck, and what would be misread."""

import re
from collections import Counter
from typing import TYPE_CHECKING

from assistant.sources.extracted import tidy
from assistant.sources.html.page import weight
from assistant.sources.html.styles import hidden_by_rules
from assistant.sources.raised import set_apart
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["make_readable", "remove"]

LAYOUT_SHARE = 0.6
"""A table of which one cell holds more is no table, but a page laid out by one."""
LAYOUT_WEIGHT = 80
"""Less in that cell may stand in a table."""
SENTENCE = 40
"""Least weight of a cell that is a sentence of a text beside another."""
HIDDEN_SHARE = 0.5
"""What hides more of a page's text than this is undone by a script."""

_UNREAD = ("script", "style", "template", "noscript", "textarea", "select", "iframe", "object", "svg", "math", "title")
_STRUCK = {"del", "s", "strike"}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:opacity|font-size)\s*:\s*0(?:\.0+)?(?:px|em|%)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:[12]?(?:\.\d+)?(?:px|pt)|0?\.[01]\d*r?em)\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{4,}(?:px|pt|em)",
    re.IGNORECASE,
)
"""Not there, too small for anybody to read, or far outside of the page."""
_COLOUR = re.compile(r"(?:^|;)\s*(color|background(?:-color)?)\s*:\s*([^;!]+)", re.IGNORECASE)
_NO_COLOURS = {"inherit", "initial", "unset", "revert", "currentcolor"}
_WHITE = re.compile(r"#fff(?:fff)?|rgba?\(255,255,255(?:,1)?\)")
_FOR_READERS_OF_SCREENS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only)?|(?:visually|assistive)-?hidden)(?:\s|$)"
    r"|(?:^|\s)(?:tooltip|popover|rollover)[\w-]*",
    re.IGNORECASE,
)
_LINED_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]{0,60}line-through", re.IGNORECASE)


def make_readable(tree: "_Element") -> None:
    """Takes out of `tree` what is not seen or struck, sets raised figures apart, and makes layouts no tables."""
    from lxml import etree

    hidden = hidden_by_rules(tree)
    etree.strip_elements(tree, *_UNREAD, with_tail=False)
    remove(tree, [element for element in tree.iter() if _is_struck(element)])
    _remove_hidden(tree, hidden)
    raised = list(tree.iter("sup"))
    notes = {_sign(each) for each in raised if not _text_before(each).strip()}
    for each in raised:
        _write_flat(each, notes)
    for table in reversed(list(tree.iter("table"))):
        if _is_layout(table):
            for element in (table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
                element.tag = "div"


def remove(tree: "_Element", elements: "list[_Element]") -> None:
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
        or _is_unseen(element.get("style", ""))
        or bool(_FOR_READERS_OF_SCREENS.search(element.get("class", "")))
        or (element.tag == "dialog" and element.get("open") is None)
    )


def _is_unseen(style: str) -> bool:
    """Whether a style hides what it is of, or gives it the colour of what is behind it."""
    if _UNSEEN.search(style):
        return True
    said = {found[1].lower()[:10]: "".join(found[2].lower().split()) for found in _COLOUR.finditer(style)}
    colours = {_WHITE.sub("white", colour) for colour in said.values()}
    return len(said) > 1 and len(colours) == 1 and not colours & _NO_COLOURS


def _remove_hidden(tree: "_Element", by_rules: "list[list[_Element]]") -> None:
    """Takes out what is hidden by itself, or by a rule together with others."""
    hidden = [*([element] for element in tree.iter() if _is_hidden(element)), *by_rules]
    if hidden:
        sizes = _sizes(tree)
        most = HIDDEN_SHARE * sizes[tree]
        remove(tree, [each for those in hidden if sum(map(sizes.__getitem__, those)) <= most for each in those])


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


def _write_flat(raised: "_Element", notes: set[str]) -> None:
    """Makes 10<sup>6</sup> 10^6 and m<sup>2</sup> m², and takes the sign of one of `notes` out."""
    sign = _sign(raised)
    is_note = sign in notes or raised.find(".//a") is not None or raised.getparent().tag == "a"
    text = "" if is_note else set_apart(sign, _text_before(raised), _text_behind(raised))
    for child in list(raised):
        raised.remove(child)
    raised.text = text


def _text_before(element: "_Element") -> str:
    """What stands right before `element`."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return previous.tail or "".join(previous.itertext())
    return (parent.text or "") if parent is not None else ""


def _text_behind(element: "_Element") -> str:
    """What stands right behind `element`, with what is lowered behind that."""
    text, following = element.tail or "", element.getnext()
    return text + (following.text or "") if following is not None and following.tag == "sub" else text


def _is_layout(table: "_Element") -> bool:
    """Whether a table only lays out a page: it holds others, has one column or a cell of most of its text,
    or cells of paragraphs or sentences side by side."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if max(map(len, rows), default=0) <= 1 or any(cell.find(".//h1") is not None for row in rows for cell in row):
        return True
    sizes = [[sum(weight(tidy(text)) for text in cell.itertext()) for cell in row] for row in rows]
    all_of_it = sum(map(sum, sizes))
    if any(size > LAYOUT_WEIGHT and size > LAYOUT_SHARE * all_of_it for row in sizes for size in row):
        return True
    cells = zip((cell for row in rows for cell in row), (size for row in sizes for size in row), strict=True)
    if any(size > LAYOUT_WEIGHT and len(cell.findall("./p")) > 1 for cell, size in cells):
        return True
    return sum(sum(map(_is_sentence, row)) > 1 for row in rows) > len(rows) / 2


def _is_sentence(cell: "_Element") -> bool:
    text = tidy("".join(cell.itertext()))
    return weight(text) > SENTENCE and ends_sentence(text)
