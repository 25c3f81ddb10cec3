"""Gives what reads texts, files and calls many inputs that it may not expect.

`python -m tests.fire fuzz` gives 10,000 to each target, each target in a process of its own; `--of` names some. Where
atheris is installed (`--group fire`), files are also changed by what they reach in the code, `--guided` times a format.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.machine import describe_machine
from tests.fire._attack import Outcome, Target, attack, has_atheris
from tests.fire._telling import tell

__all__ = ["main", "targets"]

INSTALL = "atheris is missing: `uv sync --group dev --group fire` installs it. No file is changed by what it reaches."
REPOSITORY = Path(__file__).parent.parent.parent
SILENCE = 120
"""Seconds without a word after which a process hangs in native code."""
GUIDED = ("HTML", "PDF", "Word", "EPUB", "mails", "plain text", "Markdown")


def targets() -> dict[str, Target]:
    from tests.fire import _answer_targets, _file_targets, _format_targets, _text_targets

    modules = (_text_targets, _answer_targets, _format_targets, _file_targets)
    return {target.name: target for module in modules for target in module.TARGETS}


def _pieces() -> dict[str, Callable[[int, int, Callable[[str], None]], Outcome]]:
    """What is done, by name, given the inputs, the seed, and what is told of each input."""
    from tests.fire import _calls, _doubling

    pieces: dict[str, Any] = {
        name: lambda inputs, seed, note, target=target: attack(target, inputs, seed, note)
        for name, target in targets().items()
    }
    pieces["tools"] = _calls.attack_tools
    pieces["endpoints"] = _calls.attack_endpoints
    pieces["texts doubled"] = lambda _, __, note: _doubling.texts_doubled(tell=note)
    pieces["regular expressions doubled"] = lambda *_: _doubling.patterns_doubled()
    return pieces


def main(arguments: Sequence[str]) -> int:
    """Attacks all targets, or some; 1 where one gave in."""
    options = argparse.ArgumentParser(prog="python -m tests.fire fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=10_000, help="for each target")
    options.add_argument("--of", default="", help="targets, with commas between them")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--guided", type=int, default=10_000, help="inputs of a format that atheris makes; 0 for none")
    options.add_argument("--json", type=Path, help="where the outcome is written")
    options.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = options.parse_args(arguments)
    if chosen.inside:
        return _inside(chosen)
    machine = describe_machine()
    names = chosen.of.split(",") if chosen.of else [*_pieces(), *(f"{name} guided" for name in GUIDED if chosen.guided)]
    outcomes = []
    for name in names:
        if name.endswith(" guided") and not has_atheris():
            tell(f"{name}: {INSTALL}")
            continue
        outcomes.append(_apart(name, chosen))
        tell(_line(outcomes[-1]))
        for fault in outcomes[-1]["faults"].values():
            tell(f"  {fault['times']} times {fault['what']}\n    {fault['input'][:600]}")
    _report(outcomes, machine, chosen.seed)
    if chosen.json:
        chosen.json.write_text(json.dumps({"machine": machine, "outcomes": outcomes}, indent=1), encoding="utf-8")
    return 1 if any(one["faults"] for one in outcomes) else 0


def _apart(name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Attacks one target in a process of its own; where that ends or hangs, the input it had is the fault."""
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "input"
        size = chosen.guided if name.endswith(" guided") else chosen.inputs
        command = [sys.executable, "-m", "tests.fire", "fuzz", "--inside", name]
        command += ["--inputs", str(size), "--seed", str(chosen.seed), "--json", str(Path(folder) / "outcome")]
        environment = os.environ | {"FUZZ_INPUT": str(noted), "HYPOTHESIS_STORAGE_DIRECTORY": folder}
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        told = ""
        while process.poll() is None:
            time.sleep(0.05)
            silent = time.time() - noted.stat().st_mtime if noted.exists() else 0
            if silent > SILENCE:
                process.kill()
                told = f"no word for {SILENCE} s"
        written = Path(folder) / "outcome"
        if written.exists():
            found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
            return found
        last = noted.read_text(encoding="utf-8", errors="replace") if noted.exists() else ""
        lost = {"what": told or f"the process ended with {process.returncode}", "times": 1, "input": last}
        return Outcome(name).as_record() | {"faults": {"process": lost}}


def _inside(chosen: argparse.Namespace) -> int:
    """Attacks one target in this process, and writes what came of it."""
    noted = os.open(os.environ["FUZZ_INPUT"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def note(said: str) -> None:
        os.pwrite(noted, f"{said}\n".encode("utf-8", "backslashreplace"), 0)

    name = chosen.inside.removesuffix(" guided")
    if name != chosen.inside:
        from tests.fire._guided import attack_format

        attack_format(name, chosen.inputs, chosen.seed, note, chosen.json)
    outcome = _pieces()[chosen.inside](chosen.inputs, chosen.seed, note)
    chosen.json.write_text(json.dumps(outcome.as_record()), encoding="utf-8")
    return 0


def _line(outcome: dict[str, Any]) -> str:
    return (
        f"{outcome['name']}: {outcome['inputs']:,} inputs, {outcome['refused']:,} refused, "
        f"{len(outcome['faults'])} faults, slowest {outcome['slowest']:.2f} s, {outcome['grown_mb']:.0f} MB more, "
        f"{outcome['seconds']:.0f} s in all"
    )


def _report(outcomes: Sequence[dict[str, Any]], machine: dict[str, Any], seed: int) -> None:
    rows = [
        f"| {one['name']} | {one['inputs']:,} | {one['refused']:,} | {len(one['faults'])} | {one['slowest']:.2f} "
        f"| {one['grown_mb']:.0f} | {one['seconds']:.0f} |"
        for one in outcomes
    ]
    head = ["", f"Fuzzing, seed {seed}:", "", "| target | inputs | refused | faults | slowest, s | MB more | s |"]
    inputs, faults = (
        sum(of(one) for one in outcomes) for of in (lambda one: one["inputs"], lambda one: len(one["faults"]))
    )
    tell("\n".join([*head, "|---|---:|---:|---:|---:|---:|---:|", *rows, "", f"{inputs:,} inputs, {faults} faults."]))
    tell(f"On {', '.join(f'{name} {value}' for name, value in machine.items())}.")
