"""Whom figures of people count: "12 athletes", 選手12人, 死者は3人, "killing 3".

By a table of roles (`roles.toml`), so that a figure of some isn't said of others, in either language.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from importlib.resources import files

from assistant.text.figures import Figure

__all__ = ["roles"]

_TABLE: dict[str, dict[str, str]] = tomllib.loads(
    files("assistant.text").joinpath("roles.toml").read_text(encoding="utf-8")
)
_ENGLISH = {role: re.compile(rf"(?<![a-z])(?:{words['english']})s?(?![a-z])") for role, words in _TABLE.items()}
_JAPANESE = {role: re.compile(words["japanese"]) for role, words in _TABLE.items()}
_WORDS_BEHIND = re.compile(r"(?: (?!and |or |but |while |with |of |in |at |on |from |to |as )[a-z'-]+){1,4}")
_WORDS_BEFORE = re.compile(r"(kill(?:s|ed|ing)|injur(?:es|ed|ing)|wound(?:s|ed|ing)|hurt(?:ing|s)?|rescued|arrested) $")
_NOUN_BEFORE = re.compile(
    r"([一-龥々ァ-ヶーぁ-ん]{1,8}?)(?:数)?(?:さん|ら|たち)?(?:は|が|の|を|も)?(?:計|約|およそ|少なくとも|合わせて|合計)?$"
)
_BREAKS = re.compile(r"[、。・:;()「」\d]|[とやで](?=[一-龥ァ-ヶ])|人(?!数)")
_NOUN_BEHIND = re.compile(r"(?:余り|余|以上|超|ほど|前後|程度|近く)?(?:の|が|は|を|も)([一-龥々ァ-ヶーぁ-ん]{2,8})")


def roles(text: str, read: Iterable[Figure]) -> Iterator[tuple[Decimal, set[str]]]:
    """The figures of people in `text`, in the form of `fold`, each with the roles of those that it counts."""
    for figure in read:
        if figure.unit in (None, "person") and (found := _of(text, figure)):
            yield figure.value, found


def _of(text: str, figure: Figure) -> set[str]:
    before, behind = text[: figure.start], text[figure.end :]
    if figure.unit is None or text[figure.end - 1 : figure.end].isascii():
        words = _WORDS_BEHIND.match(behind)
        verb = _WORDS_BEFORE.search(before)
        return _in(_ENGLISH, words[0] if words else "") | _in(_ENGLISH, verb[1] if verb else "")
    noun = _NOUN_BEFORE.search(_BREAKS.split(before)[-1])
    if noun and (found := _in(_JAPANESE, noun[1])):
        return found
    noun = _NOUN_BEHIND.match(behind)
    return _in(_JAPANESE, noun[1] if noun else "")


def _in(table: dict[str, re.Pattern[str]], words: str) -> set[str]:
    return {role for role, pattern in table.items() if words and pattern.search(words)}
