"""Processes of models for tests, which fail as is planned (`fake_child.py`)."""

from collections.abc import Sequence
from pathlib import Path

from assistant.processes import command_of

__all__ = ["command", "opened_ways", "planned", "silence"]


def planned(folder: Path, *plan: str) -> Path:
    """The file of a plan: for each start of the process where it fails, and how."""
    path = folder / "plan.txt"
    path.write_text("\n".join(plan))
    return path


def command(plan: Path, *, offloads: bool = False) -> list[str]:
    """What starts a process with a plan."""
    return command_of("tests.fake_child", str(plan), *["offloads"] * offloads)


def silence(plan: Sequence[str]) -> float:
    """Seconds after which a process counts as hanging: many for one that isn't to, which may just be slow to start."""
    return 1.5 if any("HANG" in line for line in plan) else 20.0


def opened_ways(folder: Path) -> list[str]:
    """In which ways models were loaded: threads, layers on the graphics card, whether the weights were repacked."""
    log = folder / "plan.log"
    return log.read_text().splitlines() if log.exists() else []
