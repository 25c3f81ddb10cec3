"""The assistant for clients of the Model Context Protocol: the actions of `actions.py` as tools, over stdio.

Standard output belongs to the protocol: while it is served, whatever else is written there goes to standard error.
"""

import asyncio
import inspect
import signal
from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations

from assistant.answering.answering import Inquiry
from assistant.answering.events import Answer, AnswerFinished, ModelAwaited, Retraction, TokenGenerated, with_change
from assistant.answering.records import as_json
from assistant.application import Application
from assistant.errors import AssistantError
from assistant.interfaces.actions import Actions, Record
from assistant.settings import Care, Settings

__all__ = ["build", "serve"]

NAME = "article-assistant"
INSTRUCTIONS = """\
Answers questions about the news articles that the user keeps, in English or Japanese{where}. \
Each answer cites sentences of the article word for word, or says that the article does not say: pass that on as it is.\
"""
DOING = {"fetching": "being fetched", "checking": "being checked"}
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def serve(application: Application, settings: Settings) -> None:
    """Serves the tools over standard input and output until the client closes them, or Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing else wakes the thread that waits for the next line
    build(application, settings).run("stdio")


def build(application: Application, settings: Settings) -> MCPServer[Any]:
    """The server with its tools, not yet served."""
    return _Server(_instructions(application.server, settings), _tools(Actions(application)))


def _instructions(server: str, settings: Settings) -> str:
    """What a client is told, with where questions and articles go; `server` is as of `Application`."""
    sent = [f"the model of {server} answers, to which questions and passages of the articles are sent"] * bool(server)
    if settings.chroma:
        sent.append(f"the articles are kept on the Chroma server {settings.chroma.place}")
    return INSTRUCTIONS.format(where=f"; {' and '.join(sent)}" if sent else ", wholly on the user's machine")


class _Server(MCPServer[Any]):
    """Tells a client what is wrong with its call, and the errors of the core, in their own words."""

    def __init__(self, instructions: str, tools: list[Tool]) -> None:
        super().__init__(NAME, instructions=instructions, tools=tools, log_level="WARNING", subscriptions=False)
        self._parameters = {tool.name: tool.parameters for tool in tools}

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        if name in self._parameters:
            _check(name, self._parameters[name], arguments)
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            if isinstance(error.__cause__, AssistantError):
                raise ToolError(str(error.__cause__)) from error.__cause__
            raise


def _check(name: str, parameters: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Raises a ToolError where a tool can't be called with `arguments`, all of which are texts."""
    known, required = parameters["properties"], parameters.get("required", ())
    takes = f"It takes {', '.join(known) or 'no arguments'}."
    for argument, value in arguments.items():
        if argument not in known:
            raise ToolError(f"{name} takes no argument {argument!r}. {takes}")
        if not isinstance(value, str):
            raise ToolError(f"The argument {argument!r} of {name} must be a text, not {value!r}.")
    if missing := [argument for argument in required if argument not in arguments]:
        raise ToolError(f"{name} lacks the argument {missing[0]!r}. {takes}")


def _tools(actions: Actions) -> list[Tool]:
    def list_articles() -> dict[str, list[Record]]:
        return {"articles": actions.list_articles()}  # a tool's result is an object

    async def ask(
        context: Context[Any, Any], question: str, article: str = "", care: str = Care.BALANCED.value
    ) -> Record:
        """Asks a question in English or Japanese about the article with this id, or about all of them without one.

        The answer is in the language of the question. `citations` has the sentences it rests on, word for word: their
        text, number, language, and where they stand in the article's text (`start` and `end`, in characters). Where
        the article does not say, `refused` is true, and `nearest` has the passages nearest to the question, which are
        no answer. Where `withheld` is true, the model came to no sound answer, which tells nothing of the article,
        or, where there are `citations`, couldn't put those sentences into the question's language. With care
        "cautious" a doubtful question is rather refused than with "balanced", with "forthcoming" rather answered.
        """
        inquiry = await asyncio.to_thread(actions.ask, question, article, care)
        return as_json(await _finished(inquiry, context))

    return [
        _tool(list_articles, READS, actions.list_articles),
        _tool(actions.read_article, READS),
        _tool(
            actions.add_article, ToolAnnotations(destructive_hint=False, idempotent_hint=True, open_world_hint=False)
        ),
        _tool(actions.remove_article, ToolAnnotations(destructive_hint=True, open_world_hint=False)),
        _tool(ask, READS),
    ]


def _tool(function: Callable[..., Any], hints: ToolAnnotations, described: Callable[..., Any] | None = None) -> Tool:
    tool = Tool.from_function(function, description=inspect.getdoc(described or function), annotations=hints)
    tool.parameters["additionalProperties"] = False
    return tool


async def _finished(inquiry: Inquiry, context: Context[Any, Any]) -> Answer:
    """The answer; the client is told how far it is. A call that the client cancels ends the work."""
    events, said, step = iter(inquiry), "", 0
    try:
        while True:
            step += 1
            match await asyncio.to_thread(next, events):
                case AnswerFinished(answer):
                    return answer
                case ModelAwaited(state):
                    await context.report_progress(step, message=f"The model is {DOING.get(state, state)}.")
                case TokenGenerated() | Retraction() as change:
                    said = with_change(said, change)
                    await context.report_progress(step, message=said)
    finally:
        inquiry.stop()
