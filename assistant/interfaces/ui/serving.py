"""Serves the page on this machine, until it is told to end."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import getproxies_environment

from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse

from assistant.application import Application
from assistant.errors import AssistantError, UsageError
from assistant.interfaces.passwords import Accounts
from assistant.interfaces.ui.callers import Callers
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.health import Exposition, Health
from assistant.interfaces.ui.layout import WORDS
from assistant.interfaces.ui.login import Gate, Login
from assistant.interfaces.ui.page import ASKERS, build
from assistant.interfaces.ui.session import Departures, Sessions
from assistant.interfaces.ui.texts import text
from assistant.settings import Settings
from assistant.text.language import Language

__all__ = ["SESSIONS", "serve", "served"]

FOLDER = Path(__file__).parent
SESSIONS = 4 * ASKERS
"""Open pages whose drafts are remembered. Of each the server keeps all that it shows, also once it is closed, and of
each question of a program."""
SCRIPTS = ("page.js", "article.js", "menu.js", "notes.js", "removing.js")
"""A function each, called before what it works on is there."""

THEME = gr.themes.Default(primary_hue="indigo", secondary_hue="indigo", neutral_hue="slate").set(
    # The theme's own colours here have too little contrast to be read by all (WCAG AA).
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    input_placeholder_color="*neutral_500",
    input_placeholder_color_dark="*neutral_400",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    button_primary_background_fill_dark="*primary_600",
    button_cancel_background_fill="#b91c1c",
    button_cancel_background_fill_hover="#991b1b",
    input_border_color_focus="*primary_500",
    input_border_color_focus_dark="*primary_400",
)


OnTrouble = Callable[[AssistantError], None]


def serve(
    application: Application,
    settings: Settings,
    on_ready: Callable[[str], None],
    on_trouble: OnTrouble = lambda _: None,
) -> None:
    """Serves the page until Ctrl+C; `on_ready` is called with its address once it is up.

    Args:
        on_trouble: told where the file of those who may log in is broken by now.

    Raises:
        UsageError: it can't listen on the address and port, or that file is broken.
    """
    with served(application, settings, Sessions(), on_trouble) as page:
        on_ready(str(page.local_url))
        page.block_thread()


@contextmanager
def served(
    application: Application,
    settings: Settings,
    sessions: Sessions,
    on_trouble: OnTrouble = lambda _: None,
) -> Iterator[gr.Blocks]:
    """The page, up while the block runs; `sessions` are to hold what it is asked, the rest is as of `serve`.

    Raises:
        UsageError: it can't listen on the address and port, or the file of those who may log in is broken.
    """
    accounts = Accounts(settings.passwords) if settings.passwords else None
    chooser = Chooser(application, settings)
    page = build(application, sessions, settings, chooser)
    page.queue(max_size=64, default_concurrency_limit=ASKERS)
    host = settings.host.strip("[]")
    host = f"[{host}]" if ":" in host else host  # of IPv6 as in the address of a page
    try:
        with _reached_directly(host):
            page.launch(
                server_name=host,
                server_port=settings.port,
                prevent_thread_lock=True,
                quiet=True,
                share=False,  # else the environment has a say
                show_error=True,
                ssr_mode=False,
                strict_cors=True,
                enable_monitoring=False,
                run_history=False,  # it would keep questions and answers in the browser, whatever is cleared here
                footer_links=[],
                max_file_size=settings.source_bytes,
                max_threads=2 * ASKERS,
                state_session_capacity=SESSIONS,
                root_path=settings.root_path or None,
                auth=Login(accounts).admits if accounts else None,  # type: ignore[arg-type]  # it is awaited
                auth_message="<br>".join(text(language, "login") for language in Language),
                app_kwargs={
                    "middleware": _middleware(application, settings, sessions, accounts, on_trouble),
                    "exception_handlers": {RequestValidationError: _malformed},
                },
                i18n=WORDS,
                theme=THEME,
                css_paths=[FOLDER / "page.css", FOLDER / "article.css"],
                head=f"<script>{_script()}</script>",  # `js` would be called only once what can be pressed is there
            )
    except OSError as error:
        place = f"{host}:{settings.port or '7860 to 7959'}"
        raise UsageError(
            f"The page can't listen on {place}: taken, or no address of this machine. Choose with --host and --port."
        ) from error
    try:
        yield page
    finally:
        page.close()
        chooser.close()


@contextmanager
def _reached_directly(host: str) -> Iterator[None]:
    """While it runs, no proxy of the environment is asked for the page itself: Gradio looks whether that is up."""
    before = os.environ.get("no_proxy")
    others = getproxies_environment().get("no", "")
    os.environ["no_proxy"] = ",".join(filter(None, (others, host.strip("[]"), "localhost", "127.0.0.1")))
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if before is not None:
            os.environ["no_proxy"] = before


def _middleware(
    application: Application,
    settings: Settings,
    sessions: Sessions,
    accounts: Accounts | None,
    on_trouble: OnTrouble,
) -> list[Middleware]:
    """What a call goes through, in turn, before it comes to Gradio."""
    gate = [Middleware(Gate, accounts, on_trouble)] if accounts else []
    return [
        Middleware(Callers, names=(settings.host, *settings.names)),
        Middleware(Health, application, settings.metrics_from, _exposition(application, settings)),
        *gate,
        Middleware(Departures, sessions),
    ]


def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:  # noqa: ARG001
    """What is wrong with a call, without what it had: FastAPI repeats that, and fails where it can't be JSON (NaN)."""
    told = [{"loc": each["loc"], "msg": each["msg"], "type": each["type"]} for each in error.errors()]
    return JSONResponse({"detail": told}, 422)


def _exposition(application: Application, settings: Settings) -> Exposition | None:
    if not settings.metrics:
        return None
    from assistant.interfaces.ui.metrics import Metrics

    return Metrics(application).exposition


def _script() -> str:
    """All scripts as one."""
    functions = ",\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return f"[\n{functions}].forEach((begin) => begin())"
