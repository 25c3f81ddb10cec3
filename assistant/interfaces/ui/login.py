"""Lets in those who have logged in, and nobody else: Gradio asks for names and passwords, and leaves some paths open.

`interfaces/passwords.py` knows which belong together.
"""

import asyncio
import re
import time
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import UsageError
from assistant.interfaces.passwords import Accounts

__all__ = ["Gate", "Login", "Tries"]

TRIES, SECONDS = 5, 60.0
"""So many wrong passwords for a name within so long, and nobody gets in by it before the first of them is as old."""


class Tries:
    """When passwords were tried for names that have not been let in since, known or not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, list[float]] = {}

    def take(self, name: str) -> bool:
        """Counts a try for `name`, unless there have been too many."""
        since = self._clock() - SECONDS
        recent = {each: [at for at in times if at > since] for each, times in self._times.items()}
        self._times = {each: times for each, times in recent.items() if times}
        times = self._times.setdefault(name, [])
        if len(times) >= TRIES:
            return False
        times.append(self._clock())
        return True

    def forget(self, name: str) -> None:
        """`name` was let in."""
        self._times.pop(name, None)


class Login:
    """Answers Gradio whether a name and a password belong together; one at a time, beside what else is served."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._tries = Tries()
        self._one = asyncio.Lock()

    async def admits(self, name: str, password: str) -> bool:
        """Whether who says so is let in; too many wrong tries, and nobody is for a while."""
        if not self._tries.take(name):
            return False
        async with self._one:
            fits = await asyncio.to_thread(self.accounts.fits, name, password)
        if fits:
            self._tries.forget(name)
        return fits


class Gate:
    """ASGI middleware: 401 without a login, but for what shows the form for it and takes what is filled in.

    Who is no more among the accounts, or has another password, is to log in anew.
    """

    _OPEN = re.compile(
        r"/|/(?:login|logout)/?|/(?:assets|static|svelte)/.*|/(?:gradio_api/)?theme\.css|/favicon\.ico|/manifest\.json"
        r"|/robots\.txt|/gradio_api/startup-events"
    )

    def __init__(self, app: ASGIApp, accounts: Accounts, on_trouble: Callable[[UsageError], None]) -> None:
        """Args:
        on_trouble: told where the file of the accounts is broken by now.
        """
        self._app = app
        self._accounts = accounts
        self._on_trouble = on_trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_in(scope):
            if not self._OPEN.fullmatch(_path_of(scope)):
                refusal = JSONResponse({"detail": {"error": "Not authenticated"}}, 401)
                await refusal(scope, receive, send)
                return
            scope = {**scope, "query_string": b""}  # by which Gradio would tell of more than the form
        await self._app(scope, receive, send)

    def _is_in(self, scope: Scope) -> bool:
        """Whether a caller has logged in; Gradio keeps who has, by what it gave their browser."""
        gradio = scope["app"]
        try:
            gone = self._accounts.renew()
        except UsageError as error:
            gone = frozenset()
            self._on_trouble(error)
        for token in [token for token, name in gradio.tokens.items() if name in gone]:
            gradio.tokens.pop(token, None)
        given = HTTPConnection(scope).cookies
        names = (f"access-token-{gradio.cookie_id}", f"access-token-unsecure-{gradio.cookie_id}")
        return any(given.get(name) in gradio.tokens for name in names)


def _path_of(scope: Scope) -> str:
    """The path within the page, also where a proxy has left its own before it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if path.startswith(f"{root}/") else path
