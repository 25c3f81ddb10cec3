"""The figures of a text, in every spelling."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.figures import Figure, figures, same


def _read(text: str) -> list[tuple[str, str | None, str]]:
    return [(f"{each.value.normalize():f}", each.unit, text[each.start : each.end]) for each in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9,400 lamps", [("9400", None, "9,400")]),
        ("It fell to 129.10.", [("129.1", None, "129.10")]),
        ("16,000–35,000 or 16,000 to 35,000", [("16000", None, "16,000"), ("35000", None, "35,000")] * 2),
        ("won 24–10 at 9:41", [(n, None, n) for n in ("24", "10", "9", "41")]),
        ("the 2nd of mid-2025", [("2", None, "2"), ("2025", None, "2025")]),
        ("COVID-19, the A320, the G7", [(n, None, n) for n in ("19", "320", "7")]),
        ("version 1.2.3", [("1.23", None, "1.2.3")]),
        ("$16.59", [("16.59", "dollar", "$16.59")]),
        ("16.59 dollars, 16.59ドル", [("16.59", "dollar", "16.59 dollars"), ("16.59", "dollar", "16.59ドル")]),
        ("US$16.59 or 5 米ドル", [("16.59", "USD", "US$16.59"), ("5", "USD", "5 米ドル")]),
        ("HK$129.10", [("129.1", "HKD", "HK$129.10")]),
        ("129.10 Hong Kong dollars", [("129.1", "HKD", "129.10 Hong Kong dollars")]),
        ("129.10香港ドル", [("129.1", "HKD", "129.10香港ドル")]),
        ("¥500, 500 yen, 500円", [("500", "JPY", t) for t in ("¥500", "500 yen", "500円")]),
        ("7元、7人民元、7 yuan", [("7", "CNY", t) for t in ("7元", "7人民元", "7 yuan")]),
        ("€7, 7 euros, 7ユーロ", [("7", "EUR", t) for t in ("€7", "7 euros", "7ユーロ")]),
        ("£7, 7 pounds, 7ポンド", [("7", "GBP", "£7"), ("7", "pound", "7 pounds"), ("7", "pound", "7ポンド")]),
        ("5%, 5 per cent, 5 percent", [("5", "%", t) for t in ("5%", "5 per cent", "5 percent")]),
        ("５％、5パーセント、5ﾊﾟｰｾﾝﾄ", [("5", "%", t) for t in ("５％", "5パーセント", "5ﾊﾟｰｾﾝﾄ")]),
        ("5 percentage points, 5ポイント", [("5", "point", "5 percentage points"), ("5", "point", "5ポイント")]),
        ("a 5-year plan", [("5", "year", "5-year")]),
        ("2025年、5カ月、5日本", [("2025", "year", "2025年"), ("5", "month", "5カ月"), ("5", None, "5")]),
        ("1.5 million people", [("1500000", "person", "1.5 million people")]),
        ("$1.5m, £3bn", [("1500000", "dollar", "$1.5m"), ("3000000000", "GBP", "£3bn")]),
        ("5 millions, 5bn", [("5000000", None, "5 millions"), ("5000000000", None, "5bn")]),
        ("5m away", [("5", None, "5")]),
        ("1億と100 million", [("100000000", None, "1億"), ("100000000", None, "100 million")]),
        ("3億3870万円", [("338700000", "JPY", "3億3870万円")]),
        ("1億2000万", [("120000000", None, "1億2000万")]),
        ("131百万円", [("131000000", "JPY", "131百万円")]),
        ("一億二千万人", [("120000000", "person", "一億二千万人")]),
        ("２千５百万", [("25000000", None, "２千５百万")]),
        ("二〇二五年", [("2025", "year", "二〇二五年")]),
        ("二十三、百二十、三つ", [("23", None, "二十三"), ("120", None, "百二十"), ("3", None, "三")]),
        ("第2回、2番目", [("2", None, "2"), ("2", None, "2")]),
        ("1,300ヶ所で50%超", [("1300", None, "1,300"), ("50", "%", "50%")]),
        ("3分の1", [("3", "part", "3分の"), ("1", None, "1")]),
        ("two hundred, twenty-five", [("200", None, "two hundred"), ("25", None, "twenty-five")]),
        ("one hundred and twenty-one", [("121", None, "one hundred and twenty-one")]),
        ("three hundred thousand yen", [("300000", "JPY", "three hundred thousand yen")]),
        ("ten thousand million yen", [("10000000000", "JPY", "ten thousand million yen")]),
        ("a million million", [("1000000000000", None, "million million")]),
        ("two thousand three hundred million", [("2300000000", None, "two thousand three hundred million")]),
        ("one lakh twenty thousand crore", [("1200000000000", None, "one lakh twenty thousand crore")]),
        ("two million three hundred thousand", [("2300000", None, "two million three hundred thousand")]),
        ("one hundred and five thousand two hundred", [("105200", None, "one hundred and five thousand two hundred")]),
        ("a million for tenth graders", [("1000000", None, "million"), ("10", None, "tenth")]),
        ("㌫5㌫", [("5", "%", "5㌫")]),
        ("〇・二五％、一・五倍", [("0.25", "%", "〇・二五％"), ("1.5", None, "一・五")]),
        ("3.2 trillion won, 3.2兆ウォン", [("3200000000000", "won", t) for t in ("3.2 trillion won", "3.2兆ウォン")]),
        ("12 won the race, for the 2度目", [("12", None, "12"), ("2", None, "2")]),
        ("CHF 300, 300 Swiss francs", [("300", "CHF", t) for t in ("CHF 300", "300 Swiss francs")]),
        ("60 MW, 6万キロワット", [("60", "megawatt", "60 MW"), ("60000", "kilowatt", "6万キロワット")]),
        ("25 knots, 時速約25キロ", [("25", "knot", "25 knots"), ("25", "kilometre an hour", "25キロ")]),
        ("34度、摂氏34度", [("34", "celsius or angle", "34度"), ("34", "celsius", "摂氏34度")]),
        ("half a million people", [("500000", "person", "half a million people")]),
        ("two and a half hours, 二時間半", [("2.5", "hour", t) for t in ("two and a half hours", "二時間半")]),
        ("by 25 basis points", [("25", "basis point", "25 basis points")]),
    ],
)
def test_figures(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "one lamp, first of a second, a dozen", "often attend tenants", "hundreds of millions"),
        *("一部、一方、統一", "十分な量", "数百人、何千回", "三菱と四国と九州", "万博と億劫"),
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1億円", "100 million yen", True),
        ("129.10", "129.1 points", True),
        ("$5", "HK$5", True),
        ("5ドル", "US$5", True),
        ("US$5", "HK$5", False),
        ("$5", "5 yen", False),
        ("50%", "50 points", False),
        ("50%", "51%", False),
    ],
)
def test_same(one: str, other: str, expected: bool) -> None:
    assert same(*figures(one), *figures(other)) is expected


CHARACTERS = "0123456789.,$% \n-一二十百千万億年人つ数第四半期万円HKUS$mbn五ﾊﾟ㌫½②１，．ドル"
WORDS = ("two", "hundred", " and ", "-", "million", "sixteen", "one", " dollars", "percent", "香港ドル", "ポイント")
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from([*CHARACTERS, *WORDS])).map("".join))


@given(TEXTS)
def test_figures_lie_inside_the_text_in_order(text: str) -> None:
    found: tuple[Figure, ...] = figures(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert [each.start for each in found] == sorted(each.start for each in found)
    digits = re.compile(r"\d").search(unicodedata.normalize("NFKC", text))
    assert bool(found) or not digits


@pytest.mark.parametrize("unit", ["百", "1億", "two ", "hundred and ", "1,", "億", "US$", "twenty-", "trillion "])
def test_long_runs_are_read_in_linear_time(unit: str) -> None:
    text = unit * 50_000
    started = time.process_time()
    assert len(figures(text)) <= 50_000
    assert time.process_time() - started < 5
