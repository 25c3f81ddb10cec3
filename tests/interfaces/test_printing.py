"""What is printed gives a terminal no orders, and JSON stays what it was."""

import io
import json
import sys

import pytest

from assistant.interfaces.printing import open_streams, say, say_json
from assistant.text.steering import STEERING

NASTY = "a\x1b]0;x\x07\x9b2J\u202eb\u2069\x00\U000e0041\u2028 \udcff水"


def test_a_text_is_printed_without_what_steers(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"over\rwritten {NASTY}")
    say(NASTY, err=True, nl=False)
    printed = capsys.readouterr()
    assert printed.out == "over written a]0;x2Jb\u2028 ?水\n"
    assert printed.err == "a]0;x2Jb\u2028 ?水"


def test_json_is_a_line_that_gives_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({NASTY: [NASTY, 1, None, "水車"]})
    printed = capsys.readouterr().out
    assert not STEERING.search(printed)
    assert len(printed.splitlines()) == 1
    assert "水車" in printed
    assert json.loads(printed) == {NASTY: [NASTY, 1, None, "水車"]}


class _Stream(io.TextIOWrapper):
    """Of a system whose encoding lacks much; a terminal, or else a file."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="cp1252", newline="\n")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("is_terminal", "printed"), [(False, "é水\n".encode()), (True, "é?\n".encode("cp1252"))], ids=["file", "terminal"]
)
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_the_system_s_encoding_lacks_is_printed(
    monkeypatch: pytest.MonkeyPatch, name: str, is_terminal: bool, printed: bytes
) -> None:
    stream = _Stream(is_terminal=is_terminal)
    monkeypatch.setattr(sys, name, stream)
    open_streams()
    say("é水", err=name == "stderr")
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    assert stream.buffer.getvalue() == printed
