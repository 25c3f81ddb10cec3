"""Inputs for fuzzing, as hypothesis makes them: texts of what readers stumble over, values as JSON has them."""

import copy
import json
import random
from typing import Any

from hypothesis import strategies as st

from assistant.text.language import as_unicode
from tests.damaged import DAMAGES
from tests.texts import BILINGUAL, CHINESE, ENGLISH, JAPANESE, KOREAN, OTHER

__all__ = ["UNITS", "damaged_json", "documents", "plain", "small_json", "texts", "words"]

UNITS = {
    "blanks": " ",
    "tabs": "\t",
    "wide blanks": "\u3000",
    "line ends": "\n",
    "line ends of Windows": "\r\n",
    "blanks and line ends": " \n",
    "zeros": "0",
    "digits": "1",
    "figures": "1 ",
    "points": ".",
    "commas": ",",
    "colons": ":",
    "hyphens": "-",
    "dashes": "—",
    "slashes": "/",
    "quotation marks": '"',
    "apostrophes": "'",
    "brackets that open": "(",
    "brackets that close": ")",
    "full-width brackets that open": "（",
    "Japanese quotation marks that open": "「",
    "Japanese quotation marks that close": "」",
    "full stops": "。",
    "Japanese commas": "、",
    "middle dots": "・",
    "exclamation marks": "!",
    "question marks": "?",
    "ellipses": "…",
    "at signs": "@",
    "addresses of mailboxes": "a@",
    "beginnings of addresses": "http://",
    "beginnings of tags": "<",
    "tags": "<a ",
    "ends of tags": ">",
    "ampersands": "&",
    "hashes": "#",
    "asterisks": "*",
    "underscores": "_",
    "bars": "|",
    "backticks": "`",
    "backslashes": "\\",
    "square brackets": "[",
    "braces": "{",
    "equals signs": "=",
    "percent signs": "%",
    "dollars": "$",
    "yen signs": "¥",
    "small letters": "a",
    "capitals": "A",
    "words": "word ",
    "names": "Word ",
    "initials": "A.",
    "abbreviations": "a.",
    "titles": "Mr. ",
    "letters in capitals": "I ",
    "figures with points": "1.",
    "figures with commas": "1,",
    "figures with hyphens": "1-",
    "ranges": "1–2 ",
    "times": "1:",
    "numbers in words": "two ",
    "scales": "million ",
    "hundreds": "hundred and ",
    "conjunctions": "and ",
    "rates": "per ",
    "articles": "the ",
    "months": "May ",
    "kanji": "漢",
    "hiragana": "の",
    "katakana": "ア",
    "half-width katakana": "ﾊﾞ",
    "kanji numerals": "一",
    "tens": "十",
    "thousands": "千",
    "myriads": "万",
    "figures of myriads": "1万",
    "years": "1年",
    "months in Japanese": "2月",
    "days": "1日",
    "year signs": "年",
    "ordinals": "第",
    "voicing marks": "か\u3099",
    "accents": "e\u0301",
    "joined emoji": "👩\u200d",
    "lines": "a\n",
    "hyphens at the ends of lines": "a-\n",
    "quoted words": '"a ',
    "bracketed words": "(a ",
}
"""What a text is made of again and again, in which regular expressions may lose their way."""
_PIECES = (
    *UNITS.values(),
    *(
        "12",
        "9.5%",
        "$3",
        "¥1億",
        "45 million",
        "half a million",
        "two thirds",
        "3分の2",
        "4割",
        "2倍",
        "1,234",
        "1.5.3",
    ),
    *(
        "第3",
        "2026年3月14日",
        "令和8年",
        "14 March 2026",
        "2026-03-14",
        "3/14/2026",
        "Monday",
        "火曜日",
        "午後3時",
        "7:00 p.m.",
    ),
    *(
        "minus 5 degrees",
        "氷点下5度",
        "約",
        "more than ",
        "at least",
        "以上",
        "COVID-19",
        "Boeing 737",
        "No. 5",
        "Inc.",
    ),
    *(
        "A.B.C.",
        "e.g.",
        "モーニング娘。",
        "Yahoo!",
        "ペニシリン",
        "渋谷",
        "Dr. Ōe",
        "Zoë",
        "ﬁ",
        "²",
        "①",
        "㍻",
        "½",
        "٣",
        "🄰",
    ),
    *(
        "\ud800",
        "\udfff",
        "\0",
        "\x1b",
        "\ufeff",
        "\u200b",
        "\u202e",
        "\u2028",
        "\x85",
        "\ufffd",
        "İ",
        "ß",
        "ǅ",
        "\U0010ffff",
    ),
    *(
        "→",
        "[1]",
        "[12]",
        "(c) ",
        "Photo: ",
        "Related:",
        "関連記事",
        "https://a.example/b?c=1",
        "a@b.example",
        "---",
        "```",
    ),
    *(
        CHINESE,
        KOREAN,
        "не сказано",
        "العربية",
        "1" * 60,
        "9" * 400,
        "一" * 60,
        "1兆" * 9,
        "billion " * 9,
        "0" * 50 + "1",
    ),
)
_ARTICLES = (BILINGUAL, ENGLISH, JAPANESE, OTHER)


