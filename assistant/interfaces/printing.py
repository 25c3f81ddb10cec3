"""What commands print: text of articles, files and questions gives no orders to the terminal, and JSON is whole."""

import io
import json
import re
import sys

import typer

from assistant.text.steering import STEERING

__all__ = ["open_streams", "say", "say_json"]

_ESCAPED = re.compile(f"(?:{STEERING.pattern}|[\ud800-\udfff\u2028\u2029])")


def open_streams() -> None:
    """Has what is printed come out as UTF-8 in files and pipes, whatever the system's own encoding, which may lack some
    of it; a terminal shows a question mark for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def say(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Prints a text without what would steer a terminal, on standard error where `err`."""
    shown = STEERING.sub("", str(text)).replace("\r", " ").encode("utf-8", "replace").decode()
    typer.echo(shown, err=err, nl=nl)


def say_json(value: object) -> None:
    """Prints a value as a line of JSON, in which what would steer a terminal is escaped."""
    typer.echo(_ESCAPED.sub(_as_escapes, json.dumps(value, ensure_ascii=False)))


def _as_escapes(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
