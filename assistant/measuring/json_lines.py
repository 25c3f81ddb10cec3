"""The lines of a JSONL file that hold something, with their numbers: what they hold is for who reads them."""

from collections.abc import Iterator
from pathlib import Path

from assistant.errors import EvaluationError

__all__ = ["json_lines"]


def json_lines(path: Path, advice: str = "") -> Iterator[tuple[str, str]]:
    """Each line that isn't blank, behind the place that it is told of by; one ends at a line feed and nowhere else.

    Args:
        advice: what is told besides where the file can't be read.

    Raises:
        EvaluationError: the file can't be read, or isn't UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The data file {path} can't be read: {error}. {advice}".strip()) from error
    return ((f"{path}, line {number}", line) for number, line in enumerate(lines, 1) if line.strip())
