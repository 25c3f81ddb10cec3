"""The figures of a text, and the guard that keeps an answer to those of the evidence."""

import re
import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.figures import Figure, FigureGuard, figures, same

TIMETABLE = (
    "The ferry company sold 9,400 tickets at HK$129.10 in 2025, or 1.5 million dollars, up 50 percent on 2024. "
    "Two hundred and fifty people and sixteen dogs crossed on the second boat, COVID-19 aside, and it won 24–10."
)
LIBRARY = (
    "図書館は２０２５年に１，３００ヶ所で3億3870万円を集め、前年から12.5ポイント増えた。"
    "利用者は一億二千万人、二十三の部屋を三つに分け、第2四半期は5カ月で５０％超となった。"
)


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
        ("£7, 7 pounds, 7ポンド", [("7", "GBP", t) for t in ("£7", "7 pounds", "7ポンド")]),
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
        ("a million for tenth graders", [("1000000", None, "million"), ("10", None, "tenth")]),
        ("㌫5㌫", [("5", "%", "5㌫")]),
    ],
)
def test_figures(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "one lamp, first of a second, a dozen", "often attend tenants", "hundreds of millions"),
        *("一部、一方、統一", "第一四半期", "十分な量", "数百人、何千回", "三菱と四国と九州", "万博と億劫"),
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


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (TIMETABLE, "It sold 9400 tickets in late 2025."),
        (TIMETABLE, "At 129.10 Hong Kong dollars, up 50%, for $1.5 million."),
        (TIMETABLE, "In 2025年 it won 24-10 against COVID-19"),
        (TIMETABLE, "The people and two hundred and fifty others"),
        (TIMETABLE, "二百五十人が129.10ドルで、二番目の船に乗った。"),
        (TIMETABLE, "１２９．１０香港ドル、一人と十六匹"),
        (TIMETABLE, "2025年、50パーセント"),
        (LIBRARY, "In 2025 it had 1,300 places and 50%"),
        (LIBRARY, "3億3870万円です。"),
        (LIBRARY, "一億二千万人と三部屋、5 months, three, twenty-three"),
        (LIBRARY, "第2四半期に12.5ポイント"),
        ("Sales (in millions): 131", "131 million dollars"),
        ("売上高（単位：百万円）131", "131百万円"),
        ("2 lamps", "two lamps, 二つ"),
    ],
)
def test_given_figures_are_allowed_in_every_prefix(evidence: str, text: str) -> None:
    guard = FigureGuard(evidence, "")
    assert [text[:end] for end in range(len(text)) if not guard.allows(text[:end])] == []
    assert guard.allows(text, finished=True)


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (TIMETABLE, "It sold 9,401 tickets"),
        ("1.5 million", "1.5 people"),
        ("売上高は131億円", "131円です"),
        (TIMETABLE, "It costs 129.1 dollars"),
        (TIMETABLE, "It costs US$129.10"),
        (TIMETABLE, "It costs 50 yen"),
        (TIMETABLE, "$50"),
        (TIMETABLE, "50年"),
        (TIMETABLE, "It made 1.5 billion dollars"),
        (TIMETABLE, "It made 1,500,000 dollars"),
        (TIMETABLE, "250 people"),
        (TIMETABLE, "16 dogs"),
        (TIMETABLE, "Two hundred people"),
        (TIMETABLE, "Seventeen dogs"),
        (TIMETABLE, "三つの船"),
        (TIMETABLE, "二百人"),
        (LIBRARY, "3億円"),
        (LIBRARY, "3870円"),
        (LIBRARY, "１億２千万人"),
        (LIBRARY, "5年で50%"),
        (LIBRARY, "5 thousand"),
        (LIBRARY, "二十四の部屋"),
        ("200万", "2 million"),
        ("two lamps", "2 lamps"),
        ("5 lamps and 2 million yen", "5 billion yen"),
        ("", "3"),
    ],
)
def test_other_figures_are_refused(evidence: str, text: str) -> None:
    assert not FigureGuard(evidence, "").allows(text, finished=True)


