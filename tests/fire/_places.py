"""Places that give no room, no right or little speed, and clocks that are wrong: what is said there, and after.

What makes a place so is taken back, and then everything has to work as before.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

import assistant.library.files
import assistant.library.notes
from tests.fire._homes import Child
from tests.fire._using import stand_ins, used

HERE = (0, 1, 2)
PASSES_RIGHTS_BY = (1, 2)
"""Capabilities of Linux by which root may read and write what it has no right to."""
DELAY = 0.02
"""Seconds that each opening, renaming or removing of a file takes on a slow disk."""
Place = Callable[[Path, Path], list[str]]


def use_there(home: Path, *, may_fail: bool, has_rights: bool = True, year: int = 0, delay: float = 0.0) -> None:
    """Prints what was wrong with what was said there, without root's rights, in another year, or on a slow disk."""
    if year:
        assistant.library.files.datetime = assistant.library.notes.datetime = _clock(year)
    if delay:
        sys.addaudithook(lambda event, _: time.sleep(delay) if event in ("open", "os.rename", "os.remove") else None)
    if not has_rights:
        _drop_rights()
    stand_ins()
    faults = used(home, HERE, may_fail=may_fail, checks=not delay, noted=HERE if not may_fail else ())
    print("\n".join(f"FAULT {fault!r}" for fault in faults))  # noqa: T201
    print("used")  # noqa: T201


def _drop_rights() -> None:
    """From now on rights count for this process and for what it starts, though it is root's."""
    system = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    system.capget(header, sets)
    for capability in PASSES_RIGHTS_BY:
        system.prctl(24, capability, 0, 0, 0)
        for index in range(3):  # effective, permitted, inheritable
            sets[index] &= ~(1 << capability)
    if system.capset(header, sets):
        raise OSError(ctypes.get_errno(), "the rights can't be dropped")


def _clock(year: int) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(year, 1, 1, tzinfo=tz or UTC)

    return Clock


def _faults(home: Path, **options: object) -> list[str]:
    child = Child(home, use_there, **options)
    code = child.wait()
    faults = [line for line in child.printed.splitlines() if line.startswith("FAULT ")]
    if code != 0 or not child.printed.endswith("used\n"):
        child.kill(all_of_it=True)
        faults.append(f"ended with {code}: {child.printed[-1500:]}")
    return faults


def _there_and_after(home: Path, undo: Callable[[], object], *, has_rights: bool = True) -> list[str]:
    faults = [f"there: {fault}" for fault in _faults(home, may_fail=True, has_rights=has_rights)]
    undo()
    return faults + [f"after: {fault}" for fault in _faults(home, may_fail=False, has_rights=has_rights)]


@contextmanager
def _disk(folder: Path, options: str) -> Iterator[Path | None]:
    """A file system in memory; None where none can be mounted."""
    place = folder / f"disk {time.monotonic_ns()}"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mounting, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)  # noqa: S607


def _full(home: Path, folder: Path, *, left: int) -> list[str]:
    """A disk with so many bytes left."""
    with _disk(folder, "size=64m") as disk:
        if disk is None:
            return [_SKIPPED]
        full = shutil.copytree(home, disk / "home")
        filling = disk / "filling"
        with filling.open("wb", buffering=0) as file:
            free = os.statvfs(disk)
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - left)))
        return _there_and_after(full, filling.unlink)


def _written_by_none(home: Path, folder: Path) -> list[str]:
    """A disk that is mounted to be read alone."""
    with _disk(folder, "size=64m") as disk:
        if disk is None:
            return [_SKIPPED]
        there = shutil.copytree(home, disk / "home")
        remount = ["mount", "-o", "remount,ro", str(disk)]
        subprocess.run(remount, check=True)
        writable = ["mount", "-o", "remount,rw", str(disk)]
        return _there_and_after(there, lambda: subprocess.run(writable, check=True))


def _without_rights(home: Path, folder: Path, *, name: str, mode: int) -> list[str]:
    """A file or folder of the home that this user may not use."""
    there = shutil.copytree(home, folder / f"no right {name.replace('/', ' ')} {mode}")
    found = next(there.glob(name)) if name else there
    before = found.stat().st_mode
    found.chmod(mode)
    return _there_and_after(there, lambda: found.chmod(before & 0o777), has_rights=bool(os.geteuid()))


def _in_time(home: Path, folder: Path, *, year: int) -> list[str]:
    """A clock that stands wrong, and files from there."""
    there = shutil.copytree(home, folder / f"year {year}")
    seconds = (year - 1970) * 31_556_952
    for path in there.rglob("*"):
        os.utime(path, (seconds, seconds))
    return _faults(there, may_fail=False, year=year)


def _slowly(home: Path, folder: Path) -> list[str]:
    """Files that are slow to open, as far as Python opens them: SQLite's and Chroma's own calls can't be held up."""
    return _faults(shutil.copytree(home, folder / "slow"), may_fail=False, delay=DELAY)


_SKIPPED = "skipped: no file system can be mounted here"
PLACES: dict[str, Place] = {
    **{f"full: {left:,} bytes left": partial(_full, left=left) for left in (0, 4096, 65_536, 400_000)},
    "a disk to be read alone": _written_by_none,
    **{
        f"no right to {name or 'the home'} ({mode:o})": partial(_without_rights, name=name, mode=mode)
        for name, mode in (
            ("", 0o000),
            ("", 0o500),
            ("articles", 0o000),
            ("articles", 0o500),
            ("chroma", 0o000),
            ("notes", 0o000),
            ("chroma/chroma.sqlite3", 0o000),
            ("chroma/chroma.sqlite3", 0o400),
            ("chroma/keywords*", 0o000),
            ("articles/*", 0o000),
            ("notes/*", 0o000),
            ("sound", 0o000),
            ("lock", 0o000),
            ("pending", 0o000),
            ("prefixes", 0o000),
        )
    },
    **{f"the year {year}": partial(_in_time, year=year) for year in (1902, 1970, 2200, 9000)},
    "a slow disk": _slowly,
}
