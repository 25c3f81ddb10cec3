"""The command line, with a checkpoint after every step of a fit: for tests that kill it."""

from assistant import fitting
from assistant.cli import main

if __name__ == "__main__":
    fitting.fit.__kwdefaults__["checkpoint_seconds"] = 0
    main()
