"""Chunks of whole sentences, with exact offsets."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given

from assistant.errors import ArticleError
from assistant.library.article import Article, parse_article
from assistant.library.chunking import CHUNK_CHARACTERS, Chunk, chunk_article
from assistant.text.language import Language
from tests.library.test_article import TEXTS
from tests.texts import BILINGUAL


def _chunks(article: Article, language: Language) -> list[Chunk]:
    return [chunk for chunk in chunk_article(article) if chunk.language is language]


@given(TEXTS)
def test_chunks_give_back_the_text_and_hold_every_sentence_once(text: str) -> None:
    try:
        article = parse_article(text)
    except ArticleError:
        return
    for document in article.documents:
        chunks = _chunks(article, document.language)
        numbers = [number for chunk in chunks for number in range(chunk.first, chunk.last + 1)]
        assert numbers == [sentence.number for sentence in document.sentences]
        assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
        for chunk in chunks:
            assert article.text[chunk.start : chunk.end] == chunk.text != ""
            assert chunk.start == document.sentences[chunk.first - 1].start
            assert chunk.end == document.sentences[chunk.last - 1].end
        assert all(one.end <= next_one.start for one, next_one in pairwise(chunks))


def test_a_paragraph_that_fits_is_one_chunk(article: Article) -> None:
    for document in article.documents:
        spans = [(chunk.start, chunk.end) for chunk in _chunks(article, document.language)]
        assert spans == [(span.start, span.end) for span in document.paragraphs]


def test_a_long_paragraph_is_cut_between_sentences_within_the_limit() -> None:
    text = " ".join(f"On day {number} the bakery sold {number * 7} of its rolls." for number in range(60))
    chunks = chunk_article(parse_article(text))
    assert len(chunks) > 3
    assert all(len(chunk.text) <= CHUNK_CHARACTERS[Language.ENGLISH] for chunk in chunks)
    assert all(chunk.text.startswith("On day") and chunk.text.endswith("rolls.") for chunk in chunks)


def test_one_sentence_beyond_the_limit_is_a_chunk_of_its_own() -> None:
    long = "値段は" + "とても" * 90 + "高い。"
    texts = [chunk.text for chunk in chunk_article(parse_article(f"店は開いた。{long}客は帰った。"))]
    assert texts == ["店は開いた。", long, "客は帰った。"]


def test_ids_tell_chunks_apart(article: Article) -> None:
    chunks = chunk_article(article)
    other = chunk_article(replace(article, id="0" * 12))
    assert len({chunk.id for chunk in (*chunks, *other)}) == 2 * len(chunks)


def test_same_text_same_chunks(article: Article) -> None:
    assert chunk_article(parse_article(BILINGUAL)) == chunk_article(article)
