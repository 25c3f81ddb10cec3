"""Places that give no room, no right or little speed, and clocks that are wrong: what is said there, and after."""

from collections.abc import Callable
from pathlib import Path

PLACES: dict[str, Callable[[Path, Path], list[str]]] = {}
