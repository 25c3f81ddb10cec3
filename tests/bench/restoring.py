"""How long it takes to bring back what was read, against just reading its file."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.model.llama.context import LlamaContext
from assistant.settings import Settings
from tests.bench.statistics import median

__all__ = ["measure_restoring"]


def measure_restoring(settings: Settings, rounds: int) -> dict[str, Any]:
    """Median milliseconds of both over the kept prefixes of a library, in turn; the files are in the system's cache."""
    context = LlamaContext(
        Path(settings.model),
        threads=settings.threads,
        context_tokens=settings.context_tokens,
        prefixes=settings.prefixes,
        prefix_bytes=settings.prefix_bytes,
    )
    files = sorted(settings.prefixes.glob("*.kv"))
    read: list[float] = []
    restored: list[float] = []
    for path in [file for file in files for _ in range(rounds)]:
        read.append(_milliseconds(path.read_bytes))
        restored.append(_milliseconds(lambda path=path: _restore(context, path)))
    context.close()
    found = {"read_ms": median(read), "restore_ms": median(restored), "files": len(files), "rounds": rounds}
    return found | {"file_mb": median([path.stat().st_size / 1e6 for path in files])}


def _restore(context: LlamaContext, path: Path) -> None:
    assert context._folder
    prefix = context._folder.read(path)
    assert prefix
    context._restore(prefix)


def _milliseconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - began)
