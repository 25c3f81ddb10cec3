"""The process of a page whose model reads until it is told to go on (`slow_page.py`), for tests."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["TIME", "Room"]

REPOSITORY = Path(__file__).parent.parent
TIME = 180
"""Seconds for what has no limit of its own."""


class Room:
    """The process of a page whose model reads until it is told to go on (`slow_page.py`)."""

    def __init__(
        self, home: Path, *, fetches: bool = False, module: str = "tests.slow_page", **settings: object
    ) -> None:
        """With `fetches` the model isn't there yet, and comes as the room is told; `module` may be of another page.

        `settings` are further ones of the page, as JSON has them.
        """
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(self.port), str(home), *["fetches"] * fetches, json.dumps(settings)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "ready"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, order: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().rstrip("\n")

    def running(self) -> int:
        """How many questions pages and programs wait for."""
        return int(self._state()["running"])

    def waiting(self) -> int:
        """How many questions wait for the model."""
        return int(self._state()["waiting"])

    def remembered(self) -> int:
        """Of how many pages and calls of programs the server remembers what they show."""
        self.say("remembered")
        return int(self.hear())

    def is_reading(self, question: str) -> bool:
        return str(self._state()["read"]).endswith(question)

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(TIME)
        self._process.stdout.close()

    def _state(self) -> dict[str, Any]:
        self.say("state")
        state: dict[str, Any] = json.loads(self.hear())
        return state
