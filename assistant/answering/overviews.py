"""Answers on an article as a whole, and words for what is no question: made of the article's own sentences, by rule.

No model says any of it, so it is there at once and can say nothing that the article doesn't.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.answering.disagreements import disagreements
from assistant.answering.events import (
    Answer,
    AnswerFinished,
    Event,
    EvidenceFound,
    Point,
    Timings,
    TokenGenerated,
    milliseconds,
    under_headings,
)
from assistant.answering.grounding import Citation, FigurePlace, citation_of
from assistant.answering.intents import SMALL_TALK, Intent, intent_of
from assistant.answering.key_points import candidates, key_points, usual_count
from assistant.answering.mentions import mentions
from assistant.answering.replies import (
    FIRST_OF,
    IN_OTHER_VERSION,
    LEADS,
    NEEDS_ONE,
    NONE_FOUND,
    NOT_LINKED,
    ONE_VERSION,
    ONLY_IN,
    OTHER_FIGURES,
    REPLIES,
)
from assistant.answering.windows import Cited
from assistant.library.alignment import Bead, unmatched
from assistant.library.article import Article, Sentence
from assistant.library.embedding import Embedder
from assistant.library.retrieval import Query
from assistant.text.figures import figures
from assistant.text.language import Language, fold
from assistant.text.sentences import ends_sentence

__all__ = ["Overviews"]

MOST_ARTICLES = 5
MOST_LISTED = 40
"""Lines of a list, and key points where somebody says how many."""
LEAST_YEAR = 1600
"""So many points nobody asks for: "the 2024 highlights"."""
NUMERAL = 30
"""Characters before what is counted in which its number is looked for."""
_KEY = r"(?:(?:bullet|key|main|most|important|short|brief|single|concise|quick|clear|simple|crisp|easy|top)[ -])*"
_IN_ONE = re.compile(
    rf"\b(?:one|a|single)[ -]{_KEY}(?:sentence|line|phrase|word)\b(?!-by)|\b(?:one|single)[ -]{_KEY}(?:point|bullet)\b"
    r"|\bnutshell\b|(?<![\d〇一二三四五六七八九十百])[一1]言|ひとこと"
)
_COUNTED = re.compile(
    rf"[ -]?{_KEY}(?:lines?|points?|sentences?|bullets?|takeaways?|highlights?)\b"
    r"|大(?:ニュース|ポイント|トピック)|(?:行|点|文(?!字)|個|つ|項目|ポイント)(?!目|の(?!要|重要|主|大事|ポイント|まとめ|概要))"
)
"""What key points are counted by, behind the number; not 3つの都市."""
_LENGTH = re.compile(rf"\b[a-z]+-(?:line|sentence|word) (?={_KEY}(?:points?|bullets?|takeaways?|highlights?)\b)")
"""How long each of them is to be: "three one-line bullets"."""
_VAGUE = {"a dozen ": "12 ", "a couple of ": "2 ", "a pair of ": "2 "}


class Overviews:
    """Makes them of the articles that `article_of` gives by id."""

    def __init__(
        self,
        embedder: Embedder,
        article_of: Callable[[str], Article],
        align: Callable[[str], Sequence[Bead]],
    ) -> None:
        """Args:
        align: what links the two versions of an article by id, worked out where it isn't known.
        """
        self._embedder = embedder
        self._article_of = article_of
        self._align = align

    def intent(self, text: str, *, follows: bool = False) -> Intent:
        """What is wanted by what was typed; `follows` says whether after an answer."""
        return intent_of(text, self._embedder.query, follows=follows)

    def events(
        self, intent: Intent, query: Query, is_stopped: Callable[[], bool], began: float | None = None
    ) -> Iterator[Event]:
        """The answer to what is no question on one thing, line by line.

        Args:
            began: when it was asked, by `time.perf_counter`; now where that isn't said.

        Raises:
            ArticleNotFound: an article has been removed meanwhile.
            StoreError: what links the versions can't be kept.
        """
        began = time.perf_counter() if began is None else began
        yield EvidenceFound(())
        language = query.language
        lead, points = self._made(intent, query)
        text = ""
        first_ms = None
        shown: list[Point] = []
        for line, point in _lines(lead, points):
            if is_stopped():
                break
            first_ms = first_ms or milliseconds(began)
            text += line
            yield TokenGenerated(line)
            shown += [point] if point else []
        yield AnswerFinished(
            Answer(
                question=query.text,
                language=language,
                text=text.strip(),
                refused=False,
                stopped=is_stopped(),
                citations=tuple(dict.fromkeys(point.citation for point in shown)),
                figures=(),
                nearest=(),
                log_odds=None,
                model="",
                timings=Timings(0.0, first_ms, milliseconds(began), 0, 0, 0),
                points=tuple(shown),
            )
        )

    def _made(self, intent: Intent, query: Query) -> tuple[str, list[Point]]:
        """What stands at the head, and the points."""
        language = query.language
        if intent in SMALL_TALK:
            return REPLIES[intent][language], []
        if not query.articles or len(query.articles) > MOST_ARTICLES:
            return NEEDS_ONE[language], []
        articles = [self._article_of(article) for article in query.articles]
        points = [point for article in articles for point in self._points(intent, article, query)]
        lead = LEADS[intent][language]
        unlinked = [one.title for one in articles if intent is Intent.DIFFERENCES and self._is_unlinked(one)]
        if not points and not unlinked:
            only = articles[0].documents[0].language
            is_single = intent is Intent.DIFFERENCES and all(len(article.documents) == 1 for article in articles)
            return (ONE_VERSION[language, only] if is_single else lead + NONE_FOUND[language]), []
        if unlinked:
            told = NOT_LINKED[language]
            lead = told if len(articles) == 1 else f"{lead} ({' · '.join(unlinked)}: {told})"
        if intent is not Intent.DIFFERENCES and all(article.document(language) is None for article in articles):
            lead += IN_OTHER_VERSION[language]
        return _listed(lead, points, language)

    def _points(self, intent: Intent, article: Article, query: Query) -> Iterator[Point]:
        heading = article.title if len(query.articles or ()) > 1 else ""
        if intent is Intent.DIFFERENCES:
            for point in self._differences(article, query.language):
                yield replace(point, heading=f"{heading} · {point.heading}") if heading else point
            return
        document = article.document(query.language) or article.documents[0]
        if intent is Intent.SUMMARY:
            for one in self._key_points(article, document.sentences, query.text):
                yield _whole(article, one, heading)
            return
        for found in mentions(document.sentences, intent, self._embedder):
            citation = _citation(article, found.sentence)
            yield Point(found.text, citation, found.start, found.end, heading)

    def _key_points(self, article: Article, sentences: Sequence[Sentence], asked: str) -> tuple[Sentence, ...]:
        headline = sentences[0].text if not ends_sentence(sentences[0].text) else article.title
        possible = candidates(sentences, headline)
        vectors = self._embedder.passages([headline, *(one.text for one in possible)])
        return key_points(possible, vectors[1:], vectors[0], _count(asked) or usual_count(len(sentences)))

    def _is_unlinked(self, article: Article) -> bool:
        """Whether nothing could be linked of its two versions, so that nothing is known of what they leave out."""
        return len(article.documents) > 1 and not self._align(article.id)

    def _differences(self, article: Article, language: Language) -> Iterator[Point]:
        """The sentences that one version leaves out, and the figures that the other has otherwise."""
        if len(article.documents) < 2:
            return
        beads = self._align(article.id)
        for version in (language, language.other):
            ours, theirs = article.sentences(version), article.sentences(version.other)
            numbers = unmatched(beads, ours, theirs)
            alone = [one for one in ours if one.number in numbers]
            yield from (_whole(article, one, ONLY_IN[language, version]) for one in alone)
        for one in article.sentences(language):
            figured = [(one.start + figure.start, one.start + figure.end) for figure in figures(one.text)]
            places = [FigurePlace(*span, article.id, language, *span) for span in figured]
            for found in disagreements(places, article, beads):
                text = f"{article.text[found.at : found.until]} ≠ {found.text}"
                yield Point(text, _citation(article, one), found.at, found.until, OTHER_FIGURES[language])


def _lines(lead: str, points: Sequence[Point]) -> Iterator[tuple[str, Point | None]]:
    """The lines of an answer as they are told, each with its point."""
    yield lead, None
    for heading, point in under_headings(points):
        yield (f"\n{heading}" if heading else "") + f"\n• {point.text}", point


def _whole(article: Article, sentence: Sentence, heading: str) -> Point:
    """A point that is a sentence of the article."""
    text = " ".join(sentence.text.split())
    return Point(text, _citation(article, sentence), sentence.start, sentence.end, heading)


def _citation(article: Article, sentence: Sentence) -> Citation:
    return citation_of(Cited(sentence.number, article, sentence))


def _listed(lead: str, points: Sequence[Point], language: Language) -> tuple[str, list[Point]]:
    """The first points of each list; above one that goes on stands of how many they are."""
    shown: list[Point] = []
    for heading, group in groupby(points, key=lambda point: point.heading):
        every = list(group)
        told = FIRST_OF[language].format(shown=MOST_LISTED, all=len(every)) if len(every) > MOST_LISTED else ""
        shown += [replace(point, heading=heading and heading + told) for point in every[:MOST_LISTED]]
        lead += "" if heading else told
    return lead, shown


def _count(asked: str) -> int | None:
    """How many points are asked for: "in three lines", 3点で."""
    text = _LENGTH.sub("", fold(asked))
    for vague, number in _VAGUE.items():
        text = text.replace(vague, number)
    for counted in _COUNTED.finditer(text):
        before = text[max(0, counted.start() - NUMERAL) : counted.start()]
        for figure in figures(f"{before}人"):  # behind which kanji are a number
            is_name = re.search("[a-z第]$", before[: figure.start])  # G7
            if figure.number_end == len(before) and 1 <= figure.value < LEAST_YEAR and not is_name:
                return min(int(figure.value), MOST_LISTED)
    return 1 if _IN_ONE.search(text) else None
