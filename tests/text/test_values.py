"""Words that are one value are said in the other language by rule; all others are left alone."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.text.figures import figures
from assistant.text.language import Language
from assistant.text.values import english_numbers, japanese_numbers, said_of_value

EN, JA = Language.ENGLISH, Language.JAPANESE
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NUMBERS = st.one_of(
    st.integers(0, 10**13 - 1).map(Decimal),
    *(st.decimals(0, 9999, places=places) for places in (1, 2)),
)


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("Thursday", "木曜日"),
        ("March 3", "3月3日"),
        ("November 30, 2026", "2026年11月30日"),
        ("3 p.m.", "午後3時"),
        ("9:05 a.m.", "午前9時5分"),
        ("12 a.m.", "午前0時"),
        ("about 7 p.m.", "午後7時ごろ"),
        ("12:30 p.m.", "午後0時30分"),
        ("9.5%", "9.5%"),
        ("52,000 yen", "5万2000円"),
        ("$3.4 million", "340万ドル"),
        ("5 Hong Kong dollars", "5香港ドル"),
        ("17 people", "17人"),
        ("45 minutes", "45分"),
        ("6 months", "6か月"),
        ("12 tonnes", "12トン"),
        ("more than 50%", "50%超"),
        ("at least 40 people", "40人以上"),
        ("less than 1,200 yen", "1200円未満"),
        ("nearly 300 people", "300人近く"),
        ("up to 90 minutes", "最大90分"),
        ("about 30,000 people", "約3万人"),
        ("half", "半分"),
        ("a third", "3分の1"),
        ("more than two thirds", "3分の2超"),
        ("nearly a tenth", "10分の1近く"),
    ],
)
def test_a_value_is_said_in_either_language(english: str, japanese: str) -> None:
    assert said_of_value(english, EN) == japanese
    assert said_of_value(japanese, JA) == english


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("on Thursday", "木曜日"),
        (" on thursday. ", "木曜日"),
        ("3rd March 2027", "2027年3月3日"),
        ("on Friday, March 3", "3月3日（金）"),
        ("in 2027", "2027年"),
        ("at 3:30 p.m.", "午後3時30分"),
        ("12:05 pm", "午後0時5分"),
        ("12.5 per cent", "12.5%"),
        ("HK$5 million", "500万香港ドル"),
        ("two weeks", "2週間"),
        ("14 years", "14年間"),
        ("over 50%", "50%超"),
        ("1,00,000 rupees", "10万ルピー"),
        ("12,34,567 rupees", "123万4567ルピー"),
        ("some 300 people", "約300人"),
        ("no fewer than 40 people", "40人以上"),
        ("as many as 300 people", "最大300人"),
        ("by Friday", "金曜日までに"),
        ("at around 9:30 a.m.", "午前9時30分ごろ"),
        ("by about 9 a.m.", "午前9時ごろまでに"),
        ("By 2030", "2030年までに"),
        ("from Monday", "月曜日から"),
        ("until March 14", "3月14日まで"),
        ("since 2019", "2019年から"),
        ("before 3 p.m.", "午後3時より前"),
        ("by the end of 2026", "2026年末までに"),
        ("50 MB", "50メガバイト"),
        ("two and a half hours", "2時間半"),
        ("1.5 years", "1年半"),
        ("more than five years", "5年超"),
        ("nearly 10 days", "10日近く"),
        ("5.0%", "5.0%"),
        ("$3.40", "3.40ドル"),
        ("3.50 U.S. dollars", "3.50米ドル"),
        ("£12,345.67", "1万2345.67ポンド"),
    ],
)
def test_english_has_several_ways_of_saying_a_value(words: str, said: str) -> None:
    assert said_of_value(words, EN) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("（木）", "Thursday"),
        ("２０２７年３月", "March 2027"),
        ("2028年3月3日（金）", "Friday, March 3, 2028"),
        ("2027年", "2027"),
        ("令和9年", "2027"),
        ("令和元年5月1日", "May 1, 2019"),
        ("平成31年4月", "April 2019"),
        ("昭和64年1月7日", "January 7, 1989"),
        ("大正3年", "1914"),
        ("明治10年に", "1877"),
        ("午後3時半", "3:30 p.m."),
        ("2億3000万円", "230 million yen"),
        ("1兆5000億ウォン", "1.5 trillion won"),
        ("15米ドル", "$15"),
        ("一人", "1 person"),
        ("10ガロン", "10 gallons"),
        ("100リラ", "100 lira"),
        ("5人未満", "fewer than 5 people"),
        ("5%未満", "less than 5%"),
        ("17名", "17 people"),
        ("25歳", "25"),
        ("50％超", "more than 50%"),
        ("50%を超える", "more than 50%"),
        ("およそ300人", "about 300 people"),
        ("300人前後", "about 300 people"),
        ("2030年までに", "by 2030"),
        ("2026年末まで", "until the end of 2026"),
        ("午前9時から", "from 9 a.m."),
        ("時速50キロ", "50 kilometres per hour"),
        ("20ヵ月", "20 months"),
        ("約3か月", "about 3 months"),
        ("3.4ドル", "$3.40"),
        ("4分の3", "three quarters"),
    ],
)
def test_japanese_has_several_ways_of_saying_a_value(words: str, said: str) -> None:
    assert said_of_value(words, JA) == said


@pytest.mark.parametrize(
    ("words", "language"),
    [
        *((words, EN) for words in ("", "the harbour", "a year", "2027", "17", "30 widgets", "12 shops")),
        *((words, EN) for words in ("40 or 50 people", "from 210 yen to 240 yen", "Monday and Tuesday")),
        *((words, EN) for words in ("fell to 2.4%", "sales rose 12%", "next Monday", "late March", "-5%")),
        *((words, EN) for words in ("13 p.m.", "0 a.m.", "the 3rd", "13/4", "25 years old", "March 3 at 3 p.m.")),
        *((words, EN) for words in ("third week", "Fifth year", "nearly tenth hour", "twenty-first year")),
        *((words, EN) for words in ("a quarter", "two thirds of the fleet", "in a third", "half an hour", "30 thirds")),
        *((words, JA) for words in ("半額", "3分の0", "10割", "20分の1", "3割が反対", "3割から4割")),
        *((words, EN) for words in ("5,6 people", "1,5 million euros", "12,3%", "1,234,5 yen", "2,3000 yen")),
        *((words, JA) for words in ("", "港", "木", "半年", "12店舗", "3日", "15時", "2027年度", "数百人")),
        *((words, EN) for words in ("100 Mbps", "by the sea", "from 2 to 3")),
        *(
            (words, JA)
            for words in ("500ミリ", "毎秒1000立方メートル", "毎時3000人", "秒速8キロメートル", "3月前後", "午前12時")
        ),
        *((words, JA) for words in ("最多300人", "20分の13以上", "13月")),
        *((words, JA) for words in ("５，６人", "４,5年間", "40人から50人", "210円から240円", "月曜日と火曜日")),
        *((words, JA) for words in ("2.4%に低下した", "来週月曜日", "3月半ば", "マイナス5%", "午後13時")),
    ],
)
def test_what_is_no_value_or_several_is_left_alone(words: str, language: Language) -> None:
    assert said_of_value(words, language) is None


@given(DAYS)
@example(date(2028, 2, 29))
def test_a_date_comes_back_as_it_went(day: date) -> None:
    english, japanese = f"{day:%B} {day.day}, {day.year}", f"{day.year}年{day.month}月{day.day}日"
    assert said_of_value(english, EN) == said_of_value(f"{day.day} {day:%B} {day.year}", EN) == japanese
    assert said_of_value(japanese, JA) == english
    with_weekday = said_of_value(f"{day:%A}, {english}", EN)
    assert with_weekday
    assert said_of_value(with_weekday, JA) == f"{day:%A}, {english}"


@pytest.mark.parametrize("unit", [" yen", " people", "%"])
@given(value=st.integers(0, 10**13))
@example(value=1)
@example(value=10**13)
def test_a_figure_comes_back_with_its_value(unit: str, value: int) -> None:
    english = f"{value:,}{unit}"
    japanese = said_of_value(english, EN)
    assert japanese
    back = said_of_value(japanese, JA)
    assert back
    (sent,), (between,), (returned,) = map(figures, (english, japanese, back))
    assert sent.value == between.value == returned.value == value
    assert sent.unit == between.unit == returned.unit


@pytest.mark.parametrize(
    ("value", "english", "japanese"),
    [
        ("0", "0", "0"),
        ("9999", "9,999", "9999"),
        ("52000", "52,000", "5万2000"),
        ("1234567", "1,234,567", "123万4567"),
        ("230000000", "230 million", "2億3000万"),
        ("2300000.0", "2.3 million", "230万"),
        ("1500000000", "1.5 billion", "15億"),
        ("1000000000001", "1,000,000,000,001", "1兆1"),
        ("9.5", "9.5", "9.5"),
    ],
)
def test_the_usual_spelling_of_a_number_is_the_first(value: str, english: str, japanese: str) -> None:
    assert english_numbers(Decimal(value))[0] == english
    assert japanese_numbers(Decimal(value))[0] == japanese


@given(NUMBERS)
def test_every_spelling_of_a_number_is_read_as_that_number(value: Decimal) -> None:
    spellings = [f"{spelling} yen" for spelling in english_numbers(value)]
    spellings += [f"{spelling}円" for spelling in japanese_numbers(value)]
    for spelling in spellings:
        assert [(figure.value, figure.unit) for figure in figures(spelling)] == [(value, "JPY")], spelling


@given(
    st.text(max_size=12) | st.text("0129,.万億円%年月日（火）令和約超 in May am:", max_size=16),
    st.sampled_from(Language),
)
def test_no_words_are_too_odd(words: str, language: Language) -> None:
    assert said_of_value(words, language) != ""


@pytest.mark.parametrize(("words", "said"), [("by mid-2027", "2027年半ばまでに"), ("Late 2020", "2020年後半")])
def test_a_part_of_a_year_is_said_and_comes_back(words: str, said: str) -> None:
    assert said_of_value(words, EN) == said
    assert (said_of_value(said, JA) or "").casefold() in words.casefold()
