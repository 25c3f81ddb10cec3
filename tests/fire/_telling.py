"""What an attack says, at once."""

import sys

__all__ = ["tell"]


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
