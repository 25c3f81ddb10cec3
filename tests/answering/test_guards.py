"""What an answer may consist of: its language, the names of the article, its figures, and no refusal in between."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.answering.guards import AnswerGuard, Fault, LanguageGuard, as_sentence
from assistant.answering.refusals import NOT_STATED, REFUSAL_START
from assistant.settings import Part
from assistant.text.language import HAN, KANA, Language

EN, JA = Language.ENGLISH, Language.JAPANESE
ENGLISH = (
    "The Valdez Ropeworks of Ålesund shipped 5,200 coils in March, 8% more than a year before.",
    "Its owner, Inés Valdez, bought a SpinTec K9 machine from 渡辺機械.",
)
JAPANESE = (
    "潮見市のロープ工房は3月に5200巻を出荷し、前年より8%増えた。",
    "社長の渡辺イネスさんはスピンテック社のSpinTec K9を導入した。",
)
WORDS = [
    *("潮見市", "ロープ工房", "出荷", "前年", "社長", "渡辺", "イネスさん", "スピンテック社", "導入", "工房"),
    *("は", "の", "を", "で", "に", "した", "という", "、", "「", "」", "パーセント", "キロメートル"),
]

texts = st.one_of(st.text(max_size=30), st.text("記載なしのはロープ工房SpinTec K952,0%。.です\n 的", max_size=20))


def _allows(language: Language, text: str) -> bool:
    known = ENGLISH if language is EN else JAPANESE
    return LanguageGuard(language, "\n".join(known)).allows(text)


@pytest.mark.parametrize(
    "text",
    [
        "Inés Valdez, the owner of the ropeworks.",
        "About “8%” – more than before…",
        "They’re shipped from Ålesund, a café said.",
        "It costs £5 or €6.",
        "",
    ],
)
def test_an_english_answer_may_say_anything_in_latin_script(text: str) -> None:
    assert _allows(EN, text)


@pytest.mark.parametrize("text", ["渡辺", "Valdez です", "Valdez。", "８％", "Валдес", "발데스", "Valdez \ufffd", "々"])
def test_an_english_answer_has_no_other_script(text: str) -> None:
    assert not _allows(EN, text)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [("the isle of Αἰγαῖον", False), ("the Ναξος line", True), ("渡辺", False), ("μ", False)],
)
def test_letters_of_other_scripts_are_the_article_s_own(text: str, allowed: bool) -> None:
    assert LanguageGuard(EN, "The Ναξος line of 渡辺 sails daily.").allows(text) is allowed


@given(st.text(max_size=20), st.text(max_size=40))
@example("ロープ", "the ロープ line")
@example("𠮷野", "𠮷野家")
def test_an_english_answer_never_has_kana_or_kanji(text: str, known: str) -> None:
    if LanguageGuard(EN, known).allows(text):
        assert not KANA.search(text)
        assert not HAN.search(text)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("柳井つばさ", True),
        ("The singer 柳井つばさ came.", True),
        ("The singer 柳井つば", False),
        ("The singer 柳井つばさ が来た。", False),
        ("The singer 柳井つばめ came.", False),
    ],
)
def test_a_name_with_hiragana_stays_in_english(text: str, allowed: bool) -> None:
    guard = LanguageGuard(EN, "歌手の柳井つばさが島に来た。", names_stay=True)
    assert guard.allows(text, finished=True) is allowed
    begun = text[: text.index("つ") + 1]
    assert guard.allows(begun)


@pytest.mark.parametrize(
    "text",
    [
        "渡辺イネスさんです。",
        "スピンテック社のSpinTec K9です。",
        "ｓｐｉｎｔｅｃを導入しました。",
        "８％（前年比）増えました。",
        "10キロメートルほどのビルです。",
        "ｽﾋﾟﾝﾃｯｸ社です。",
    ],
)
def test_a_japanese_answer_has_the_names_of_the_article(text: str) -> None:
    assert _allows(JA, text)


@pytest.mark.parametrize(
    "text",
    [
        "Valdezです。",
        "It is 潮見市です。",
        "スピンドゥレルです。",
        "ロペワルクスです。",
        "Ålesundです。",
        "潮見市是渡辺です。",
        "这ロープです。",
        "工场です。",
        "로프です。",
        "Канатです。",
    ],
)
def test_a_japanese_answer_invents_no_name_and_no_word(text: str) -> None:
    assert not _allows(JA, text)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [("Spi", True), ("SpinTec", True), ("Spiは", False), ("SpinTech", False), ("Spi ", False), ("pin", False)],
)
def test_a_word_in_latin_script_may_grow_into_one_of_the_article(text: str, allowed: bool) -> None:
    assert _allows(JA, f"機械は{text}") is allowed


@pytest.mark.parametrize(
    ("text", "allowed"), [("潮見市。", True), ("新規開業決定。", False), ("潮見市", True), ("潮見市です。", True)]
)
def test_a_japanese_sentence_ends_with_kana(text: str, allowed: bool) -> None:
    assert LanguageGuard(JA, "潮見市").allows(text) is allowed


@pytest.mark.parametrize("character", ["是", "会", "ệ", "Я"])
def test_characters_of_the_article_or_question_may_stand_in_japanese(character: str) -> None:
    assert LanguageGuard(JA, f"「{character}」という店").allows(f"店は{character}")


@given(st.lists(st.sampled_from(WORDS), max_size=12, unique=True))
def test_every_beginning_of_an_answer_in_the_article_s_words_is_allowed(words: list[str]) -> None:
    guard = AnswerGuard(JA, JAPANESE, "社長は誰ですか？")
    answer = "、".join(words) + "です。"
    for end in range(1, len(answer) + 1):
        assert guard(answer[:end], finished=False), answer[:end]
    assert guard(answer, finished=True)


@given(st.integers(0, len(ENGLISH[0])), st.integers(0, len(ENGLISH[0])))
def test_every_beginning_of_an_english_quotation_is_allowed(start: int, length: int) -> None:
    guard = AnswerGuard(EN, ENGLISH, "How many?")
    start = ENGLISH[0].rfind(" ", 0, start) + 1
    quotation = ENGLISH[0][start : start + length]
    assert not quotation.strip() or guard(quotation, finished=False)


@pytest.mark.parametrize(
    ("language", "text", "allowed"),
    [
        (EN, "5,200 coils", True),
        (EN, "They shipped 5,300 coils", False),
        (EN, "8%", True),
        (EN, "6%", False),
        (JA, "5200巻です。", True),
        (JA, "5300巻です。", False),
        (JA, "7月です。", True),
    ],
)
def test_figures_are_those_of_the_article_or_the_question(language: Language, text: str, allowed: bool) -> None:
    sentences = ENGLISH if language is EN else JAPANESE
    assert AnswerGuard(language, sentences, "How about 7月?")(text, finished=True) is allowed


def test_a_figure_may_be_unfinished_in_the_middle_but_not_at_the_end() -> None:
    guard = AnswerGuard(EN, ENGLISH, "How many?")
    assert guard("About 5,2", finished=False)
    assert not guard("About 5,2", finished=True)
    assert not guard("About 5,2\nand", finished=False)


@pytest.mark.parametrize("language", Language)
def test_an_answer_is_no_refusal(language: Language) -> None:
    guard = AnswerGuard(language, ENGLISH + JAPANESE, "?")
    start = REFUSAL_START[language]
    for said in (start, f" {start}", f"{start}\nmore"):
        assert not guard(said, finished=False), said
        assert not guard(said, finished=True), said


@pytest.mark.parametrize(
    ("left_out", "said"),
    [(Part.FIGURES, "6%"), (Part.LANGUAGE, "5,200巻"), (Part.ANSWERABILITY, NOT_STATED[EN])],
)
def test_a_part_left_out_bars_nothing_and_the_others_what_they_always_do(left_out: Part, said: str) -> None:
    for part in Part:
        guard = AnswerGuard(EN, ENGLISH, "How many?", {part})
        assert guard(said, finished=True) is (part is left_out), part


@pytest.mark.parametrize(
    ("language", "said"),
    [(EN, "No"), (EN, "N"), (EN, "No, it is closed."), (EN, "Nora"), (JA, "記"), (JA, "記者です。")],
)
def test_what_begins_like_a_refusal_may_be_an_answer(language: Language, said: str) -> None:
    assert AnswerGuard(language, ENGLISH + JAPANESE, "?")(said, finished=False)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("They shipped 5,200 coils.", None),
        ("They shipped coils.\nOn the whole 5,200 of them.", None),
        ("They shipped coils.\nOn the whole 5,300 of them.", Fault.FIGURE),
        ("They did on a Sunday.", Fault.TIME),
        ("They shipped 5,200巻.", Fault.LANGUAGE),
        ("See www.coils.example.com.", Fault.ADDRESS),
        ("and so on and so on and so on and so on", Fault.REPETITION),
        ("They shipped \ufffd", Fault.CUT),
        (NOT_STATED[EN], Fault.REFUSAL),
        (" \n", Fault.EMPTY),
        ("", Fault.EMPTY),
    ],
)
def test_a_whole_answer_from_elsewhere_is_told_what_is_wrong_with_it(said: str, fault: Fault | None) -> None:
    assert AnswerGuard(EN, ENGLISH, "How many?").check(said) is fault


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("said", ["", " ", "\n", " \nmore"])
def test_an_answer_does_not_end_before_it_begins(language: Language, said: str) -> None:
    guard = AnswerGuard(language, ENGLISH, "?")
    assert guard(said, finished=False)
    assert not guard(said, finished=True)


def test_what_comes_behind_the_first_line_does_not_matter() -> None:
    assert AnswerGuard(EN, ENGLISH, "?")("Inés Valdez.\n渡辺 9999", finished=False)


@given(st.sampled_from(Language), st.lists(texts, max_size=3), texts, texts, st.booleans())
def test_guards_never_raise(language: Language, sentences: list[str], question: str, said: str, finished: bool) -> None:
    assert AnswerGuard(language, sentences, question)(said, finished=finished) in (True, False)


@given(st.sampled_from(Language), texts)
def test_what_may_be_finished_may_be_said(language: Language, said: str) -> None:
    guard = AnswerGuard(language, ENGLISH + JAPANESE, said)
    assert not guard(said, finished=True) or guard(said, finished=False)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("5200巻", JA, "5200巻です。"),
        ("渡辺", JA, "渡辺です。"),
        ("渡辺です。", JA, "渡辺です。"),
        ("イネス", JA, "イネスです。"),
        ("480万ユーロ", JA, "480万ユーロです。"),
        ("480万ユーロ。", JA, "480万ユーロです。"),
        ("a storm in 2024.", JA, "a storm in 2024です。"),
        ("つくば", JA, "つくばです。"),
        ("", JA, ""),
        ("8%", EN, "8%"),
    ],
)
def test_a_name_or_figure_alone_is_made_a_japanese_sentence(text: str, language: Language, expected: str) -> None:
    assert as_sentence(text, language) == expected


def test_what_repeats_itself_three_times_is_not_gone_on_with() -> None:
    guard = AnswerGuard(JA, ["大会は2016年にあった。"], "大会はいつですか？")
    assert guard("2016年2016年", finished=False)
    assert not guard("2016年2016年2016年", finished=False)


@pytest.mark.parametrize("link", ["https://pay.example", "http//pay.example", "www.pay.example"])
def test_a_link_is_one_of_the_article_s(link: str) -> None:
    question = f"Who runs it? Print {link} too."
    assert not AnswerGuard(EN, ["Bo runs the shop."], question)(f"Bo. {link}", finished=False)
    guard = AnswerGuard(EN, [f"Bo runs the shop, {link}/bo now."], question)
    assert guard(f"Bo. {link}", finished=False)
    assert guard(f"Bo, at {link}/bo", finished=True)
    assert not guard(f"Bo. {link}.other", finished=False)


@pytest.mark.parametrize("said", ["小\ufffdあ", "\ufffd。", "A\ufffdB"])
def test_a_cut_character_stands_at_the_end_alone_while_it_grows(said: str) -> None:
    guard = AnswerGuard(JA, JAPANESE, "?")
    assert not guard(said, finished=False)
    assert not guard(said.rstrip("あB。") + "\ufffd", finished=True)


def test_blanks_hide_nothing() -> None:
    guard = AnswerGuard(EN, ["工場は2027年半ばに開く。"], "When does it open?")
    assert guard("By mid-2027", finished=True)
    assert not guard("By the end of  2027", finished=True)
    assert not guard("By the end of 1Q 2027", finished=True)
