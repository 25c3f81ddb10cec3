"""Texts become articles: language versions, sentences with exact offsets, page furniture left out and named."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ArticleError
from assistant.library.article import Article, parse_article
from assistant.text.language import Language
from tests.texts import BILINGUAL, CHINESE, ENGLISH, JAPANESE, KOREAN

EN, JA = Language.ENGLISH, Language.JAPANESE

FRAGMENTS = [
    "The bakery sold 1,240 rolls in the U.S. on Friday. ",
    "“Why?” she asked. “Because.” ",
    "売り上げは12%伸びた。",
    "「そうですか。」と彼女は言った！",
    "月見島",
    "SPECIAL OFFER",
    CHINESE,
    KOREAN,
    *(
        "\n",
        "\r\n",
        "\n\n",
        "\r",
        "\t",
        " ",
        "\u3000",
        "\u00a0",
        "\u2028",
        "\x0b",
        "\x1c",
        "\x85",
        "\0",
        "\ud800",
        "\udfff",
    ),
    *(
        "* link",
        "Related:",
        "Photos: A. Person",
        "© 2031",
        "1. one",
        "(a) x",
        "関連記事",
        "###",
        "...",
        "…",
        "[1]",
        "（",
        "」",
    ),
    *("🍞", "e\u0301", "\u200b", "\ufeff", "\ufffe", "12.5", "３８％", "Mr. ", "No. 5 ", "\\1", "∯", "&ᓰ&"),
]
TEXTS = st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join), st.text(max_size=300))
LETTERS = st.text(alphabet="あいうかがぱんアイウーカ漢字島屋。、「」０１％abc XYZ019.\n", min_size=1, max_size=80)

SECONDS = 30
"""Many times what it takes on a slow machine, and nothing beside what it would take by the square of the length."""


def _paragraphs(article: Article, language: Language) -> list[str]:
    document = article.document(language)
    return [article.text[span.start : span.end] for span in document.paragraphs] if document else []


def _parsed(text: str) -> Article | None:
    try:
        return parse_article(text)
    except ArticleError:
        return None


@given(TEXTS)
def test_sentences_are_in_order_and_give_back_the_text(text: str) -> None:
    article = _parsed(text)
    for document in article.documents if article else ():
        last = 0
        for number, sentence in enumerate(document.sentences, start=1):
            assert sentence.number == number
            assert sentence.language is document.language
            assert article.text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
            assert sentence.start >= last
            last = sentence.end


@given(TEXTS)
def test_sentences_cover_their_paragraph(text: str) -> None:
    article = _parsed(text)
    for document in article.documents if article else ():
        for index, span in enumerate(document.paragraphs):
            sentences = [sentence for sentence in document.sentences if sentence.paragraph == index]
            assert all(span.start <= sentence.start < sentence.end <= span.end for sentence in sentences)
            covered = "".join("".join(sentence.text.split()) for sentence in sentences)
            assert covered == "".join(article.text[span.start : span.end].split())


@given(TEXTS)
def test_an_article_has_a_title_an_id_and_at_most_one_version_a_language(text: str) -> None:
    article = _parsed(text)
    if article:
        assert article.title.strip()
        assert len(article.id) == 12
        assert len(set(article.languages)) == len(article.documents) in (1, 2)
        assert all(document.sentences for document in article.documents)
        assert all(line in article.text for line in article.left_out)


@given(TEXTS)
def test_parsing_what_was_parsed_changes_nothing(text: str) -> None:
    article = _parsed(text)
    if article:
        assert parse_article(article.text, article.title) == article


def test_english_block_then_japanese_block() -> None:
    article = parse_article(BILINGUAL)
    assert article.languages == (EN, JA)
    assert _paragraphs(article, EN) == ENGLISH.split("\n\n")
    assert _paragraphs(article, JA) == JAPANESE.split("\n\n")
    assert article.left_out == ()


def test_paragraphs_of_both_languages_in_turn() -> None:
    pairs = zip(ENGLISH.split("\n\n"), JAPANESE.split("\n\n"), strict=True)
    article = parse_article("\n".join(f"{english}\n{japanese}" for english, japanese in pairs))
    assert _paragraphs(article, EN) == ENGLISH.split("\n\n")
    assert _paragraphs(article, JA) == JAPANESE.split("\n\n")


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, EN), (JAPANESE, JA)])
def test_one_language_alone_is_an_article(text: str, language: Language) -> None:
    article = parse_article(text)
    assert article.languages == (language,)
    assert article.document(language.other) is None


def test_windows_line_ends_make_no_difference_to_the_sentences() -> None:
    unix, windows = parse_article(BILINGUAL), parse_article(BILINGUAL.replace("\n", "\r\n"))
    for ours, theirs in zip(unix.documents, windows.documents, strict=True):
        assert [sentence.text for sentence in ours.sentences] == [sentence.text for sentence in theirs.sentences]


def test_hard_wrapped_paragraphs_are_read_as_paragraphs() -> None:
    wrapped = (
        "Customers queue from half past six in the morning. On\n"
        "Saturdays the line is about 80 metres long, and all of\n"
        "the rolls are gone before noon.\n\n"
        "A second shop will follow in the port by the autumn of\n"
        "2031, the owner of the bakery said on Tuesday, when it\n"
        "had sold its millionth roll."
    )
    sentences = parse_article(wrapped).documents[0].sentences
    assert [sentence.paragraph for sentence in sentences] == [0, 0, 1]
    assert sentences[1].text.endswith("before noon.")


def test_figures_without_letters_stay_with_the_paragraph_before() -> None:
    assert _paragraphs(parse_article(f"{ENGLISH}\n\n240 (+30)\n\n{JAPANESE}"), EN)[-1] == "240 (+30)"


def test_a_date_is_kept_and_leaves_the_id_as_it_is() -> None:
    dated = parse_article(ENGLISH, date="2031-02-28")
    assert dated.date == "2031-02-28"
    assert replace(dated, date="") == parse_article(ENGLISH)
    assert {parse_article(ENGLISH, date=day).date for day in ("28.2.2031", "28 February 2031", "2031年2月28日")} == {
        dated.date
    }
    for date in ("2031-02-29", "30.2.2031", "20310228", "2031-02-28T00:00", "yesterday"):
        with pytest.raises(ArticleError, match=f"'{date}' is no date. Write it as 2026-03-14, or leave it out"):
            parse_article(ENGLISH, date=date)


def test_a_japanese_headline_in_kanji_alone_is_japanese() -> None:
    assert _paragraphs(parse_article(f"{ENGLISH}\n\n月見島新店舗計画\n\n{JAPANESE}"), JA)[0] == "月見島新店舗計画"


def test_a_row_of_kanji_and_figures_is_japanese_and_a_long_one_of_kanji_may_be_chinese() -> None:
    article = parse_article(f"{JAPANESE}\n\n白浜第一店 | 2031 | 4500万円\n\n{CHINESE}")
    assert _paragraphs(article, JA)[-1] == "白浜第一店 | 2031 | 4500万円"
    assert article.left_out == (CHINESE,)


@pytest.mark.parametrize(
    "furniture",
    [
        ["* Why the ferry is late again"],
        ["Photo: Emi Hoshino / Island Pictures"],
        ["Image credit: Island Pictures"],
        ["Via Shutterstock"],
        ["写真：月見島写真館"],
        ["Related:", "Ferry timetable changes in June", "Five ways to eat a cinnamon roll"],
        ["関連記事", "6月から船の時刻が変わる"],
        ["You may also like:", "* Ferry timetable changes in June", "* Who bakes the rolls?"],
        ["▼こちらの記事もおすすめ", "▶6月から船の時刻が変わる", "▶ロールは誰が焼く？", "（写真＝月見島写真館提供）"],
        ["© 2031 Island News. All rights reserved."],
        ["* Why the ferry is late again", "Photo: Emi Hoshino", "Copyright 2031 Island News"],
    ],
)
@pytest.mark.parametrize("text", [ENGLISH, BILINGUAL], ids=["english", "bilingual"])
def test_furniture_at_the_end_is_left_out_and_named(text: str, furniture: list[str]) -> None:
    if text is ENGLISH and not "".join(furniture).isascii() and "©" not in furniture[0]:
        text = JAPANESE
    article = parse_article("\n\n".join([text.strip(), *furniture]))
    assert list(article.left_out) == furniture
    kept = [sentence.text for document in article.documents for sentence in document.sentences]
    assert kept == [sentence.text for document in parse_article(text).documents for sentence in document.sentences]


@pytest.mark.parametrize(
    "ending",
    [
        ["The shop sells:", "* cinnamon rolls", "* rye bread"],
        ["* cinnamon rolls at 240 yen", "* rye bread at 310 yen"],
        ["The shop sells one thing:", "* cinnamon rolls"],
        ["Photos of the queue have been shared 5,000 times."],
        ["More than a hundred customers had to go home without a roll."],
        ["写真は星野恵美さんが撮った。"],
        ["* Who bakes the rolls?", "* Who buys them?"],
        ["Related costs: 22,000 yen"],
    ],
)
def test_what_belongs_to_the_article_stays(ending: list[str]) -> None:
    article = parse_article("\n\n".join([JAPANESE if ending[0].startswith("写真") else ENGLISH, *ending]))
    assert article.left_out == ()
    assert _paragraphs(article, article.languages[0])[-len(ending) :] == ending


@pytest.mark.parametrize("text", ["Photo: Emi Hoshino", "* a link\n\nRelated:\n\nVia Shutterstock", "© Island News"])
def test_never_is_all_left_out(text: str) -> None:
    assert parse_article(text).documents[0].sentences


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \r\n\t\u3000\n", "empty"),
        (CHINESE, "neither English nor Japanese"),
        (KOREAN, "neither English nor Japanese"),
        ("12.5 2031 38%", "neither English nor Japanese"),
        ("x" * 100_001, r"100,001 bytes; at most 100,000"),
    ],
)
def test_what_is_no_article_is_told(text: str, says: str) -> None:
    with pytest.raises(ArticleError, match=says):
        parse_article(text, limit=100_000)


def test_the_limit_counts_bytes() -> None:
    assert parse_article("あ" * 100, limit=300)
    with pytest.raises(ArticleError, match="303 bytes"):
        parse_article("あ" * 101, limit=300)


def test_same_text_same_id() -> None:
    assert parse_article(BILINGUAL).id == parse_article(f"\n {BILINGUAL}\n\n", title="Another").id
    assert parse_article("A café.").id == parse_article("A cafe\u0301.").id
    assert parse_article(BILINGUAL).id != parse_article(BILINGUAL.replace("240", "241")).id


def test_title_is_the_one_given_in_one_line() -> None:
    assert parse_article(ENGLISH, " Rolls\n and  more ").title == "Rolls and more"


def test_title_is_the_first_sentence_where_none_is_given() -> None:
    assert parse_article(BILINGUAL).title == "Island bakery sells its millionth cinnamon roll"
    assert parse_article("# A headline\n\nThe text.").title == "A headline"
    assert len(parse_article("word " * 50).title) <= 80


def test_title_is_never_empty() -> None:
    assert parse_article("###\n\nThe shop opened in May.").title == "The shop opened in May."


@pytest.mark.parametrize(
    "text",
    [
        "値段は240円だ。「高い。」と彼は言った！？それで。" * 8000,
        "It cost 3.50 at 5 p.m. Monday in the U.S. They left. " * 4000,
        "Rolls.\n" + "ABC\n" * 50_000,
        "This is the text of it.\n" + "La los en\n" * 30_000,
        "これは" + "「" * 200_000,
        "The end." + " " * 300_000 + "x.",
        "The text.\nRelated\n" + "Rolls sold out\n" * 20_000,
    ],
    ids=["japanese", "english", "names", "other", "brackets", "blanks", "related"],
)
def test_long_texts_take_time_by_their_length(text: str) -> None:
    began = time.process_time()
    assert parse_article(text).documents
    assert time.process_time() - began < SECONDS
