"""What a page of a PDF draws: its characters and where they stand, as pypdf's operations say."""

import math
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.sources.pdf.fonts import UNREADABLE, Glyphs

__all__ = ["Drawing", "Stroke", "TooMuch"]

DEPTH = 12
"""Drawings within drawings within a page are followed so far."""
SMALLEST = 1.0
"""Smaller letters, in points, are drawn for nobody to see."""
FARTHEST = 100_000.0
"""No page is as large, in points."""
GAP = 0.05
"""Letters that are moved apart by more, in sizes, are drawn in strokes of their own."""

_Matrix = tuple[float, float, float, float, float, float]
_UNIT: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class TooMuch(Exception):
    """A page is drawn in more steps than is allowed."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Text that is drawn in one go, in points from the left and from the bottom of the page as it is shown."""

    text: str
    """"" where it is part of what another stroke stands for."""
    x: float
    y: float
    """Where its first letter begins; on the base line, or for letters one under another, in their middle at the top."""
    end_x: float
    end_y: float
    """Where its last letter ends."""
    size: float
    turn: int
    """How the letters stand: 0 upright, 90 turned to the left, 180 on their heads, 270 turned to the right, else -1."""
    vertical: bool
    """Whether the letters stand one under another."""


@dataclass(slots=True)
class _State:
    """What `q` keeps and `Q` brings back."""

    matrix: _Matrix = _UNIT
    font: Glyphs | None = None
    size: float = 0.0
    letter_gap: float = 0.0
    word_gap: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass(slots=True)
class Drawing:
    """Draws the pages of a file; fonts are read once."""

    reader: Any
    steps: int
    """Most steps in which a page may be drawn, each letter being one more."""
    _fonts: dict[int, tuple[Any, Glyphs]] = field(default_factory=dict)
    _operations: dict[int, list[tuple[Any, bytes]]] = field(default_factory=dict)
    _left: int = 0

    def strokes(self, page: Any) -> Iterator[Stroke]:
        """The text of a page in the order in which it is drawn, without what is too small to be seen.

        Raises:
            TooMuch: it takes too many steps.
            Exception: whatever pypdf raises on a broken page.
        """
        self._left = self.steps
        self._operations.clear()
        contents = _value(page, "/Contents")
        if isinstance(contents, list | dict):
            resources = _dictionary(_inherited(page, "/Resources"))
            yield from self._drawn(self._parsed(contents), resources, _State(matrix=_shown(page)), DEPTH)

    def _parsed(self, stream: Any) -> list[tuple[Any, bytes]]:
        from pypdf.generic import ContentStream

        if id(stream) not in self._operations:
            self._operations[id(stream)] = ContentStream(stream, self.reader, "bytes").operations
        return self._operations[id(stream)]

    def _drawn(
        self, operations: Sequence[tuple[Any, bytes]], resources: Any, state: _State, depth: int
    ) -> Iterator[Stroke]:
        pen = _Pen(state)
        for operands, operator in operations:
            self._left -= 1 + _letters(operands)
            if self._left < 0:
                raise TooMuch
            if operator == b"Tf" and len(operands) == 2:
                pen.state.font = self._font(resources, operands[0])
                pen.state.size = _number(operands[1])
            elif operator == b"Do" and operands and depth:
                yield from self._form(resources, operands[0], pen.state, depth)
            else:
                yield from pen.follow(operator, operands, resources)

    def _form(self, resources: Any, name: Any, state: _State, depth: int) -> Iterator[Stroke]:
        form = _dictionary(_dictionary(resources.get("/XObject")).get(name))
        if form.get("/Subtype") != "/Form":
            return
        matrix = _numbers(_value(form, "/Matrix"))
        inside = replace(state, matrix=_times(_matrix(matrix) or _UNIT, state.matrix))
        own = _value(form, "/Resources")
        within = _dictionary(own) if own is not None else resources
        yield from self._drawn(self._parsed(form), within, inside, depth - 1)

    def _font(self, resources: Any, name: Any) -> Glyphs:
        font = _dictionary(_dictionary(resources.get("/Font")).get(name))
        key = id(font) if font else 0
        if key not in self._fonts:
            self._fonts[key] = font, Glyphs.of(font)
        return self._fonts[key][1]


