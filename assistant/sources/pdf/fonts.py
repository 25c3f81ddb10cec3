"""Which characters the codes of a PDF's text stand for, and how wide they are.

pypdf knows fonts with a table of their own (ToUnicode) and those of single bytes. Japanese fonts without one are read
by their character map: codes of JIS, EUC, Shift JIS and Unicode by Python's codecs, numbers of Adobe-Japan1 (CIDs) by
the order in which it counts the characters of JIS X 0208. A code that stands for nothing known is UNREADABLE.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject

__all__ = ["UNREADABLE", "Glyph", "Glyphs"]

UNREADABLE = "\ufffd"
"""Stands for a character that the file draws but doesn't tell."""
EM = 1000.0
"""Widths are in thousandths of the size."""

_CODECS = (
    (re.compile(r"(?:78-|Add-|Ext-|NWP-)?[HV]"), "jis"),
    (re.compile(r"(?:78-)?EUC-[HV]"), "euc_jp"),
    (re.compile(r".*RKSJ-[HV]"), "cp932"),
    (re.compile(r"Uni\w+-UTF8-[HV]"), "utf-8"),
    (re.compile(r"Uni\w+-UTF32-[HV]"), "utf-32-be"),
    (re.compile(r"Uni\w+-(?:UCS2|UTF16)(?:-HW)?-[HV]"), "utf-16-be"),
    (re.compile(r"GB\w*-EUC-[HV]|GBK\w*-[HV]"), "gb18030"),
    (re.compile(r"(?:ETen|ETenms|B5pc|HKscs)-B5-[HV]|B5pc-[HV]"), "big5hkscs"),
    (re.compile(r"KSC\w*-(?:EUC|UHC)(?:-HW)?-[HV]"), "cp949"),
)
"""Character maps that PDF knows by name, and how their codes are read."""
_LENGTHS = {"jis": 2, "utf-16-be": 2, "utf-32-be": 4}
_ROWS_OF_JIS = (*range(1, 9), *range(16, 85))
_LINE_DRAWING = range(0x2500, 0x2580)
_LATER = "凜熙"
"""Characters that came to JIS X 0208 when Adobe-Japan1 had counted the others."""
_VERTICAL = "、。‾＿ー―‐～‖｜…‥（）〔〕［］｛｝〈〉《》「」『』【】＝ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
"""The characters that Adobe-Japan1 has a form of for vertical lines, from CID 7887 on."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """What one code draws: its text, its width in sizes of its font, and whether it is the blank that Tw widens."""

    text: str
    width: float
    is_blank: bool


@dataclass(slots=True)
class Glyphs:
    """A font of a PDF; `of` makes it of what the file says about it."""

    vertical: bool
    """Whether its lines run downwards."""
    _characters: dict[str, str]
    _encoding: dict[int, str]
    _codec: str
    _is_japan1: bool
    _widths: dict[str, float]
    _default_width: float
    _unit: float
    _is_composite: bool
    _known: dict[bytes, Glyph] = field(default_factory=dict)

    @classmethod
    def of(cls, dictionary: "DictionaryObject") -> "Glyphs":
        """The font that `dictionary` describes; letters of a broken one can't be told, those of one left out are Latin.

        Raises:
            LimitReachedError: it is too large.
        """
        from pypdf.errors import LimitReachedError
        from pypdf.generic import DictionaryObject, NameObject

        if not dictionary:
            entries = {"/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
            dictionary = DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})
        try:
            return cls._described(dictionary)
        except LimitReachedError:
            raise
        except Exception:  # whatever pypdf makes of a broken one
            return cls(False, {}, {}, "", False, {}, EM / 2, 1 / EM, False)

    @classmethod
    def _described(cls, dictionary: "DictionaryObject") -> "Glyphs":
        from pypdf.generic._font import Font  # pypdf's own reading of a font has no public name

        font = Font.from_font_resource(dictionary)
        composite = dictionary.get("/Subtype") == "/Type0"
        descendants = _value(dictionary, "/DescendantFonts") if composite else None
        descendant = descendants[0].get_object() if descendants else dictionary
        name = str(_value(dictionary, "/Encoding")).removeprefix("/") if composite else ""
        collection = _value(descendant, "/CIDSystemInfo") or {}
        to_unicode = _value(dictionary, "/ToUnicode")
        codec = next((codec for names, codec in _CODECS if names.fullmatch(name)), "")
        if isinstance(to_unicode, str) and not codec:
            codec = "utf-16-be"  # "/ToUnicode /Identity-H": the codes are characters
        matrix = _value(dictionary, "/FontMatrix") if dictionary.get("/Subtype") == "/Type3" else None
        return cls(
            vertical=composite and name.endswith("V"),
            _characters=font.character_map,
            _encoding=font.encoding if isinstance(font.encoding, dict) and font.interpretable else {},
            _codec=codec,
            _is_japan1=str(collection.get("/Ordering")) == "Japan1",
            _widths=font.character_widths,
            _default_width=_number(descendant.get("/DW"), EM) if composite else font.character_widths["default"],
            _unit=abs(_number(matrix[0], 1 / EM)) if matrix else 1 / EM,
            _is_composite=composite,
        )

    def read(self, data: bytes) -> Iterator[Glyph]:
        """The characters that the string `data` draws."""
        for code in self._codes(data):
            glyph = self._known.get(code)
            if not glyph:
                glyph = self._known[code] = self._glyph(code)
            yield glyph

    def _codes(self, data: bytes) -> Iterator[bytes]:
        at = 0
        while at < len(data):
            length = self._length(data, at)
            yield data[at : at + length]
            at += length

    def _length(self, data: bytes, at: int) -> int:
        if not self._is_composite:
            return 1
        first = data[at]
        match self._codec:
            case "utf-16-be" if 0xD8 <= first < 0xDC and len(data) > at + 2 and 0xDC <= data[at + 2] < 0xE0:
                return 4
            case "utf-8":
                return 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
            case "euc_jp" | "gb18030" | "big5hkscs" | "cp949":
                return 3 if first == 0x8F and self._codec == "euc_jp" else 1 + (first > 0x80)
            case "cp932":
                return 1 + (0x81 <= first <= 0x9F or 0xE0 <= first <= 0xFC)
        return _LENGTHS.get(self._codec, 2)

    def _glyph(self, code: bytes) -> Glyph:
        number = int.from_bytes(code, "big")
        key = chr(number) if number < 0x110000 else UNREADABLE
        text = self._text(code, number, key)
        if self._codec and text in _cids():
            key = chr(_cids()[text])
        width = self._widths.get(key, self._default_width)
        return Glyph(text, _number(width, EM) * self._unit, code == b" ")

    def _text(self, code: bytes, number: int, key: str) -> str:
        known = self._characters.get(key)
        if known is not None:
            return _meant(known)
        if not self._is_composite:
            named = self._encoding.get(number, UNREADABLE)
            return _meant(self._characters.get(named, named))
        if self._codec:
            return _meant(_decoded(code, self._codec))
        return _japan1().get(number, UNREADABLE) if self._is_japan1 else UNREADABLE


def _value(dictionary: Any, key: str) -> Any:
    value = dictionary.get(key)
    return value.get_object() if value is not None else None


def _number(value: Any, otherwise: float) -> float:
    value = value.get_object() if hasattr(value, "get_object") else value
    return float(value) if isinstance(value, int | float) else otherwise


def _decoded(code: bytes, codec: str) -> str:
    if codec == "jis":
        code, codec = bytes(byte | 0x80 for byte in code), "euc_jp"
    return code.decode(codec, "replace")


def _meant(text: str) -> str:
    """`text` where it is text: names of glyphs (/g12), control characters and private ones tell nothing."""
    if len(text) > 1 and text.startswith("/"):
        return UNREADABLE
    if any(unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") for character in text):
        return text if text in ("\t", "\n", "\r") else UNREADABLE
    return text


@cache
def _japan1() -> dict[int, str]:
    """The characters of Adobe-Japan1 by their numbers, as far as they are in JIS X 0208 or those of NEC and IBM."""
    jis = [bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp", "ignore") for row in _ROWS_OF_JIS for cell in range(1, 95)]
    counted = [text for text in jis if text and text not in _LATER and ord(text) not in _LINE_DRAWING]
    ibm = [
        bytes((lead, trail)).decode("cp932", "ignore")
        for lead in (0xED, 0xEE)
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))
        if (lead, trail) != (0xED, 0xB4) and (lead, trail) <= (0xEE, 0xEC)
    ]
    return {
        **{1 + number: chr(0x20 + number) for number in range(95)},
        61: "¥",
        **{231 + number: chr(0x20 + number) for number in range(95)},
        291: "¥",
        **{327 + number: chr(0xFF61 + number) for number in range(63)},
        **dict(enumerate(counted, start=633)),
        **{7555 + number: chr(0x2460 + number) for number in range(20)},
        **{7575 + number: chr(0x2160 + number) for number in range(10)},
        **dict(enumerate(_VERTICAL, start=7887)),
        **dict(enumerate(_LATER, start=8284)),
        **dict(enumerate(ibm, start=8359)),
    }


@cache
def _cids() -> dict[str, int]:
    """Adobe-Japan1's numbers by their characters: those of half width where there are two."""
    return {character: number for number, character in _japan1().items()}
