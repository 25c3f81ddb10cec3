"""Keeps a question about one period from being answered with another's percentage.

News puts several in one sentence: "rose 2% on Monday, taking the month's gain to 11%". Where a question asks how
much for one period, and the article has a percentage beside words for that period, those beside words for another
are taken out of what an answer may use.
"""

import re
from collections.abc import Sequence

from assistant.figures import Figure, figures
from assistant.language import KANA, fold

__all__ = ["of_the_period_asked"]

_PERIODS = {
    "day": r"\b(?:to|yester)day(?!['’]s)|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|今日|本日|昨日|[月火水木金土日]曜"
    r"|\bat \d+:\d+|\d+時\d*分?",
    "week": r"\b(?:this|past|last|previous) week\b|\bin a week\b|今週|先週|(?<!\d)[1一]週間",
    "month": r"\b(?:this|past|last|previous) month\b|\b(?:in|over|within) (?:a|one) month\b|\bmonth.to.date\b"
    r"|今月|先月|(?<!\d)[1一](?:か|カ|ヵ|ヶ|ケ|箇)月|月初来",
    "quarter": r"\b(?:this|past|last|previous|first|second|third|fourth) quarter\b|\bquarterly\b|四半期",
    "year": r"\byear.to.date\b|\b(?:this|past|last|previous) year\b|\bsince january\b"
    r"|\bsince the (?:start|beginning) of the year\b|\bso far in \d{4}|年初|今年|昨年|(?<!\d)[1一]年間",
}
_TIMES = frozenset(("year", "month", "week", "day", "hour", "minute", "second"))
"""Units of figures that say when, not how much; bare numbers stay too, which may be a date's."""
_ASKS_HOW_MUCH = re.compile(
    r"\bhow (?:much|far)\b|\bwhat percent|\bby what\b"
    r"|どれくらい|どのくらい|どれほど|どれだけ|どの程度|何(?:パーセント|%)|[率幅]は"
)
_ASKS_FOR_CHANGE = re.compile(
    r"\b(?:r[io]se|ris(?:en|ing)|gain|jump|climb|gr[eo]w|increas|advanc|surg|soar|rall|f[ae]ll|drop|declin|los[et]|slid"
    r"|slump|chang)|上昇|上が|下落|下が|増|減|伸|高騰|急騰|急落|変動|変化"
)


def of_the_period_asked(question: str, sentences: Sequence[str]) -> list[str]:
    """`sentences`, the figures blanked that can't answer a question for the change in one period.

    They are untouched where the question isn't such a one, or no percentage stands beside words for its period.
    """
    folded = fold(question)
    asked = {period for period, _, _ in _mentions(question)}
    if len(asked) != 1 or not _ASKS_HOW_MUCH.search(folded) or not _ASKS_FOR_CHANGE.search(folded):
        return list(sentences)
    wanted = asked.pop()
    found = [
        (number, figure, _period(sentence, figure))
        for number, sentence in enumerate(sentences)
        for figure in figures(sentence)
        if figure.unit and figure.unit not in _TIMES
    ]
    if not any(period == wanted and figure.unit == "%" for _, figure, period in found):
        return list(sentences)
    kept = list(sentences)
    for number, figure, period in found:
        if period != wanted and (period or figure.unit != "%"):
            text = kept[number]
            kept[number] = text[: figure.start] + "-" * (figure.end - figure.start) + text[figure.end :]
    return kept


def _mentions(text: str) -> list[tuple[str, int, int]]:
    """Words for a period in `text`: (period, start, end), in offsets of the folded text."""
    return [
        (period, match.start(), match.end())
        for period, pattern in _PERIODS.items()
        for match in re.finditer(pattern, fold(text))
    ]


def _period(sentence: str, figure: Figure) -> str | None:
    """The period that the words around `figure` are about, None where there are none.

    In English the words that follow in the same clause, else those before; in Japanese those before; else any.
    """
    start, end = len(fold(sentence[: figure.start])), len(fold(sentence[: figure.end]))
    mentions = sorted(_mentions(sentence), key=lambda mention: mention[1])
    before = [period for period, _, last in mentions if last <= start]
    after = [(period, first) for period, first, _ in mentions if first >= end]
    if after and not KANA.search(sentence) and "," not in fold(sentence)[end : after[0][1]]:
        return after[0][0]
    return before[-1] if before else after[0][0] if after else None
