"""Japanese words in katakana that anybody may use: those of a frequency list (wordfreq), alone or one after the other.

A small model spells names in katakana that it makes up; such a spelling is not in the list.
"""

import re
from collections.abc import Iterable
from functools import cache

__all__ = ["Loanwords", "load"]

COMMON = 3e-7
"""How often a word of the list must be used, as a share of all words: ナイロビ is above, a made-up spelling below."""
LENGTH, LONGER = 2, 3
"""The least that both parts of a compound have, and one of them: of short ones, made-up names can be put together."""
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")


class Loanwords:
    """The words of the list, and those `known` beside them, or parts of these."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)

    def allows(self, run: str, *, is_open: bool) -> bool:
        """Whether a run of katakana is one of the words or two; `is_open`: the last may still be growing."""
        if any(run in word for word in self._known) or self._is_word(run, is_open=is_open):
            return True
        cuts = range(LENGTH, len(run) if is_open else len(run) - LENGTH + 1)
        halves = ((run[:cut], run[cut:]) for cut in cuts)
        return any(
            self._is_word(one, is_open=False) and self._is_word(other, is_open=is_open)
            for one, other in halves
            if is_open or max(len(one), len(other)) >= LONGER
        )

    def _is_word(self, run: str, *, is_open: bool) -> bool:
        words, begun = _listed()
        if len(run) >= LENGTH and (run in words or run in self._known):
            return True
        return is_open and (run in begun or any(word.startswith(run) for word in self._known))


def load() -> None:
    """Reads the list, a third of a second's work, so that no answer waits for it."""
    _listed()


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """The list's words in katakana, and what they begin with."""
    from wordfreq import get_frequency_dict

    frequencies = get_frequency_dict("ja", "large").items()
    words = frozenset(word for word, share in frequencies if share >= COMMON and _KATAKANA.fullmatch(word))
    return words, frozenset(word[:length] for word in words for length in range(1, len(word) + 1))
