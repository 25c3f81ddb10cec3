"""Plain texts in any encoding, quotations of mails, and Markdown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ArticleError
from assistant.sources.extraction import extract
from assistant.sources.plain_text import decode_text, extract_markdown
from tests.texts import JAPANESE

LETTERS = st.text(alphabet="あいうかがぱんアイウーカ漢字島屋。、「」０１％abc XYZ019.\n", min_size=1, max_size=80)


@given(st.text(alphabet=st.characters(exclude_characters="\0\ufeff", exclude_categories=("Cs", "Cc")), max_size=200))
def test_unicode_files_are_read(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode_text(text.encode(encoding)) == text


@given(LETTERS)
def test_shift_jis_files_are_read(text: str) -> None:
    assert decode_text(f"パン{text}".encode("cp932")) == f"パン{text}"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\xff\0", "値段は240円".encode("utf-16")[:-1]]
)
def test_files_that_are_no_text_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(ArticleError, match=r"roll\.png is not a text"):
        decode_text(data, "roll.png")


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be", "utf-8"])
def test_japanese_files_are_read_in_the_encodings_there_are(encoding: str) -> None:
    assert decode_text(JAPANESE.encode(encoding)) == JAPANESE


def test_western_files_of_windows_are_read() -> None:
    text = "The baker’s café sold 240 rolls at 9° below zero – “a record,” it said. Prices won’t rise."
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize("text", [JAPANESE, "The baker’s café sold 240 rolls – “a record,” it said."])
def test_a_byte_that_is_none_costs_a_character_at_most(text: str) -> None:
    whole = text.encode()
    at = next(index for index, byte in enumerate(whole) if byte > 0x7F)
    read = decode_text(whole[: at + 1] + whole[at + 2 :])
    assert len(text) - 2 <= len(read) < len(text)
    assert read[-20:] == text[-20:]


def test_marks_of_quotation_in_a_mail_are_no_text() -> None:
    mail = "Dear Emi,\n\n>> The mill sold 240 rolls\n>> in a day.\n>\n> It is 14 years old.\n\nMay we print it?\n"
    read = extract(mail.encode(), "mail.txt").text
    assert read == "Dear Emi,\n\nThe mill sold 240 rolls in a day.\n\nIt is 14 years old.\n\nMay we print it?"
    assert extract(b"> 240 rolls a day is much.\n", "a.txt").text == "> 240 rolls a day is much.\n"


MARKDOWN = """\
---
title: "The millionth roll"
date: 2024-05-04
tags: [bread]
---

## ロール

百万個目の
ロール

