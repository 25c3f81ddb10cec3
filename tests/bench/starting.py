"""How long the command line and the page take to start."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.statistics import median

__all__ = ["measure_starting"]

HELP = ("from assistant.interfaces.cli import main", "main(['--help'])")
PAGE = ("from assistant.interfaces.cli import main", "main(['page'])")
BARE_PAGE = (
    "import gradio",
    "with gradio.Blocks() as page: pass",
    "page.launch(server_name='127.0.0.1', prevent_thread_lock=True, quiet=True)",
    "print('The page is at', flush=True)",
    "import time; time.sleep(60)",
)


def measure_starting(home: Path, rounds: int) -> dict[str, Any]:
    """Median seconds from the start of a process, each once before to warm the system's cache, then in turn.

    The help is done when its process has ended. The page is that of a library with an article in it, and ready when
    its address is printed.
    """
    environment = os.environ | {"ASSISTANT_HOME": str(home), "GRADIO_ANALYTICS_ENABLED": "False"}
    ways = {
        "help_seconds": (HELP, None),
        "page_seconds": (PAGE, "The page is at"),
        "bare_page_seconds": (BARE_PAGE, "The page is at"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(1 + rounds):
        for name, (program, ready) in ways.items():
            times[name].append(_seconds_until(program, ready, environment))
    return {name: median(each[1:]) for name, each in times.items()} | {"rounds": rounds}


def _seconds_until(program: tuple[str, ...], ready: str | None, environment: dict[str, str]) -> float:
    """Until a line of the program's output has `ready` in it, when it is ended; where None, until its own end."""
    command = [sys.executable, "-c", "\n".join(program)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        for line in process.stdout:
            if ready and ready in line:
                seconds = time.perf_counter() - began
                process.kill()
                return seconds
    if ready or process.returncode:
        raise RuntimeError(f"The program {program} ended before it was ready.")
    return time.perf_counter() - began
