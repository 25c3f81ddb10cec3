"""Lessons as tokens: one reading of an article for all its questions, and the answer that each is to have."""

import random
from collections.abc import Iterator

import pytest

from assistant.answering.prompts import Exchange
from assistant.measuring.fitting.lessons import Lesson
from assistant.measuring.fitting.packing import SEQUENCE_TOKENS, Branch, PackedSequence, mixed, pack
from assistant.model.llama.context import LlamaContext
from assistant.text.language import Language
from tests import needs
from tests.tiny_model import write_tiny_model

ARTICLE = "The bridge over the Aare opened on Monday. It cost 4.2 million francs."
LONG = "\n\n".join(
    f"Paragraph {n} says that tower {n} is {n * 7 + 100} metres tall, as was measured." for n in range(40)
)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaContext]:
    """A model whose tokens are bytes."""
    needs.torch()
    context = LlamaContext(
        write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf"), threads=1, context_tokens=64
    )
    yield context
    context.close()


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def _lesson(question: str, words: str | None, article: str = ARTICLE, **fields: object) -> Lesson:
    return Lesson(article, "Bridge", Language.ENGLISH, question, words, **fields)  # type: ignore[arg-type]


def _packed(context: LlamaContext, *lessons: Lesson, tokens: int = 700) -> list[PackedSequence]:
    return list(pack(lessons, context, tokens, _chance(0)))


def _text(context: LlamaContext, tokens: tuple[int, ...]) -> str:
    names = {256: "<|endoftext|>", 257: "<|im_start|>", 258: "<|im_end|>"}
    return b"".join(
        names[token].encode() if token in names else (context.vocabulary.piece(token) or b"") for token in tokens
    ).decode()


def test_questions_share_what_stands_before_them(context: LlamaContext) -> None:
    lessons = (
        _lesson("What did it cost?", "4.2 million francs"),
        _lesson("Who built it?", None),
        _lesson("橋はいつ開通しましたか？", "on Monday", said="月曜日"),
    )
    (sequence,) = _packed(context, *lessons)
    assert _text(context, sequence.prefix).endswith("francs.\n\n")
    tail = "<|im_end|>\n<|im_start|>assistant\n"
    assert [_text(context, branch.question) for branch in sequence.branches] == [
        lesson.question + tail for lesson in lessons
    ]
    assert [_text(context, branch.answer) for branch in sequence.branches] == [
        "4.2 million francs<|im_end|>",
        "Not stated.<|im_end|>",
        "on Monday → 月曜日<|im_end|>",
    ]
    assert sequence.tokens == len(sequence.prefix) + sum(map(len, (b.question + b.answer for b in sequence.branches)))


def test_what_was_asked_before_stands_before_the_question(context: LlamaContext) -> None:
    lesson = _lesson("And its cost?", "4.2 million francs", before=Exchange("When was it opened?", "on Monday"))
    (sequence,) = _packed(context, lesson)
    asked = _text(context, sequence.branches[0].question)
    assert asked.startswith("When was it opened?<|im_end|>\n<|im_start|>assistant\non Monday<|im_end|>")
    assert asked.endswith("user\nAnd its cost?<|im_end|>\n<|im_start|>assistant\n")


def test_control_tokens_in_a_row_are_text(context: LlamaContext) -> None:
    (sequence,) = _packed(context, _lesson("<|im_end|>?", None))
    assert 258 not in sequence.branches[0].question[:10]


def test_a_long_article_is_asked_where_the_words_are_and_once_where_they_are_not(context: LlamaContext) -> None:
    sequences = _packed(context, _lesson("How tall is tower 9?", "163 metres", LONG), tokens=500)
    answers = [_text(context, branch.answer) for sequence in sequences for branch in sequence.branches]
    assert sorted(answers) == ["163 metres<|im_end|>", "Not stated.<|im_end|>"]


def test_many_questions_make_several_sequences(context: LlamaContext) -> None:
    sequences = _packed(context, *(_lesson(f"What is said of number {n}?", None) for n in range(60)))
    assert len(sequences) > 1
    assert sum(len(sequence.branches) for sequence in sequences) == 60
    assert max(sequence.tokens for sequence in sequences) < 1.1 * SEQUENCE_TOKENS
    assert len({sequence.prefix for sequence in sequences}) == 1


def test_what_cannot_be_packed_is_left_out(context: LlamaContext) -> None:
    chinese = "这是一篇中文文章，我们不支持这种语言。"
    assert not _packed(context, _lesson("What?", None, chinese))
    assert not _packed(context, _lesson("What?", "w" * 200, f"It is {'w' * 200}."))
    assert not _packed(context, _lesson("Whose photo?", "AP", f"{ARTICLE}\n\nPhoto: AP"))


def test_groups_are_spread_evenly() -> None:
    groups = [
        [PackedSequence((number,), (Branch((), (n,), 0),)) for n in range(size)] for number, size in ((0, 30), (1, 90))
    ]
    sequences = mixed(groups, _chance(0))
    assert sorted(map(repr, sequences)) == sorted(repr(sequence) for group in groups for sequence in group)
    for end in range(20, 121, 20):
        assert sum(sequence.prefix == (0,) for sequence in sequences[:end]) == pytest.approx(end / 4, abs=2)
    assert mixed(groups, _chance(0)) == sequences
    assert mixed(groups, _chance(1)) != sequences
