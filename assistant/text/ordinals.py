"""Places in an order that texts name: 5位, "14th", 第3回. A place is no count: "aged 71" makes nobody the 71st."""

import re
from collections.abc import Iterator

from assistant.text.figures import number_of
from assistant.text.named_times import MONTHS

__all__ = ["ORDINAL_WORDS", "days", "ordinals", "places"]

ORDINAL_WORDS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)
"""Those below twenty, from one."""
_ONES = ORDINAL_WORDS[:9]
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: place for place, word in enumerate(ORDINAL_WORDS, 1)}
_WORDS |= {f"{word[:-1]}ieth": 10 * tens for tens, word in enumerate(_TENS, 2)}
_WORDS |= {f"{ten}-{word}": 10 * tens + unit for tens, ten in enumerate(_TENS, 2) for unit, word in enumerate(_ONES, 1)}
_WORD = re.compile(rf"(?<![a-z-])(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![a-z])")
_ENGLISH = re.compile(r"(?<![a-z\d.,])(\d+)(?:st|nd|rd|th)(?![a-z])")
_MONTH = "|".join(f"{month[:3].lower()}(?:{month[3:].lower()})?" for month in MONTHS)
_DAY = re.compile(rf"(?:(?:{_MONTH})\.? (\d{{1,2}})|(?<!\d)(\d{{1,2}}) (?:of )?(?:{_MONTH}))(?![a-z\d])")
_NUMBER = r"(?:(?<![\d,])[\d,]+|(?<![一二三四五六七八九十百])[一二三四五六七八九十百]+)"
_JAPANESE = re.compile(
    rf"第({_NUMBER})|({_NUMBER})(?:位|着|等|番|号|階|回|期|次|代|日|世紀|周年|[年日回人作社度]目|年生)"
)
_PLACE = re.compile(rf"(?<!第)({_NUMBER})(?:位|番目|着(?!工|手|用|陸|席|信|衣|実))")
_NUMBERED = re.compile(r"(?:\bno\.? ?|\bnumber |#)(\d+)")
_FIRST = re.compile(
    r"(?<![a-z-])(?<!\ba )(?<!\d )(first|second)(?= (?:place|world war|division)\b)"
    r"|^(?:(?:s?he|they|it) )?(?:(?:was|were|came|finished) )?(?:in )?(first|second)\.?\n"
)
"""They are places before little else, or as all of an answer: "the first time", "a second later"."""
_FIRST_IN_JAPANESE = re.compile("最初|初[戦回めの]|開幕|首位|優勝|一番|先に")
_WARS = re.compile(r"world war (ii?)(?=[^a-z])")
_NO_PLACE = re.compile(r"[ -](?:century|centuries|anniversary|birthday|grade|percentile)")


def ordinals(text: str) -> Iterator[int]:
    """The numbers of all that `text`, in the form of `fold`, puts in an order: places, days, floors, school years."""
    yield from places(text)
    yield from (_WORDS[word] for word in _WORD.findall(text))
    yield from (1 for _ in _FIRST_IN_JAPANESE.finditer(text))
    for pattern in (_ENGLISH, _DAY, _JAPANESE, _NUMBERED):
        yield from (number_of(next(filter(None, match.groups()))) for match in pattern.finditer(text))


def days(text: str) -> Iterator[int]:
    """The days of months that English dates name: 1 of "April 1" and "1 April"."""
    yield from (int(match[1] or match[2]) for match in _DAY.finditer(text))


def places(text: str) -> Iterator[int]:
    """The places among others that `text` names: "14th", 5位, "second place", "World War II"."""
    yield from (_WORDS[match[1] or match[2]] for match in _FIRST.finditer(text))
    yield from (len(match[1]) for match in _WARS.finditer(text))
    for match in _ENGLISH.finditer(text):
        if not _NO_PLACE.match(text, match.end()):
            yield int(match[1])
    yield from (number_of(match[1]) for match in _PLACE.finditer(text))
