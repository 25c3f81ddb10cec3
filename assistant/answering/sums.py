"""Sums and differences of an article's figures, which may be said where a question asks for them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from assistant.text.figures import Figure
from assistant.text.units import compatible

__all__ = ["combined"]

COMBINED = 12
"""Sums and differences are made of so many figures at most."""
_ASKS_DIFFERENCE = re.compile(
    r"\b(?:more|fewer|less|lower|higher|differ\w*|left|remain\w*|gap|margin"
    r"|how (?:much|many) \w+er|by how (?:much|many))\b"
    r"|差|多[いくか]|少な|高[いくか]|低[いくか]|安[いくか]|増|減|残|違|どれだけ|以外|ではない|\bnot\b|n't\b",
    re.IGNORECASE,
)
_ASKS_DIFFERENCE_OF_SHARES = re.compile(
    r"\b(?:more|fewer|less|lower|higher|differ\w*|gap|margin|points?)\b|差|違|多|少な|高|低|ポイント"
)
"""How much something grew is told by one share, and no difference of two."""
_ASKS_SUM = re.compile(
    r"\b(?:total|together|combined|sum|in all|altogether)\b|合計|合わせ|総|全部|全体|計何", re.IGNORECASE
)


def combined(known: Sequence[Figure], question: str) -> Iterator[tuple[Decimal, str | None]]:
    """Differences or sums of figures of one unit, with that, whichever a question asks for."""
    asks_for_difference, asks_for_sum = (bool(pattern.search(question)) for pattern in (_ASKS_DIFFERENCE, _ASKS_SUM))
    for one, other in combinations(known[:COMBINED], 2):
        if (one.unit is None) is (other.unit is None) and compatible(one.unit, other.unit):
            if asks_for_difference and (one.unit != "%" or _ASKS_DIFFERENCE_OF_SHARES.search(question)):
                yield abs(one.value - other.value), one.unit or other.unit
            if asks_for_sum:
                yield one.value + other.value, one.unit or other.unit
