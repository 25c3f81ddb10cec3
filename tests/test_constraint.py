"""A generation token by token: held to what is allowed, ended where it may end, with what the model made of it.

The model is a script that says, for each step, what it would say, likeliest first.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.llm import Constraint, Generation, Message
from assistant.worker import CANDIDATES, LlamaWorker

ASKED = (Message("user", "How much?"),)
END, SILENT = b"<end>", b"<silent>"
SIZE = 3 * CANDIDATES
"""Tokens of the vocabulary; those that no script names are stars, and likelier than what is for another step."""
Said = tuple[str, Generation]
Say = Callable[..., Said]


class _Scripted:
    """Stands in for `LlamaContext`: the script's pieces are its first tokens."""

    context_tokens = 100

    def __init__(self, script: Sequence[Sequence[bytes]]) -> None:
        self.script = script
        self.vocabulary = list(dict.fromkeys(piece for step in script for piece in step))
        self.step = 0
        self.is_read = threading.Event()
        self.is_read.set()
        self.asked_for: list[str] = []

    def tokens(self, _: Sequence[Message], *, is_open: bool = False) -> list[int]:  # noqa: ARG002
        return [1, 2, 3]

    def evaluate(self, *_: object) -> int:
        self.is_read.wait(10)
        self.step = 0
        return 0

    def append(self, *_: object) -> bool:
        self.step += 1
        return True

    def logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        logits = np.linspace(-20, -10, SIZE, dtype=np.float32)
        for rank, piece in enumerate(self.script[self.step]):
            logits[self.vocabulary.index(piece)] = 10 - 2 * rank
        return logits

    def hidden(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.array([self.step, 7], np.float32)

    def ends(self, token: int) -> bool:
        return self.piece(token) == b"" and self.vocabulary[token] == END

    def piece(self, token: int) -> bytes:
        piece = self.vocabulary[token] if token < len(self.vocabulary) else b"*"
        return b"" if piece in (END, SILENT) else piece

    def first_token(self, text: str) -> int:
        self.asked_for.append(text)
        return next(token for token, piece in enumerate(self.vocabulary) if piece and text.encode().startswith(piece))

    def close(self) -> None:
        pass


@pytest.fixture
def worker_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[_Scripted], LlamaWorker]]:
    workers: list[LlamaWorker] = []

    def make(context: _Scripted) -> LlamaWorker:
        monkeypatch.setattr("assistant.llama.LlamaContext", lambda *_, **__: context)
        workers.append(LlamaWorker(Path("scripted.gguf"), "scripted", threads=1, context_tokens=100))
        workers[-1].wait_until_loaded(10)
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture
def say(worker_of: Callable[[_Scripted], LlamaWorker]) -> Say:
    """What a scripted model says, held to `allows`, and its generation."""

    def say(*script: Sequence[bytes], allows: Constraint | None = None, limit: int = 20, refusal: str = "") -> Said:
        generation = worker_of(_Scripted(script)).generate(ASKED, limit, allows=allows, refusal=refusal or None)
        return "".join(generation), generation

    return say


class _Held:
    """Forbids texts that hold one of `words`, and to end with one of `ends`; keeps what it was asked."""

    def __init__(self, *words: str, ends: Sequence[str] = ()) -> None:
        self.words, self.ends = words, ends
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, text: str, *, finished: bool) -> bool:
        self.asked.append((text, finished))
        return not any(word in text for word in self.words) and not (finished and text in self.ends)


def test_of_the_tokens_allowed_the_likeliest_is_taken(say: Say) -> None:
    script = ([b"No", b"Maybe", b"Yes"], [b" sir", b" madam"], [END])
    assert say(*script)[0] == "No sir"
    held = _Held("No", "sir")
    assert say(*script, allows=held)[0] == "Maybe madam"
    texts = ["No", "Maybe", "Maybe sir", "Maybe madam"]
    assert held.asked == [*((text, False) for text in texts), ("Maybe madam", True)]


def test_what_is_allowed_alone_may_be_forbidden_behind_another_token(say: Say) -> None:
    script = ([b"24"], [b"5", b"0"], [END])
    assert say(*script, allows=_Held("245"))[0] == "240"


@pytest.mark.parametrize(("ends", "text"), [((), "240"), (("240",), "240 yen"), (("240", "240 yen"), "240 yen.")])
def test_an_end_that_is_not_allowed_is_passed_over(say: Say, ends: Sequence[str], text: str) -> None:
    said, generation = say([b"240"], [END, b" yen"], [END, b"."], [END], allows=_Held(ends=ends))
    assert said == text
    assert generation.usage.completion == {"240": 1, "240 yen": 2, "240 yen.": 3}[text]


