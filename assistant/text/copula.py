"""Whether Japanese words want です behind them to be a sentence: nouns do (子ども), clauses don't (値上げを決定)."""

from assistant.text.language import HIRAGANA
from assistant.text.morphology import Morpheme, morphemes

__all__ = ["takes_copula"]

REACH = 60
"""Characters at the end of the words that are looked at."""
_ENDED = "、。！？!?.」』"
_NOMINAL = frozenset({"名詞", "代名詞", "形状詞"})
_PARTICLES = frozenset({"まで", "など", "ほど", "だけ", "くらい", "ぐらい", "から"})
"""Those that です stands behind."""
_OF_CLAUSES = frozenset("がはも")
"""Behind them a noun that is a verb with する (決定, 反対) ends a clause; behind を every noun does."""
_STATES = frozenset({"原因"})
"""Nouns that may have する but hardly ever do."""


def takes_copula(text: str) -> bool:
    """Whether words are a noun, or end as one does, with nothing behind it and no clause before it."""
    text = text.rstrip()
    if not text or text.endswith(tuple(_ENDED)):
        return False
    words = [word for word in morphemes(text[-REACH:]) if word.kinds[0] != "空白"]
    while words and words[-1].kinds[0] in ("補助記号", "記号") and len(words) > 1:
        words.pop()
    last = words[-1]
    if last.text == "に" and [word.text for word in words[-2:-1]] == ["まで"]:
        return True
    if last.kinds[0] == "助詞":
        return last.text in _PARTICLES and not any(word.text in ("です", "ます") for word in words[-2:])
    if HIRAGANA.search(text[-1]) and not _is_noun(last):
        return False
    return not _is_clause(words)


def _is_noun(word: Morpheme) -> bool:
    return word.kinds[0] in _NOMINAL or (word.kinds[0] == "接尾辞" and word.kinds[1] in ("名詞的", "形状詞的"))


def _is_clause(words: list[Morpheme]) -> bool:
    """Whether words end with a noun that is their verb: 値上げを決定, 約6割が反対."""
    at = len(words) - 1
    while at > 0 and (_is_noun(words[at]) or words[at].kinds[0] == "接頭辞"):
        at -= 1
    is_action = words[-1].text not in _STATES and any(kind.startswith("サ変") for kind in words[-1].kinds)
    before = words[at]
    return before.kinds[0] == "助詞" and (before.text == "を" or (is_action and before.text in _OF_CLAUSES))
