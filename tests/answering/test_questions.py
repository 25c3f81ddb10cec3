"""Which questions need the conversation before them, and how they are understood with it."""

import pytest

from assistant.answering.prompts import Exchange
from assistant.answering.questions import QUESTION_CHARACTERS, depends_on_earlier, of_another, together
from assistant.text.language import question_language


@pytest.mark.parametrize(
    "question",
    [
        "And this year?",
        "How much did traffic on the canal rise the day after?",
        "How many boats have passed the lock since then?",
        "Why?",
        "What about the costs of the second shop?",
        "How about the Osaka branch of the bakery?",
        "Who owns it and since when has that been so?",
        "When did she open the shop on the island?",
        "What did they say about the price of a roll?",
        "それはなぜですか？",
        "今年は？",
        "翌日は何隻の船が通りましたか？",
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
        "店主は誰ですか？",
        "値段はいくら？",
        "星野さんは何年前に店を開きましたか？",
    ],
)
def test_what_says_all_does_not(question: str) -> None:
    assert not depends_on_earlier(question, question_language(question))


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        ("中央図書館は何時に開きますか？", "市立図書館は？", "市立図書館は何時に開きますか？"),
        ("土曜日に市場はどれくらい混みましたか？", "では、朝市は？", "土曜日に朝市はどれくらい混みましたか？"),
        ("土曜日に港の市場はどれくらい混みましたか？", "では、朝市は？", None),
        ("札幌の積雪は何センチですか？", "仙台は？", "仙台の積雪は何センチですか？"),
        ("札幌の積雪は何センチですか？", "気温は？", None),
        ("札幌は何度でしたか？", "仙台は？", "仙台は何度でしたか？"),
        ("負傷者は何人ですか？", "死者は？", "死者は何人ですか？"),
        ("2024年の売上高はいくらですか？", "2023年は？", None),
        ("美術館は何時に開きますか？", "入館は？", None),
        ("札幌の祭りはいつですか？", "仙台の花火は？", None),
        ("札幌の花火はいつですか？", "仙台の花火は？", "仙台の花火はいつですか？"),
        ("大会の優勝者は誰ですか？", "国籍は？", None),
        ("優勝者は誰ですか？", "国籍は？", None),
        ("市長はなぜ辞任しましたか？", "後任は？", None),
        ("工場はいつ閉鎖されますか？", "今後は？", None),
        ("工場はいつ閉鎖されますか？", "従業員は？", None),
        ("列車は何時に出ますか？", "乗客は？", None),
        ("図書館は何時に開きますか？", "蔵書は？", None),
        ("売り上げは5月に何%伸びましたか？", "6月は？", None),
        ("売り上げは5月に何%伸びましたか？", "いつからは？", None),
        ("店を開いたのはだれですか？", "2号店は？", None),
        ("島で2番目に大きい市場はどこですか？", "では、1番大きいのは？", None),
        ("図書館は新しく、市場は古いですか？", "港は？", None),
        ("バスは何時に出ますか？", "市電は何時に着きますか？", None),
        ("When does the bus leave?", "And the tram?", None),
        *(
            ("列車は何時に出ますか？", question, None)
            for question in ("運賃は？", "値段は？", "理由は？", "所要時間は？")
        ),
        ("新しい橋はいつ開通しますか？", "場所は？", None),
        ("列車は何時に出ますか？", "東京のバスは？", "東京のバスは何時に出ますか？"),
        ("列車は何時に出ますか？", "バス代は？", None),
        ("列車は何時に出ますか？", "東京の料金は？", None),
        ("列車は何時に出ますか？", "加藤恵美さんの役職は？", None),
        ("列車は何時に出ますか？", "おそれがある地域は？", None),
    ],
)
def test_a_question_may_be_the_one_before_it_of_something_else(
    earlier: str, question: str, understood: str | None
) -> None:
    assert of_another(Exchange(earlier, "7時です。"), question) == understood


def test_a_question_is_understood_with_the_one_before_it() -> None:
    earlier = Exchange("How much did sales rise in May?", "They rose by 12%.")
    assert together(earlier, "And in June?") == "How much did sales rise in May? And in June?"
    assert together(Exchange("y" * QUESTION_CHARACTERS, "Yes."), "Why?") == "Why?"
