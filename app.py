"""Starts the page: `uv run app.py` (its options: `uv run app.py --help`)."""

import sys

from assistant.interfaces.cli import main

if __name__ == "__main__":
    main(["page", *sys.argv[1:]])
