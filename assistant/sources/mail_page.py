"""What of a mail's page is its text: all of it, but for the housekeeping at its head and foot, and its buttons.

In contrast to a page of the web a mail is all text: what is linked in a digest are its own headlines.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.sources.extracted import tidy
from assistant.sources.forwarded import Forward, find_forward
from assistant.sources.html.cleaning import make_readable
from assistant.sources.html.notices import HEADLINE, is_notice
from assistant.sources.html.page import CELL, HEADINGS, Block, blocks_of, parse_page, weight
from assistant.sources.html.places import is_prose, path

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["mail_blocks"]

USUAL_SIZE = 16.0
"""Pixels of a letter where nothing is said of it."""
SMALL_SHARE = 0.87
"""Share of the text's size below which letters are small print: 12 pixels beside 14 are."""
LARGE_SHARE = 1.1
"""Share of it above which they are a heading's."""
LINKED = 0.8
"""Share of links from which a line is nothing else."""
BUTTON = 50
"""Most weight of a link that leads on from the text above it."""
FOOT_SHARE = 0.5
"""A foot says less than this share of what is said above it, in letters of the usual size."""
SMALL_PRINT = 400
"""Most weight of a line of housekeeping in letters of the usual size."""

_SIZE = re.compile(r"font-size\s*:\s*(\d{1,4}(?:\.\d{1,9})?)(px|pt|r?em|%)", re.IGNORECASE)
_UNITS = {"px": 1.0, "pt": 4 / 3, "rem": USUAL_SIZE}
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0, "-1": 13.0, "-2": 10.0}
_SIZED = "sized-text"
"""What an element is called that sets the size of a line of its own; with its hyphen it makes a block."""
_INLINE = {"font", "span", "small", "big", "i", "b", "em", "strong", "a", "u"}
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BUTTON = re.compile(r"background(?:-color)?\s*:|display\s*:\s*(?:inline-)?block", re.IGNORECASE)
_CALLED_BUTTON = re.compile(r"\b(?:button|btn|cta)\b", re.IGNORECASE)
_CALLED_FOOT = re.compile(
    r"(?:^|[\s_-])(?:foot(?:er)?|pre-?header|unsub\w*|social|signature)(?:$|[\s_-])", re.IGNORECASE
)
_HOUSEKEEPING_TARGET = re.compile(
    r"(?:^|[/?&=._-])(?:unsub(?:scribe)?|list-?unsubscribe|opt-?out|(?:e?mail|manage|update|subscription)?[_-]?preferences?"
    r"|(?:view|read|open)[_-]?(?:it[_-]?)?(?:in|on)[_-]?(?:your[_-]?)?(?:browser|web)|web-?version"
    r"|(?:mail|subscription)-?manage|haishin|teishi|kaijo|taikai)(?:\.\w{2,5})?(?:$|[/?&=#%])",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"""\bunsubscrib|\bopt(?:ing)?[\s-]out\b
    |\b(?:view|read|see|open)\b.{0,40}\b(?:browser|online|on\s+the\s+web|web\s+version)\b
    |\b(?:manage|update|change|edit|adjust)\b.{0,40}\b(?:preferences|subscriptions?|profile|settings|frequency)\b
    |\b(?:e-?mail|subscription|notification)\s+(?:preferences|settings)\b
    |\bforwarded\b.{0,60}\bsubscribe\b
    |(?:配信|購読|受信|登録|メルマガ|メールマガジン|メールアドレス)[^。]{0,12}(?:停止|解除|変更|中止|解約)|退会(?:は|手続|の)
    |ブラウザで|(?:Web|ウェブ)(?:版|ページで)""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a mail offers by its links."""
_SAYS = re.compile(
    r"""\byou(?:\W?re|\s+are)?\s+(?:now\s+)?(?:get|getting|receive|receiving|received|subscribed)\b
    |\b(?:e-?mail|message|newsletter)\s+(?:was|is|has\s+been)\s+sent\b|\b(?:privacy|cookie)\s+policy\b
    |\ball\s+rights\s+reserved\b|©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b|\bdo\s+not\s+reply\b
    |\btrouble\s+(?:seeing|viewing|reading)\b
    |送信専用|返信[^。]{0,12}(?:でき|いただ)|HTML(?:形式|メール)|プライバシー|個人情報|無断(?:転載|複製)
    |(?:この|本|当)(?:メール(?:マガジン)?|メルマガ|ニュースレター)(?:は|の|に|を|が)
    |〒\d|発行(?:元|者|人|所)?\s*[:：／]|編集・発行|登録(?:いただいた|された)方""",
    re.IGNORECASE | re.VERBOSE,
)
"""What it says of itself in small print."""
_SAYS_WHOSE = re.compile(r"^\W*(?:©|\(c\)|copyright)|all\s+rights\s+reserved|〒\d", re.IGNORECASE)
"""Housekeeping that needs no link."""


@dataclass
class _Link:
    """What is known of the links of one text.

    Attributes:
        target: where the last of them leads.
    """

    target: str = ""
    times: int = 0
    is_bold: bool = False
    is_button: bool = False
    is_led: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A block of the page, and what tells text from housekeeping.

    Attributes:
        is_led: whether it is told to be housekeeping by its place or where it leads, and not by its words alone.
    """

    block: Block
    is_small: bool
    is_linked: bool
    is_heading: bool
    is_led: bool
    is_worded: bool

    @property
    def is_housekeeping(self) -> bool:
        return self.is_led or self.is_worded

    @property
    def is_text(self) -> bool:
        return not (self.is_small or self.is_housekeeping) and (self.is_heading or is_prose(self.block))

    @property
    def said(self) -> int:
        """How much it says as text."""
        return weight(self.block.text) if self.is_text else 0


def mail_blocks(page: str, unsubscribes: Collection[str] = (), subject: str = "") -> tuple[list[Block], Forward | None]:
    """The blocks of a mail's page that are its text, in reading order, and what it forwards where they are of that.

    Args:
        unsubscribes: the addresses at which the mail says itself that it can be unsubscribed.
    """
    tree = parse_page(page)
    if tree is None:
        return [], None
    make_readable(tree)
    sizes = _sizes(tree)
    links = _links(tree, unsubscribes)
    blocks = list(blocks_of(tree))
    forward = find_forward([block.text for block in blocks], subject)
    blocks = blocks[forward.start :] if forward else blocks
    said: Counter[float] = Counter()
    for block in blocks:
        said[sizes[block.element]] += weight(block.text) if is_prose(block) else 0
    usual = max(said, key=lambda size: said[size], default=USUAL_SIZE)
    lines = [_line(block, sizes[block.element] / usual, links) for block in blocks]
    lines = list(_without_head(lines[: _foot(lines)]))
    return [line.block for line in _without_buttons(lines, links)], forward


def _sizes(tree: "_Element") -> "dict[_Element, float]":
    """How large the letters of each element are; a line of its own that is of another size becomes a block."""
    sizes: dict[_Element, float] = {}
    for element in tree.iter():
        parent = element.getparent()
        around = sizes.get(parent, USUAL_SIZE) if parent is not None else USUAL_SIZE
        size = _own_size(element, around)
        sizes[element] = around if size is None else size
        if size is not None and element.tag in _INLINE and _is_line(element):
            element.tag = _SIZED
    return sizes


def _own_size(element: "_Element", around: float) -> float | None:
    if found := _SIZE.search(element.get("style", "")):
        unit = found[2].lower()
        return float(found[1]) * (_UNITS.get(unit) or (around if unit == "em" else around / 100)) or None
    if element.tag == "small":
        return around * 5 / 6
    return _FONT_SIZES.get(element.get("size", "").strip()) if element.tag == "font" else None


def _is_line(element: "_Element") -> bool:
    """Whether nothing stands beside an element on its line."""
    while True:
        before, after, parent = element.getprevious(), element.getnext(), element.getparent()
        if parent is None or parent.tag in HEADINGS or (element.tail or "").strip():
            return False
        beside = (parent.text if before is None else before.tail) or ""
        if beside.strip() or any(each is not None and each.tag in _INLINE for each in (before, after)):
            return False
        if parent.tag not in _INLINE or before is not None or after is not None:
            return True
        element = parent


def _links(tree: "_Element", unsubscribes: Collection[str]) -> dict[str, _Link]:
    """The links of a page by their text."""
    links: dict[str, _Link] = {}
    for element in tree.iter("a"):
        text = tidy("".join(element.itertext()))
        link = links.setdefault(text, _Link())
        link.times += 1
        link.target = element.get("href", "").strip()
        link.is_led |= link.target in unsubscribes or bool(_HOUSEKEEPING_TARGET.search(link.target))
        around = [*path(element)[:3], *element.iter("b", "strong")]
        link.is_bold |= any(each.tag in ("b", "strong") or _BOLD.search(each.get("style", "")) for each in around)
        style, called = element.get("style", ""), element.get("class", "")
        link.is_button |= bool(_BUTTON.search(style) or _CALLED_BUTTON.search(called))
    return links


def _line(block: Block, size: float, links: dict[str, _Link]) -> _Line:
    linked = sum(map(weight, block.links))
    known = [links[text] for text in block.links if text in links]
    is_linked = linked >= LINKED * weight(block.text.replace(CELL, "")) and linked > 0
    is_heading = block.tag in HEADINGS or (size > LARGE_SHARE and not is_prose(block))
    is_heading = is_heading or (is_linked and any(link.is_bold and not link.is_button for link in known))
    is_small = size < SMALL_SHARE
    is_led = (is_small or weight(block.text) <= SMALL_PRINT) and (
        any(link.is_led for link in known) or _is_below(block)
    )
    return _Line(block, is_small, is_linked, is_heading, is_led, _is_worded(block, is_small=is_small))


def _is_below(block: Block) -> bool:
    """Whether the part of the page that a block stands in is called a foot, or alike."""
    return any(each.tag == "footer" or _CALLED_FOOT.search(each.get("class", "")) for each in path(block.element))


def _is_worded(block: Block, *, is_small: bool) -> bool:
    """Whether a line is housekeeping by what it says."""
    if is_small:
        return bool(_ASKS.search(block.text) or _SAYS.search(block.text))
    is_short = weight(block.text) <= SMALL_PRINT
    return is_short and bool((block.links and _ASKS.search(block.text)) or _SAYS_WHOSE.search(block.text))


def _without_head(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Without what stands above the text: housekeeping, small print with links, and what is above these."""
    first = next((number for number, line in enumerate(lines) if line.is_text), 0)
    prose = next((number for number, line in enumerate(lines) if line.is_text and is_prose(line.block)), first)
    is_odd = [line.is_housekeeping or (line.is_small and bool(line.block.links)) for line in lines[:prose]]
    start = max((number + 1 for number in range(first) if is_odd[number]), default=0)
    for number, line in enumerate(lines):
        if number >= prose or (number >= start and not is_odd[number]):
            yield line


def _foot(lines: Sequence[_Line]) -> int:
    """How many lines stand before the foot: from the first line of housekeeping on that no text follows."""
    above, below = 0, sum(line.said for line in lines)
    start = len(lines)
    headings = [number for number, line in enumerate(lines) if line.is_heading and line.is_text]
    last_heading = max(headings, default=-1)
    for number, line in enumerate(lines):
        below -= line.said
        most_below = FOOT_SHARE * above if line.is_led or line.is_small else 0
        if line.is_housekeeping and number > last_heading and above > 0 and below <= most_below:
            start = number
            break
        above += line.said
    if start < len(lines):
        around_text = {element for line in lines if line.is_text for element in path(line.block.element)}
        parts = [each for each in path(lines[start].block.element) if each not in around_text]
        while start > 0 and _is_of_foot(lines[start - 1], set(parts)):
            start -= 1
    return start


def _is_of_foot(line: _Line, parts: "set[_Element]") -> bool:
    """Whether a line right above the housekeeping belongs to it.

    Args:
        parts: the parts of the page that hold the housekeeping and no text.
    """
    if line.is_text:
        return False
    if not re.search(r"\w", line.block.text):
        return True
    is_odd = line.is_small or line.is_housekeeping or (line.is_linked and not line.is_heading)
    return is_odd or not parts.isdisjoint(path(line.block.element))


def _without_buttons(lines: Sequence[_Line], links: dict[str, _Link]) -> Iterator[_Line]:
    """Without links that are no headlines: those to where another leads, those said often, short ones, buttons."""
    seen: set[str] = set()
    for number, line in enumerate(lines):
        known = [links[text] for text in line.block.links if text in links]
        targets = {link.target for link in known}
        following = lines[number + 1] if number + 1 < len(lines) else None
        leads_on = number > 0 and lines[number - 1].said > 0 and not (following and _goes_on(following))
        is_button = any(link.is_button for link in known) or (targets and targets <= seen)
        is_button = is_button or any(link.times > 1 for link in known) or len(line.block.links) > 1
        is_button = is_button or (leads_on and weight(line.block.text) <= BUTTON)
        is_button = is_button or weight(line.block.text) < HEADLINE
        seen |= targets
        if line.is_linked and not line.is_heading and is_button:
            continue
        if not (line.block.links and is_notice(line.block)):
            yield line


def _goes_on(line: _Line) -> bool:
    """Whether a line is the text below a linked headline, or another of these."""
    return not line.is_heading and (line.said > 0 or line.is_linked)
