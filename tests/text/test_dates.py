"""A day is read in every usual form of both languages, and what is none is none."""

from datetime import date

import pytest

from assistant.text.dates import date_spans, read_date


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-14", "2026-03-14"),
        (" 14 March 2026 ", "2026-03-14"),
        ("２０２６年３月１４日", "2026-03-14"),
        ("令和8年3月14日", "2026-03-14"),
        ("大正15年12月25日", "1926-12-25"),
        ("明治元年10月23日", "1868-10-23"),
        ("S64.1.7", "1989-01-07"),
        ("1926年（大正15年）12月25日", "1926-12-25"),
        ("2026/3/14", "2026-03-14"),
        ("Saturday, 14 March 2026", "2026-03-14"),
        ("Sat. 14 Mar. 2026", "2026-03-14"),
        ("14-Mar-2026", "2026-03-14"),
        ("2026年3月14日（土）", "2026-03-14"),
        ("2026年3月14日土曜日", "2026-03-14"),
        ("2026年（令和8年）3月14日（土曜日）", "2026-03-14"),
        ("２０２６（令和８）年３月１４日", "2026-03-14"),
        ("令和8年（2026年）3月14日", "2026-03-14"),
        ("2026年（2度）3月14日", None),
        ("3 Sept 2026", "2026-09-03"),
        ("September 3rd, 2026", "2026-09-03"),
        ("Marmalade 3, 2026", None),
        ("2026-02-30", None),
        ("14 March 2026, a Saturday", None),
        ("last Monday", None),
        ("", None),
    ],
)
def test_a_text_that_is_a_day_and_nothing_else_is_that_day(written: str, day: str | None) -> None:
    assert read_date(written) == (day and date.fromisoformat(day))


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("約2000人が来た。", []),
        ("会費は1800円だ。", []),
        ("総額2000億円だ。", []),
        ("高さ1600メートルだ。", []),
        ("2000棟が壊れた。", []),
        ("1945 people died.", []),
        ("It is 2000 km away.", []),
        ("2000 homes lost power.", []),
        ("Nearly 2000 came.", []),
        ("1995年に2000株を売った。", ["1995年"]),
        ("2020東京大会", ["2020"]),
        ("In 2020 people stayed at home.", ["2020"]),
        ("The 2024 election was won.", ["2024"]),
        ("In May, it opened.", ["May"]),
        ("By May it was open.", ["May"]),
        ("Early May is warm.", ["May"]),
        ("May be late.", []),
        ("This may be late.", []),
    ],
)
def test_a_number_of_something_is_no_year_and_may_no_month(text: str, dates: list[str]) -> None:
    assert [text[start:end] for start, end in date_spans(text)] == dates
