"""The command line, with a checkpoint after every step of a fit: for tests that kill it."""

from assistant.interfaces.cli import main
from assistant.measuring.fitting import fitting

if __name__ == "__main__":
    fitting.fit.__kwdefaults__["checkpoint_seconds"] = 0
    main()
