"""The default model's adapter in llama.cpp: on behind what was read and off for reading; copied words come quicker."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.prompts import Passage, pointing_messages
from assistant.application import adapter_of
from assistant.errors import ModelError
from assistant.model.decoding import Candidate
from assistant.model.llama.context import LlamaContext
from assistant.model.prefix import bare_length
from assistant.model.protocol import Message
from assistant.settings import Settings
from tests import needs

SENTENCES = (
    "The night bus to Karlby stops at the mill from the first week of November, the town council said on Monday.",
    "A ticket costs 35 crowns, which is 4 crowns more than on the day bus, and children under seven ride free.",
    "The road over the old bridge stays closed to lorries until the spring, as its third pier has sunk by 6 cm.",
)
PASSAGE = Passage("Night bus to stop at the mill", tuple(enumerate(SENTENCES, start=1)))
QUESTIONS = ("What does a ticket cost?", "夜行バスはいつから停まりますか？")


@pytest.fixture(scope="module")
def context() -> Iterator[LlamaContext]:
    context = LlamaContext(
        needs.model_path(), threads=Settings().threads, context_tokens=1024, adapter=adapter_of(Settings())
    )
    yield context
    context.close()


def _never() -> bool:
    return False


def _asked(context: LlamaContext, question: str) -> tuple[list[int], int]:
    tokens, read = (context.tokens(pointing_messages(each, PASSAGE)) for each in (question, ""))
    return tokens, bare_length(read, tokens)


def _logits(
    context: LlamaContext, tokens: Sequence[int], bare: int | None
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    assert context.evaluate(tokens, _never, bare) is not None
    return context.logits().copy()


def test_the_adapter_changes_answers_and_no_reading(context: LlamaContext) -> None:
    tokens, bare = _asked(context, QUESTIONS[0])
    context.forget()
    before = _logits(context, tokens, None)
    context.forget()
    taught = _logits(context, tokens, bare)
    context.forget()
    assert (before == _logits(context, tokens, None)).all()
    assert abs(taught - before).max() > 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_read_for_nobody_serves_each_question_to_the_bit(context: LlamaContext, question: str) -> None:
    tokens, bare = _asked(context, question)
    context.forget()
    anew = _logits(context, tokens, bare)
    context.forget()
    context.evaluate(context.tokens(pointing_messages("", PASSAGE)), _never)
    assert context.evaluate(tokens, _never, bare) == bare
    assert (context.logits() == anew).all()


def test_a_question_behind_another_goes_back_to_the_article(context: LlamaContext) -> None:
    context.forget()
    for question in QUESTIONS * 2:
        tokens, bare = _asked(context, question)
        context.evaluate(tokens, _never, bare)
    assert context.evaluate(tokens, _never, bare) >= bare
    assert context.evaluate(tokens, _never) == bare  # what the adapter changed can't be gone on from without it


def test_copied_tokens_come_several_at_a_time_as_they_come_one_by_one(context: LlamaContext) -> None:
    text = SENTENCES[0]
    turn = Message("user", text)
    tokens = context.tokens([Message("system", "Repeat it."), turn, Message("assistant", text), turn])

    def said(most: int) -> list[Candidate]:
        context.evaluate(tokens, _never)
        taken: list[Candidate] = []
        while (best := context.likeliest()).piece is not None:
            taken.append(best)
            so_far = b"".join(one.piece or b"" for one in taken).decode()
            rest = text[len(so_far) :] if most and text.startswith(so_far) else ""
            followed = context.follow(best.token, rest, most, _never) if rest else []
            taken += followed or []
            if not rest:
                context.append(best.token, _never)
        return taken

    alone = said(0)
    assert b"".join(one.piece or b"" for one in alone).decode() == text
    for most in (1, 4, 8):
        assert [one.token for one in said(most)] == [one.token for one in alone]


def test_of_words_that_do_not_come_nothing_stays(context: LlamaContext) -> None:
    tokens, bare = _asked(context, QUESTIONS[0])
    context.evaluate(tokens, _never, bare)
    first = context.likeliest()
    assert context.append(first.token, _never)
    alone = context.likeliest()
    context.evaluate(tokens, _never, bare)
    assert context.follow(first.token, " zebra zebra zebra", 4, _never) == []
    assert context.likeliest().token == alone.token
    assert context.candidates(3)[0].token == alone.token


def test_a_file_that_is_no_adapter_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF and nothing else")
    with pytest.raises(ModelError, match=r"adapter .*broken\.gguf can't be loaded"):
        LlamaContext(needs.model_path(), threads=1, context_tokens=64, adapter=path)
