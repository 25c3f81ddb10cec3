"""Which questions need the conversation before them, and what is taken for a question written out."""

import pytest

from assistant.language import question_language
from assistant.questions import Exchange, depends_on_earlier, understood

EARLIER = Exchange("How much did sales rise in May?", "They rose by 12%.")


@pytest.mark.parametrize(
    "question",
    [
        "And this year?",
        "Why?",
        "What about the costs of the second shop?",
        "How about the Osaka branch of the bakery?",
        "Who owns it and since when has that been so?",
        "When did she open the shop on the island?",
        "What did they say about the price of a roll?",
        "それはなぜですか？",
        "今年は？",
        "では、費用はいくらかかりますか？",
        "その店はいつ開きますか？",
        "なぜ？",
        "大阪の店のほうは？",
        "同社の従業員は何人いますか？",
    ],
)
def test_what_leaves_much_unsaid_depends_on_the_conversation(question: str) -> None:
    assert depends_on_earlier(question, question_language(question))


@pytest.mark.parametrize(
    "question",
    [
        "How much did Alibaba's shares rise this month?",
        "Is there a restaurant on the ferry to Sado?",
        "What does the article say about the bakery's price?",
        "When will the second shop in Shirahama open?",
        "How many people did the bakery say that the island has?",
        "今月アリババの株価はどれくらい上昇しましたか？",
        "この記事では店の値段について何と書かれていますか？",
        "パン屋の従業員は何人ですか？",
        "星野さんは何年前に店を開きましたか？",
    ],
)
def test_what_says_all_does_not(question: str) -> None:
    assert not depends_on_earlier(question, question_language(question))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("How much did sales rise in June?", "How much did sales rise in June?"),
        ("  How much did\tsales rise in June? \nThey rose.", "How much did sales rise in June?"),
        ("Did sales rise by 12% in June?", "Did sales rise by 12% in June?"),
    ],
)
def test_a_question_that_is_written_out_is_taken(written: str, expected: str) -> None:
    assert understood(written, "And in June?", EARLIER) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "They rose by 12% in June.",  # no question
        "6月の売上はどれくらい増えましたか？",  # in another language
        "Did sales rise by 14% in June?",  # a figure that nobody said
    ],
)
def test_anything_else_leaves_the_question_as_it_was_asked(written: str) -> None:
    assert understood(written, "And in June?", EARLIER) == "And in June?"


def test_a_japanese_question_ends_with_its_particle() -> None:
    earlier = Exchange("5月の売上はどれくらい増えましたか？", "12%増えました。")
    assert (
        understood("6月の売上はどれくらい増えましたか。", "6月は？", earlier) == "6月の売上はどれくらい増えましたか。"
    )
    assert understood("6月の売上です。", "6月は？", earlier) == "6月は？"
