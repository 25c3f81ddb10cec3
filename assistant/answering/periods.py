"""Keeps a question about one period from being answered with another's percentage, or with somebody else's.

News puts several in one sentence: "rose 2% on Monday, taking the month's gain to 11%". Where a question asks how
much for one period, and the article has a percentage beside words for that period, those beside words for another
are taken out of what an answer may use; then those in sentences that name others only, where the one asked about
is named beside one.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from assistant.text.figures import Figure, figures
from assistant.text.language import KANA, fold
from assistant.text.named_times import MONTHS, WEEKDAYS

__all__ = ["asked_period", "is_about_a_period", "of_the_period_asked", "states_the_period_asked"]

_DAYS = {
    "today": r"\btoday\b|今日|本日|\bat \d+:\d+|\d+時\d*分?",
    "yesterday": r"\byesterday\b|昨日",
    **{
        english: rf"\b{english}\b|{kanji}曜"
        for english, kanji in zip(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            "月火水木金土日",
            strict=True,
        )
    },
}
_PERIODS = {
    **_DAYS,
    "week": r"\b(?:this|past) week\b|\bin a week\b|今週|(?<!\d)[1一]週間",
    "last week": r"\b(?:last|previous) week\b|先週|前週",
    "month": r"\b(?:this|past) month\b|\b(?:in|over|within) (?:a|one) month\b|\bmonth.to.date\b"
    r"|今月|(?<!\d)[1一](?:か|カ|ヵ|ヶ|ケ|箇)月|月初来",
    "last month": r"\b(?:last|previous) month\b|先月|前月",
    "quarter": r"\b(?:this|past) quarter\b|\bquarterly\b|(?<![前1-4一二三四])四半期",
    "last quarter": r"\b(?:last|previous) quarter\b|前四半期",
    **{
        f"{english} quarter": rf"\b{english} quarter\b|第[{number}]四半期"
        for english, number in (("first", "1一"), ("second", "2二"), ("third", "3三"), ("fourth", "4四"))
    },
    "year": r"\byear.to.date\b|\b(?:this|past) year\b|\bsince january\b"
    r"|\bsince the (?:start|beginning) of the year\b|\bso far in \d{4}|年初|今年|(?<!\d)[1一]年間",
    "last year": r"\b(?:last|previous) year\b|昨年|前年",
}
_TIMES = frozenset(("year", "month", "week", "day", "hour", "minute", "second", "part"))
"""Units of figures that say when, not how much, or what of (分の); bare numbers stay too, which may be a date's."""
_ASKS_HOW_MUCH = re.compile(
    r"\bhow (?:much|far)\b|\bwhat percent|\bby what\b"
    r"|\bwhat (?:was|is|were|are|has been) (?:the |its |their |(?:[\w.]+ ){0,2}[\w.]+['’]s? )?(?:[\w-]+ )?"
    r"(?:percentage|gain|rise|increase|growth|drop|fall|decline|loss|change)\b"
    r"|どれくらい|どのくらい|どれほど|どれだけ|どの程度|何(?:パーセント|%)|[率幅]は"
)
_ASKS_FOR_CHANGE = re.compile(
    r"\b(?:up|down|higher|lower)\b"
    r"|\b(?:r[io]se|ris(?:en|ing)|gain|jump|climb|gr[eo]w|increas|advanc|surg|soar|rall|f[ae]ll|drop|declin|los[et]|slid"
    r"|slump|chang)|上昇|上が|下落|下が|増|減|伸|高騰|急騰|急落|変動|変化|[高安]くな"
)
_NAME = re.compile(
    r"(?<=[^.!?] )[A-Z][a-z]+|(?<=[a-z])[A-Z][a-z]+|[A-Z]{2,}|[\u30a1-\u30fa\u30fc]{3,}|[\u4e00-\u9fff]{4,}"
)
"""A name or a term, but for an English one that begins a sentence, as other words do too."""
_NO_NAME = re.compile(
    rf"(?:{'|'.join((*WEEKDAYS, *MONTHS))}|How|What|By|On|In|At|To|Since|Over|This|ポイント|パーセント)$"
)


def asked_period(question: str) -> str | None:
    """The one period for whose change a question asks, None where it isn't such a question."""
    folded = fold(question)
    asked = {period for period, _, _ in _mentions(question)}
    if len(asked) != 1 or not _ASKS_HOW_MUCH.search(folded) or not _ASKS_FOR_CHANGE.search(folded):
        return None
    return asked.pop()


def is_about_a_period(text: str) -> bool:
    """Whether words of `text` are for a period."""
    return bool(_mentions(text))


def of_the_period_asked(question: str, sentences: Sequence[str]) -> list[str]:
    """`sentences`, the figures blanked that can't answer a question for the change in one period.

    They are untouched where the question isn't such a one, or no percentage stands beside words for its period; for
    "today" or a weekday, that the article doesn't call so, any other day will do.
    """
    wanted, found = _figures_by_period(question, sentences)
    if wanted is None:
        return list(sentences)
    others = _of_others(question, sentences, {number for number, _, period in found if period == wanted})
    kept = list(sentences)
    for number, figure, period in found:
        if number in others or (period != wanted and (period or figure.unit != "%")):
            text = kept[number]
            kept[number] = text[: figure.start] + "-" * (figure.end - figure.start) + text[figure.end :]
    return kept


def states_the_period_asked(question: str, sentences: Sequence[str]) -> bool:
    """Whether a question asks for the change in one period, and a percentage stands beside words for that.

    Not, where it names somebody that the sentences don't.
    """
    text = "\n".join(sentences)
    if not all(name in text for name in _names(f", {question}")):
        return False
    return _figures_by_period(question, sentences)[0] is not None


def _figures_by_period(
    question: str, sentences: Sequence[str]
) -> tuple[str | None, list[tuple[int, Figure, str | None]]]:
    """The period asked for and the figures that say how much: (number of the sentence, figure, its period).

    No period where the question doesn't ask for the change in one, or no percentage is of it.
    """
    wanted = asked_period(question)
    if wanted is None:
        return None, []
    found = [
        (number, figure, _period(sentence, figure))
        for number, sentence in enumerate(sentences)
        for figure in figures(sentence)
        if figure.unit and figure.unit not in _TIMES
    ]
    if not _has_percentage(found, wanted):
        wanted = _kind(wanted)
        found = [(number, figure, period and _kind(period)) for number, figure, period in found]
    return (wanted if _has_percentage(found, wanted) else None), found


def _has_percentage(found: Sequence[tuple[int, Figure, str | None]], wanted: str) -> bool:
    return any(period == wanted and figure.unit == "%" for _, figure, period in found)


def _kind(period: str) -> str:
    return "day" if period in _DAYS else period


def _of_others(question: str, sentences: Sequence[str], candidates: AbstractSet[int]) -> AbstractSet[int]:
    """Those of `candidates` that name others only, where one of them names somebody the question names."""
    asked = _names(f", {question}")
    of_asked = {number for number in candidates if any(name in sentences[number] for name in asked)}
    if not of_asked:
        return set()
    return {number for number in candidates - of_asked if _names(sentences[number])}


def _names(text: str) -> list[str]:
    return [name for name in _NAME.findall(text) if not _NO_NAME.match(name)]


def _mentions(text: str) -> list[tuple[str, int, int]]:
    """Words for a period in `text`: (period, start, end), in offsets of the folded text."""
    folded = fold(text)
    return [
        (period, match.start(), match.end())
        for period, pattern in _PERIODS.items()
        for match in re.finditer(pattern, folded)
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
