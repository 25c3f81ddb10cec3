"""`python -m tests.fire NAME …`: attacks the product in one way and says what was found; 1 where it gave in."""

import importlib
import pkgutil
import sys
from pathlib import Path

NAMES = [
    module.name
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if not module.name.startswith(("_", "test_"))
]


def main() -> None:
    name, *arguments = sys.argv[1:] or [""]
    if name not in NAMES:
        sys.exit(f"usage: python -m tests.fire {{{','.join(NAMES)}}} …")
    sys.exit(importlib.import_module(f"tests.fire.{name}").main(arguments))


if __name__ == "__main__":
    main()
