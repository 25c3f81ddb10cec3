"""Tells those who run the page how it is: `/health`, and `/metrics` where these are wanted, without a login.

Only this machine is told, and who is named beside it, and nobody by way of a proxy, which all the world may call.
What is counted is for `metrics.py`.
"""

import asyncio
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.application import Application
from assistant.errors import StoreError
from assistant.model.protocol import STARTING

__all__ = ["Exposition", "Health"]

Condition = Literal["ready", "starting", "failed"]
Exposition = Callable[[str], tuple[bytes, str]]
"""All that is counted and its content type, by what a caller accepts."""

FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Any of these names a proxy."""


class Health:
    """ASGI middleware: answers on the two paths itself."""

    def __init__(
        self, app: ASGIApp, application: Application, allowed: Sequence[str], exposition: Exposition | None
    ) -> None:
        """Args:
        allowed: addresses and networks that are answered beside this machine.
        """
        self._app = app
        self._application = application
        self._allowed = [ip_network(each) for each in allowed]
        self._exposition = exposition

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answers = {"/health": self._health, "/metrics": self._metrics}
        answer = answers.get(scope.get("path", "")) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._may(scope, headers):
            response = await asyncio.to_thread(answer, headers)
        else:
            response = PlainTextResponse("This is for this machine and --metrics-from, and not through a proxy.", 403)
        await response(scope, receive, send)

    def _may(self, scope: Scope, headers: Headers) -> bool:
        if any(name in headers for name in FORWARDED):
            return False
        try:
            caller = ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        caller = getattr(caller, "ipv4_mapped", None) or caller
        return caller.is_loopback or any(caller in network for network in self._allowed)

    def _health(self, _: Headers) -> Response:
        """200 where a question would be answered, 503 where not, or not yet."""
        parts: dict[str, Condition] = {"store": self._store(), "model": self._model()}
        worst = next((each for each in ("failed", "starting") if each in parts.values()), "ready")
        return JSONResponse({"status": worst, **parts}, 200 if worst == "ready" else 503)

    def _metrics(self, headers: Headers) -> Response:
        if self._exposition is None:
            return PlainTextResponse("Nothing is counted; start the page with --metrics.", 404)
        body, kind = self._exposition(headers.get("accept", ""))
        return Response(body, headers={"Content-Type": kind})

    def _store(self) -> Condition:
        try:
            self._application.library.store.count()
        except StoreError:
            return "failed"
        return "ready"

    def _model(self) -> Condition:
        state = self._application.model.status.state
        if state in STARTING:
            return "starting"
        return "failed" if state == "failed" else "ready"
