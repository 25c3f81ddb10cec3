"""What figures are for one of: "$30 an hour", 時給1200円, "three times a week"."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from assistant.text.figures import Figure
from assistant.text.units import UNIT_OF

__all__ = ["rates"]

LENGTH = 20
"""Characters before a Japanese figure in which that stands."""
_RATE = re.compile(r"(?: times)? ?(?:an?|per|each|every|/) ?([a-z]+)\b")
"""Directly behind an English figure."""
_RATE_BEFORE = re.compile(
    r"(?:([時日週月年])(?:給|額|俸|当|収|会費)(?:は|約|で)*|(?:毎|(?<![\d月])1)([分時日週月年])(?:間|か月)?(?:当たり|あたり|平均|に|で|約)*"
    r"|(?<![\d一-龥])([週月年])約?|1([ぁ-んァ-ヶー]+)(?:当たり|あたり)[^\d]{0,8})$"
)
"""Before a Japanese one."""
_OF_RATE = {"分": "minute", "時": "hour", "日": "day", "週": "week", "月": "month", "年": "year"}


def rates(text: str, read: Iterable[Figure]) -> Iterator[tuple[Decimal, str]]:
    """The values of the figures that were read of `text`, in the form of `fold`, with the unit each is for one of."""
    for figure in read:
        rate = _RATE.match(text, figure.end)
        if rate and rate[1] in UNIT_OF:
            yield figure.value, UNIT_OF[rate[1]]
        if before := _RATE_BEFORE.search(text, max(0, figure.start - LENGTH), figure.start):
            named = next(filter(None, before.groups()))
            of = _OF_RATE.get(named) or UNIT_OF.get(named)
            if of and of != figure.unit:
                yield figure.value, of
