"""`python -m tests.bench`: measures, prints Markdown, writes JSON."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.model.catalog import resolve
from assistant.settings import DEFAULT_MODEL, Settings
from tests.bench.adding import measure_adding
from tests.bench.against_peer import FULL, QUICK, Asked, Plan, ask_both, read_home
from tests.bench.decoding import measure_decoding
from tests.bench.evaluating import measure_evaluated
from tests.bench.growing import measure_growth
from tests.bench.machine import describe_machine, versions
from tests.bench.memory import measure_memory
from tests.bench.peer_summary import ratios, summarise
from tests.bench.report import as_markdown
from tests.bench.restoring import measure_restoring
from tests.bench.side import in_new_process
from tests.bench.starting import measure_starting

SIZES = (10, 1_000, 10_000)
DECODED, ROUNDS = 128, 3
ADDED = 60
"""Articles added at once, beside the embedder alone."""
LARGE = 90_000
"""Chunks from which a library counts as one of 100,000."""


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="article-assistant-bench-") as folder:
        settings = _settings(Path(folder))
        found = _about(settings) | _first_parts(QUICK if options.quick else FULL, settings)
        if not options.quick:
            found |= _growth(options.articles, settings)
    sys.stdout.write(as_markdown(found))
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only against LlamaIndex and the limit")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write what was found as one JSON object")
    parser.add_argument("--articles", type=_sizes, default=SIZES, help="sizes of the libraries, such as 10,100")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _settings(folder: Path) -> Settings:
    model = resolve(DEFAULT_MODEL, Settings(), lambda _: None)
    return replace(Settings(), home=folder, model=str(model.absolute()))


def _about(settings: Settings) -> dict[str, Any]:
    return {
        "machine": describe_machine(),
        "versions": versions(),
        "model": Path(settings.model).name,
        "threads": settings.threads,
        "evidence_ms": {"p95_at_100k_chunks": None},
    }


def _first_parts(plan: Plan, settings: Settings) -> dict[str, Any]:
    asked = []
    for one in ask_both(plan, settings):
        asked.append(one)
        _tell(one)
    limit = _limit(asked, settings)
    decoding, starting = limit["decoding"], limit["starting"]
    return {
        "ratios": {
            **ratios(asked),
            "decode_vs_bare": round(decoding["worker_tokens_per_second"] / decoding["bare_tokens_per_second"], 3),
            "page_vs_bare_page": round(starting["page_seconds"] / starting["bare_page_seconds"], 2),
        },
        "against_peer": summarise(asked),
        "against_limit": limit,
    }


def _limit(asked: list[Asked], settings: Settings) -> dict[str, Any]:
    read = read_home(settings)
    return {
        "evaluated": measure_evaluated(asked, Path(settings.model)),
        "decoding": in_new_process(measure_decoding, settings, DECODED, ROUNDS),
        "restoring": in_new_process(measure_restoring, read, ROUNDS),
        "starting": measure_starting(read.home, ROUNDS),
    }


def _growth(sizes: tuple[int, ...], settings: Settings) -> dict[str, Any]:
    growth = measure_growth(settings, sizes)
    largest = growth["sizes"][-1]
    large = largest if largest["chunks"] >= LARGE else None
    return {
        "growth": growth,
        "evidence_ms": {"p95_at_100k_chunks": large and large["all"]["total"]["p95"]},
        "memory": in_new_process(measure_memory, settings),
        "adding": in_new_process(measure_adding, ADDED),
    }


def _tell(one: Asked) -> None:
    sys.stderr.write(f"{one.kind} | {one.side} | {one.reply.first_ms:,.0f} ms | {one.text} | {one.reply.text[:60]!r}\n")


if __name__ == "__main__":
    main()
