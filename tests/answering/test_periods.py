"""A question about one period isn't answered with another's percentage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.periods import of_the_period_asked, states_the_period_asked
from assistant.text.figures import figures

ENGLISH = "Wool prices rose 4% on Tuesday, taking the gain over a month to 15%, and have gained 62% since January."
JAPANESE = "羊毛の価格は火曜日に4%上がり、過去1か月では15%、年初からは62%の値上がりとなった。"

questions = st.sampled_from(
    [
        "How much did wool rise on Tuesday?",
        "How far has wool risen this month?",
        "By what percentage has it risen this year?",
        "羊毛は今日どれくらい上がりましたか？",
        "今年の上昇率は何%ですか？",
        "Why?",
    ]
)
texts = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            ["4%", "15 percent", "９パーセント", "on Friday", "this month", "、", ", ", "今年", "先週", "が", "3"]
        ),
        max_size=10,
    ).map(" ".join),
)


def _percentages(question: str, *sentences: str) -> list[str]:
    kept = of_the_period_asked(question, sentences)
    return [text[one.start : one.end] for text in kept for one in figures(text) if one.unit == "%"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much did wool prices rise on Tuesday?", ["4%"]),
        ("How far have they risen this month?", ["15%"]),
        ("What percentage have they gained since the start of the year?", ["62%"]),
        ("By what margin did they rise TODAY?", ["4%"]),
        ("How much are wool prices up this month?", ["15%"]),
        ("How much higher are they this year?", ["62%"]),
        ("What was the percentage increase in wool prices on Tuesday?", ["4%"]),
        ("What was the price's gain this month?", ["15%"]),
        ("What is the rise since the start of the year?", ["62%"]),
    ],
)
def test_english_percentages_of_other_periods_go(question: str, expected: list[str]) -> None:
    assert _percentages(question, ENGLISH) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("火曜日に価格はどれくらい上がりましたか？", ["4%"]),
        ("今月の上昇率は？", ["15%"]),
        ("今月はどれくらい高くなりましたか？", ["15%"]),
        ("今年は何％上がりましたか？", ["62%"]),
        ("本日の値上がり幅はいくらですか？", ["4%"]),
    ],
)
def test_japanese_percentages_of_other_periods_go(question: str, expected: list[str]) -> None:
    assert _percentages(question, JAPANESE) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How much did wool prices rise?",
        "How much did they rise on Tuesday and this month?",
        "Why did they rise on Tuesday?",
        "火曜日に価格が上がったのはなぜですか？",
        "How much did they rise this week?",
        "How much is today's price?",
        "How much did wool cost on Tuesday?",
        "火曜日の羊毛はどのくらいの値段でしたか？",
    ],
)
def test_all_stay_where_not_one_period_is_asked_for_that_the_article_has(question: str) -> None:
    assert of_the_period_asked(question, [ENGLISH, JAPANESE]) == [ENGLISH, JAPANESE]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much did wool prices rise on Tuesday?", ["4%"]),
        ("How much did wool prices rise on Wednesday?", ["6%"]),
        ("How much did wool prices rise today?", ["4%", "6%"]),
        ("水曜日に羊毛の価格はどれくらい上がりましたか？", ["6%"]),
    ],
)
def test_a_weekday_is_the_one_asked_for_where_the_article_has_it(question: str, expected: list[str]) -> None:
    sentences = ("Wool prices rose 4% on Tuesday.", "They rose 6% on Wednesday.", "水曜日には6%の上昇だった。")
    assert sorted(set(_percentages(question, *sentences))) == expected


def test_a_day_s_rise_is_of_that_day() -> None:
    sentence = "Tuesday's price was up 4%, taking the gain over a month to 15%."
    assert _percentages("How much did wool rise on Tuesday?", sentence) == ["4%"]
    assert _percentages("How much did wool rise this month?", sentence) == ["15%"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much did the shares of Osma Mills gain on Tuesday?", ["5%"]),
        ("How much did the Wool Index gain on Tuesday?", ["2%"]),
        ("Osma Mills gained how much on Tuesday?", ["5%"]),
        ("How much did Tarn gain on Tuesday?", ["2%", "5%", "9%"]),
        ("オスマ紡績の株は火曜日にどれくらい上がりましたか？", ["5%"]),
        ("羊毛株価指数は火曜日にどれくらい上がりましたか？", ["2%"]),
    ],
)
def test_sentences_that_name_others_only_do_not_count_where_one_names_who_is_asked_about(
    question: str, expected: list[str]
) -> None:
    english = (
        "The national Wool Index rose 2% on Tuesday.",
        "Osma Mills gained 5% on Tuesday.",
        "On Tuesday its rival Berg lost 9%.",
    )
    japanese = (
        "羊毛株価指数は火曜日に2%上昇した。",
        "オスマ紡績は火曜日に5%上げた。",
        "火曜日、競合のベルグは9%下げた。",
    )
    sentences = japanese if "火" in question else english
    assert _percentages(question, *sentences) == expected


def test_a_sentence_that_names_nobody_may_be_about_anybody() -> None:
    sentences = ("Osma Mills had news on Tuesday and rose 5%.", "It had risen 3% on Tuesday by noon.")
    assert _percentages("How much did Osma Mills rise on Tuesday?", *sentences) == ["5%", "3%"]


def test_a_quarter_is_another_period_than_a_year() -> None:
    english = "Sales rose 8.4% last quarter and have gained 21% this year."
    japanese = "売上は前四半期に8.4%、今年は21%伸びた。"
    assert _percentages("How much did sales rise this year?", english) == ["21%"]
    assert _percentages("By what percentage did sales rise last quarter?", english) == ["8.4%"]
    assert _percentages("今年は売上がどれくらい伸びましたか？", japanese) == ["21%"]
    assert _percentages("前四半期に売上はどれくらい伸びましたか？", japanese) == ["8.4%"]


def test_all_sentences_are_searched_for_the_period() -> None:
    week, month = "Last week wool rose 3%.", "Over a month it rose 11%."
    assert _percentages("How much did wool rise last week?", week, month) == ["3%"]
    assert _percentages("How much did wool rise this month?", week, month) == ["11%"]


def test_a_percentage_without_a_period_stays() -> None:
    kept = _percentages("How much did wool rise this month?", ENGLISH, "Silk is 7% cheaper than wool.")
    assert kept == ["15%", "7%"]


def test_other_figures_go_that_are_not_said_of_the_period() -> None:
    sentence = "On Monday 300 bales were sold, this month 2,000 bales, 5% more."
    kept = of_the_period_asked(
        "How much did sales rise on Monday?", [sentence, "Of 40 farms 6% sell.", "Sales rose 1% on Monday."]
    )
    said = sentence.replace("5%", "--")
    assert kept == [said, "Of 40 farms 6% sell.", "Sales rose 1% on Monday."]


def test_figures_that_say_when_stay() -> None:
    sentences = ["Sales rose 1% on Monday at 15:30.", "They began 12 hours and 20 minutes late."]
    assert of_the_period_asked("How much did sales rise on Monday?", sentences)[1] == sentences[1]


def test_words_behind_a_comma_belong_to_what_follows() -> None:
    sentence = "On Monday wool rose 4%, this year 20%."
    assert _percentages("How much did wool rise on Monday?", sentence) == ["4%"]


def test_in_japanese_the_words_before_a_percentage_count() -> None:
    sentence = "今月は9%上がり、月曜日は2%下がった。"
    assert _percentages("今月はどのくらい上がりましたか？", sentence) == ["9%"]
    assert _percentages("月曜日はどのくらい下がりましたか？", sentence) == ["2%"]


def test_where_no_words_stand_before_a_percentage_those_behind_count() -> None:
    sentence = "9%の値上がりは今月最大で、月曜日の羊毛は2%だけ上がった。"
    assert _percentages("月曜日の羊毛はどれだけ上がりましたか？", sentence) == ["2%"]


@given(questions, st.lists(texts, max_size=4))
def test_sentences_keep_their_number_and_length_and_lose_figures_alone(question: str, sentences: list[str]) -> None:
    kept = of_the_period_asked(question, sentences)
    assert list(map(len, kept)) == list(map(len, sentences))
    for before, after in zip(sentences, kept, strict=True):
        of_figures = {at for one in figures(before) for at in range(one.start, one.end)}
        for at, (old, new) in enumerate(zip(before, after, strict=True)):
            assert old == new or (new == "-" and at in of_figures)


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_no_text_makes_it_raise(question: str, sentences: list[str]) -> None:
    assert len(of_the_period_asked(question, sentences)) == len(sentences)


@given(questions, st.lists(texts, max_size=4))
def test_a_percentage_is_always_left_where_there_was_one(question: str, sentences: list[str]) -> None:
    if _percentages("Why?", *sentences):
        assert _percentages(question, *sentences)


def test_a_period_is_stated_of_those_whom_the_sentences_name() -> None:
    sentences = ("The shares of Osma Mills rose 5% on Tuesday.",)
    assert states_the_period_asked("How much did Osma Mills rise on Tuesday?", sentences)
    assert not states_the_period_asked("How much did Tolva Works rise on Tuesday?", sentences)


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("How much did the index rise last year?", "It rose 9% last year.", "It has risen 12% this year."),
        ("昨年、指数はどれくらい上昇しましたか？", "指数は昨年9%上昇した。", "指数は今年10%上昇した。"),
        ("先週、価格は何%上がりましたか？", "価格は先週2%上がった。", "価格は今週3%上がった。"),
        (
            "How much did it rise in the second quarter?",
            "It rose 4% in the second quarter.",
            "It rose 4% in the first quarter.",
        ),
        ("第2四半期にどれくらい伸びましたか？", "第2四半期に4%伸びた。", "第1四半期に4%伸びた。"),
    ],
)
def test_the_one_before_is_another_period(question: str, own: str, other: str) -> None:
    assert states_the_period_asked(question, [own])
    assert not states_the_period_asked(question, [other])
