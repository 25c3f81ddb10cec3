"""Who hasn't logged in gets the form for it and nothing else: the page's own process, called in every way there is."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError

from assistant.interfaces.passwords import Hashed
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.login import SECONDS, TRIES, Tries
from tests.room import TIME, Room
from tests.texts import BILINGUAL

QUICK = Hashed(16, 1, 1, b"salt" * 4, bytes(32))
MIKA, KEN = QUICK.made_of("open sesame"), QUICK.made_of("another")
OPEN = {
    *(("GET", path) for path in ("/", "/logout", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css")),
    *(("GET", path) for path in ("/svelte/x", "/static/x", "/assets/x")),
    *(("GET", f"/gradio_api/{path}") for path in ("theme.css", "startup-events")),
    *(("POST", "/login"), ("POST", "/login/"), ("HEAD", "/")),
}
"""What shows the form, and takes what is filled in; of what starts Gradio, which has long happened."""


class _Closed(Room):
    """A page with a login."""

    def __init__(self, home: Path) -> None:
        self.file = home / "passwords"
        home.mkdir(exist_ok=True)
        self.write(mika=MIKA, ken=KEN)
        super().__init__(home, passwords=str(self.file))

    def write(self, **accounts: object) -> None:
        """Another file in the place of the one that says who may log in."""
        new = self.file.with_suffix(".new")
        new.write_text("".join(f"{name}:{one}\n" for name, one in accounts.items()), encoding="utf-8")
        new.replace(self.file)

    @contextmanager
    def caller(self, name: str = "", password: str = "") -> Iterator[httpx.Client]:
        """Somebody who logs in, if a name is given."""
        with httpx.Client(base_url=self.url, timeout=10) as client:
            if name:
                client.post("/login", data={"username": name, "password": password})
            yield client


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Closed]:
    room = _Closed(tmp_path_factory.mktemp("home"))
    yield room
    room.close()


def _routes(routes: Iterable[Any]) -> set[tuple[str, str]]:
    """Method and path of all that Gradio serves."""
    found = set()
    for route in routes:
        if inner := getattr(route, "original_router", None):
            found |= _routes(inner.routes)
        else:
            path = re.sub(r"\{[^}]*\}", "x", route.path)
            found |= {(method, path) for method in route.methods or ()}
    return found


async def _all_routes() -> set[tuple[str, str]]:
    """Within an event loop, or Gradio leaves one of its own behind."""
    with gr.Blocks() as page:
        gr.Textbox()
    return _routes(gr.routes.App.create_app(page).routes)


def test_every_path_but_those_of_the_form_is_closed(closed: _Closed) -> None:
    everywhere = asyncio.run(_all_routes())
    assert len(everywhere) > 60
    with closed.caller() as caller:
        opened = {(method, path) for method, path in everywhere if caller.request(method, path).status_code != 401}
    assert opened == OPEN


@pytest.mark.parametrize("endpoint", ["list_articles", "read_article", "add_article", "remove_article", "ask"])
@pytest.mark.parametrize("way", ["call", "call/v2", "run", "api"])
def test_what_programs_can_do_is_closed(closed: _Closed, endpoint: str, way: str) -> None:
    with closed.caller() as caller:
        assert caller.post(f"/gradio_api/{way}/{endpoint}", json={"data": []}).status_code == 401


@pytest.mark.parametrize(
    "path", ["//config", "/./config", "/assets/../config", "/login/../config", "/%2e/config", "/\nx"]
)
def test_no_spelling_of_a_path_opens_it(closed: _Closed, path: str) -> None:
    with closed.caller() as caller:
        answer = caller.get(httpx.URL(closed.url).copy_with(raw_path=path.replace("\n", "%0A").encode()))
        assert answer.status_code in (401, 404)
        assert "components" not in answer.text


@pytest.mark.parametrize("query", ["", "?all_endpoints=1", "?deep_link=x", "?__theme=dark", "?view=api"])
def test_the_form_tells_nothing_of_the_articles(closed: _Closed, query: str) -> None:
    with closed.caller() as caller:
        form = caller.get(f"/{query}")
    assert form.status_code == 200
    assert '"auth_required":true' in form.text
    assert not any(line in form.text for line in BILINGUAL.splitlines() if line)
    assert "token" not in form.text.lower().replace("access-token", "")


@pytest.mark.parametrize("cookie", ["access-token-x=y", "access-token=", "a; b", "="])
def test_a_made_up_cookie_opens_nothing(closed: _Closed, cookie: str) -> None:
    with closed.caller() as caller:
        assert caller.get("/config", headers={"Cookie": cookie}).status_code == 401


def test_who_logs_in_gets_all_and_until_they_leave(closed: _Closed) -> None:
    with closed.caller("mika", "open sesame") as mika:
        assert mika.get("/config").status_code == 200
        assert mika.get("/gradio_api/info").status_code == 200
        mika.get("/logout")
        assert mika.get("/config").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("mika", "another"), ("nobody", "open sesame"), ("", ""), ("mika", "")])
def test_nobody_else_gets_in(closed: _Closed, name: str, password: str) -> None:
    with closed.caller() as caller:
        refused = caller.post("/login", data={"username": name, "password": password})
        assert refused.status_code in (400, 422)
        assert caller.get("/config").status_code == 401


def test_a_program_logs_in_as_a_person_does(closed: _Closed) -> None:
    with pytest.raises(AuthenticationError):
        Client(closed.url, verbose=False)
    with closing(Client(closed.url, auth=("ken", "another"), verbose=False)) as client:
        assert len(client.predict(api_name="/list_articles")) == 1
        job = client.submit("How much does a roll cost?", api_name="/ask")
        closed.say("go on")
        assert job.result(TIME)["answer"].startswith("yes")


def test_after_too_many_wrong_passwords_the_right_one_has_to_wait(closed: _Closed) -> None:
    closed.write(mika=MIKA, ken=KEN, yui=KEN)
    for _ in range(TRIES):
        with closed.caller("yui", "guess") as yui:
            assert yui.get("/config").status_code == 401
    with closed.caller("yui", "another") as yui, closed.caller("ken", "another") as ken:
        assert (yui.get("/config").status_code, ken.get("/config").status_code) == (401, 200)


def test_who_is_taken_out_or_has_another_password_is_out(closed: _Closed) -> None:
    closed.write(mika=MIKA, ken=KEN, aya=KEN, rin=KEN)
    with closed.caller("aya", "another") as aya, closed.caller("rin", "another") as rin:
        closed.write(mika=MIKA, ken=KEN, rin=MIKA)
        assert (aya.get("/config").status_code, rin.get("/config").status_code) == (401, 401)
    with closed.caller("rin", "open sesame") as rin:
        closed.write(mika="broken")
        assert rin.get("/config").status_code == 200
        closed.write(mika=MIKA, ken=KEN, rin=MIKA)
        assert rin.get("/config").status_code == 200


def test_tries_count_by_name_and_minute_until_one_fits() -> None:
    now = 100.0
    tries = Tries(lambda: now)
    assert [tries.take("mika") for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    assert tries.take("ken")
    now += SECONDS
    assert tries.take("mika")
    tries.forget("mika")
    assert all(tries.take("mika") for _ in range(TRIES))
    now += SECONDS
    tries.take("ken")
    assert list(tries._times) == ["ken"]
