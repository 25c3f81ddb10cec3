"""The whole assistant on a model server: what it says is held to the article like that of a model here."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assistant.application
from assistant.answering.answering import final_answer
from assistant.answering.events import Answer, TokenGenerated
from assistant.answering.prompts import Passage, pointing_messages
from assistant.answering.refusals import REFUSAL, WITHHELD
from assistant.application import Application, open_application
from assistant.errors import ModelError, UsageError
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.header_html import header_html, places_of
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.settings import Settings
from assistant.text.language import Language
from tests.command import Run, assert_fails
from tests.fake_context import wait_for
from tests.llama_server import LlamaServer
from tests.model_server import Does, ModelServer, chunk, fails, likely, says, streams
from tests.texts import BILINGUAL, ENGLISH
from tests.tiny_model import write_tiny_adapter, write_tiny_model

EN, JA = Language.ENGLISH, Language.JAPANESE
PRICE, PRICE_JA = "How much does a roll cost?", "パンはいくらですか？"


@pytest.fixture
def served(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Opens the assistant on a server that does what it is told to; no model here could be loaded."""
    monkeypatch.setattr(assistant.application, "LlamaWorker", None)
    opened: list[Any] = []

    def open_on(*plan: Does, **changes: Any) -> tuple[Application, ModelServer, str]:
        stub = ModelServer(plan)
        opened.append(stub.close)
        changes = {"server": stub.url, "server_key": "sk-hidden"} | changes
        context = open_application(replace(settings, **changes), lambda _: None)
        application = context.__enter__()
        opened.append(lambda: context.__exit__(None, None, None))
        return application, stub, application.library.add(BILINGUAL)[0].id

    yield open_on
    for close in reversed(opened):
        close()


def _ask(application: Application, question: str, article: str) -> Answer:
    return final_answer(application.assistant.ask(question, [article]))


@pytest.mark.parametrize(
    ("question", "said"), [(PRICE, "A roll costs 240 yen."), (PRICE_JA, "1個240円です。"), (PRICE, "240 yen [4]")]
)
def test_an_answer_has_its_citation(served: Callable[..., Any], question: str, said: str) -> None:
    application, stub, article = served(says(*said))
    answer = _ask(application, question, article)
    assert (answer.text, answer.refused, answer.model) == (said.removesuffix(" [4]"), False, "stub-1")
    assert "240" in answer.citations[0].text
    assert (answer.log_odds, answer.right_of_100) == (None, None)
    (asked,) = stub.asked
    assert "240" in asked["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("question", "wrong", "word", "right"),
    [
        (PRICE, "A roll costs 340 yen.", "340", "A roll costs 240 yen."),
        (PRICE, "一個240円です。", "一個", "240 yen."),
        (PRICE_JA, "1個340円です。", "340", "1個240円です。"),
        (PRICE_JA, "1個はロサンゼルスで240円です。", "ロサンゼルス", "240円です。"),
        ("Who opened the shop?", "Zorvik Hoshino opened it.", "Zorvik", "Emi Hoshino opened it."),
    ],
)
def test_what_the_article_lacks_is_never_shown(
    served: Callable[..., Any], question: str, wrong: str, word: str, right: str
) -> None:
    application, stub, article = served(says(*wrong), says(*right))
    events = list(application.assistant.ask(question, [article]))
    assert "".join(event.text for event in events if isinstance(event, TokenGenerated)) == right
    assert events[-1].answer.text == right
    *_, said, correction = stub.asked[1]["messages"]
    assert (said["role"], said["content"]) == ("assistant", wrong)
    assert word in correction["content"]


@pytest.mark.parametrize(
    ("question", "wrong", "language"), [(PRICE, "A roll costs 340 yen.", EN), (PRICE_JA, "1個340円です。", JA)]
)
def test_what_is_wrong_twice_is_withheld(
    served: Callable[..., Any], question: str, wrong: str, language: Language
) -> None:
    application, stub, article = served(says(wrong))
    events = list(application.assistant.ask(question, [article]))
    assert not any(isinstance(event, TokenGenerated) for event in events)
    answer = events[-1].answer
    assert (answer.text, answer.withheld, answer.refused) == (WITHHELD[language], True, False)
    assert answer.nearest
    assert len(stub.asked) == 2