The **mill** sold `240` rolls on [the island](https://rolls.example "Rolls")
in a day. ![A roll](roll.png)

* ~~three~~ four people
* 17 customers

| size | price |
|---|---|
| small | 240 yen |

> 「売り切れた」

---

    240 rolls
"""


def test_markdown_is_read_without_its_marks() -> None:
    found = extract(MARKDOWN.encode(), "roll.md")
    assert (found.title, found.date) == ("The millionth roll", "2024-05-04")
    assert found.text.split("\n\n") == [
        "The millionth roll",
        "ロール",
        "百万個目のロール",
        "The mill sold 240 rolls on the island in a day.",
        "four people",
        "17 customers",
        "size | price",
        "small | 240 yen",
        "「売り切れた」",
        "240 rolls",
    ]


def test_rules_between_paragraphs_are_no_front_matter() -> None:
    found = extract(b"---\n\nThe mill: 240 rolls.\n\n---\n\nIt rained.\n", "roll.md")
    assert (found.title, found.text) == ("", "The mill: 240 rolls.\n\nIt rained.")


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp"])
def test_a_japanese_text_that_is_cut_within_a_letter_is_read(encoding: str) -> None:
    text = JAPANESE.strip()[:100] + "島"
    cut = text.encode(encoding).removesuffix(b"\x1b(B")[:-1]
    assert decode_text(cut) == text[:-1]


def test_a_byte_that_is_lost_in_shift_jis_costs_a_letter_or_two() -> None:
    text = JAPANESE.replace("。", "。\n")
    whole = text.encode("cp932")
    read = decode_text(whole[:40] + whole[41:])
    assert read[-60:] == text[-60:]


@pytest.mark.parametrize("date", ["2024-05-04", "2024-05-04T07:30:00+09:00", '"2024-05-04"'])
def test_front_matter_may_be_toml(date: str) -> None:
    front = f'+++\ntitle = "The millionth roll"\ndate = {date}\n[params]\n  tags = ["bread"]\n+++\n'
    found = extract(f"{front}\nThe mill sold 240 rolls.\n".encode(), "roll.md")
    assert (found.title, found.date) == ("The millionth roll", "2024-05-04")
    assert found.text == "The millionth roll\n\nThe mill sold 240 rolls."


def test_front_matter_may_have_blank_lines() -> None:
    front = '---\n# Of the roll\ntitle: "The millionth roll"\n\ndate: 2024-05-04\n \ntags:\n\n- bread\n\n---\n'
    found = extract(f"{front}\nThe mill sold 240 rolls.\n".encode(), "roll.md")
    assert (found.title, found.date) == ("The millionth roll", "2024-05-04")
    assert found.text == "The millionth roll\n\nThe mill sold 240 rolls."


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Roll: the millionth #1", "Roll: the millionth #1"),
        ("The millionth roll # a draft", "The millionth roll"),
        ("'The mill''s roll' # a draft", "The mill's roll"),
        ('"The \\"millionth\\" roll \\u2014 at last"', 'The "millionth" roll — at last'),
        ('"The C:\\mill roll"', "The C:\\mill roll"),
        (">\n  The millionth\n  roll", "The millionth roll"),
        ("|-\n  百万個目の\n  ロール", "百万個目のロール"),
        ("The millionth\n  roll", "The millionth roll"),
        ("The roll\nimage:\n  title: A picture", "The roll"),
    ],
)
def test_a_title_of_front_matter_in_any_writing(written: str, title: str) -> None:
    found = extract(f"---\nlayout: post\ntitle: {written}\n---\n\nThe mill sold 240 rolls.\n".encode(), "roll.md")
    assert found.title == title
    assert found.text == f"{title}\n\nThe mill sold 240 rolls."


@pytest.mark.parametrize(
    "line",
    [
        "date: 4 May 2024",
        "date: 2024/05/04 # a draft",
        "date: 2024-5-4 07:30:00 +0900",
        "date: 2024年5月4日 午前7時",
        "pubDate: 'May 4, 2024 at 7:30 AM'",
        "published: true\npublish_date: 2024-05-04T07:30:00.000Z",
        "created: 2023-01-02\ndate: Sat, 04 May 2024 07:30:00 +0900",
    ],
)
def test_a_day_of_front_matter_in_any_writing(line: str) -> None:
    found = extract(f"---\nupdated: 2024-06-05\n{line}\n---\n\nThe mill sold 240 rolls.\n".encode(), "roll.md")
    assert found.date == "2024-05-04"


@pytest.mark.parametrize("head", ["---\n\nMill: open.\n\n---", "---\n# The mill\n\n- It is open.\n\n---"])
def test_what_stands_between_rules_is_read(head: str) -> None:
    text = extract(f"{head}\n\nIt rained.\n".encode(), "roll.md").text
    assert "open." in text
    assert "It rained." in text


@pytest.mark.parametrize("unit", ["\n", "a:\n", " \n", "#\n", " ", "\n \n"])
def test_front_matter_without_an_end_is_seen_in_linear_time(unit: str) -> None:
    started = time.process_time()
    assert "a:" in extract_markdown(f"---\na:\n{unit * 100_000}".encode(), "roll.md").text
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["+++\nThe mill\n+++\n\nIt rained.", "+++\n\nThe mill sold 240 rolls."])
def test_lines_of_pluses_are_no_front_matter(text: str) -> None:
    assert "The mill" in extract(text.encode(), "roll.md").text


def test_signs_of_notes_and_of_tasks_are_no_text() -> None:
    text = "The mill sold 240 rolls.[^1] It rained.[^b]\n\n- [x] Rolls\n- [ ] Tea\n\n[^1]: Says Emi.\n[^b]: And Jun.\n"
    assert extract(text.encode(), "roll.md").text.split("\n\n") == [
        "The mill sold 240 rolls. It rained.",
        "Rolls",
        "Tea",
        "Says Emi.",
        "And Jun.",
    ]
    linked = extract(b"It rained.[^1]\n\n[^1]: https://a.example\n", "roll.md")
    assert linked.text == "It rained."
    assert extract(b"`a[^1]` is [x] so.\n", "roll.md").text == "a[^1] is [x] so."


def test_marks_of_japanese_need_no_blanks_around_them() -> None:
    text = "島の**「ロール」**が*「三百円」*になり、~~「二百円」~~では買えない。3 * 4 * 5個。\n"
    assert extract(text.encode(), "roll.md").text == "島の「ロール」が「三百円」になり、では買えない。3 * 4 * 5個。"


def test_text_in_tags_is_read_and_lines_that_they_break_are_apart() -> None:
    text = '<p align="center">The mill<br>sold 240 rolls.</p>\n\nIt rained.<br/>So it is.\n\n<!-- not this -->\n'
    assert extract(text.encode(), "roll.md").text == "The mill\n\nsold 240 rolls.\n\nIt rained. So it is."