def plain(limit: int = 40) -> st.SearchStrategy[str]:
    """Any characters, surrogates too."""
    return st.text(st.characters(codec=None), max_size=limit)


def words() -> st.SearchStrategy[str]:
    """A few words of an article, or what looks like some, as they are once they have come in: without surrogates."""
    cuts = st.builds(_cut, st.sampled_from(_ARTICLES), st.integers(0, 900), st.integers(1, 60))
    pieces = st.one_of(st.sampled_from(_PIECES), cuts, plain(8))
    return st.lists(pieces, max_size=6).map("".join).map(as_unicode)


def texts() -> st.SearchStrategy[str]:
    """Articles with something else in them, or what has nothing of an article."""
    repeated = st.builds(lambda unit, count: unit * count, st.sampled_from(_PIECES), st.integers(1, 60))
    cuts = st.builds(_cut, st.sampled_from(_ARTICLES), st.integers(0, 900), st.integers(1, 600))
    pieces = st.one_of(st.sampled_from(_PIECES), cuts, cuts, repeated, plain(12), st.sampled_from(("\n", "\n\n", " ")))
    return st.lists(pieces, max_size=12).map("".join)


def _cut(text: str, start: int, length: int) -> str:
    return text[start : start + length]


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from((0, -1, 1, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), -float("inf"))),
    st.floats(),
    plain(12),
    st.sampled_from(("", "en", "ja", "\ud800", "balanced", "../../x", "1", "2026-03-14", "0" * 12)),
)


def small_json() -> st.SearchStrategy[Any]:
    """Values as JSON has them, surrogates and infinities too, which Python reads."""

    def within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(st.lists(inner, max_size=3), st.dictionaries(plain(8), inner, max_size=3))

    return st.recursive(_SCALARS, within, max_leaves=6)


def damaged_json(*whole: Any) -> st.SearchStrategy[bytes]:
    """Files of JSON with some values changed, lost, or doubled; with bytes damaged, or with something else in them."""
    changes = st.lists(
        st.tuples(st.integers(0, 999), st.sampled_from(("put", "drop", "twice")), small_json()), max_size=3
    )
    values = st.builds(_changed, st.sampled_from(whole), changes)
    written = st.builds(
        lambda value, plain: json.dumps(value, ensure_ascii=plain).encode("utf-8", "surrogatepass"),
        st.one_of(values, values, values, small_json()),
        st.booleans(),
    )
    deep = st.builds(
        lambda opens, count: (opens * count).encode(),
        st.sampled_from(("[", '{"a":', "[{")),
        st.sampled_from((9, 99_999)),
    )
    return st.one_of(written, written, _bytes_changed(written), deep, st.binary(max_size=60))


def _changed(whole: Any, changes: list[tuple[int, str, Any]]) -> Any:
    """`whole` with each of the changes at a place of it, which is counted."""
    value = copy.deepcopy(whole)
    for number, change, other in changes:
        places = list(_places(value))
        if not places:
            return other
        holder, key = places[number % len(places)]
        if change == "put":
            holder[key] = copy.deepcopy(other)
        elif change == "drop":
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[f"{key}2"] = copy.deepcopy(holder[key])
    return value


def _places(value: Any) -> Any:
    """Each list or dictionary in a value with each of its indices or keys."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


def documents(*whole: bytes) -> st.SearchStrategy[bytes]:
    """Files, with the damages of `tests/damaged.py` done to them, at most twice and to no great length."""
    return _bytes_changed(st.sampled_from(whole))


def _bytes_changed(whole: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.builds(_damaged, whole, st.lists(st.sampled_from(sorted(DAMAGES)), max_size=2), st.integers(0, 2**32))


LONGEST = 100_000


def _damaged(data: bytes, kinds: list[str], seed: int) -> bytes:
    rng = random.Random(seed)  # noqa: S311
    for kind in kinds:
        if len(data) > 1:
            data = DAMAGES[kind](data, rng)[:LONGEST]
    return data
