"""The secret by which a page that a browser hands over is known to come from this installation's own bookmarklet.

Any page on the web may open this one and send it something; without the secret it isn't looked at. A page on which the
bookmarklet is pressed can learn it; all that can be done with it is to put a text into the boxes, for the reader to add
or not.
"""

import re
import secrets
from contextlib import suppress
from pathlib import Path

from assistant.library.files import write_file

__all__ = ["is_token", "token_of"]

BYTES = 24
"""Of randomness; as base64 32 characters."""

_FORM = re.compile(r"[\w-]{32}")


def token_of(home: Path) -> str:
    """The secret kept under `home`, made where there is none, for the user's eyes alone.

    Raises:
        StoreError: it can't be written.
    """
    file = home / "token"
    with suppress(OSError, ValueError):
        if _FORM.fullmatch(known := file.read_text(encoding="utf-8").strip()):
            return known
    token = secrets.token_urlsafe(BYTES)
    write_file(file, token)
    return token


def is_token(given: str, token: str) -> bool:
    """Whether what was given is the secret."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), token.encode())
