"""Languages by their scripts, and that of a question."""

import pytest

from assistant.text.language import Language, fold, question_language


def test_each_language_has_the_other() -> None:
    assert Language.ENGLISH.other is Language.JAPANESE
    assert Language.JAPANESE.other is Language.ENGLISH


def test_folding_makes_full_width_and_case_equal() -> None:
    assert fold("ＡＬＰＨＡ１２．５％ ｱﾙﾌｧ") == "alpha12.5% アルファ"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How much does a roll cost?", Language.ENGLISH),
        ("Who is 星野恵美?", Language.ENGLISH),
        ("What does 「おはよう」 mean in the story about the bakery?", Language.ENGLISH),
        ("値段はいくらですか？", Language.JAPANESE),
        ("Hoshinoの値段は？", Language.JAPANESE),
        ("星野恵美", Language.JAPANESE),
        ("シナモンロール", Language.JAPANESE),
        ("CEO", Language.ENGLISH),
        ("240?", Language.ENGLISH),
        ("Distributed Adaptive Block Switchingは何をしたのか？", Language.JAPANESE),
        ("What is the meaning of しまった?", Language.ENGLISH),
    ],
)
def test_question_language_is_the_asker_s(question: str, language: Language) -> None:
    assert question_language(question) is language
