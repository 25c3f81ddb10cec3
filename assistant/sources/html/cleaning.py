"""Takes out of an HTML page what is not seen of it, or struck, and what would be misread."""

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from assistant.sources.extracted import CJK, tidy
from assistant.sources.html.page import HEADINGS, bare, is_block, weight
from assistant.sources.html.styles import hidden_by_rules
from assistant.sources.raised import set_apart
from assistant.text.sentences import ends_sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["join_lines", "make_readable", "remove"]

LAYOUT_SHARE = 0.6
"""A table of which one cell holds more is no table, but a page laid out by one."""
LAYOUT_WEIGHT = 80
"""Less in that cell may stand in a table."""
SENTENCE = 40
"""Least weight of a cell that is a sentence of a text beside another."""
HIDDEN_SHARE = 0.5
"""What hides more of a page's text than this is undone by a script."""
HEADING = 250
"""Most weight of lines that are one heading."""
AROUND = 3
"""Elements around one that are asked whether they are a tooltip."""
MOST_PARTS = 50
"""More elements side by side are no words of a sentence."""


_UNREAD = ("script", "style", "template", "noscript", "textarea", "select", "iframe", "object", "svg", "math", "title")
_STRUCK = {"del", "s", "strike"}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0(?:\.0+)?(?:px|em|%)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:[12]?(?:\.\d+)?(?:px|pt)|0?\.[01]\d*r?em)\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{4,}(?:px|pt|em)",
    re.IGNORECASE,
)
"""Not there, too small for anybody to read, or far outside of the page."""
_TRANSPARENT = re.compile(r"(?:^|;)\s*opacity\s*:\s*0(?:\.0+)?%?\s*(?:;|!|$)", re.IGNORECASE)
_MOVED = re.compile(
    r"(?:^|[;\s_-])(?:transform|transition|animat\w*|will-change|fade\w*|reveal\w*|aos)\b", re.IGNORECASE
)
"""What a style or a name says of what a script fades in."""
_COLOUR = re.compile(r"(?:^|;)\s*(color|background(?:-color)?)\s*:\s*([^;!]+)", re.IGNORECASE)
_NO_COLOURS = {"inherit", "initial", "unset", "revert", "currentcolor"}
_WHITE = re.compile(r"#fff(?:fff)?|rgba?\(255,255,255(?:,1)?\)")
_FOR_READERS_OF_SCREENS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only)?|(?:visually|assistive)-?hidden)(?:\s|$)",
    re.IGNORECASE,
)
_TOOLTIP = re.compile(r"(?:^|\s)(?:tooltip|popover|rollover)[\w-]*", re.IGNORECASE)
_BUBBLE = re.compile(
    r"(?:tooltip|popover|rollover)[_-]*(?:text|content|inner|body|box|block|bubble|popup|message|panel|description)",
    re.IGNORECASE,
)
"""What says more of a word, and is seen where that is pointed at."""
_LINED_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]{0,60}line-through", re.IGNORECASE)
_MARK = re.compile("[\"'“”‘’«「『]")
_LATIN_END = re.compile(rf"[^\W{CJK}]$")
_GOES_ON = re.compile(r"[a-z\u3041-\u3096、。,.;:!?）)]")
_BREAK = "\u2028"
_CJK = re.compile(f"[{CJK}]")


