"""Whatever a model would rather say, an answer points at words that stand in the article, and says no other figure."""

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.manner import Pointing
from assistant.answering.prompts import SAYING
from assistant.answering.windows import windows_of
from assistant.library.article import parse_article
from assistant.library.retrieval import Query
from assistant.model.decoding import Candidate, generate
from assistant.model.protocol import Message, Retraction
from assistant.model.turns import Job
from assistant.text.figures import figures, same
from assistant.text.language import CUT, KANA, Language
from tests.fake_context import BareContext
from tests.texts import BILINGUAL

ARTICLE = parse_article(BILINGUAL)
OF_NO_ARTICLE = (
    *(
        "12",
        "7",
        "9.5",
        "240",
        "210",
        "2億",
        "万",
        "%",
        " yen",
        "円",
        " dollars",
        "午後",
        "Monday",
        "火曜日",
        "です",
        "。",
    ),
    *("Yes", " about", "はい", "ホテル", "デン", " the", "約", ",", ".", " million", "人", "3割", "https://", "2027年"),
)
WORDS_OF_ARTICLE = sorted({*BILINGUAL.split(), *(f" {word}" for word in BILINGUAL.split())}, key=str)
PIECES = sorted({*BILINGUAL, *WORDS_OF_ARTICLE, *OF_NO_ARTICLE, SAYING, SAYING.rstrip()} - {"\n"})
JAPANESE_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
VOCABULARY: list[bytes | None] = [None, *(piece.encode() for piece in PIECES), b"\xe4", b"\xbb\xae"]


class _Random(BareContext):
    """Any token is as likely as any other, but that it ends a little likelier than that."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._logits = self._draw()

    def tokens(self, _: Sequence[Message], *, is_open: bool = False) -> list[int]:  # noqa: ARG002
        return [1]

    def evaluate(self, _: Sequence[int], __: Callable[[], bool], bare: int | None = None) -> int:  # noqa: ARG002
        self._logits = self._draw()
        return 0

    def append(self, *_: object) -> bool:
        self._logits = self._draw()
        return True

    def follow(self, *_: object) -> list[Candidate]:
        self._logits = self._draw()
        return []

    def likeliest(self) -> Candidate:
        return self.candidates(1)[0]

    def candidates(self, count: int) -> list[Candidate]:
        best = np.argsort(-self._logits, kind="stable")[:count]
        return [Candidate(int(token), VOCABULARY[token], float(self._logits[token])) for token in best]

    def _draw(self) -> np.ndarray:
        logits = self._random.normal(0, 3, len(VOCABULARY))
        logits[0] += 3
        logits[[index for index, piece in enumerate(VOCABULARY) if piece == SAYING.encode()]] += 5
        return logits


def _written(said: Iterable[str | Retraction]) -> str:
    text = ""
    for piece in said:
        text = text[: -piece.characters] if isinstance(piece, Retraction) else text + piece
    return text


@pytest.mark.parametrize("read", Language)
@pytest.mark.parametrize("asked", Language)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_random_logits_end_in_a_sound_answer_or_none(read: Language, asked: Language, seed: int) -> None:
    window = windows_of(ARTICLE, read, 1400)[0]
    query = Query("How much is it?" if asked is Language.ENGLISH else "いくらですか？", asked)
    manner, said = Pointing(), list[str | Retraction]()
    job = Job(manner.messages(query.text, query, window, None), 40)
    job.allows = manner.guard(query, window)
    context = _Random(seed)
    context.context_tokens = 1000
    generate(context, job, lambda: False, said.append)
    written = _written(said)
    draft = manner.draft(query, window)
    answer = draft.finished(written, is_sound=job.is_ended)
    if not answer:
        return
    assert not {CUT, SAYING.strip()} & {*answer}
    pointer = draft.pointer(written)
    if pointer:
        assert ARTICLE.text[pointer.start : pointer.end] == pointer.text
    else:
        assert ARTICLE.title
    known = figures(f"{BILINGUAL} 30 18\n{query.text}")  # 朝6時半 is 6:30, or 18:30
    unknown = [one for one in figures(answer) if not any(same(one, each) for each in known)]
    assert not unknown, answer
    if asked is Language.ENGLISH and read is Language.ENGLISH:
        assert not KANA.search(answer), answer
    assert asked is Language.JAPANESE or all(run in BILINGUAL for run in JAPANESE_RUN.findall(answer)), answer
