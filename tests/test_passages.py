"""What the model reads: a short article whole, of longer or several ones the passages found."""

from collections.abc import Sequence

import pytest

from assistant.article import Article, parse_article
from assistant.chunking import chunk_article
from assistant.errors import ArticleNotFound
from assistant.language import Language
from assistant.passages import Cited, as_passages, choose_sentences, estimated_tokens
from assistant.store import Hit
from tests.texts import ENGLISH, JAPANESE, OTHER

EN, JA = Language.ENGLISH, Language.JAPANESE

LONG = "\n\n".join(
    [f"On day {n} the bakery sold {n * 7} of its famous rolls. The rest went to the ferry crew." for n in range(40)]
    + [f"{n}日目にパン屋は{n * 7}個のロールを売った。残りは船員に配られた。" for n in range(40)]
)


@pytest.fixture(scope="module")
def long() -> Article:
    return parse_article(LONG)


def _hits(article: Article, *positions: int, languages: Sequence[Language] = (EN, JA)) -> list[Hit]:
    """Chunks at `positions` of each language, in this order."""
    chunks = {(chunk.language, chunk.position): chunk for chunk in chunk_article(article)}
    found = [chunks[language, position] for position in positions for language in languages]
    return [Hit(chunk, 1 / rank, rank, "fused") for rank, chunk in enumerate(found, start=1)]


def _choose(
    language: Language, hits: Sequence[Hit], *articles: Article, scope: Sequence[str] | None = None, budget: int = 700
) -> tuple[Cited, ...]:
    by_id = {article.id: article for article in articles}
    return choose_sentences(language, hits, by_id.__getitem__, scope, budget)


def _tokens(cited: Sequence[Cited]) -> int:
    return sum(estimated_tokens(one.sentence.text) for one in cited)


@pytest.mark.parametrize("language", [EN, JA])
def test_a_short_article_is_read_whole_in_the_asker_s_language(article: Article, language: Language) -> None:
    cited = _choose(language, _hits(article, 3), article, scope=[article.id])
    document = article.document(language)
    assert document
    assert tuple(one.sentence for one in cited) == document.sentences
    assert [one.number for one in cited] == list(range(1, len(cited) + 1))


def test_whole_reading_is_the_same_for_all_questions(article: Article) -> None:
    scope = [article.id]
    assert _choose(EN, _hits(article, 3), article, scope=scope) == _choose(EN, (), article, scope=scope)


@pytest.mark.parametrize(("text", "asked"), [(ENGLISH, JA), (JAPANESE, EN)])
def test_the_other_language_is_read_if_it_is_all_there_is(text: str, asked: Language) -> None:
    article = parse_article(text)
    cited = _choose(asked, (), article, scope=[article.id])
    assert tuple(one.sentence for one in cited) == article.documents[0].sentences
    found = _choose(asked, _hits(article, 2, languages=article.languages), article)
    assert {one.sentence.language for one in found} == {asked.other}


@pytest.mark.parametrize("language", [EN, JA])
def test_of_a_long_article_the_passages_found_are_read_in_reading_order(long: Article, language: Language) -> None:
    cited = _choose(language, _hits(long, 30, 3, 17), long, scope=[long.id], budget=400)
    assert [one.sentence.paragraph for one in cited] == [3, 3, 17, 17, 30, 30]
    assert {one.sentence.language for one in cited} == {language}
    assert [one.number for one in cited] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("budget", [60, 200, 400, 700])
def test_passages_keep_to_the_budget_and_the_best_come_first(long: Article, budget: int) -> None:
    cited = _choose(EN, _hits(long, *range(39, -1, -1)), long, scope=[long.id], budget=budget)
    assert 0 < _tokens(cited) <= budget
    assert cited[-1].sentence.paragraph == 39


def test_the_best_passage_is_read_even_where_it_is_too_long(long: Article) -> None:
    cited = _choose(EN, _hits(long, 5, 6), long, scope=[long.id], budget=2)
    assert [one.sentence.paragraph for one in cited] == [5, 5]


def test_several_articles_are_read_by_passages_each_in_one_piece(article: Article) -> None:
    other = parse_article(OTHER)
    ours, theirs = _hits(article, 2, 1), _hits(other, 1)
    cited = _choose(EN, [ours[0], theirs[0], ours[2]], article, other)
    assert [one.article.id for one in cited] == [article.id] * 4 + [other.id] * 2
    assert [one.sentence.paragraph for one in cited] == [1, 1, 2, 2, 1, 1]
    assert [one.number for one in cited] == [1, 2, 3, 4, 5, 6]


def test_no_hits_no_sentences(article: Article) -> None:
    assert _choose(EN, (), article) == ()
    assert _choose(EN, (), article, scope=[]) == ()


def test_an_unknown_article_is_not_passed_over(article: Article) -> None:
    def unknown(_: str) -> Article:
        raise ArticleNotFound("no such article")

    with pytest.raises(ArticleNotFound):
        choose_sentences(EN, _hits(article, 1), unknown, [article.id], 700)


def test_passages_group_sentences_by_article_and_keep_their_numbers(article: Article) -> None:
    other = parse_article(OTHER)
    first, second = as_passages(_choose(JA, [*_hits(article, 3), *_hits(other, 1)], article, other))
    assert (first.title, second.title) == (article.title, other.title)
    assert first.sentences[0] == (1, "客は朝6時半から並ぶ。")
    assert [number for number, _ in (*first.sentences, *second.sentences)] == [1, 2, 3, 4]
    assert as_passages(()) == ()


def test_token_estimates_are_more_for_japanese_and_figures_than_for_latin_letters() -> None:
    assert (
        estimated_tokens("") <= estimated_tokens("abcd") < estimated_tokens("1234") <= estimated_tokens("月見島だ") == 5
    )
