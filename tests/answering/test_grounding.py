"""Refusals, markers, and the sentences that an answer rests on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.grounding import Citation, citation_of, cite, figure_places, is_refusal, without_markers
from assistant.answering.refusals import REFUSAL
from assistant.answering.windows import Cited
from assistant.library.article import Article, parse_article
from assistant.text.language import Language

EN, JA = Language.ENGLISH, Language.JAPANESE


def _all(article: Article, language: Language, first: int = 0, end: int | None = None) -> tuple[Cited, ...]:
    """A window: all sentences of a version, or some, counted from 1."""
    sentences = article.sentences(language)[first:end]
    assert sentences
    return tuple(Cited(number, article, one) for number, one in enumerate(sentences, start=1))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n",
        *REFUSAL.values(),
        "The article does not mention the price.",
        "The article doesn’t say how many people came.",
        "this article doesn't provide that information",
        "Not stated.",
        "Not mentioned in the article.",
        "There is no information.",
        "There is no mention of the price in the passages.",
        "記載なし",
        "記述なし。",
        "情報はありません。",
        "記事には書かれていません",
        "記事にはその情報は記載されていません。",
        "この記事からは分かりません。",
        "記事には値段についての記載がありません。",
        "記事では言及されていません。",
    ],
)
def test_refusals_are_recognised(answer: str) -> None:
    assert is_refusal(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "240 yen.",
        "Not given bail.",
        "Not specified by law, but by custom, as the two harbours have agreed since 1902.",
        "There is no information on survivors, the navy said.",
        "There is no mention of wages, the union told the paper.",
        "情報はありませんと海軍は述べました。",
        "The bakery does not say.",
        "The article was written by Emi Hoshino.",
        "Emi Hoshino, the article says.",
        "No.",
        "240円です。",
        "記事によると、240円です。",
        "記事には240円と書かれています。",
        "星野さんは値段を書いていません。",
        "いいえ、開いていません。",
    ],
)
def test_answers_are_no_refusals(answer: str) -> None:
    assert not is_refusal(answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("240 yen [3].", "240 yen."),
        ("240 yen [1, 2][3] today", "240 yen today"),
        ("240円です［１、２］。", "240円です。"),
        ("[1] 240 yen", "240 yen"),
        ("240 yen [", "240 yen"),
        ("240 yen [1", "240 yen"),
        ("240 yen [1,", "240 yen"),
        ("240 yen [sic] here", "240 yen [sic] here"),
        ("", ""),
    ],
)
def test_markers_of_the_model_s_own_go(answer: str, expected: str) -> None:
    assert without_markers(answer) == expected


@given(st.one_of(st.text(alphabet="[［]1,、 a", max_size=12), st.text(max_size=30)))
def test_text_without_markers_only_grows(answer: str) -> None:
    whole = without_markers(answer)
    for end in range(len(answer)):
        assert whole.startswith(without_markers(answer[:end])), answer[:end]


@pytest.mark.parametrize("answer", ["240 [[1]", "240 [1[2]", "240 [ [1] [[2] ]", "240 [1 [2]]"])
def test_nested_markers_only_grow_too(answer: str) -> None:
    for end in range(len(answer)):
        assert without_markers(answer).startswith(without_markers(answer[:end])), answer[:end]


@pytest.mark.parametrize(
    ("question", "answer", "holds"),
    [
        ("How much does a roll cost?", "240 yen.", "A roll costs 240 yen"),
        ("What did a roll cost last year?", "210 yen", "210 yen last year"),
        ("How much have sales grown since January?", "38%.", "38% since January"),
        ("How much did sales rise in May?", "12%", "12% in May"),
        ("How many people work at the bakery?", "17 people", "employs 17 people"),
        ("What will the second shop cost?", "45 million yen.", "45 million yen"),
        ("How long is the line on Saturdays?", "About ８０ metres.", "80 metres"),
    ],
)
def test_the_sentence_with_the_figure_is_cited(article: Article, question: str, answer: str, holds: str) -> None:
    assert holds in cite(answer, question, _all(article, EN))[0].text


@pytest.mark.parametrize(
    ("question", "answer", "holds"),
    [
        ("ロールの値段はいくらですか？", "240円です。", "1個240円"),
        ("売り上げは1月からどれくらい伸びましたか？", "38%伸びました。", "38%伸びた"),
        ("何人が働いていますか？", "１７人です。", "17人が働き"),
        ("2号店の費用は？", "4500万円です。", "費用は4500万円"),
        ("客は何時から並びますか？", "朝6時半からです。", "朝6時半"),
    ],
)
def test_the_japanese_sentence_with_the_figure_is_cited(
    article: Article, question: str, answer: str, holds: str
) -> None:
    assert holds in cite(answer, question, _all(article, JA))[0].text


def test_an_answer_from_two_sentences_cites_both(article: Article) -> None:
    texts = [one.text for one in cite("17 people; rolls are gone before noon", "Who and when?", _all(article, EN))]
    assert len(texts) == 2
    assert any("17 people" in text for text in texts)
    assert any("before noon" in text for text in texts)


@given(answer=st.text(max_size=40), question=st.text(max_size=40))
def test_citations_are_always_among_the_sentences_given(article: Article, answer: str, question: str) -> None:
    cited = _all(article, EN, 2, 5)
    citations = cite(answer, question, cited)
    assert 1 <= len(citations) <= 2
    assert len(set(citations)) == len(citations)
    for citation in citations:
        one = next(one.sentence for one in cited if one.sentence.number == citation.number)
        assert citation == Citation(
            one.number, article.id, EN, one.start, one.end, article.text[citation.start : citation.end]
        )


def test_without_sentences_nothing_is_cited() -> None:
    assert cite("240 yen", "How much?", ()) == ()


def test_in_another_language_the_sentence_nearest_in_meaning_is_cited(article: Article) -> None:
    cited = _all(article, EN)
    for near in range(len(cited)):
        nearness = [0.7 + 0.2 * (index == near) for index in range(len(cited))]
        assert cite("橋です。", "どこですか？", cited, nearness)[0].number == cited[near].sentence.number


def test_what_is_shared_counts_beside_nearness(article: Article) -> None:
    cited = _all(article, EN)
    shared = next(index for index, one in enumerate(cited) if "240 yen" in one.sentence.text)
    nearness = [0.8] * len(cited)
    assert cite("240 yenです。", "値段は？", cited, nearness)[0].number == cited[shared].sentence.number


@given(st.lists(st.floats(-2, 2), min_size=3, max_size=3), st.text(max_size=20))
def test_any_nearness_gives_one_or_two_citations(article: Article, nearness: list[float], answer: str) -> None:
    citations = cite(answer, "?", _all(article, EN, 2, 5), nearness)
    assert 1 <= len(citations) <= 2
    assert len(set(citations)) == len(citations)


def test_a_figure_is_shown_in_the_sentence_that_is_cited_in_any_window() -> None:
    article = parse_article("Tea is sold.\n\nA cup is 3 yen.\n\nA roll is 3 yen.\n\nA pie is 3 yen.")
    window = _all(article, EN, 1)
    for one in window:
        (place,) = figure_places("3 yen", window, (citation_of(one),))
        assert one.sentence.start <= place.start < place.end <= one.sentence.end