def test_a_figure_of_the_question_is_given() -> None:
    assert FigureGuard("A lamp.", "Who has 12 lamps?").allows("Emi has 12 lamps.", finished=True)
    assert not FigureGuard("A lamp.", "Who has lamps?").allows("Emi has 12 lamps.", finished=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose 12", True),
        ("It rose 129.", True),
        ("It rose 129.1", True),
        ("It rose 12 ", False),
        ("It rose 12%", False),
        ("It rose 129, ", False),
        ("It rose 13", False),
        ("It sold 9,", True),
        ("It sold 9,4", True),
        ("It sold 9,5", False),
        ("It costs HK$1", True),
        ("It costs US$12", False),
        ("It took 1.5 mil", True),
        ("It took 50 perc", True),
        ("It took 24.", True),
        ("It took 24.5", False),
        ("Six", True),
        ("Six ", False),
        ("Two ", True),
        ("Two hundred an", True),
        ("Two hundred and six", False),
        ("Two hundred people", False),
        ("Two hundred lamps", False),
        ("二百", True),
        ("二百人", False),
        ("二百六", False),
    ],
)
def test_the_last_figure_may_be_growing(text: str, expected: bool) -> None:
    assert FigureGuard(TIMETABLE, "").allows(text) is expected


@pytest.mark.parametrize(
    ("evidence", "growing", "other"),
    [
        ("50 percentage points", "50 percent", "50 percent of"),
        ("5人民元", "5人", "5人が"),
        ("5%ポイント", "5%ポイ", "5%が"),
    ],
)
def test_a_unit_may_be_growing(evidence: str, growing: str, other: str) -> None:
    guard = FigureGuard(evidence, "")
    assert guard.allows(growing)
    assert not guard.allows(other)


def test_a_numeral_grows_to_no_smaller_one() -> None:
    assert FigureGuard("2500 lamps", "").allows("二千")
    assert not FigureGuard("25 lamps", "").allows("二千")


def test_a_finished_figure_does_not_grow() -> None:
    guard = FigureGuard(TIMETABLE, "")
    assert not any(guard.allows(text, finished=True) for text in ("It rose 12", "Six", "二百", "9,"))


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


@given(TEXTS, TEXTS)
def test_a_finished_answer_has_only_the_digits_that_are_given(evidence: str, text: str) -> None:
    guard = FigureGuard(evidence, "")
    guard.allows(text)
    assume(guard.allows(text, finished=True))
    assert _digit_strings(text) <= _digit_strings(evidence)


@given(TEXTS)
def test_a_text_allows_itself(text: str) -> None:
    assert FigureGuard(text, "").allows(text, finished=True)


def _digit_strings(text: str) -> set[str]:
    return {each.replace(",", "") for each in re.findall(r"\d+(?:[.,]\d+)*", unicodedata.normalize("NFKC", text))}


NUMBERS = st.one_of(
    st.integers(2, 99_999).map(lambda n: f"{n:,}"),
    st.integers(100, 99_999).map(lambda n: f"{Decimal(n) / 100:.2f}"),
    st.tuples(st.integers(1, 99), st.integers(1000, 9999)).map(lambda n: f"{n[0]}億{n[1]}万"),
    st.sampled_from(["two hundred and fifty", "sixteen", "thirty-one", "三十", "二〇二五", "千二百万", "1.5 million"]),
)
SIGNED = st.tuples(st.sampled_from(["$", "HK$", "€", "US$"]), st.integers(2, 9999)).map(lambda n: f"{n[0]}{n[1]}")
COUNTED = st.tuples(
    NUMBERS, st.sampled_from(["%", "%ポイント", " percentage points", "円", " dollars", "人民元", "年", " people"])
)
FIGURES = st.lists(st.one_of(NUMBERS, SIGNED, COUNTED.map("".join)), min_size=1, max_size=5)


