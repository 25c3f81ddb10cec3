"""Short invented news by the dozen, in English, Japanese or both, with what can be asked about them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["OVERVIEWS", "UNANSWERED", "News", "write_news"]

OVERVIEWS = (
    *("What are the key points?", "What is it about?", "Whom does it mention?", "Which figures does it give?"),
    *("要点は？", "どんな記事ですか？", "登場人物は？", "どんな数字が出てきますか？"),
    *("What does the Japanese version leave out?", "ありがとう", "Thanks!", "Write me a poem."),
)
UNANSWERED = ("Who won the chess final?", "How deep is the crater?", "首相は何と言いましたか？", "犬の名前は何ですか？")

_PLACES = (
    ("Akashima", "赤島"),
    ("Kitahama", "北浜"),
    ("Midorino", "緑野"),
    ("Shirasaki", "白崎"),
    ("Tanigawa", "谷川"),
)
_PEOPLE = (("Emi Kato", "加藤恵美"), ("Ken Mori", "森健"), ("Yuki Hara", "原由紀"), ("Tomo Sato", "佐藤智"))
_THINGS = (
    ("ferry", "フェリー", "passengers", "乗客"),
    ("library", "図書館", "readers", "利用者"),
    ("museum", "博物館", "visitors", "来館者"),
    ("market", "市場", "customers", "買い物客"),
)
_DAYS = (("Monday", "月曜日"), ("Wednesday", "水曜日"), ("Saturday", "土曜日"))


@dataclass(frozen=True, slots=True)
class News:
    """An article, and questions in turn that it answers, each with one that follows it up."""

    text: str
    questions: tuple[tuple[str, str], ...]


def write_news(chance: random.Random, count: int) -> Sequence[News]:
    """So many articles, no two the same."""
    return [_write(chance, number) for number in range(count)]


def _write(chance: random.Random, number: int) -> News:
    place, thing, person, day = (chance.choice(rows) for rows in (_PLACES, _THINGS, _PEOPLE, _DAYS))
    price, share, people, year = 100 + 7 * number, chance.randint(3, 60), chance.randint(2000, 90000), 2026 + number % 9
    length = chance.randint(1, 4)
    english = [
        f"The {thing[0]} of {place[0]} opens again",
        f"The {thing[0]} of {place[0]} opened again on {day[0]} after works of {2 + number} weeks. "
        f"A ticket costs {price} yen, {share}% more than before.",
        f"Its head, {person[0]}, expects {people:,} {thing[2]} by {year}. The town pays for the roof.",
        *(f"Part {part + 1} of the works took {share + part} days and {part + 2} lorries." for part in range(length)),
    ]
    japanese = [
        f"{place[1]}の{thing[1]}が再開",
        f"{place[1]}の{thing[1]}は{2 + number}週間の工事を終え、{day[1]}に再開した。"
        f"料金は{price}円で、以前より{share}%高い。",
        f"責任者の{person[1]}さんは、{year}年までに{people}人の{thing[3]}を見込んでいる。屋根の費用は町が払う。",
        *(f"第{part + 1}期の工事には{share + part}日とトラック{part + 2}台を要した。" for part in range(length)),
    ]
    versions = {"en": [english], "ja": [japanese], "both": [english, japanese]}[
        ("both", "en", "ja", "both")[number % 4]
    ]
    questions = (
        (f"What does a ticket to the {thing[0]} cost?", "And how much more is that than before?"),
        (f"When did the {thing[0]} open again?", "And why?"),
        (f"How many {thing[2]} does {person[0]} expect?", "By when does she expect them?"),
        (f"{thing[1]}の料金はいくらですか？", "それは以前よりどれだけ高いですか？"),
        (f"{person[1]}さんは何人の{thing[3]}を見込んでいますか？", "それはいつまでですか？"),
    )
    return News("\n\n".join("\n\n".join(version) for version in versions), questions)
