"""English and Japanese: their scripts, and in which of them a question is asked."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Language", "Span", "fold", "is_encodable", "question_language", "without_accents"]

KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff\uff66-\uff9f]")
HIRAGANA = re.compile(r"[\u3041-\u309f]")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]")
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff々〆]")
"""A character that Japanese is written in, of full width."""
KATAKANA_WORD = re.compile(r"[\u30a1-\u30fa\u30fc]+")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LOWER_CASE_WORD = re.compile(r"(?<![A-Za-z])[a-z]+(?![A-Za-z])")

CUT = "\ufffd"
"""What stands for a character cut short."""


class Language(StrEnum):
    """A language that articles are written in and questions are asked in; the value is its ISO 639-1 code."""

    ENGLISH = "en"
    JAPANESE = "ja"

    @property
    def other(self) -> "Language":
        return Language.JAPANESE if self is Language.ENGLISH else Language.ENGLISH


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `text[start:end]`."""

    start: int
    end: int


def fold(text: str) -> str:
    """`text` in the form in which it is compared: NFKC (full width to half width), case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def as_unicode(text: str) -> str:
    """`text` with a question mark for each half of a surrogate pair, which JSON can hold and no file."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def without_accents(text: str) -> str:
    """`text` with the bare letters of those with accents."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def is_encodable(character: str, encoding: str = "cp932") -> bool:
    """Whether a character set has it; the Japanese standard one lacks most simplified Chinese characters."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def question_language(text: str) -> Language:
    """The language a question is asked in; names in the other script don't decide ("Who is 習近平?" is English)."""
    japanese = len(KANA.findall(text)) + len(HAN.findall(text))
    latin = len(LATIN.findall(text))
    if not japanese:
        return Language.ENGLISH
    if LOWER_CASE_WORD.search(text) and not (HIRAGANA.search(text) and 4 * japanese >= latin):
        return Language.ENGLISH
    return Language.JAPANESE