@given(FIGURES, st.sampled_from([" and it ", "、また", ". Lamps rose "]))
def test_every_prefix_of_an_allowed_text_is_allowed(given_figures: list[str], joint: str) -> None:
    text = "Up " + joint.join(given_figures)
    guard = FigureGuard(" / ".join(reversed(given_figures)), "")
    assert guard.allows(text, finished=True)
    assert [text[:end] for end in range(len(text)) if not guard.allows(text[:end])] == []


@given(st.integers(1, 10**6), st.data(), st.sampled_from(["", "%", "円", " million", "億人", " people"]))
def test_a_changed_digit_is_refused(number: int, data: st.DataObject, behind: str) -> None:
    digits = str(number)
    at = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != digits[at]))
    guard = FigureGuard(f"It has {digits}{behind}.", "")
    assert guard.allows(f"About {digits}{behind}.", finished=True)
    assert not guard.allows(f"About {digits[:at]}{other}{digits[at + 1 :]}{behind}.", finished=True)


@pytest.mark.parametrize("unit", ["百", "1億", "two ", "hundred and ", "1,", "億", "US$", "twenty-", "thousand "])
def test_long_runs_are_read_in_linear_time(unit: str) -> None:
    text = unit * 50_000
    started = time.process_time()
    assert FigureGuard(text, "").allows(text, finished=True)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "allowed"), [("2016年2月7日", True), ("2016年3月", False), ("2016年2回", False), ("5月", False)]
)
def test_a_month_s_name_gives_its_number(text: str, allowed: bool) -> None:
    guard = FigureGuard("The fair was on February 7, 2016. It may return.", "")
    assert guard.allows(text, finished=True) is allowed
    assert guard.allows("2016年2")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("41.%", False),
        ("41. 1%", False),
        ("41.上昇", False),
        ("41.", True),
        ("It is 41. Then", True),
        ("“It is 41.”", True),
        ("4.1%", True),
    ],
)
def test_a_point_without_decimals_ends_a_sentence_or_is_none(text: str, allowed: bool) -> None:
    assert FigureGuard("In 41 shops it rose by 4.1%.", "").allows(text) is allowed


def test_a_point_that_stands_in_the_article_like_that_may_be_used() -> None:
    assert FigureGuard("Version 2.x is out.", "").allows("Version 2.x")
    assert not FigureGuard("Version 2 is out.", "").allows("Version 2.x")


@pytest.mark.parametrize(
    ("text", "finished", "allowed"),
    [
        ("4.1% at 9:41", True, True),
        ("午前9時41分に4.1%", True, True),
        ("9:4", False, True),
        ("9時4", False, True),
        ("9:", False, True),
        ("9:4", True, False),
        ("9:14", True, False),
        ("9時14分", True, False),
        ("10:4", False, False),
        ("41", False, False),
        ("41%", True, False),
        ("41分", True, False),
        ("9時", True, True),
    ],
)
@pytest.mark.parametrize("evidence", ["At 9:41 it was up 4.1%.", "午前9時41分に4.1%高となった。"])
def test_the_minutes_of_a_time_are_no_figure_by_themselves(
    evidence: str, text: str, finished: bool, allowed: bool
) -> None:
    assert FigureGuard(evidence, "").allows(text, finished=finished) is allowed


def test_minutes_that_stand_elsewhere_too_may_be_said() -> None:
    assert FigureGuard("At 9:41 all 41 shops were open.", "").allows("41 shops", finished=True)


def test_a_point_ends_no_sentence_in_japanese() -> None:
    guard = FigureGuard("41社の株が4.1%上がった。", "")
    assert not guard.allows("41.  に")
    assert guard.allows("41社")


def test_a_score_is_no_time() -> None:
    guard = FigureGuard("The score was 3:2 after 90 minutes.", "")
    assert guard.allows("3:2", finished=True)
    assert not guard.allows("3:1", finished=True)