@pytest.mark.parametrize(
    ("question", "said", "language"),
    [(PRICE, "Not stated.", EN), (PRICE_JA, "記載なし", JA), (PRICE, "The article does not mention it.", EN)],
)
def test_a_model_that_says_so_refuses(served: Callable[..., Any], question: str, said: str, language: Language) -> None:
    application, _, article = served(says(said))
    answer = _ask(application, question, article)
    assert (answer.text, answer.refused) == (REFUSAL[language], True)
    assert answer.nearest


@pytest.mark.parametrize(("refusal", "refuses"), [(-0.6, True), (-9.0, False)])
def test_a_model_that_would_as_soon_refuse_is_not_believed(
    served: Callable[..., Any], refusal: float, refuses: bool
) -> None:
    first = chunk("240", logprobs=likely("240", {"Not": refusal}))
    application, _, article = served(streams(first, chunk(" yen."), chunk(ends="stop")))
    answer = _ask(application, PRICE, article)
    assert answer.refused is refuses
    assert answer.log_odds == round(-0.1 - refusal, 2)


def test_other_windows_are_asked_where_the_first_has_no_answer(served: Callable[..., Any]) -> None:
    application, stub, article = served(says("Not stated."), says("A roll costs 240 yen."), window_tokens=90)
    assert len(application.assistant.windows(article, EN)) > 2
    assert _ask(application, "What does a cinnamon roll of the bakery cost?", article).text == "A roll costs 240 yen."
    assert len(stub.asked) == 2


def test_nothing_is_asked_that_nobody_asks(served: Callable[..., Any]) -> None:
    application, stub, article = served(says("240 yen."))
    application.prepare(article, EN)
    assert all(not list(reading) for reading in application.assistant.read(article))
    assert application.suggester is None
    assert _ask(application, PRICE, article).text == "240 yen."
    assert len(stub.asked) == 1


def test_a_stop_ends_it(served: Callable[..., Any]) -> None:
    application, _, article = served(streams(chunk("240"), seconds=30))
    inquiry = application.assistant.ask(PRICE, [article])
    events = iter(inquiry)
    next(events)
    inquiry.stop()
    assert list(events)[-1].answer.stopped


def test_an_error_of_the_server_is_told_to_who_asks_and_the_next_question_is_answered(
    served: Callable[..., Any],
) -> None:
    application, _, article = served(fails("Wrong key sk-hidden", 401), says("240 yen."))
    with pytest.raises(ModelError, match="does not take the key") as error:
        _ask(application, PRICE, article)
    assert "sk-hidden" not in str(error.value)
    assert _ask(application, PRICE, article).text == "240 yen."


def test_the_page_says_which_server_answers_and_offers_no_other_model(
    served: Callable[..., Any], settings: Settings
) -> None:
    application, stub, _ = served(says("240 yen."))
    menu = ModelMenu(application, Chooser(application, replace(settings, server=stub.url)))
    before = menu.version
    application.model.wait_until_loaded(5)
    assert menu.version != before
    assert f"stub-1 · on {stub.place} · " in menu.status(EN)
    assert f"{stub.place} で実行" in menu.status(JA)
    for language in Language:
        shown = menu.models(language)
        assert "stub-1" in shown
        assert stub.place in shown
        assert "<button" not in shown
        assert stub.place in header_html(language, "t", places_of(settings, application.server))
    with pytest.raises(ModelError, match="can't be changed here"):
        application.change_model("qwen2.5-coder-0.5b", None)  # type: ignore[arg-type]


def test_a_name_of_a_model_is_no_markup(served: Callable[..., Any], settings: Settings) -> None:
    application, _, _ = served(server_model="<b>x</b>")
    menu = ModelMenu(application, Chooser(application, settings))
    assert "<b>" not in menu.models(EN) + menu.status(EN)


def test_an_address_that_is_none_is_told(served: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="no address of a model server"):
        served(server="localhost")


@pytest.fixture
def stub() -> Iterator[ModelServer]:
    server = ModelServer([says("A roll costs 240 yen.")])
    yield server
    server.close()


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "rolls.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    return path


