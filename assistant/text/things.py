"""The words for what figures count: "12 athletes", 選手12人, 300社の取引先, 死者は3人, "killing 3"."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile, zip_longest

from assistant.text.figures import Figure, figures
from assistant.text.language import HAN, KANA
from assistant.text.morphology import Morpheme, morphemes
from assistant.text.roles import roles

__all__ = ["thing_asked_for", "things_counted"]

_FUNCTION_WORDS = (
    "a|after|an|and|are|as|at|before|but|by|can|could|did|do|does|during|for|from|had|has|have|in|into|is|it|its|may"
    "|more|not|of|off|on|or|out|over|per|since|so|than|that|the|their|they|this|to|under|until|was|were|when|where"
    "|which|while|who|whose|will|with|would"
)
_WORDS_BEHIND = re.compile(rf"(?:[ -](?!(?:{_FUNCTION_WORDS})\b)[a-z'’-]+){{1,3}}")
_ANYBODY = re.compile(r"(?:other )?(?:people|persons?|others)\b")
"""Words that don't tell who."""
_VERB_BEHIND = re.compile(
    r" (?:(?:were|was|are|is|have|had|has|been|people|persons?|others?) ){0,4}([a-z]+ed|hurt|dead|missing)\b"
)
_VERB_BEFORE = re.compile(r"\b([a-z]{4,}(?:ing|ed))(?: at least| about| some| nearly| over)? $")
_HOW_MANY = re.compile(
    r"\bhow many\b|何(?=[人名台隻機羽頭匹冊社校店棟軒国個点本件脚皿杯曲株席便室基枚体局艘戸両着])|いくつ"
)
_BREAK = re.compile(r"[、。・:;()「」『』\d\s]")
_OF_NO_THINGS = re.compile(r"[年月日時分秒回度位番倍歳才階周割章号期季代次]|世紀|か月|カ月|ヶ月|週|%|‐")
"""What stands behind a figure of time, rank, or how often."""
_OTHERS = frozenset({"数詞", "副詞可能"})
"""Kinds of nouns that are figures, or tell when or of which: 今年, うち."""
_TOTALS = frozenset({"計", "合計", "総計", "約", "およそ"})
_RANGE = re.compile(r" ?(?:to|or|[-–—〜~～]|から) ?")
NEAR = 12
"""Characters before or behind a figure that are looked at in Japanese."""
NEAR_WORDS = 100
"""The same in English."""


def things_counted(text: str, read: Sequence[Figure]) -> Iterator[tuple[Figure, str]]:
    """Figures of people and things in `text`, in the form of `fold`, each with the words for what it counts."""
    is_japanese = bool(KANA.search(text))
    for figure, next_one in zip_longest(read, read[1:]):
        if figure.unit not in (None, "person"):
            continue
        is_range = next_one and _RANGE.fullmatch(text, figure.end, next_one.start)
        place = next_one if is_range else figure
        if is_japanese or HAN.match(text[place.number_end : place.end]):
            thing = _in_japanese(text[max(0, figure.start - NEAR) : figure.start], text[place.end : place.end + NEAR])
        else:
            before = text[max(0, figure.start - NEAR_WORDS) : figure.start]
            thing = _in_english(before, text[place.number_end : place.number_end + NEAR_WORDS])
        if thing:
            yield figure, thing


def thing_asked_for(question: str) -> str:
    """The words for what a question, in the form of `fold`, asks the number of; "" where it asks for no number."""
    asked = _HOW_MANY.sub("2", question, count=1)
    place = _first_difference(asked, question)
    read = [figure for figure in figures(asked) if figure.start == place]
    return next((thing for _, thing in things_counted(asked, read)), "")


def _first_difference(one: str, other: str) -> int:
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), -1)


def _in_english(before: str, behind: str) -> str:
    words = _WORDS_BEHIND.match(behind)
    noun = words[0].strip(" -") if words else ""
    if noun and not _ANYBODY.match(noun):
        return noun
    verb = _VERB_BEHIND.match(behind) or _VERB_BEFORE.search(before)
    return verb[1] if verb and roles(verb[1]) else noun


def _in_japanese(before: str, behind: str) -> str:
    if _OF_NO_THINGS.match(behind):
        return ""
    return _last_noun(_BREAK.split(before)[-1]) or _first_noun(_BREAK.split(behind)[0])


@lru_cache(maxsize=1024)
def _last_noun(text: str) -> str:
    """The noun, of one or more words, that a figure behind `text` is of: 死者は計, 馬."""
    words = list(morphemes(text))
    while words and (words[-1].kinds[0] in _BETWEEN or words[-1].text in _LINKS | _TOTALS):
        words.pop()
    noun = list(takewhile(_is_of_noun, reversed(words)))
    return "".join(word.text for word in reversed(noun)).removeprefix("人")


@lru_cache(maxsize=1024)
def _first_noun(text: str) -> str:
    """The noun that a figure before `text` is of: 社の取引先, 人が死亡し."""
    words = list(morphemes(text))
    at = next((at for at, word in enumerate(words[:3]) if word.text in _LINKS), None)
    return "" if at is None else "".join(word.text for word in takewhile(_is_of_noun, words[at + 1 :]))


_LINKS = frozenset("はがのをも")
_BETWEEN = frozenset({"副詞", "接頭辞", "空白", "補助記号"})
"""Kinds of words that stand between a noun and its figure: 死者は約3人."""


def _is_noun(word: Morpheme) -> bool:
    return word.kinds[0] == "接尾辞" or (word.kinds[0] == "名詞" and not _OTHERS & {*word.kinds})


def _is_of_noun(word: Morpheme) -> bool:
    return _is_noun(word) or word.kinds[0] == "接頭辞"
