"""A generation token by token: held to what is allowed, ended where it may end, with what the model made of it.

The model is a script that says, for each step, what it would say, likeliest first.
"""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.model.decoding import CANDIDATES, RETREATS, UNLIKELY, Candidate
from assistant.model.protocol import Constraint, Generation, Message, Placement, Reading, Retraction, whole_text
from assistant.model.worker import LlamaWorker
from tests.fake_context import FakeOpener

ASKED = (Message("user", "How much?"),)
PROMPT = (1, 2, 3)
END, SILENT = b"<end>", b"<silent>"
SIZE = 3 * CANDIDATES
"""Tokens of the vocabulary; those that no script names are stars, and likelier than what is for another step."""
Said = tuple[str, Generation]
Say = Callable[..., Said]


class _Scripted:
    """Stands in for a model's context: the script's pieces are its first tokens."""

    context_tokens = 100
    placement = Placement(1)

    def __init__(self, script: Sequence[Sequence[bytes]]) -> None:
        self.script = script
        self.vocabulary = list(dict.fromkeys(piece for step in script for piece in step))
        self.step = 0
        self.is_read = threading.Event()
        self.is_read.set()
        self.asked_for: list[str] = []

    def tokens(self, _: Sequence[Message], *, is_open: bool = False) -> list[int]:  # noqa: ARG002
        return list(PROMPT)

    def evaluate(self, tokens: Sequence[int], _: object, bare: int | None = None) -> int:  # noqa: ARG002
        self.is_read.wait(10)
        assert tuple(tokens[: len(PROMPT)]) == PROMPT
        self.step = len(tokens) - len(PROMPT)
        return 0

    def append(self, *_: object) -> bool:
        self.step += 1
        return True

    def likeliest(self) -> Candidate:
        return self.candidates(1)[0]

    def candidates(self, count: int) -> list[Candidate]:
        logits = self._logits()
        best = np.argsort(-logits, kind="stable")[:count]
        return [Candidate(int(token), self._piece(int(token)), float(logits[token])) for token in best]

    def reading(self, refusal: str) -> Reading:
        self.asked_for.append(refusal)
        pieces = [piece.decode(errors="ignore") for piece in self.vocabulary]
        token = next(token for token, piece in enumerate(pieces) if piece and refusal.startswith(piece))
        logits = self._logits()
        margin = np.delete(logits, token).max() - logits[token]
        return Reading(np.array([self.step, 7], np.float32), float(margin))

    def look(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        logits = np.linspace(0, 1, SIZE, dtype=np.float32)
        for rank, piece in enumerate(self.script[self.step]):
            logits[self.vocabulary.index(piece)] = 10 - 2 * rank
        return logits

    def _piece(self, token: int) -> bytes | None:
        piece = self.vocabulary[token] if token < len(self.vocabulary) else b"*"
        return None if piece == END else b"" if piece == SILENT else piece


@pytest.fixture
def worker_of() -> Iterator[Callable[[_Scripted], LlamaWorker]]:
    workers: list[LlamaWorker] = []

    def make(context: Any) -> LlamaWorker:
        workers.append(LlamaWorker(Path("scripted.gguf"), "scripted", FakeOpener(lambda _: context)))
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
        return whole_text(generation), generation

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


@pytest.mark.parametrize(
    ("first", "text", "lead"),
    [
        ([b" Yes", b" Maybe", b" No"], " Yes sir", 4.0),
        ([b" No", b" Yes"], " No sir", 2.0),
        ([b" Yes", b" Maybe"], " Yes sir", math.inf),
        ([b" Maybe", b" Yes", b" No"], " Maybe sir", math.inf),
    ],
)
def test_a_word_that_has_rivals_is_weighed_against_them(
    worker_of: Callable[[_Scripted], LlamaWorker], first: Sequence[bytes], text: str, lead: float
) -> None:
    script = _Scripted((first, [b" sir", b" Yes"], [END]))
    generation = worker_of(script).generate(ASKED, 20, rivals=lambda text: () if text else ("Yes", "No"))
    assert whole_text(generation) == text
    assert generation.lead == pytest.approx(lead)


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


def test_where_no_likely_token_is_allowed_another_way_is_taken(
    say: Say, worker_of: Callable[[_Scripted], LlamaWorker]
) -> None:
    """ "24" can't go on, as nothing but " acres" is likely behind it; "25" can."""
    script = ([b"2"], [b"4", b"5"], [b" acres"], [END])
    held = _Held("4 ", "*", ends=("24",))
    assert say(*script, allows=held)[0] == "25 acres"
    pieces = list(worker_of(_Scripted(script)).generate(ASKED, 20, allows=_Held("4 ", "*")))
    assert pieces == ["2", "4", Retraction(1), "5", " acres"]


def test_what_leads_nowhere_is_left_further_back(say: Say) -> None:
    script = ([b"a", b"b"], [b"c", b"d"], [b"e"], [END])
    said, generation = say(*script, allows=_Held("ace", "ade", "*"))
    assert (said, generation.is_ended) == ("bce", True)


def test_a_text_that_has_no_way_to_its_end_is_not_ended(say: Say) -> None:
    said, generation = say([b"240"], [b"Yes", b"No"], [b"never"], allows=_Held("Yes", "No", "*"))
    assert (said, generation.is_ended) == ("", False)
    assert generation.usage.completion == 1


def test_going_back_has_its_limit(say: Say, worker_of: Callable[[_Scripted], LlamaWorker]) -> None:
    script = [[b"a", b"b"]] * 12 + [[b"c"]]
    context = _Scripted([*script, [END]])
    generation = worker_of(context).generate(ASKED, 40, allows=_Held("c", "*"))
    retreats = [piece for piece in generation if isinstance(piece, Retraction)]
    assert 0 < len(retreats) <= RETREATS
    assert not generation.is_ended


def test_an_unlikely_token_is_not_taken_for_want_of_another(say: Say) -> None:
    class Sure(_Scripted):
        def _logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
            logits = super()._logits()
            logits[self.vocabulary.index(b"b")] = logits.max() - UNLIKELY - 1
            return logits

    assert say([b"a", b"b"], [END], allows=_Held("a", "*"))[0] == "b"
    worker = LlamaWorker(Path("sure.gguf"), "sure", FakeOpener(lambda _: Sure([[b"a", b"b"], [END]])))
    generation = worker.generate(ASKED, 20, allows=_Held("a", "*"))
    assert (whole_text(generation), generation.is_ended) == ("", False)
    worker.close()


@pytest.mark.parametrize(
    ("limit", "held", "said", "is_ended"),
    [
        (5, (), "It rose. It", True),
        (4, (), "It rose.", True),
        (3, ("It rose.",), "It rose. ", False),
        (2, (), "It rose.", True),
        (1, (), "It rose", False),
    ],
)
def test_a_text_at_its_limit_ends_with_its_last_sentence(
    say: Say, limit: int, held: Sequence[str], said: str, is_ended: bool
) -> None:
    script = ([b"It rose"], [b"."], [b" "], [b"It"], [END])
    text, generation = say(*script, allows=_Held(ends=held), limit=limit)
    assert (text, generation.is_ended) == (said, is_ended)


def test_without_a_constraint_a_limit_is_just_that(say: Say) -> None:
    said, generation = say([b"It rose."], [b" It"], [END], limit=2)
    assert (said, generation.is_ended) == ("It rose. It", False)


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
        ([b"Not"], -9),
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
