"""The head of the page promises nothing of where things stay that isn't so."""

from pathlib import Path
from typing import Any

import pytest

from assistant.interfaces.ui.header_html import header_html, places_of
from assistant.settings import ChromaServer, Settings
from assistant.text.language import Language

CHROMA = ChromaServer("shelf.example", "8100")
OF_OTHERS: tuple[dict[str, Any], ...] = (
    {"host": "0.0.0.0"},  # noqa: S104
    {"names": ("desk.example",)},
    {"root_path": "/desk"},
    {"passwords": Path("who")},
)


def _said(language: Language, server: str = "", **settings: Any) -> str:
    page = header_html(language, "t", places_of(Settings(**settings), server))
    return page.partition("<p>")[2].partition("</p>")[0]


def test_on_its_user_s_machine_all_stays_there() -> None:
    assert _said(Language.ENGLISH) == "Ask the article. Everything stays on this machine."
    assert _said(Language.JAPANESE) == "記事に質問できます。すべてこのパソコンの中で動きます。"


@pytest.mark.parametrize("setting", OF_OTHERS)
def test_for_others_it_stays_on_the_server_of_the_page(setting: dict[str, Any]) -> None:
    assert _said(Language.ENGLISH, **setting) == "Ask the article. Everything stays on the server of this page."
    assert _said(Language.JAPANESE, **setting) == "記事に質問できます。データはこのサーバーの外に出ません。"


@pytest.mark.parametrize("setting", [{}, *OF_OTHERS])
@pytest.mark.parametrize(
    ("server", "chroma", "english", "japanese"),
    [
        (
            "llm.example:9",
            None,
            "llm.example:9 answers; questions and the passages found for them are sent there.",
            "llm.example:9 が答えます。質問と記事の該当箇所はそこに送られます。",
        ),
        (
            "",
            CHROMA,
            "The articles are kept on the Chroma server shelf.example:8100.",
            "記事はChromaサーバー shelf.example:8100 に保存されます。",
        ),
        (
            "llm.example:9",
            CHROMA,
            "llm.example:9 answers; questions and the passages found for them are sent there. "
            "The articles are kept on the Chroma server shelf.example:8100.",
            "llm.example:9 が答えます。質問と記事の該当箇所はそこに送られます。"
            "記事はChromaサーバー shelf.example:8100 に保存されます。",
        ),
    ],
)
def test_what_is_sent_elsewhere_is_said_and_then_nothing_of_staying(
    setting: dict[str, Any], server: str, chroma: ChromaServer | None, english: str, japanese: str
) -> None:
    assert _said(Language.ENGLISH, server, chroma=chroma, **setting) == f"Ask the article. {english}"
    assert _said(Language.JAPANESE, server, chroma=chroma, **setting) == f"記事に質問できます。{japanese}"


def test_a_server_of_tags_is_text() -> None:
    assert "<b>" not in header_html(Language.ENGLISH, "t", places_of(Settings(), "<b>:1"))


@pytest.mark.parametrize("language", Language)
def test_the_head_says_its_language_and_asks_before_an_article_is_removed(language: Language) -> None:
    page = header_html(language, "t", places_of(Settings(), ""))
    assert page.startswith(f"<header lang='{language.value}' ")
    asks = {
        Language.ENGLISH: "Remove “{title}” with the answers kept of it? This can&#x27;t be undone.",
        Language.JAPANESE: "「{title}」を、保存した答えとともに削除します。元に戻せません。よろしいですか？",
    }
    assert f"data-asks='{asks[language]}'" in page
