"""Files changed by what they reach in the code that reads them (atheris, which libFuzzer drives)."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["attack_format"]

INSTRUMENTED = (
    "assistant.sources",
    "assistant.text",
    "assistant.library.article",
    "trafilatura",
    "pypdf",
    "markdown_it",
)
LONGEST = 50_000


def attack_format(name: str, inputs: int, seed: int, note: Callable[[str], None], outcome_file: Path) -> None:
    """Gives the readers of a format so many files; ends the process, which libFuzzer does, once it is done.

    The outcome is written again and again, so that it is there at the end.
    """
    import atheris

    with atheris.instrument_imports(include=list(INSTRUMENTED), enable_loader_override=False):
        from tests.fire._attack import Outcome, Target, use_once
        from tests.fire._format_targets import read_format, whole_of
    target = Target(name, lambda: None, lambda data: read_format(name, data))  # type: ignore[arg-type,return-value]
    outcome = Outcome(f"{name} guided")
    use_once(target, whole_of(name)[0], Outcome(name))

    def one(data: bytes) -> None:
        note(repr(data)[:2000])
        use_once(target, data, outcome)
        if outcome.inputs % 100 == 0 or outcome.inputs >= inputs or outcome.faults:
            outcome_file.write_text(json.dumps(outcome.as_record()), encoding="utf-8")

    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(whole_of(name)):
            (Path(corpus) / str(number)).write_bytes(data[:LONGEST])
        flags = (f"-runs={inputs}", f"-seed={seed}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=4000")
        atheris.Setup([sys.argv[0], *flags, "-verbosity=0", corpus], one)
        atheris.Fuzz()
