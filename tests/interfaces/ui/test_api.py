"""What a program does with the page's endpoints, over HTTP, as it is told in the README."""

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from assistant.library.article import parse_article
from tests.fake_context import wait_for
from tests.room import TIME, Room
from tests.test_readme import BLOCKS, README
from tests.texts import BILINGUAL, ENGLISH

ARTICLE = parse_article(BILINGUAL).id


@pytest.fixture(scope="module")
def client(room: Room) -> Iterator[Any]:
    with closing(Client(room.url, verbose=False)) as client:
        yield client


def test_endpoints_are_those_of_the_actions_and_no_others(client: Any) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {"/list_articles", "/read_article", "/add_article", "/remove_article", "/ask"}
    assert all(f"`{name.removeprefix('/')}`" in README for name in named)


def test_the_readme_s_session_is_what_happens(client: Any, room: Room) -> None:
    block = next(block for kind, block in BLOCKS if kind == "pycon")
    (adding, added), (asking, _) = re.findall(r"^>>> (client\.predict.*)\n(.*)$", block, re.MULTILINE)
    assert eval(adding, {"client": client}) == ast.literal_eval(added)  # noqa: S307  the README is ours
    room.say("go on")
    assert eval(asking, {"client": client}) == "yes [1]"  # noqa: S307
    assert client.predict(ast.literal_eval(added)["id"], api_name="/remove_article")["title"] == "Rolls"


def test_an_article_is_added_listed_read_and_removed(client: Any) -> None:
    added = client.predict(ENGLISH + "\n\nPhoto: Anybody", "Rolls", api_name="/add_article")
    assert (added["title"], added["is_new"], added["left_out"]) == ("Rolls", True, ["Photo: Anybody"])
    assert not client.predict(ENGLISH + "\n\nPhoto: Anybody", api_name="/add_article")["is_new"]
    listed = client.predict(api_name="/list_articles")
    assert [(entry["id"], entry["languages"]) for entry in listed] == [(ARTICLE, ["en", "ja"]), (added["id"], ["en"])]
    assert client.predict(added["id"], api_name="/read_article")["text"] == ENGLISH + "\n\nPhoto: Anybody"
    assert client.predict(added["id"], api_name="/remove_article") == {"id": added["id"], "title": "Rolls"}
    assert [entry["id"] for entry in client.predict(api_name="/list_articles")] == [ARTICLE]


@pytest.mark.parametrize("article", ["", ARTICLE])
def test_an_answer_comes_with_its_citations(client: Any, room: Room, article: str) -> None:
    job = client.submit("How much does a roll cost?", article, api_name="/ask")
    wait_for(lambda: room.is_reading("How much does a roll cost?"), TIME)
    room.say("go on")
    answer = job.result(TIME)
    assert answer["finished"]
    assert answer["answer"].startswith("yes [")
    assert all(BILINGUAL[one["start"] : one["end"]] == one["text"] for one in answer["citations"])
    assert job.outputs()[0] == {"finished": False, "answer": "yes", "words": None}


@pytest.mark.parametrize(
    ("endpoint", "arguments", "says"),
    [
        ("/ask", (" ",), "The question is empty"),
        ("/ask", ("Who?", "0" * 12), "There is no article '000000000000'"),
        ("/ask", ("Who?", "", "reckless"), "There is no care 'reckless'. Choose cautious, balanced, forthcoming."),
        ("/read_article", ("../secret",), "There is no article"),
        ("/remove_article", ("0" * 12,), "There is no article"),
        ("/add_article", ("",), "The text is empty"),
        ("/add_article", (ENGLISH, ["Rolls"]), "The argument 'title' of add_article must be a text, not ['Rolls']"),
        ("/ask", ({"a": 1},), "The argument 'question' of ask must be a text, not {'a': 1}"),
    ],
)
def test_what_goes_wrong_is_told(client: Any, endpoint: str, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(AppError) as told:
        client.predict(*arguments, api_name=endpoint)
    assert says in str(told.value)


@pytest.mark.parametrize("body", ['{"data": NaN}', '{"data": -Infinity}', '{"data": 3}', '{"data"'])
def test_a_call_that_is_not_as_it_must_be_is_told_so(room: Room, body: str) -> None:
    address = f"{room.url}/gradio_api/call/list_articles"
    told = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, trust_env=False)
    assert told.status_code == 422
    assert all(each["msg"] for each in told.json()["detail"])
