"""How modules of the assistant are started as processes of their own, which can fail by themselves."""

import os
import sys

from assistant.settings import PACKAGE

__all__ = ["command_of", "environment"]


def command_of(module: str, *arguments: str) -> list[str]:
    """The command that runs a module by this Python, with nothing of the current folder in its way."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """This process's environment, with which that one finds the same assistant."""
    paths = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
