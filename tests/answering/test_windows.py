"""What the model reads: short articles whole, longer ones in windows, of which those with the best hits come first."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from assistant.answering.windows import Window, as_passage, estimated_tokens, rank_windows, windows_of
from assistant.library.article import Article, parse_article
from assistant.library.chunking import chunk_article
from assistant.library.store import Hit
from assistant.text.language import Language
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


def _tokens(window: Window) -> int:
    return sum(estimated_tokens(one.sentence.text) for one in window)


def _paragraphs(window: Window) -> set[int]:
    return {one.sentence.paragraph for one in window}


@pytest.mark.parametrize("language", [EN, JA])
def test_a_short_article_is_one_window_in_the_asker_s_language(article: Article, language: Language) -> None:
    (window,) = windows_of(article, language, 700)
    document = article.document(language)
    assert document
    assert tuple(one.sentence for one in window) == document.sentences
    assert [one.number for one in window] == list(range(1, len(window) + 1))


@pytest.mark.parametrize(("text", "asked"), [(ENGLISH, JA), (JAPANESE, EN)])
def test_the_other_language_is_read_if_it_is_all_there_is(text: str, asked: Language) -> None:
    article = parse_article(text)
    (window,) = windows_of(article, asked, 700)
    assert tuple(one.sentence for one in window) == article.documents[0].sentences


@pytest.mark.parametrize("language", [EN, JA])
@pytest.mark.parametrize("budget", [140, 200, 400, 700])
def test_a_long_article_is_cut_at_the_ends_of_paragraphs(long: Article, language: Language, budget: int) -> None:
    windows = windows_of(long, language, budget)
    document = long.document(language)
    assert document
    assert tuple(one.sentence for window in windows for one in window) == document.sentences
    assert all(_tokens(window) <= budget for window in windows)
    assert all([one.number for one in window] == list(range(1, len(window) + 1)) for window in windows)
    for one, following in pairwise(windows):
        assert not _paragraphs(one) & _paragraphs(following)


def test_windows_are_about_equally_long(long: Article) -> None:
    sizes = [_tokens(window) for window in windows_of(long, EN, 900)]
    assert len(sizes) > 1
    assert max(sizes) < 1.5 * min(sizes)


def test_a_paragraph_a_little_too_long_for_a_window_is_one_alone() -> None:
    paragraphs = [" ".join(f"On day {day} the ferry carried {day * 31}." for day in range(end)) for end in (2, 6, 3, 9)]
    windows = windows_of(parse_article("\n\n".join(paragraphs)), EN, 160)
    assert [sorted(_paragraphs(window)) for window in windows] == [[0], [1], [2], [3], [3], [3], [3]]
    assert _tokens(windows[1]) > 60


def test_a_paragraph_too_long_for_a_window_is_cut_at_sentences() -> None:
    text = " ".join(f"On day {number} the ferry carried {number * 31} people." for number in range(30))
    windows = windows_of(parse_article(text), EN, 100)
    assert len(windows) > 3
    assert all(0 < _tokens(window) <= 100 for window in windows)
    assert sum(map(len, windows)) == 30


def test_a_sentence_too_long_for_a_window_makes_one_alone(article: Article) -> None:
    document = article.document(EN)
    assert document
    assert [len(window) for window in windows_of(article, EN, 1)] == [1] * len(document.sentences)


@pytest.mark.parametrize("language", [EN, JA])
def test_the_window_of_the_best_passages_comes_first(long: Article, language: Language) -> None:
    windows = windows_of(long, language, 400)
    first, second = rank_windows(windows, _hits(long, 31, 3))
    assert 31 in _paragraphs(first)
    assert 3 in _paragraphs(second)


def test_a_good_passage_outweighs_several_middling_ones(long: Article) -> None:
    windows = windows_of(long, EN, 400)
    chunks = {chunk.position: chunk for chunk in chunk_article(long) if chunk.language is EN}
    hits = [Hit(chunks[position], 1 / rank, rank, "fused") for rank, position in enumerate((0, 20, 21, 22), start=60)]
    assert 0 in _paragraphs(rank_windows(windows, hits)[0])


def test_hits_in_the_language_that_is_not_read_do_not_count(long: Article) -> None:
    windows = windows_of(long, EN, 400)
    assert 3 in _paragraphs(rank_windows(windows, [*_hits(long, 30, languages=[JA]), *_hits(long, 3)])[0])


def test_without_hits_windows_stay_in_reading_order(long: Article) -> None:
    windows = windows_of(long, EN, 400)
    assert rank_windows(windows, ()) == windows
    assert rank_windows((), _hits(long, 3)) == ()


def test_windows_of_several_articles_are_ranked_together(article: Article) -> None:
    other = parse_article(OTHER)
    windows = [*windows_of(article, EN, 700), *windows_of(other, EN, 700)]
    ranked = rank_windows(windows, [*_hits(other, 1), *_hits(article, 2, 1)[2:]])
    assert [window[0].article.id for window in ranked] == [other.id, article.id]


def test_a_window_in_the_prompt_has_its_title_and_numbers(article: Article) -> None:
    (window,) = windows_of(article, JA, 700)
    passage = as_passage(window)
    assert passage.title == article.title
    assert passage.sentences[0] == (1, window[0].sentence.text)
    assert [number for number, _ in passage.sentences] == [one.number for one in window]


def test_token_estimates_are_more_for_japanese_and_figures_than_for_latin_letters() -> None:
    assert (
        estimated_tokens("") <= estimated_tokens("abcd") < estimated_tokens("1234") <= estimated_tokens("月見島だ") == 5
    )
