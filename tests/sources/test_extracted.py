"""How the text, title and date of a file are written, and which titles and dates are none."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from assistant.sources.extracted import known_date, known_title, paragraphs_text, tidy, written_day


def test_paragraphs_are_tidied_and_parted_by_blank_lines() -> None:
    assert paragraphs_text([" It  makes\n\tpow\u00ader. ", "", "\u3000", "\u200b水車\u3000電気\ufeff"]) == (
        "It makes power.\n\n水車\u3000電気"
    )
    assert tidy("5\u00a0kW") == "5 kW"


@pytest.mark.parametrize(
    ("title", "known"),
    [
        (" Mill makes\npower ", "Mill makes power"),
        ("Microsoft Word - Mill makes power", "Mill makes power"),
        ("水車が電気を起こす", "水車が電気を起こす"),
        ("Untitled country", "Untitled country"),
        ("Microsoft Word - mill.docx", ""),
        ("mill_final.PDF", ""),
        ("Untitled-2", ""),
        ("無題 1", ""),
        ("Word Document", ""),
        ("20250120_3", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_titles(title: str | None, known: str) -> None:
    assert known_title(title) == known


def test_dates() -> None:
    late = datetime(2025, 1, 20, 23, 30, tzinfo=timezone(timedelta(hours=9)))
    assert known_date(late) == "2025-01-20"
    assert known_date(date(2025, 1, 2)) == "2025-01-02"
    assert known_date(date(1970, 1, 1)) == known_date(datetime.now(UTC) + timedelta(days=3)) == known_date(None) == ""


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-20T23:30:00+09:00",
        "2025-01-20 23:30 JST",
        "20250120",
        "Monday, January 20, 2025 11:30 PM",
        "Mon, 20 Jan 2025 at 23:30",
        "2025年1月20日(月) 23:30",
        "令和7年1月20日 午後11時半",
    ],
)
def test_days_with_a_time_behind_them(written: str) -> None:
    assert written_day(f" {written}\n") == "2025-01-20"


@pytest.mark.parametrize(
    "written", ["", "2025", "2025-01", "January 20", "at 23:30", "20 January 2025 or later", "1970-01-01", "2" * 200]
)
def test_what_is_no_day(written: str) -> None:
    assert written_day(written) == ""
