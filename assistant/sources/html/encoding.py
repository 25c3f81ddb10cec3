"""In which encoding an HTML page is, whatever it says itself: pages name wrong ones, or none."""

import re

from assistant.sources.extracted import BYTE_ORDER_MARKS, decoded
from assistant.text.language import HIRAGANA

__all__ = ["decode_html"]

HEAD_BYTES = 4096
"""Where a page declares its encoding."""
SOUND_FOR_BAD = 4
"""Characters beyond ASCII for each byte that is none, above which a page is damaged UTF-8."""

_DECLARED = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""", re.IGNORECASE)
_SHIFTED = re.compile(rb"\x1b\$[@B(]")
"""How ISO-2022-JP changes to kanji; no other encoding of pages has it."""
_WIDER = {
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932"), ("cp932",)),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "euc_jp"), ("euc_jp", "euc_jis_2004")),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii"), ("cp1252",)),
    "windows-1252": ("cp1252",),
}
"""What pages mean by an encoding's name, as browsers have it (https://encoding.spec.whatwg.org)."""
_JAPANESE = ("cp932", "euc_jp", "euc_jis_2004")
_FITS_ANY_BYTES = {"cp1252", "cp932", "euc_jp", "euc_jis_2004"}
"""Encodings in which text of another one is no error but garbage."""


def decode_html(data: bytes, charset: str = "") -> str:
    """The characters of a page: by its byte order mark, the server's `charset`, its own, or what fits.

    UTF-8 and the encodings of Japanese are told by the bytes themselves where those leave no doubt. What nothing fits
    is read by the encoding that is named first, with a sign in place of each byte that it doesn't have.
    """
    head = data[:HEAD_BYTES]
    marks = [encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)]
    found = _DECLARED.search(head) or _XML.search(head)
    names = [charset, found.group(1).decode("ascii", "replace") if found else ""]
    named = [each for name in names if name for each in _WIDER.get(name.strip().lower(), (name,))]
    sure = [*marks, *(["iso2022_jp", "iso2022_jp_ext"] if _SHIFTED.search(data) else []), "utf-8"]
    for encoding in [*sure, *(name for name in named if name not in _FITS_ANY_BYTES)]:
        if (text := decoded(data, encoding)) is not None:
            return text
    if (text := _mended(data)) is not None:
        return text
    fitting = [text for encoding in (*named, *_JAPANESE) if (text := decoded(data, encoding)) is not None]
    best = max(fitting, key=_hiragana, default="")
    if _hiragana(best):
        return best
    if fitting and named:
        return fitting[0]
    try:
        return data.decode(named[0] if named else "cp1252", "replace")
    except LookupError:
        return data.decode("cp1252", "replace")


def _mended(data: bytes) -> str | None:
    """UTF-8 where far fewer bytes are none than there are characters of several; a sign stands for each of those."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return text if SOUND_FOR_BAD * bad < sum(not character.isascii() for character in text) - bad else None


def _hiragana(text: str) -> int:
    """How many syllables there are, which bytes of other encodings hardly ever look like."""
    return len(HIRAGANA.findall(text))