@dataclass(slots=True)
class _Pen:
    """Follows the operations of one stream."""

    state: _State
    kept: list[_State] = field(default_factory=list)
    text: _Matrix = _UNIT
    line: _Matrix = _UNIT
    marks: int = 0
    """How many marks of text are open."""
    said: str | None = None
    """What the text of the outermost mark stands for, "" once it was read; None where none says so."""
    said_within: int = 0
    """How many marks are around that one."""

    def follow(self, operator: bytes, operands: Any, resources: Any) -> Iterator[Stroke]:
        """Does what `operator` says; gives what it draws."""
        numbers = _numbers(operands)
        match operator:
            case b"Tj":
                yield from self._show(operands[:1])
            case b"TJ":
                yield from self._show(operands[0] if operands else [])
            case b"'":
                self._next_line(0, -self.state.leading)
                yield from self._show(operands[:1])
            case b'"':
                if len(operands) == 3:
                    self.state.word_gap, self.state.letter_gap = _number(operands[0]), _number(operands[1])
                    self._next_line(0, -self.state.leading)
                    yield from self._show(operands[2:])
            case b"BT":
                self.text = self.line = _UNIT
            case b"Td" | b"TD" if len(numbers) == 2:
                if operator == b"TD":
                    self.state.leading = -numbers[1]
                self._next_line(*numbers)
            case b"T*":
                self._next_line(0, -self.state.leading)
            case b"Tm":
                self.text = self.line = _matrix(numbers) or self.line
            case b"cm":
                self.state.matrix = _times(_matrix(numbers) or _UNIT, self.state.matrix)
            case b"q":
                self.kept.append(replace(self.state))
            case b"Q":
                self.state = self.kept.pop() if self.kept else self.state
            case b"BMC" | b"BDC":
                if self.said is None:
                    self.said, self.said_within = _said(operands, resources), self.marks
                self.marks += 1
            case b"EMC":
                self.marks = max(0, self.marks - 1)
                if self.marks <= self.said_within:
                    self.said = None
            case _ if numbers:
                self._set(operator, numbers[0])

    def _set(self, operator: bytes, value: float) -> None:
        match operator:
            case b"Tc":
                self.state.letter_gap = value
            case b"Tw":
                self.state.word_gap = value
            case b"Tz":
                self.state.stretch = value / 100
            case b"TL":
                self.state.leading = value
            case b"Ts":
                self.state.rise = value

    def _next_line(self, x: float, y: float) -> None:
        self.text = self.line = _times((1, 0, 0, 1, x, y), self.line)

    def _show(self, parts: Any) -> Iterator[Stroke]:
        """Draws strings, with the moves between them that are numbers."""
        font, size = self.state.font, self.state.size
        if font is None:
            return
        text = ""
        start = end = self._text_matrix()
        for part in parts:
            if isinstance(part, int | float):
                moved = -_number(part) / 1000 * size
                if abs(moved) > GAP * abs(size) and text:
                    yield from self._stroke(text, font, start, end)
                    text = ""
                self._advance(moved if font.vertical else moved * self.state.stretch, font)
                continue
            for glyph in font.read(part if isinstance(part, bytes) else b""):
                if not text:
                    start = self._text_matrix()
                text += glyph.text
                gap = self.state.letter_gap + (self.state.word_gap if glyph.is_blank else 0)
                width = -size if font.vertical else glyph.width * size * self.state.stretch
                self._advance(width, font)
                end = self._text_matrix()
                self._advance(-gap if font.vertical else gap * self.state.stretch, font)
        if text:
            yield from self._stroke(text, font, start, end)

    def _advance(self, by: float, font: Glyphs) -> None:
        a, b, c, d, e, f = self.text
        self.text = (a, b, c, d, e + by * c, f + by * d) if font.vertical else (a, b, c, d, e + by * a, f + by * b)

    def _text_matrix(self) -> _Matrix:
        return _times(self.text, self.state.matrix)

    def _stroke(self, text: str, font: Glyphs, start: _Matrix, end: _Matrix) -> Iterator[Stroke]:
        size = self.state.size
        points = abs(size) * math.hypot(start[2], start[3])
        if self.said is not None:
            text, self.said = self.said, ""
        places = *_point(start, 0, self.state.rise), *_point(end, 0, self.state.rise)
        if SMALLEST <= points <= FARTHEST and all(abs(place) <= FARTHEST for place in places):
            yield Stroke(text, *places, points, _turn(start, size), font.vertical)


def _letters(operands: Any) -> int:
    """How many bytes of text an operation draws."""
    parts = operands[0] if operands and isinstance(operands[0], list) else operands
    return sum(len(part) for part in parts if isinstance(part, bytes)) if isinstance(parts, list) else 0


def _said(operands: Any, resources: Any) -> str | None:
    """What a mark says that its text stands for."""
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, str):
        properties = _dictionary(_dictionary(resources.get("/Properties")).get(properties))
    if not isinstance(properties, dict):
        return None
    said = _value(properties, "/ActualText")
    if isinstance(said, bytes):
        said = said.decode("utf-16" if said[:2] in (BOM_UTF16_BE, BOM_UTF16_LE) else "latin-1", "replace")
    return said if isinstance(said, str) and UNREADABLE not in said else None


def _shown(page: Any) -> _Matrix:
    """Brings points of a page to where they are when it is turned as it says that it is to be shown."""
    turned = int(_number(_inherited(page, "/Rotate"))) % 360
    return {90: (0, -1, 1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, 1, -1, 0, 0, 0)}.get(turned, _UNIT)


def _turn(matrix: _Matrix, size: float) -> int:
    """How letters stand, to within 10 degrees, by where they have their heads."""
    angle = math.degrees(math.atan2(-matrix[2] * size, matrix[3] * size)) % 360
    near = round(angle / 90) * 90
    return near % 360 if abs(angle - near) <= 10 else -1


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _point(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


def _matrix(numbers: list[float]) -> _Matrix | None:
    if len(numbers) != 6:
        return None
    a, b, c, d, e, f = numbers
    return (a, b, c, d, e, f)


def _numbers(values: Any) -> list[float]:
    if not isinstance(values, list) or not all(isinstance(value, int | float) for value in values):
        return []
    return [_number(value) for value in values]


def _number(value: Any) -> float:
    value = value.get_object() if hasattr(value, "get_object") else value
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _value(dictionary: Any, key: str) -> Any:
    value = dictionary.get(key)
    return value.get_object() if value is not None else None


def _dictionary(value: Any) -> Any:
    value = value.get_object() if hasattr(value, "get_object") else value
    return value if isinstance(value, dict) else {}


def _inherited(page: Any, key: str) -> Any:
    """What a page says, or what the pages around it say for it."""
    for _ in range(DEPTH):
        if key in page:
            return page[key]
        page = _dictionary(page.get("/Parent"))
    return None