def test_the_environment_names_the_server(
    run: Run, stub: ModelServer, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("BASE_URL", stub.url), ("API_KEY", "sk-hidden"), ("MODEL", "stub-2")):
        monkeypatch.setenv(f"OPENAI_{name}", value)
    assert "sk-hidden" not in repr(Settings())
    ended = run("ask", PRICE, "--file", article, "--json")
    answer = json.loads(ended.out)
    assert (answer["answer"], answer["model"]) == ("A roll costs 240 yen. [4]", "stub-2")
    assert answer["log_odds"] is None
    assert stub.headers[-1]["Authorization"] == "Bearer sk-hidden"
    assert "sk-hidden" not in ended.out + ended.err
    assert f"(the model of {stub.place} answers: questions, and passages of the articles, are sent there)" in ended.err


def test_the_option_names_the_server(run: Run, stub: ModelServer, article: Path) -> None:
    ended = run("ask", PRICE, "--file", article, "--model-server", stub.url)
    assert ended.out.startswith("A roll costs 240 yen. [4]\n  [4] A roll costs 240 yen, up from 210 yen last year")


def test_a_model_that_is_named_goes_before_the_environment_s_server(
    run: Run, stub: ModelServer, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
    assert_fails(run("ask", PRICE, "--file", article, "--model", "nothing.gguf"), "nothing.gguf")
    both = run("ask", PRICE, "--file", article, "--model", "a", "--model-server", stub.url)
    assert_fails(both, "not both", code=2)
    assert stub.paths == []


def test_rows_are_answered_by_the_server(run: Run, stub: ModelServer, article: Path, tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    rows.write_text(json.dumps({"id": "a", "question": PRICE}) + "\n", encoding="utf-8")
    ended = run("evaluate", rows, "--article", article, "--out", out, "--model-server", stub.url)
    assert ended.code == 0, ended
    assert json.loads(out.read_text("utf-8"))["answer"] == "A roll costs 240 yen. [4]"


def test_a_server_that_is_not_there_is_one_line(run: Run, stub: ModelServer, article: Path) -> None:
    stub.close()
    ended = run("ask", PRICE, "--file", article, "--model-server", stub.url)
    assert_fails(ended, f"No model server answers at {stub.place}: Connection refused")


@pytest.fixture
def llama_server(tmp_path: Path) -> Iterator[LlamaServer]:
    """One with two slots and a model of chance numbers, which has the default model's adapter by its name."""
    pytest.importorskip("gguf")
    adapter = write_tiny_adapter(tmp_path / "qwen2.5-coder-1.5b.adapter.gguf")
    server = LlamaServer(write_tiny_model(tmp_path / "tiny.gguf"), 2, adapter)
    yield server
    server.close()


def _prompts(server: LlamaServer) -> list[str]:
    """What was asked: the model's first tokens are the bytes."""
    return [
        bytes(token for token in each["prompt"] if token < 256).decode(errors="replace")
        for each in server.completions()
    ]


def test_the_model_of_a_llama_server_is_asked_as_its_adapter_taught_it(
    settings: Settings, llama_server: LlamaServer
) -> None:
    with open_application(replace(settings, server=llama_server.url), lambda _: None) as application:
        article = application.library.add(BILINGUAL)[0].id
        application.model.wait_until_loaded(10)
        application.prepare(article, EN)
        wait_for(lambda: len(_prompts(llama_server)) == 2, 10)
        assert not any(PRICE in prompt for prompt in _prompts(llama_server))
        answer = _ask(application, PRICE, article)
        assert answer.model == "tiny"
        assert answer.log_odds is not None
        asked = next(prompt for prompt in _prompts(llama_server) if PRICE in prompt)
        (message,) = pointing_messages("", Passage("", ()))[:1]
        assert message.content in asked
        assert application.model.status.state in ("ready", "reading", "busy")


def test_a_llama_server_that_comes_later_is_asked_so_from_then_on(
    settings: Settings, llama_server: LlamaServer
) -> None:
    llama_server.fails = dict.fromkeys(("/props", "/v1/models", "/v1/chat/completions"), 500)
    with open_application(replace(settings, server=llama_server.url), lambda _: None) as application:
        article = application.library.add(ENGLISH)[0].id
        with pytest.raises(ModelError, match="can't answer"):
            _ask(application, PRICE, article)
        llama_server.fails = {}
        _ask(application, PRICE, article)
        assert pointing_messages("", Passage("", ()))[0].content in _prompts(llama_server)[-1]
