"""What programs call, as targets: the tools of the Model Context Protocol, and the page's endpoints over HTTP.

Arguments are made by the schemas that either gives out, and others that these forbid.
"""

import asyncio
import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError

from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant
from assistant.application import Application, open_library
from assistant.errors import AssistantError
from assistant.interfaces.mcp_server import build
from assistant.interfaces.ui.serving import served
from assistant.interfaces.ui.session import Sessions
from assistant.library.article import article_id
from assistant.library.retrieval import Retriever
from assistant.settings import Care, Settings
from tests.fake_model import SURE, FakeModel
from tests.fire._attack import Outcome, Target, attack
from tests.fire._inputs import plain, small_json, texts, words
from tests.texts import BILINGUAL

__all__ = ["attack_endpoints", "attack_tools"]

ARTICLE = article_id(BILINGUAL)
SECONDS = 60


@contextmanager
def _application(*, is_served: bool = False) -> Iterator[tuple[Application, Settings]]:
    """An application over an article, on a model that says one thing."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = Settings(home=Path(folder), port=probe.getsockname()[1], article_bytes=50_000)
        probe.close()
        model = FakeModel("240 yen.", makes=SURE)
        with open_library(settings) as library:
            library.add(BILINGUAL)
            retriever = Retriever(library.store, library.embedder)
            assistant = AnsweringAssistant(
                *(retriever, library.article, model, UNCALIBRATED), window_tokens=700, answer_tokens=32
            )
            application = Application(library, assistant, model)  # type: ignore[arg-type]
            if not is_served:
                yield application, settings
                return
            with served(application, settings, Sessions()):
                yield application, settings


def _argument(name: str) -> st.SearchStrategy[Any]:
    """Mostly what an argument of this name is for, else anything."""
    wanted = {
        "article": st.sampled_from((ARTICLE, "", "0" * 12)),
        "care": st.sampled_from((*(care.value for care in Care), "", "Balanced")),
        "date": st.sampled_from(("2026-03-14", "", "令和8年3月14日", "May")),
        "text": texts(),
    }.get(name, words())
    return st.one_of(wanted, wanted, words(), plain(), small_json())


def _arguments(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    known = {name: _argument(name) for name in schema.get("properties", {})}
    named = st.fixed_dictionaries({}, optional=known)
    return st.one_of(
        st.fixed_dictionaries(known),
        named,
        st.builds(dict.__or__, named, st.dictionaries(plain(8), small_json(), max_size=2)),
    )


class _Unheard(Context[Any, Any]):
    """That of a call behind which no client is."""

    async def report_progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Tells nobody."""


def attack_tools(inputs: int, seed: int, note: Callable[[str], None] = lambda _: None) -> Outcome:
    """Each call gives a result that can be written as JSON, or says what is wrong with it."""
    with _application() as (application, _):
        server = build(application, Settings())
        schemas = {tool.name: tool.input_schema for tool in asyncio.run(server.list_tools())}

        def call(given: tuple[str, dict[str, Any]]) -> None:
            name, arguments = given
            try:
                result: Any = asyncio.run(server.call_tool(name, arguments, _Unheard(mcp_server=server)))
            except UnexpectedToolError as error:
                raise error.__cause__ or error from error
            except ToolError as error:
                str(error).encode()
                raise AssistantError("told") from error
            json.loads(result.model_dump_json())
            _forget_others(application)

        strategy = st.one_of(*(st.tuples(st.just(name), _arguments(schema)) for name, schema in schemas.items()))
        return attack(Target("tools", lambda: strategy, call), inputs, seed, note)


def _forget_others(application: Application) -> None:
    for entry in application.library.entries():
        if entry.id != ARTICLE:
            application.remove(entry.id)
    if not application.library.entries():
        application.library.add(BILINGUAL)


def attack_endpoints(inputs: int, seed: int, note: Callable[[str], None] = lambda _: None) -> Outcome:
    """Each call is answered or told what is wrong, and never by an error that has no words."""
    with _application(is_served=True) as (application, settings):
        url = f"http://127.0.0.1:{settings.port}/gradio_api"
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            endpoints = client.get(f"{url}/info").json()["named_endpoints"]

            def call(given: tuple[str, Any]) -> None:
                name, arguments = given
                body = json.dumps({"data": arguments})
                begun = client.post(f"{url}/call{name}", content=body, headers={"Content-Type": "application/json"})
                assert begun.status_code < 500, f"{begun.status_code} {begun.text[:200]}"
                if begun.status_code != 200:
                    raise AssistantError("refused")
                said = client.get(f"{url}/call{name}/{begun.json()['event_id']}").text
                last = [line for line in said.splitlines() if line.startswith(("event: ", "data: "))][-2:]
                if last[:1] == ["event: error"]:
                    assert '"title": "Error"' in last[1] or "enough input values" in last[1], last[1][:300]
                    raise AssistantError("told")
                assert last[:1] == ["event: complete"], said[-200:]
                _forget_others(application)

            named = [
                st.tuples(
                    st.just(name),
                    st.one_of(
                        st.tuples(*(_argument(one["parameter_name"]) for one in told["parameters"])),
                        st.lists(small_json(), max_size=4),
                        small_json(),
                    ),
                )
                for name, told in endpoints.items()
            ]
            return attack(Target("endpoints", lambda: st.one_of(*named), call), inputs, seed, note)
