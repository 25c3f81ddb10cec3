"""The page outlives its model: the real server with the real model, whose process is ended under it."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fake_context import wait_for
from tests.pages import ANSWER, START_SECONDS, Open, Server, ask

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="There is no /proc to see processes in.")

QUESTION = {
    "en": "What does a meeting of the two men mean, and what began in late 2020?",
    "ja": "両氏の会談が実現すれば、何に区切りがつきますか？",
}
NEXT = {
    "en": ("When are Alibaba's results due?", "Thursday"),
    "ja": ("アリババ株は金曜日に何%上昇しましたか？", "6.3%"),
}
ATTEMPTS = 3
"""The model may just have begun what nobody has asked for when it ends; then the question is answered by the next."""
IDLE_SECONDS = 0.5
STOPPED = {"en": "The model stopped working (signal SIG", "ja": "モデルが止まりました（"}


def _children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it is gone
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(status.parent.name))
    return found


def _model(server: Server) -> int:
    """The process that the model runs in."""
    wait_for(lambda: len(_children(server.pid)) == 1, START_SECONDS)
    return _children(server.pid)[0]


def _is_idle(pid: int) -> bool:
    """Whether a process has computed nothing for a while, so that it is at nothing that nobody has asked for."""
    before = _ticks(pid)
    time.sleep(IDLE_SECONDS)
    return _ticks(pid) == before


def _ticks(pid: int) -> int:
    """How long a process has computed, in ticks of the clock (proc(5): utime and stime)."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def _ask_and_end(page: Any, model: int, question: str, fault: str) -> None:
    """Asks, and ends the model's process before it can have answered; returns when the question has ended."""
    ends = page.locator("#chat .problem, #chat .answer[data-finished]")
    before = ends.count()
    wait_for(lambda: _is_idle(model), ANSWER / 1000)
    os.kill(model, signal.SIGSTOP)  # so that it is at this question, and no further, when it ends
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.locator("#chat .waiting").wait_for(timeout=ANSWER)
    page.wait_for_timeout(500)
    os.kill(model, signal.Signals[fault])
    os.kill(model, signal.SIGCONT)
    ends.nth(before).wait_for(timeout=ANSWER)


@pytest.mark.parametrize(("fault", "language"), [("SIGSEGV", "en"), ("SIGKILL", "ja"), ("SIGILL", "en")])
def test_whoever_asked_is_told_and_the_next_question_is_answered(
    server: Server, open_page: Open, fault: str, language: str
) -> None:
    """Each fault in one language: it is told by the same message in both (`ja.po`), with the signal's name in it."""
    page = open_page("ja-JP" if language == "ja" else "en-US", width=1280 if language == "en" else 360)
    page.locator("#status p[data-state=ready]").wait_for(timeout=ANSWER)
    text, problem = page.text_content("#article-en article"), page.locator("#chat .problem", has_text=STOPPED[language])
    for _ in range(ATTEMPTS):
        _ask_and_end(page, _model(server), QUESTION[language], fault)
        if problem.count():
            break
    problem.wait_for(timeout=1_000)
    asked, answered = NEXT[language]
    answer = ask(page, asked)
    assert answered in answer.inner_text()
    assert answer.locator(".citation").count() > 0
    assert page.text_content("#article-en article") == text


def test_no_process_is_left_behind_when_the_page_is_killed(server: Server, open_page: Open) -> None:
    page: Any = open_page()
    ask(page, NEXT["en"][0])
    model = _model(server)
    page.goto("about:blank")
    server.kill()
    wait_for(lambda: not Path(f"/proc/{model}").exists() or "Z" in Path(f"/proc/{model}/stat").read_text(), 5)
    server.start()
    assert NEXT["en"][1] in ask(open_page(), NEXT["en"][0]).inner_text()