def make_readable(tree: "_Element") -> None:
    """Takes out of `tree` what is not seen or struck, sets raised figures apart, and makes layouts no tables."""
    from lxml import etree

    hidden = hidden_by_rules(tree)
    etree.strip_elements(tree, *_UNREAD, with_tail=False)
    remove(tree, [element for element in tree.iter() if _is_struck(element)])
    _remove_hidden(tree, hidden)
    for element in tree.iter():
        if element.tag == "q":
            _quote(element)
        elif (element.tag == "button" or "-" in str(element.tag)) and _is_within_sentence(element):
            element.tag = "span"
    raised = list(tree.iter("sup"))
    notes = {_sign(each) for each in raised if not _text_before(each).strip()}
    for each in raised:
        _write_flat(each, notes)
    for table in reversed(list(tree.iter("table"))):
        if _is_layout(table):
            for element in (table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
                element.tag = "div"


def join_lines(tree: "_Element", title: str) -> None:
    """Makes one of the lines of a heading, but where the page calls itself by one of them and not by all."""
    title = bare(title)
    for heading in tree.iter(*HEADINGS):
        ends = list(heading.iter("br"))
        if not 0 < len(ends) <= MOST_PARTS or weight(tidy("".join(heading.itertext()))) > HEADING:
            continue
        for end in ends:
            end.tail = f"{_BREAK}{end.tail or ''}"
        lines = list(map(bare, "".join(heading.itertext()).split(_BREAK)))
        for end in ends:
            end.tail = end.tail[len(_BREAK) :]
        if all(lines) and ("".join(lines) in title or not any(line in title for line in lines)):
            for end in ends:
                end.tag = "span"


def remove(tree: "_Element", elements: "list[_Element]") -> None:
    """Takes `elements` out and leaves what stands behind them."""
    from lxml import etree

    for element in elements:
        element.tag = "gone"
    etree.strip_elements(tree, "gone", with_tail=False)


def _is_struck(element: "_Element") -> bool:
    return element.tag in _STRUCK or bool(_LINED_THROUGH.search(element.get("style", "")))


def _is_bubble(element: "_Element") -> bool:
    """Whether an element tells more of a word of the text beside it, and isn't that word itself.

    It is called so, stands behind the word in what is called a tooltip as well or in an element of the word's own,
    without a blank behind it, apart from the text, or is a sentence.
    """
    name = element.get("class", "")
    if element.get("role") == "tooltip" or _BUBBLE.search(name):
        return True
    parent = element.getparent()
    if parent is None or not _TOOLTIP.search(name):
        return False
    before, is_last = _text_before(element), not (element.tail or "").strip()
    is_inside = any(_TOOLTIP.search(each.get("class", "")) for each in islice(element.iterancestors(), AROUND))
    is_behind = before.strip() and (is_inside or (is_last and not is_block(parent)))
    if is_behind or _LATIN_END.search(before) or is_block(element):
        return True
    has_another = any(_TOOLTIP.search(each.get("class", "")) for each in element.iterdescendants())
    return not has_another and ends_sentence(tidy("".join(element.itertext())))


def _is_within_sentence(element: "_Element") -> bool:
    """Whether an element without blocks in it is a word of the paragraph around it, and not a button beside that."""
    parent, before, after = element.getparent(), tidy(_text_before(element)), tidy(element.tail or "")
    goes_on = _GOES_ON.match(after) or (after and before and not ends_sentence(before))
    if parent is None or not goes_on or len(parent) > MOST_PARTS or any(map(is_block, element.iterdescendants())):
        return False
    text = tidy("".join(parent.itertext()))
    return weight(text) >= SENTENCE and ends_sentence(text)


def _quote(element: "_Element") -> None:
    """Sets the marks of a quotation that a browser draws; none where the text has its own."""
    text = tidy("".join(element.itertext()))
    marks = "「」" if _CJK.search(text) else "“”"
    if not text or _MARK.match(text) or _MARK.match(_text_before(element)[-1:]):
        return
    element.text = marks[0] + (element.text or "").lstrip()
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip() + marks[1]
    else:
        element.text = element.text.rstrip() + marks[1]


def _is_hidden(element: "_Element") -> bool:
    return (
        element.get("hidden") is not None
        or _is_unseen(element.get("style", ""))
        or _is_transparent(element)
        or bool(_FOR_READERS_OF_SCREENS.search(element.get("class", "")))
        or _is_bubble(element)
        or (element.tag == "dialog" and element.get("open") is None)
    )


def _is_transparent(element: "_Element") -> bool:
    """Whether an element can't be seen through its opacity, and no script is to fade it in."""
    style = element.get("style", "")
    return bool(_TRANSPARENT.search(style)) and not _MOVED.search(f"{style} {element.get('class', '')}")


def _is_unseen(style: str) -> bool:
    """Whether a style hides what it is of, or gives it the colour of what is behind it."""
    if _UNSEEN.search(style):
        return True
    said = {found[1].lower()[:10]: "".join(found[2].lower().split()) for found in _COLOUR.finditer(style)}
    colours = {_WHITE.sub("white", colour) for colour in said.values()}
    return len(said) > 1 and len(colours) == 1 and not colours & _NO_COLOURS


def _remove_hidden(tree: "_Element", by_rules: "list[list[_Element]]") -> None:
    """Takes out what is hidden by itself, by a rule together with others, or as all that is transparent."""
    unseen = [element for element in tree.iter() if _is_hidden(element)]
    transparent = [element for element in unseen if _is_transparent(element)]
    hidden = [*([element] for element in unseen if not _is_transparent(element)), transparent, *by_rules]
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
