"""What is said of words names no other day, month, half of a day or part of a year than they do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.named_times import MONTHS, WEEKDAYS, WEEKDAYS_IN_KANJI, NamedTimes, months

MAY_BE_SAID = [
    ("The fair opens on Thursday.", "市は木曜日に始まります。"),
    ("市は木曜に始まる。", "It opens on Thursday."),
    ("The fair opens on 14 March at 9:30 a.m.", "On March 14, at 9:30 a.m."),
    ("市は3月14日に始まる。", "It opens in March."),
    ("It opens on Sept. 3.", "It opens in September."),
    ("It may open in May 2027, or May not.", "It opens in May 2027."),
    ("It shuts at 17:00.", "It shuts at 5 p.m."),
    ("It shuts at 5.", "It shuts at 5 p.m."),
    ("9時に開く。", "It opens at 9 a.m."),
    ("午後9時に開く。", "It opens at 9 p.m."),
    ("It opens at noon.", "It opens at 12 p.m."),
    ("It opens at midnight.", "午前0時です。"),
    ("It starts at seven in the evening.", "午後7時です。"),
    ("土日と、月・水曜に開く。", "Saturdays, Sundays, Mondays and Wednesdays."),
    ("捜索は木曜日の夜に終わった。", "On Thursday evening."),
    ("It starts at 19:00.", "夜に始まります。"),
    ("From 3 to 5 May.", "5月3日からです。"),
    ("It runs Mon-Fri.", "月曜日から金曜日です。"),
    ("8月5日火曜日に開く。", "On Tuesday, August 5."),
    ("市は一月四日に始まる。", "1月4日です。"),
    ("市は十月二十三日に始まる。", "On 23 October."),
    ("12 and 13 March", "3月12日と3月13日です。"),
    ("二〇二六年四月に開く。", "In April."),
    ("People march, it may be.", "People march."),
    ("The mill was sold in late 2020.", "製粉所は2020年後半に売れました。"),
    ("The mill was sold in late 2020.", "製粉所は2020年末に売れました。"),
    ("The mill is to open by mid-2027.", "2027年半ばまでです。"),
    ("年初来で上がった。", "It has risen since the beginning of 2027."),
]
MAY_NOT_BE_SAID = [
    ("捜索は木曜日の夜に終わった。", "木曜日の朝です。"),
    ("They sailed in the morning.", "午後に出ました。"),
    ("第2四半期の決算は5月12日に出た。", "On 2 May."),
    ("The 3% rise was told on 9 May.", "5月3日です。"),
    ("The fair opens on Thursday.", "市は金曜日に始まります。"),
    ("市は木曜に始まる。", "It opens on Friday."),
    ("The fair opens on 14 March.", "On 14 May."),
    ("市は3月14日に始まる。", "It opens in April."),
    ("3か月で終わる。", "It ends in March."),
    ("The fair opens at 9:30 a.m.", "午後9時30分に始まります。"),
    ("It shuts at 17:00.", "It shuts at 5 a.m."),
    ("午前9時に開く。", "It opens at 9 p.m."),
    ("The mill was sold in late 2020.", "2020年前半です。"),
    ("The mill was sold in 2020.", "2020年後半です。"),
    ("The fair is on 14 March and 9 May.", "3月9日です。"),
    ("市は4月に始まる。", "April 1."),
    ("市は5日（火）に始まる。", "5日（水）です。"),
    ("She retired in spring 2024.", "2024年秋です。"),
    ("It opens at midnight.", "正午です。"),
    ("夜8時に始まる。", "It starts at 8 a.m."),
    ("It opens on 4 March.", "On Tue."),
    ("It opens on 4 March.", "Feb. 4"),
    ("The mill is to open by mid-2027.", "2027年末です。"),
    ("2027年の初めに開く。", "It opens in late 2027."),
]


@pytest.mark.parametrize(("given_text", "said"), MAY_BE_SAID)
def test_what_is_named_may_be_said(given_text: str, said: str) -> None:
    assert NamedTimes(given_text).allows(said)


@pytest.mark.parametrize(("given_text", "said"), MAY_NOT_BE_SAID)
def test_what_is_not_named_may_not(given_text: str, said: str) -> None:
    assert not NamedTimes(given_text).allows(said)


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_weekday_is_itself_alone(one: int, other: int) -> None:
    said = f"{WEEKDAYS_IN_KANJI[other]}曜日です。"
    assert NamedTimes(f"On {WEEKDAYS[one]}.").allows(said) is (one == other)


@given(st.integers(0, 11))
def test_a_month_is_known_by_its_name_and_number(number: int) -> None:
    assert {*months(f"{number + 1}月1日")} == {*months(f"1 {MONTHS[number]}")} == {MONTHS[number]}


@pytest.mark.parametrize(
    ("given_text", "name", "month"),
    [("Zoe Marchetti is hurt.", "Marchetti", "March"), ("The Mayfield mill", "Mayfield", "May")],
)
def test_a_name_that_begins_as_a_month_does_may_grow(given_text: str, name: str, month: str) -> None:
    times = NamedTimes(given_text)
    assert all(times.allows(f"It is {name[:length]}", finished=False) for length in range(len(name) + 1))
    assert not times.allows(f"It is {month} 3, ", finished=False)
