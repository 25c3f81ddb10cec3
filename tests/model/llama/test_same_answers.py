"""With what was read before and without, the model answers the same, token for token: fifty questions.

Each is asked of half of the articles in its language, as ten of one article find the same reading in the same way.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import assistant.model.llama.context
import assistant.model.prefix
from assistant.model.llama.context import LlamaContext
from assistant.model.protocol import Message
from assistant.settings import Settings
from tests import needs
from tests.injected_news import ENGLISH_NEWS, JAPANESE_NEWS

TOKENS = 6
ASKED = {
    "en": (
        "What is it about?",
        "Where is it?",
        "When was it?",
        "Who is named?",
        "How much was it?",
        "Why?",
        "What comes next?",
        "Who said so, and what exactly did they say about it?",
        "Is there a price?",
        "List the figures.",
    ),
    "ja": (
        "何についての記事ですか？",
        "場所はどこですか？",
        "いつのことですか？",
        "誰の名前がありますか？",
        "どれくらいですか？",
        "なぜですか？",
        "次はどうなりますか？",
        "誰が、何について、どのように述べましたか？",
        "値段は書かれていますか？",
        "数字を挙げてください。",
    ),
}
ARTICLES = [
    (language, f"{news.title}\n\n{news.body.format(order='')}")
    for language, each in (("en", ENGLISH_NEWS), ("ja", JAPANESE_NEWS))
    for news in list(each.values())[:5]
]


def _asked(number: int) -> Sequence[str]:
    """What is asked of an article: every other question, and of the next one the others."""
    return ASKED[ARTICLES[number][0]][number % 2 :: 2]


@pytest.fixture(scope="module", autouse=True)
def _short_ones_are_worth_it() -> Iterator[None]:
    """The articles are short, so that fifty questions take a minute or two."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (assistant.model.prefix, assistant.model.llama.context):
            patch.setattr(module, "WORTH_TOKENS", 32)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefixes")


def _context(folder: Path | None) -> LlamaContext:
    options = {"threads": Settings().threads, "context_tokens": 1024, "prefix_bytes": 10**9}
    return LlamaContext(needs.model_path(), prefixes=folder, **options)


@pytest.fixture(scope="module")
def plain() -> Iterator[LlamaContext]:
    context = _context(None)
    yield context
    context.close()


@pytest.fixture(scope="module")
def keeping(folder: Path) -> Iterator[LlamaContext]:
    """Has read all articles in an earlier life."""
    before = _context(folder)
    for _, article in ARTICLES:
        before.evaluate(before.tokens(_messages(article, "")), lambda: False)
        before.keep("0123456789ab")
    before.close()
    context = _context(folder)
    yield context
    context.close()


def _messages(article: str, question: str) -> list[Message]:
    return [Message("user", f"{article}\n\nAnswer in a few words. {question}")]


def _answer(context: LlamaContext, tokens: list[int]) -> tuple[int | None, list[int], np.ndarray]:
    """How many tokens were reused, the greedy continuation, and the hidden state that answerability reads."""
    reused = context.evaluate(tokens, lambda: False)
    hidden = context.hidden().copy()
    said: list[int] = []
    while len(said) < TOKENS:
        said.append(int(context.logits().argmax()))
        if context.vocabulary.piece(said[-1]) is None:
            break
        context.append(said[-1], lambda: False)
    return reused, said, hidden


def test_there_are_fifty_questions_each_on_two_articles_at_least() -> None:
    asked = Counter(question for number in range(len(ARTICLES)) for question in _asked(number))
    assert asked.total() == 50
    assert asked.keys() == {question for questions in ASKED.values() for question in questions}
    assert min(asked.values()) >= 2


@pytest.mark.parametrize("number", range(10))
def test_answers_with_what_was_read_before_are_the_same(
    plain: LlamaContext, keeping: LlamaContext, number: int
) -> None:
    _, article = ARTICLES[number]
    for question in _asked(number):
        tokens = plain.tokens(_messages(article, question))
        plain.evaluate([1], lambda: False)  # forgets
        plain._prefixes._kept.clear()
        reused, said, hidden = _answer(plain, tokens)
        assert reused == 0
        reused, again, state = _answer(keeping, tokens)
        assert reused
        assert reused >= len(tokens) - 64
        assert again == said, question
        assert np.array_equal(state, hidden), question
