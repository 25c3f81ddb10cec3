"""How far long work has come, as one line on standard error."""

import sys
import time
from collections.abc import Callable

__all__ = ["ProgressLine", "row_line", "time_left"]


class ProgressLine:
    """In a terminal a line drawn over itself, erased when a block ends; elsewhere a line of its own for each step."""

    def __init__(self) -> None:
        self._width = 0
        self._step: object = None

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.erase()

    def show(self, line: str, step: object) -> None:
        """Shows `line`; where there is no terminal, only if `step` is another than the last time."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line:{self._width}}")
            self._width = len(line)
        elif step != self._step:
            sys.stderr.write(f"{line}\n")
        self._step = step
        sys.stderr.flush()

    def end(self) -> None:
        """Leaves the line as it is; what is printed next stands below it."""
        if self._width:
            sys.stderr.write("\n")
        self._width, self._step = 0, None

    def erase(self) -> None:
        """Takes the line away; what is printed next stands in its place."""
        if self._width:
            sys.stderr.write(f"\r{'':{self._width}}\r")
            sys.stderr.flush()
        self._width = 0


def row_line() -> Callable[[int, int], None]:
    """What says how many rows are done, of how many, and how long the others take; its time begins now."""
    began = time.monotonic()

    def show(done: int, total: int) -> None:
        left = time_left(began, done, total - done)
        sys.stderr.write(f"\r{done}/{total} rows, {left} left " + "\n" * (done == total))
        sys.stderr.flush()

    return show


def time_left(began: float, done: int, left: int) -> str:
    """Minutes and seconds that `left` more take if they take as long as `done` (at least 1) since `began`.

    `began` is of `time.monotonic`.
    """
    minutes, seconds = divmod(round((time.monotonic() - began) / done * left), 60)
    return f"{minutes}:{seconds:02}"
