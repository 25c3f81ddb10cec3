"""Answers only those who call the page by a name it is meant to have, and lets no other page show it as a part.

A page on the web may point a name of its own at this machine (DNS rebinding), or write to this address from afar; its
browser then names that page as host or origin, and is turned away. An address in figures can't be pointed elsewhere.
Behind a proxy the name that it was called by counts too.
One that had this page in a frame could have its visitors click on what they don't see.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Callers"]

LOCAL = "localhost"


class Callers:
    """ASGI middleware: 403 where the host called, or the page that calls, is none of this machine's."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        """Args:
        names: what the page may be called by, beside localhost and addresses in figures.
        """
        self._app = app
        self._names = frozenset({LOCAL, *(name.lower() for name in names)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            hosts = [headers.get("host", ""), *_forwarded(headers)]
            origin = headers.get("origin", "")
            if not all(map(self._is_known, hosts)) or (origin and not self._is_same(origin, hosts)):
                refusal = PlainTextResponse("This page isn't called by that name; see --name.", 403)
                await refusal(scope, receive, send)
                return

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Frame-Options"] = "DENY"
            await send(message)

        await self._app(scope, receive, send_unframed)

    def _is_known(self, host: str) -> bool:
        name = _name_of(f"//{host}")
        return name in self._names or _is_address(name)

    def _is_same(self, origin: str, hosts: Iterable[str]) -> bool:
        """Whether a page of `origin` is this one: called by one of the same names, or by another of its own."""
        return _name_of(origin) in {*self._names, *(_name_of(f"//{host}") for host in hosts)}


def _forwarded(headers: Headers) -> list[str]:
    """By what a proxy says that it was called: Gradio makes the page's own address of that."""
    return [host.strip() for each in headers.getlist("x-forwarded-host") for host in each.split(",") if host.strip()]


def _name_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
