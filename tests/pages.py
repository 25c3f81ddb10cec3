"""The page's own process with the real model, and what a person does on the page, for tests in a browser."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

__all__ = [
    "ANSWER",
    "REPOSITORY",
    "START_SECONDS",
    "Open",
    "Server",
    "add",
    "ask",
    "choose",
    "open_menu",
    "remove",
    "show",
    "speak",
]

REPOSITORY = Path(__file__).parent.parent
START_SECONDS = 60
ANSWER = 180_000  # milliseconds; CI machines are slow

Open = Callable[..., Any]
"""Opens the page in a browser."""


class Server:
    """The page's own process on a home of its own, which outlives a restart."""

    def __init__(
        self,
        home: Path,
        model: Path | None,
        errors: Path | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Args:
        errors: the file that its error stream goes to, where one is given.
        options: what it is started with beside.
        environment: what of that differs from this process's.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = home
        self._errors = errors
        self._environment = os.environ | {"ASSISTANT_HOME": str(home), "PYTHONUNBUFFERED": "1"} | (environment or {})
        of_model = ["--model", str(model)] if model else []
        self._command = [sys.executable, "app.py", "--port", str(self.port), *of_model, *options]
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with ExitStack() as opened:
            errors = opened.enter_context(self._errors.open("ab")) if self._errors else None
            self._process = subprocess.Popen(
                self._command, cwd=REPOSITORY, env=self._environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert self._process.stdout
        printed = iter(self._process.stdout.readline, "")
        assert any("The page is at http://127.0.0.1:" in line for line in printed), "the page did not start"

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Ends it as `kill -9` does."""
        self._process.kill()
        self._process.wait(START_SECONDS)
        assert self._process.stdout
        self._process.stdout.close()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)
        assert self._process.stdout
        self._process.stdout.close()


def show(page: Any, tab: str) -> None:
    """Shows the article ("reading") or the conversation ("talking"), where there is room for one alone."""
    button = page.locator(f".tabs [data-tab={tab}]")
    if button.is_visible():
        button.click()


def open_menu(page: Any) -> Any:
    """Opens the menu in the head of the page, unless it is open; the menu."""
    menu = page.locator("#menu")
    if not menu.is_visible():
        page.click("#menu-button button")
        menu.wait_for()
    return menu


def speak(page: Any, language: str) -> None:
    """Has the page speak a language, by its own name, and closes the menu."""
    open_menu(page).get_by_label(language).check()
    page.keyboard.press("Escape")


def ask(page: Any, question: str) -> Any:
    """Asks and waits for the answer's end; the newest answer."""
    before = page.locator("#chat .answer[data-finished]").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    answer = page.locator("#chat .answer[data-finished]").nth(before)
    answer.wait_for(timeout=ANSWER)
    return answer


def add(page: Any, text: str, title: str = "") -> None:
    """Adds an article by pasting it, and waits until it is shown."""
    show(page, "reading")
    if not page.locator("#add-text textarea").is_visible():
        page.click("#manage button")
    page.fill("#add-title input, #add-title textarea", title)
    page.fill("#add-text textarea", text)
    page.click("#add")
    page.wait_for_function("!document.querySelector('#add-text textarea').value", timeout=30_000)
    page.locator("#notice .notice").wait_for()


def remove(page: Any) -> None:
    """Removes the article shown, and says that it is meant."""
    page.click("#remove")
    page.click("#removing [value=remove]")


def choose(page: Any, title: str, among: str = "articles") -> None:
    """Chooses an article to be shown, or to be asked."""
    show(page, "reading")
    page.click(f"#{among} input")
    page.get_by_role("option", name=title).click()
