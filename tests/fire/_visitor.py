"""Who has the page open, or calls it as a program: speaks to the server as the page in a browser does."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from gradio_client.utils import apply_diff

__all__ = ["Asked", "Page", "Raw", "Visitor", "listed", "program"]

LOOK_SECONDS = 2.0
"""Between two looks of an open page at the model."""


class Raw(Exception):
    """What the server said is no answer and no word that is meant for a reader."""


@dataclass(slots=True)
class Asked:
    """What came of a question: seconds until the passages, the first words and the end; None: they never came."""

    evidence: float | None = None
    words: float | None = None
    end: float | None = None
    problem: str = ""
    """What the page told instead of an answer."""
    is_stopped: bool = False


class Page:
    """What the page's server offers, by the ids of components."""

    def __init__(self, http: httpx.AsyncClient, config: dict[str, Any]) -> None:
        self.http = http
        names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        self._events = {
            (names.get(target), event): dependency
            for dependency in config["dependencies"]
            for target, event in dependency["targets"]
        }
        self._after: dict[int, list[int]] = {}
        for dependency in config["dependencies"]:
            if (before := dependency.get("trigger_after")) is not None and dependency["backend_fn"]:
                self._after.setdefault(before, []).append(dependency["id"])

    @classmethod
    async def of(cls, http: httpx.AsyncClient) -> "Page":
        return cls(http, (await http.get("/config")).raise_for_status().json())

    def event(self, component: str | None, name: str) -> int:
        """The number of what an event of a component does."""
        return int(self._events[component, name]["id"])

    def after(self, number: int) -> list[int]:
        """What is done in turn when that has ended."""
        return self._after.get(number, [])


@dataclass(slots=True)
class Visitor:
    """One tab with the page, with a session of its own."""

    page: Page
    language: str = "en"
    article: str = ""
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    turns: list[Any] = field(default_factory=list)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def open(self) -> None:
        """Opens the page; from now on it looks at the model now and then."""
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._look())]
        await self._whole(self.page.event(None, "load"), [self.language, []])

    def leave(self) -> None:
        """Closes the tab, with its connections."""
        for task in self._tasks:
            task.cancel()

    async def show(self, article: str) -> None:
        """Chooses an article to be shown, and to be asked about."""
        self.article = article
        await self._whole(self.page.event("articles", "input"), [article, self.language])

    async def ask(self, question: str, stop_after: float | None = None, leave_after: float | None = None) -> Asked:
        """Asks, and waits for the end; after some seconds presses Stop, or leaves in the middle."""
        number = self.page.event("ask", "click")
        asked, began = Asked(), time.perf_counter()
        asking = self._asking(number, question, asked, began)
        if leave_after is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asking, leave_after)
            self.leave()
            return asked
        stopping = asyncio.create_task(self._stop(stop_after)) if stop_after is not None else None
        try:
            await asking
        finally:
            if stopping:
                stopping.cancel()
        for next_ in self.page.after(number):
            await self._whole(next_, [self.article, self.language, self.turns])
        return asked

    async def add(self, text: str) -> str:
        """Adds an article by the page's own boxes; its id."""
        outputs = await self._whole(self.page.event("add", "click"), [text, "", "", None, self.language])
        if "problem" in outputs[0]:
            raise Raw(outputs[0])
        return str(outputs[6]["value"])

    async def remove(self, article: str) -> None:
        outputs = await self._whole(self.page.event("remove", "click"), [article, self.language])
        if "problem" in outputs[0]:
            raise Raw(outputs[0])

    async def _asking(self, number: int, question: str, asked: Asked, began: float) -> None:
        data = [question, self.turns, self.article, [], "balanced", self.language]
        async for outputs in self._outputs(number, data):
            since = time.perf_counter() - began
            said = str(outputs[0][-1]["content"]) if outputs[0] else ""
            if "<details" in said and asked.evidence is None:
                asked.evidence = since
            if "class='problem'" in said:
                asked.problem = said
            elif outputs[0] and outputs[0][-1]["role"] == "assistant" and "class='waiting'" not in said:
                asked.words = since if asked.words is None else asked.words
            if isinstance(outputs[2], list):
                self.turns, asked.end = outputs[2], since
                asked.is_stopped = bool(outputs[2] and outputs[2][-1]["answer"]["stopped"])

    async def _stop(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._direct(self.page.event("stop", "click"), [])

    async def _whole(self, number: int, data: list[Any]) -> list[Any]:
        """What an event gives in the end."""
        return [outputs async for outputs in self._outputs(number, data)][-1]

    async def _outputs(self, number: int, data: list[Any]) -> AsyncIterator[list[Any]]:
        """What an event gives, as it grows."""
        body = {"data": data, "fn_index": number, "session_hash": self.session, "trigger_id": None}
        _checked(await self.page.http.post("/gradio_api/queue/join", json=body))
        outputs: list[Any] = []
        address = f"/gradio_api/queue/data?session_hash={self.session}"
        async with self.page.http.stream("GET", address) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                kind = message["msg"]
                if kind in ("process_generating", "process_completed"):
                    if not message["success"]:
                        raise Raw(json.dumps(message["output"], ensure_ascii=False))
                    new = message["output"].get("data", [])
                    is_change = kind == "process_generating" and outputs
                    if new:
                        outputs = [apply_diff(*both) for both in zip(outputs, new, strict=True)] if is_change else new
                        yield outputs
                elif kind == "unexpected_error":
                    raise Raw(json.dumps(message, ensure_ascii=False))
                elif kind == "close_stream":
                    return

    async def _direct(self, number: int, data: list[Any]) -> list[Any]:
        """What an event gives that goes past the queue."""
        body = {"data": data, "fn_index": number, "session_hash": self.session}
        response = _checked(await self.page.http.post("/gradio_api/run/predict", json=body))
        found: list[Any] = response.json()["data"]
        return found

    async def _beat(self) -> None:
        async with self.page.http.stream("GET", f"/gradio_api/heartbeat/{self.session}") as stream:
            async for _ in stream.aiter_lines():
                pass

    async def _look(self) -> None:
        timer = self.page.event(None, "tick")
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(httpx.HTTPError):
                await self._direct(timer, [self.article, self.language, 0, "", 0])


async def listed(http: httpx.AsyncClient) -> set[str]:
    """The articles that the page lists for programs."""
    call = _checked(await http.post("/gradio_api/call/list_articles", json={"data": []})).json()["event_id"]
    said = _checked(await http.get(f"/gradio_api/call/list_articles/{call}")).text
    (found,) = json.loads(said.rpartition("data:")[2])
    return {entry["id"] for entry in found}


async def program(http: httpx.AsyncClient, question: str, article: str, hang_up_after: float | None = None) -> Asked:
    """Asks by the page's named endpoint, and hangs up after some seconds, if any are given."""
    body = {"data": [question, article, "balanced"]}
    began, asked = time.perf_counter(), Asked()
    call = _checked(await http.post("/gradio_api/call/ask", json=body)).json()["event_id"]

    async def listen() -> None:
        event = ""
        async with http.stream("GET", f"/gradio_api/call/ask/{call}") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:") and event in ("generating", "complete"):
                    asked.words = asked.words or time.perf_counter() - began
                    asked.end = time.perf_counter() - began if event == "complete" else None
                elif line.startswith("data:") and event == "error":
                    asked.problem = line[5:].strip()

    if hang_up_after is None:
        await listen()
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(listen(), hang_up_after)
    return asked


def _checked(response: httpx.Response) -> httpx.Response:
    if response.status_code != httpx.codes.OK:
        raise Raw(f"{response.status_code}: {response.text}")
    return response
