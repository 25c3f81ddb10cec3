"""Times of the day: 9:41 and 9時41分, whose minutes are no figure by themselves."""

import re

__all__ = ["ClockGuard", "without_minutes"]

_CLOCK = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4])(:|時)([0-5]\d)(?![\d:])分?")
_BEGUN = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4])(?::|時)([0-5]\d?)$")
"""One at the end of a text, whose minutes may still be written on."""
_NO_CLOCK = re.compile(r"(?<![\d:.,])\d\d?(?::|時)\d(?!\d)")
"""A ratio or a score: 3:2."""


class ClockGuard:
    """Holds an answer to the times of the day in a text, in the form of `fold`."""

    def __init__(self, known: str) -> None:
        self._known = {(int(hour), minutes) for hour, _, minutes in _CLOCK.findall(known)}
        self._others = {match.group() for match in _NO_CLOCK.finditer(known)}

    def allows(self, folded: str, *, finished: bool) -> bool:
        """Whether the answer so far has no other time, where the last may still be growing if it isn't finished."""
        begun = _BEGUN.search(folded)
        whole = folded[: begun.start()] if begun else folded
        return all((int(hour), minutes) in self._known for hour, _, minutes in _CLOCK.findall(whole)) and (
            not begun or begun.group() in self._others or self._is_known(int(begun[1]), begun[2], finished)
        )

    def _is_known(self, hour: int, minutes: str, finished: bool) -> bool:
        if finished:
            return (hour, minutes) in self._known
        return any(hour == of and known.startswith(minutes) for of, known in self._known)


def without_minutes(folded: str) -> str:
    """The text with the hours of its times alone, also of one that is just being written at its end."""
    return _BEGUN.sub(r"\1", _CLOCK.sub(lambda clock: clock[1] + ("時" if clock[2] == "時" else ""), folded))
