"""Raised signs in a line of plain text, where they would run into what they stand behind: 10⁶ is not 106.

Which signs are raised is for what reads the pages or documents.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from assistant.sources.extracted import CJK

__all__ = ["flat_text", "set_apart"]

UNIT_LETTERS = 3
"""A raised figure behind more letters points at a note; m², km² and cm³ have fewer."""
NEAR = 10
"""Characters before a raised sign by which it is told what that is."""

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_FIGURE = re.compile(r"[+\-−]?\d{1,3}")
_FRACTION = re.compile(r"\d+\s?[/⁄∕]\s?\d+")
_NOTE = re.compile(r"^[\[(（※注*＊†‡]")
_WORD = re.compile(r"[^\W\d_]*$")
_CJK = re.compile(f"[{CJK}]")
_BELOW = re.compile(r"[/⁄∕](\d{1,3})(?!\d)")
"""What is below the line of a fraction whose upper figure is raised."""


def set_apart(sign: str, before: str, after: str = "") -> str:
    """What a raised sign is in a line: ^6 behind a figure, ² behind a unit, 1 above a fraction's line.

    Args:
        before: the text right before it.
        after: the text right behind it.

    Returns:
        "" for a sign that points at a note.
    """
    if _NOTE.match(sign):
        return ""
    if not _FIGURE.fullmatch(sign):
        return f" {sign}" if _FRACTION.fullmatch(sign) and before[-1:].isdecimal() else sign
    below = _BELOW.match(after)
    if below and sign.isdecimal() and int(sign) < int(below[1]) and not before[-1:].isalpha():
        return f" {sign}" if before[-1:].isdecimal() else sign
    if before[-1:].isdecimal():
        return f"^{sign}"
    word = _WORD.search(before[-UNIT_LETTERS - 1 :])
    is_unit = word is not None and 0 < len(word[0]) <= UNIT_LETTERS and not _CJK.match(before[-1:])
    return sign.translate(_RAISED) if is_unit else ""


def flat_text(texts: Iterable[tuple[str, bool]]) -> str:
    """Texts that follow one another in a line, each with whether it is raised, as a plain text."""
    parts = [("".join(text for text, _ in each), raised) for raised, each in groupby(texts, key=itemgetter(1))]
    flat = ""
    for number, (text, raised) in enumerate(parts):
        if raised and (sign := text.strip()):
            start, _, end = text.partition(sign)
            after = end or (parts[number + 1][0] if number + 1 < len(parts) else "")
            text = start + set_apart(sign, flat[-NEAR:] + start, after) + end
        flat += text
    return flat
