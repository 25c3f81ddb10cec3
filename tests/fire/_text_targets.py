"""What reads texts, as targets: articles, figures, days, names, guards, intents."""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from assistant.answering.grounding import is_refusal, without_markers
from assistant.answering.periods import asked_period, of_the_period_asked, states_the_period_asked
from assistant.answering.prompts import Exchange
from assistant.answering.questions import depends_on_earlier, of_another
from assistant.library.article import Article, parse_article
from assistant.library.chunking import chunk_article
from assistant.library.files import article_of, record_of
from assistant.library.keywords import terms
from assistant.text import quantities
from assistant.text.bounds import Bounds
from assistant.text.dates import date_spans, dates_in, read_date, without_dates
from assistant.text.english_names import EnglishNames, names_said
from assistant.text.figures import figures, number_of, same
from assistant.text.figures_in_names import figures_in_names
from assistant.text.furigana import furigana
from assistant.text.known_words import EnglishWords, Loanwords
from assistant.text.language import Language, Span, question_language
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
from assistant.text.things import thing_asked_for, things_counted
from assistant.text.values import english_numbers, japanese_numbers, said_of_value
from assistant.text.word_forms import is_ordinary, singular
from tests.fire._attack import Target
from tests.fire._inputs import texts, words
from tests.texts import BILINGUAL

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
    "roles": lambda text: (roles(text), list(things_counted(text, figures(text))), thing_asked_for(text)),
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


def _values() -> st.SearchStrategy[Decimal]:
    whole = st.integers(2, 10**16 - 1).map(Decimal)
    return st.one_of(
        whole,
        st.builds(lambda one, places_: one.scaleb(-places_), st.integers(2, 10**9).map(Decimal), st.integers(1, 3)),
    )


_DAYS = st.integers(0, 150 * 365).map(lambda days: date(1930, 1, 1) + timedelta(days))
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
)
