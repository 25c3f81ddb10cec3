"""`python -m tests.bench.bulk`: how fast the plain command adds to a Chroma server, and one and two workers on Ray.

A line tells what all but the embedder takes: the articles are read and written, and their vectors cost nothing.
Prints Markdown. Rates are of what is added once each worker has written its first block, so without what it takes to
start, which is told beside; the same articles go each time into an empty database of one server on this machine.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.application import open_library
from assistant.library.additions import Addition, Source
from assistant.library.embedding import OnProgress, Vectors
from assistant.library.served import bulk
from assistant.library.served.adder import Adder
from assistant.library.served.address import address_of
from assistant.library.served.cluster import LOCAL
from assistant.library.served.connection import Connection
from assistant.library.served.shelf import Shelf
from assistant.settings import ChromaServer, Settings
from assistant.sources.inputs import read_source
from tests.bench.machine import describe_machine
from tests.bench.news import make_articles
from tests.chroma import Chroma

MILLION = 10_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Articles a second, and the seconds before the first block was there."""

    name: str
    articles_per_s: float
    start_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk", description=__doc__)
    parser.add_argument("--articles", type=int, default=320, help="how many are added each time")
    parser.add_argument("--block", type=int, default=bulk.BLOCK, help="files that a worker is given at once")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write what was found as JSON")
    options = parser.parse_args()
    bulk.BLOCK = options.block
    machine = describe_machine()
    with TemporaryDirectory(prefix="article-assistant-bulk-") as folder:
        texts = list(make_articles(options.articles))
        rates = list(_measured(_written(texts, Path(folder, "news")), Path(folder)))
    words = sum(len(text.split()) for text in texts) / len(texts)
    sys.stdout.write(_as_markdown(rates, words, len(texts), machine))
    if options.json:
        found = {"machine": machine, "words": words, "rates": [asdict(rate) for rate in rates]}
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _written(texts: Sequence[str], folder: Path) -> list[str]:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return [str(path) for path in sorted(folder.iterdir())]


def _measured(files: Sequence[str], folder: Path) -> Iterator[Rate]:
    with _served(folder / "chroma") as chroma:
        settings = replace(Settings(home=folder / "plain"), chroma=chroma.database("plain"))
        began = time.perf_counter()
        with open_library(settings, threads=settings.threads) as library:
            sources = (Source(file, partial(read_source, file, settings.source_bytes)) for file in files)
            yield _told(_rate("plain command", library.add_all(sources), began, 1))
        yield _told(_alone(files, chroma.database("alone")))
        for workers in (1, 2):
            settings = replace(Settings(home=folder / f"ray-{workers}"), chroma=chroma.database(f"ray-{workers}"))
            began = time.perf_counter()
            with bulk.Bulk(settings, LOCAL, workers=workers) as run:
                rate = _rate(f"Ray, {workers} worker{'s' * (workers > 1)}", run.add_all(files), began, workers)
            yield _told(rate)


class _Free:
    """An embedder that takes no time."""

    name = "free"

    def query(self, text: str) -> Vectors:
        return self.passages([text])[0]

    def passages(self, texts: Sequence[str], on_progress: OnProgress | None = None) -> Vectors:  # noqa: ARG002
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)  # type: ignore[no-any-return]


def _alone(files: Sequence[str], server: ChromaServer) -> Rate:
    began = time.perf_counter()
    connection = Connection(address_of(server))
    adder = Adder(Shelf(connection, _Free.name), _Free(), limit=Settings().article_bytes)
    sources = [Source(file, partial(read_source, file, Settings().source_bytes)) for file in files]
    blocks = (adder.add(sources[start : start + bulk.BLOCK]) for start in range(0, len(sources), bulk.BLOCK))
    try:
        return _rate("without embedding", chain.from_iterable(blocks), began, 1)
    finally:
        connection.close()


@contextmanager
def _served(folder: Path) -> Iterator[Chroma]:
    chroma = Chroma(folder)
    try:
        yield chroma
    finally:
        chroma.kill()


def _rate(name: str, additions: Iterable[Addition], began: float, workers: int) -> Rate:
    """What comes after the first block of each worker."""
    at = []
    for addition in additions:
        if not addition.is_new:
            raise RuntimeError(f"{addition.name} was not added: {addition.error}")
        at.append(time.perf_counter())
    first = workers * bulk.BLOCK - 1
    return Rate(name, (len(at) - 1 - first) / (at[-1] - at[first]), at[0] - began)


def _told(rate: Rate) -> Rate:
    sys.stderr.write(f"{rate}\n")
    return rate


def _as_markdown(rates: Sequence[Rate], words: float, count: int, machine: dict[str, str | int | float]) -> str:
    plain, alone, one, two = rates
    lines = ["| | articles a second | first after, s |", "|---|---|---|"]
    lines += [
        f"| {rate.name} | {rate.articles_per_s:.1f} | {rate.start_seconds:.0f} |" for rate in (plain, one, two, alone)
    ]
    lines += ["", f"{count} articles of {words:.0f} words; {machine['cpu']}, {machine['cores']} cores."]
    lines += [
        f"One worker: {one.articles_per_s / plain.articles_per_s:.2f} of the plain command; two: "
        f"{two.articles_per_s / one.articles_per_s:.2f} of one. Ten million, a worker: "
        f"{MILLION / one.articles_per_s / 3600:,.0f} hours."
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
