"""A line that tells how far work has come, in a terminal and elsewhere."""

import contextlib
import io
import time
from collections.abc import Callable

import pytest

from assistant.interfaces.progress import ProgressLine, time_left


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _shown(work: Callable[[ProgressLine], None], stream: io.StringIO) -> str:
    with contextlib.redirect_stderr(stream), ProgressLine() as progress:
        work(progress)
    return stream.getvalue()


def test_elsewhere_a_step_is_a_line() -> None:
    def work(progress: ProgressLine) -> None:
        for number in range(6):
            progress.show(f"{number}/6", number // 2)
            progress.erase()
        progress.end()

    assert _shown(work, io.StringIO()) == "0/6\n2/6\n4/6\n"


def test_in_a_terminal_it_is_drawn_over_and_erased() -> None:
    def work(progress: ProgressLine) -> None:
        progress.show("10 left", 1)
        progress.show("9 left", 1)

    assert _shown(work, _Terminal()) == "\r10 left\r9 left \r      \r"


def test_in_a_terminal_it_is_erased_when_the_work_fails() -> None:
    def work(progress: ProgressLine) -> None:
        progress.show("10 left", 1)
        raise KeyboardInterrupt

    terminal = _Terminal()
    with pytest.raises(KeyboardInterrupt):
        _shown(work, terminal)
    assert terminal.getvalue().endswith("\r       \r")


def test_ended_it_stays() -> None:
    def work(progress: ProgressLine) -> None:
        progress.show("done", 1)
        progress.end()

    assert _shown(work, _Terminal()) == "\rdone\n"


def test_the_time_left_is_that_of_those_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 130.0)
    assert time_left(100.0, 10, 25) == "1:15"
    assert time_left(100.0, 10, 0) == "0:00"
