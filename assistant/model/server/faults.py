"""What is wrong with a model server, by what it answers or doesn't; and what of it another try may be without."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus

from assistant.errors import RequestRefused, ServerError
from assistant.model.server.address import Server

__all__ = [
    "Passing",
    "broken_off",
    "fault",
    "garbage",
    "is_of_form",
    "leads_on",
    "refused",
    "thinks",
    "told",
    "too_slow",
    "unproven",
    "unreachable",
]

PASSING = (408, 409, 425, 429, 500, 502, 503, 504, 529)
"""Statuses that another try may be without."""
_TOO_LONG = re.compile(
    r"context[ _]?(?:length|size|window)|maximum (?:context|prompt|input)"
    r"|(?:prompt|input|request) is too (?:long|large)|too many (?:input )?tokens|reduce the length",
    re.IGNORECASE,
)


class Passing(Exception):
    """An error that another try may be without, `after` seconds where the server says when."""

    def __init__(self, error: ServerError, after: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.after = after


def unreachable(server: Server, reason: object) -> ServerError:
    return ServerError(
        "No model server answers at {server}: {reason}. Start it, or check OPENAI_BASE_URL.",
        server=server.place,
        reason=reason,
    )


def too_slow(server: Server, seconds: float) -> ServerError:
    return ServerError(
        "The model server {server} takes too long: after {seconds:.0f} seconds its answer was not there. Ask again, or "
        "use a quicker one.",
        server=server.place,
        seconds=max(1.0, seconds),
    )


def unproven(server: Server, reason: str) -> ServerError:
    return ServerError(
        "The model server {server} can't show that it is {server} ({reason}), so nothing is sent to it.",
        server=server.place,
        reason=reason,
    )


def broken_off(server: Server, reason: object) -> ServerError:
    return ServerError(
        "The connection to the model server {server} broke off ({reason}). Ask again.",
        server=server.place,
        reason=server.said(reason),
    )


def leads_on(server: Server, status: int) -> ServerError:
    return ServerError(
        "The model server {server} leads on to another address (HTTP {status}), which is not followed. Check "
        "OPENAI_BASE_URL.",
        server=server.place,
        status=status,
    )


def garbage(server: Server, reason: object) -> ServerError:
    return ServerError(
        "What the model server {server} sent can't be understood ({reason}). Check that OPENAI_BASE_URL names a server "
        "that speaks OpenAI's chat completions.",
        server=server.place,
        reason=server.said(reason),
    )


def thinks(server: Server, model: str, tokens: int) -> ServerError:
    return RequestRefused(
        "The model {model} of {server} thinks before it answers, for more than {tokens} tokens. Choose one that does "
        "not, by OPENAI_MODEL.",
        model=model,
        server=server.place,
        tokens=tokens,
    )


def fault(server: Server, reason: str) -> ServerError:
    return ServerError(
        "The model server {server} can't answer ({reason}). Ask again later, or look into what it logs.",
        server=server.place,
        reason=server.said(reason),
    )


def is_of_form(status: int, body: str) -> bool:
    """Whether it is how it was asked that the server doesn't take, rather than what."""
    return status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY) and not _TOO_LONG.search(body)


def refused(
    server: Server, status: int, headers: Mapping[str, str], body: str, model: str = ""
) -> ServerError | Passing:
    """What a status other than OK means, with the headers and the body that came with it."""
    said = told(body)
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    reason = f"HTTP {status}: {server.said(said or phrase)}"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ServerError(
            "The model server {server} does not take the key (HTTP {status}). Check OPENAI_API_KEY.",
            server=server.place,
            status=status,
        )
    if status == HTTPStatus.NOT_FOUND and "model" in said.lower():
        return ServerError(
            "The model server {server} has no model {model}. Choose one that it has, by OPENAI_MODEL.",
            server=server.place,
            model=model,
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return ServerError(
            "{url} is no model server that speaks OpenAI's chat completions (HTTP {status}). Check OPENAI_BASE_URL, "
            "which mostly ends with /v1.",
            url=server.url,
            status=status,
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _TOO_LONG.search(said):
        return RequestRefused(
            "The passages and the question are too long for the model {model} of {server} ({reason}). Ask a shorter "
            "question, or give it a longer context.",
            model=model,
            server=server.place,
            reason=reason,
        )
    error: ServerError
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        error = RequestRefused(
            "The model server {server} has too much to do, or gives no more ({reason}). Ask again later.",
            server=server.place,
            reason=reason,
        )
    else:
        error = fault(server, reason)
    return Passing(error, _seconds(headers.get("retry-after", ""))) if status in PASSING else error


def told(body: str) -> str:
    """What a server says is wrong, from where servers say it; nothing of a page."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return "" if "<" in body else body
    for name in ("error", "message", "detail"):
        if isinstance(said, dict) and said.get(name):
            said = said[name]
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _seconds(retry_after: str) -> float | None:
    """The seconds of a Retry-After; None where it names a day, or nothing."""
    return float(retry_after) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", retry_after.strip()) else None
