"""How the runs of a Word document are set, as far as it says what is text: hidden, struck, raised, in a font of signs;
and which paragraphs are its title.

What a run says itself holds, else what its styles say, each of which has what it doesn't say from the one it is
based on.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from assistant.sources.xml_parts import attribute, kind_of

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["PLAIN", "Look", "Styles", "child", "is_on"]

_TOGGLES = ("vanish", "strike")
"""What a style for words turns over where the style of their paragraph has it too (ECMA-376, part 1, 17.7.3)."""
_SETTINGS = {*_TOGGLES, "dstrike", "specVanish"}
_PLACE = "vertAlign"
_RAISED = "superscript"
_TITLE = "title"
"""What the style of titles is called in documents of every language, in any case."""


class Look(NamedTuple):
    """How a run is set; `font` is "" where it doesn't say."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False
    font: str = ""


PLAIN = Look()


class _Style(NamedTuple):
    based_on: str
    says: dict[str, bool]


class Styles:
    """The styles of one document."""

    def __init__(self, root: "_Element | None") -> None:
        """Reads the part of the styles; None: there is none."""
        self._styles: dict[str, _Style] = {}
        self._whole: dict[str, dict[str, bool]] = {"": {}}
        self._titles: set[str] = set()
        self._usual_paragraph = ""
        self._everywhere: dict[str, bool] = {}
        for element in root if root is not None else ():
            kind = kind_of(element)
            if kind == "docDefaults":
                self._everywhere = _says(child(child(element, "rPrDefault"), "rPr"))
            elif kind == "style":
                self._add(element)

    def look(self, run: "_Element | None", paragraph: "_Element | None") -> Look:
        """How the text of a run, or the mark of a paragraph, is set.

        Args:
            run: what is set for it (`rPr`).
            paragraph: what is set for the paragraph it stands in (`pPr`).
        """
        style = _value(paragraph, "pStyle")
        below = self._all(style if style in self._styles else self._usual_paragraph)
        above = self._all(_value(run, "rStyle"))
        own = _says(run)

        def holds(setting: str) -> bool:
            if setting in own:
                return own[setting]
            if setting in _TOGGLES:
                turned = below.get(setting, False) != above.get(setting, False)
                return turned or self._everywhere.get(setting, False)
            return (self._everywhere | below | above).get(setting, False)

        hidden, struck = holds("vanish") or holds("specVanish"), holds("strike") or holds("dstrike")
        return Look(hidden, struck, holds(_PLACE), _font(run))

    def is_title(self, paragraph: "_Element | None") -> bool:
        """Whether a paragraph has the style of titles, by what is set for it (`pPr`)."""
        style = _value(paragraph, "pStyle")
        return style in self._titles or (style not in self._styles and style.lower() == _TITLE)

    def _add(self, element: "_Element") -> None:
        name = attribute(element, "styleId")
        self._styles[name] = _Style(_value(element, "basedOn"), _says(child(element, "rPr")))
        if attribute(element, "type") == "paragraph" and is_on(attribute(element, "default"), missing=False):
            self._usual_paragraph = name
        if _value(element, "name").lower() == _TITLE:
            self._titles.add(name)

    def _all(self, name: str) -> dict[str, bool]:
        """What a style says, with what it has from those it is based on; nothing for one that isn't there."""
        chain: dict[str, dict[str, bool]] = {}
        while name not in self._whole and name not in chain and name in self._styles:
            chain[name] = self._styles[name].says
            name = self._styles[name].based_on
        says = self._whole.get(name, {})
        for below in reversed(chain):
            says = self._whole[below] = says | chain[below]
        return says


def child(element: "_Element | None", kind: str) -> "_Element | None":
    """The first child of a kind; None where there is none, or no element."""
    return next((one for one in element if kind_of(one) == kind), None) if element is not None else None


def is_on(value: str, *, missing: bool = True) -> bool:
    """Whether a setting is on that has a value; `missing`: what it is where it has none."""
    return value.lower() not in {"0", "false", "off"} if value else missing


def _value(element: "_Element | None", kind: str) -> str:
    found = child(element, kind)
    return attribute(found, "val") if found is not None else ""


def _says(properties: "_Element | None") -> dict[str, bool]:
    found: Iterable[_Element] = properties if properties is not None else ()
    says = {kind_of(one): is_on(attribute(one, "val")) for one in found if kind_of(one) in _SETTINGS}
    place = _value(properties, _PLACE)
    return says | {_PLACE: place == _RAISED} if place else says


def _font(properties: "_Element | None") -> str:
    fonts = child(properties, "rFonts")
    return (attribute(fonts, "ascii") or attribute(fonts, "hAnsi")) if fonts is not None else ""
