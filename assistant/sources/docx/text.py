"""The text of a Word document, as it is read on paper: paragraphs, table rows as lines; its title and its date."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.sources.docx.parts import Parts
from assistant.sources.docx.styles import PLAIN, Look, Styles, child, is_on
from assistant.sources.docx.symbol_fonts import letters_of, sign_of
from assistant.sources.extracted import Extracted, known_title, no_text, paragraphs_text, tidy, written_day
from assistant.sources.raised import flat_text
from assistant.sources.xml_parts import attribute, kind_of

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["extract_docx"]

_TEMPLATE_DAY = "2013-12-23"
"""When the template was made that python-docx writes new documents from."""
_LEFT_OUT = {"pPr", "rPr", "sdtPr", "rt", "instrText", "del", "moveFrom", "delText", "delInstrText"}
"""What is no text: settings, readings above characters, what a field is made from, what was deleted."""
_BOXES = {"txbxContent", "txBody"}
_SIGNS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_BLANKS = str.maketrans("\t\n\r", "   ")
"""Inside a text they are none of the document's tabs and line breaks."""


def extract_docx(data: bytes, name: str) -> Extracted:
    """The text of a Word document; changes that are tracked count as made, what is hidden or struck is left out.

    Raises:
        ArticleError: it is broken or no Word document, has no text, or is too large unpacked.
        zipfile.BadZipFile: a part of it is damaged, or longer than it says.
    """
    parts = Parts(data, name)
    reading = _Reading(Styles(parts.styles()))
    text = paragraphs_text(reading.paragraphs(parts.main()))
    if not text:
        raise no_text(name)
    told = parts.properties()
    made = written_day(told.get("created", ""))
    title = known_title(reading.title) or known_title(told.get("title"))  # what it tells may be of its template
    return Extracted(text, title, "" if made == _TEMPLATE_DAY else made)


class _Reading:
    """Reads what stands in one place (a document, a cell, a text box) into paragraphs.

    A paragraph ends at its mark. Where that is deleted or hidden, it goes on in the next.

    Attributes:
        title: the first paragraph that is set as a title; "" where there is none.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._done: list[str] = []
        self.title = ""
        self._open: list[tuple[str, bool]] = []
        self._begun = False
        self._is_title = False
        self._boxes_before: list[str] = []
        self._boxes_after: list[str] = []
        self._found = 0

    def paragraphs(self, place: "_Element") -> list[str]:
        """The paragraphs and table rows of a place, in reading order."""
        self._blocks(place)
        self._end()
        return self._done

    def _blocks(self, element: "_Element") -> None:
        for block in element:
            kind = kind_of(block)
            if kind == "p":
                self._paragraph(block)
            elif kind == "tbl":
                self._end()
                self._blocks(block)
            elif kind == "tr":
                self._row(block)
            elif kind == "AlternateContent":
                for branch in self._branches(block):
                    self._blocks(branch)
            elif _is_read(block):
                self._blocks(block)

    def _paragraph(self, element: "_Element") -> None:
        settings = child(element, "pPr")
        self._is_title |= self._styles.is_title(settings)
        self._inline(element, settings, PLAIN)
        mark = child(settings, "rPr")
        gone = any(child(mark, change) is not None for change in ("del", "moveFrom"))
        if not gone and not self._styles.look(mark, settings).hidden:
            self._end()

    def _inline(self, element: "_Element", settings: "_Element | None", look: Look) -> None:
        """Adds the text in `element`, which is in a paragraph with `settings`; its boxes are kept for its end."""
        for part in element:
            kind = kind_of(part)
            if kind == "r":
                own = self._styles.look(child(part, "rPr"), settings)
                if not own.hidden:
                    self._inline(part, settings, own)
            elif kind == "t":
                self._add(letters_of(look.font, (part.text or "").translate(_BLANKS)), look)
            elif kind == "sym":
                self._add(_symbol(part), look)
            elif kind in _SIGNS:
                self._add(_SIGNS[kind], look)
            elif kind in _BOXES:
                self._box(part)
            elif kind == "AlternateContent":
                for branch in self._branches(part):
                    self._inline(branch, settings, look)
            elif kind == "den":
                self._add("/", look)
                self._inline(part, settings, look)
            elif _is_read(part):
                self._inline(part, settings, look)

    def _add(self, text: str, look: Look) -> None:
        if text and not look.struck:
            self._open.append((text, look.raised))
            if tidy(text):
                self._begun = True
                self._found += 1

    def _box(self, element: "_Element") -> None:
        found = self._read(element)
        self._found += len(found)
        (self._boxes_after if self._begun else self._boxes_before).extend(found)

    def _read(self, place: "_Element") -> list[str]:
        """The paragraphs of a place inside of this one."""
        reading = _Reading(self._styles)
        found = reading.paragraphs(place)
        self.title = self.title or reading.title
        return found

    def _branches(self, element: "_Element") -> "Iterator[_Element]":
        """The ways to write one thing, until one had a text: the newest come first."""
        before = self._found
        for branch in element:
            if self._found == before:
                yield branch

    def _row(self, element: "_Element") -> None:
        settings = child(element, "trPr")
        hidden = child(settings, "hidden")
        if child(settings, "del") is not None or (hidden is not None and is_on(attribute(hidden, "val"))):
            return
        cells = [self._read(cell) for cell in _cells(element)]
        framed = len(cells) == 1  # a row of one cell is a frame around paragraphs
        lines = cells[0] if framed else [" | ".join(filter(None, (tidy(" ".join(cell)) for cell in cells)))]
        self._found += sum(map(len, cells))
        self._done += filter(tidy, lines)

    def _end(self) -> None:
        """Ends the paragraph; a box at its beginning comes before it, but for a headline."""
        own = list(filter(tidy, flat_text(self._open).split("\n")))
        if self._is_title and not self.title:
            self.title = " ".join(own)
        before, after = self._boxes_before, self._boxes_after
        self._done += [*before, *own, *after] if self._done else [*own, *before, *after]
        self._open, self._begun, self._is_title, self._boxes_before, self._boxes_after = [], False, False, [], []


def _is_read(element: "_Element") -> bool:
    """Whether there may be text in an element that is no paragraph, run or text itself."""
    kind = kind_of(element)
    if kind == "sdt":  # a field to fill in that nobody filled in
        prompt = child(child(element, "sdtPr"), "showingPlcHdr")
        return prompt is None or not is_on(attribute(prompt, "val"))
    if kind in {"anchor", "inline"}:
        shape = child(element, "docPr")
        return shape is None or not is_on(attribute(shape, "hidden"), missing=False)
    return kind not in _LEFT_OUT and "visibility:hidden" not in attribute(element, "style").replace(" ", "")


def _cells(row: "_Element") -> "Iterator[_Element]":
    """The cells of a table row that aren't deleted, also those inside of something."""
    for element in row:
        if kind_of(element) != "tc":
            yield from _cells(element)
        elif child(child(element, "tcPr"), "cellDel") is None:
            yield element


def _symbol(element: "_Element") -> str:
    with suppress(ValueError):
        return sign_of(attribute(element, "font"), int(attribute(element, "char"), 16))
    return ""