def test_a_character_of_several_tokens_is_shown_to_the_constraint_cut_short_and_then_whole(say: Say) -> None:
    script = ([b"\xe3"], [b"\x83\x91", b"\x83\x90"], [b"\xe3\x83", b"\xe3\x82"], [b"\xb3"], [END])
    assert say(*script)[0] == "パン"
    held = _Held("パ")
    said, generation = say(*script, allows=held)
    assert said == "バン"
    assert [text for text, finished in held.asked if not finished] == ["\ufffd", "パ", "バ", "バ\ufffd", "バン"]
    assert generation.usage.completion == 4


def test_the_pieces_are_whole_characters(say: Say, worker_of: Callable[[_Scripted], LlamaWorker]) -> None:
    script = ([b"\xf0\x9f"], [b"\x90"], [b"\xb6a"], [b"\xe9\xb1"], [END])
    assert list(worker_of(_Scripted(script)).generate(ASKED, 20)) == ["🐶a"]
    assert say(*script, limit=2)[0] == ""


def test_a_control_token_has_nothing_to_allow_and_is_passed_over(say: Say) -> None:
    held = _Held()
    assert say([SILENT, b"240"], [END], allows=held)[0] == "240"
    assert held.asked[0] == ("240", False)


def test_where_none_of_the_likely_tokens_is_allowed_the_text_ends(say: Say) -> None:
    held = _Held("Yes", "No", "*")
    said, generation = say([b"240"], [b"Yes", b"No"], [b"never"], allows=held)
    assert said == "240"
    assert generation.usage.completion == 1
    assert len(held.asked) == 1 + CANDIDATES


def test_the_likelier_token_is_asked_about_first_and_none_without_need(say: Say) -> None:
    held = _Held("a", "b", "c")
    assert say([b"c", b"a", b"b", b"d", b"e"], [END], allows=held)[0] == "d"
    assert [text for text, _ in held.asked] == ["c", "a", "b", "d", "d"]


def test_an_error_of_the_constraint_is_told_and_the_next_generation_runs(
    worker_of: Callable[[_Scripted], LlamaWorker],
) -> None:
    def fails(text: str, *, finished: bool) -> bool:
        raise ZeroDivisionError("figures")

    worker = worker_of(_Scripted([[b"240"], [END]]))
    with pytest.raises(ZeroDivisionError, match="figures"):
        list(worker.generate(ASKED, 20, allows=fails))
    assert list(worker.generate(ASKED, 20)) == ["240"]


def test_without_a_refusal_there_is_no_reading(say: Say) -> None:
    _, generation = say([b"240"], [END], allows=_Held())
    assert generation.reading is None


@pytest.mark.parametrize(
    ("first", "margin"),
    [
        ([b"240", b"Not", b"Yes"], 2),
        ([b"Not", b"240", b"Yes"], -2),
        ([b"240", b"Yes", b"Not"], 4),
        ([b"Not"], -20),
    ],
)
def test_a_reading_tells_how_far_an_answer_goes_before_a_refusal(
    say: Say, first: Sequence[bytes], margin: float
) -> None:
    _, generation = say(first, [END], refusal="Not stated.")
    assert generation.reading
    assert generation.reading.margin == pytest.approx(margin, abs=0.1)
    assert generation.reading.hidden.tolist() == [0, 7]


def test_the_reading_is_there_before_the_first_piece(worker_of: Callable[[_Scripted], LlamaWorker]) -> None:
    context = _Scripted([[b"240"], [b" yen"], [END]])
    context.vocabulary.append(b"Not")
    context.is_read.clear()
    generation = worker_of(context).generate(ASKED, 20, refusal="Not stated.")
    assert generation.reading is None
    context.is_read.set()
    pieces = iter(generation)
    assert next(pieces) == "240"
    assert generation.reading
    assert context.asked_for == ["Not stated."]
    assert list(pieces) == [" yen"]


def test_a_closed_model_is_told(worker_of: Callable[[_Scripted], LlamaWorker]) -> None:
    worker = worker_of(_Scripted([[b"240"], [END]]))
    worker.close()
    with pytest.raises(ModelError, match="closed"):
        list(worker.generate(ASKED, 20))
