"""The command that makes a line of the file of passwords."""

import sys
from typing import Annotated

import typer

from assistant.errors import UsageError
from assistant.interfaces.printing import say

__all__ = ["password"]


def password(name: Annotated[str, typer.Argument(help="Name to log in by.")]) -> None:
    """Print the line of a name for the file that `page --auth` takes; asks for the password, or reads it from stdin."""
    from assistant.interfaces.passwords import check_name, hashed

    check_name(name)
    say(f"{name}:{hashed(_typed(name))}")


def _typed(name: str) -> str:
    """The password, without an echo and twice where a person types it.

    Raises:
        UsageError: there is none, or not the same both times.
    """
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = typer.prompt(f"Password of {name}", hide_input=True, err=True)
        if typer.prompt("Again", hide_input=True, err=True) != given:
            raise UsageError("That was not the same password.")
    if not given:
        raise UsageError("The password is empty.")
    return given
