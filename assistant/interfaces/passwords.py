"""Who may log in: a file of names, each with the hash of a password (scrypt, RFC 7914), read again when it changes.

A line is `name:scrypt$n$r$p$salt$hash`, salt and hash in base64; empty lines and those that begin with #, behind blanks
perhaps, are passed over.
"""

import binascii
import hashlib
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.errors import UsageError

__all__ = ["Accounts", "Hashed", "check_name", "hashed"]

SCHEME = "scrypt"
COST = (2**14, 8, 5)
"""n, r and p: 16 MB and a tenth to half a second for a guess, as OWASP's Password Storage Cheat Sheet has it."""
MOST_BYTES, MOST_WORK = 2**28, 2**24
"""Most memory, and most n times p, of a hash that is taken from a file: one may not stop the page."""
BYTES = 16, 32
"""Of the salt and of the hash."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password's hash, and what it was made with."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> "Hashed":
        """What `str` of one gave.

        Raises:
            ValueError: it is none, or would take too much memory or time.
        """
        scheme, *numbers, salt, digest = text.split("$")
        n, r, p = (int(number) for number in numbers if number.isascii() and number.isdecimal())
        found = cls(n, r, p, b64decode(salt, validate=True), b64decode(digest, validate=True))
        is_sound = scheme == SCHEME and n > 1 and not n & (n - 1) and r and p and len(numbers) == len(COST)
        is_small = found._bytes <= MOST_BYTES and n * p <= MOST_WORK
        if not (is_sound and is_small and found.salt and len(found.digest) >= BYTES[0]):
            raise ValueError(text)
        return found

    def __str__(self) -> str:
        salt, digest = (b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{SCHEME}${self.n}${self.r}${self.p}${salt}${digest}"

    def fits(self, password: str) -> bool:
        """Whether this is the hash of `password`; takes equally long for any other."""
        return secrets.compare_digest(self._of(password), self.digest)

    def made_of(self, password: str) -> "Hashed":
        """The hash of `password`, made in the same way."""
        return replace(self, digest=self._of(password))

    def _of(self, password: str) -> bytes:
        typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
        length = len(self.digest)
        return hashlib.scrypt(
            typed, salt=self.salt, n=self.n, r=self.r, p=self.p, maxmem=self._bytes + 2**20, dklen=length
        )

    @property
    def _bytes(self) -> int:
        return 128 * self.r * (self.n + self.p)


def hashed(password: str) -> Hashed:
    """The hash of a password, with a salt of its own."""
    salt, length = BYTES
    return Hashed(*COST, secrets.token_bytes(salt), bytes(length)).made_of(password)


def check_name(name: str) -> None:
    """Raises a UsageError where `name` can't be one to log in by."""
    if not name or name != name.strip() or name.startswith("#") or ":" in name or not name.isprintable():
        raise UsageError(
            f"{name!r} can't be a name to log in by: it may not be empty, begin with #, begin or end with a blank, or "
            "have in it a colon, a control character such as a tab, or a blank other than the usual one."
        )


class Accounts:
    """The names of a file and their passwords."""

    def __init__(self, file: Path) -> None:
        """Raises:
        UsageError: the file can't be read, or has a line that is no account, or none at all.
        """
        self._file = file
        self._seen = self._version()
        self._known = self._read()

    def fits(self, name: str, password: str) -> bool:
        """Whether both belong together; takes equally long for a name that isn't known."""
        known = self._known.get(name)
        one = known or _nobodys(next(iter(self._known.values())))
        return one.fits(password) and known is not None

    def renew(self) -> frozenset[str]:
        """Reads the file again where it has changed. Returns who is to log in anew: gone, or with another password.

        Raises:
            UsageError: it is broken by now; those known before stay. This is told once.
        """
        version = self._version()
        if version == self._seen:
            return frozenset()
        self._seen = version
        former, self._known = self._known, self._read()
        return frozenset(name for name, one in former.items() if self._known.get(name) != one)

    def _version(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> Mapping[str, Hashed]:
        try:
            lines = self._file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
            raise UsageError(f"The file of passwords {self._file} can't be read: {reason}.") from error
        known: dict[str, Hashed] = {}
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.lstrip().startswith("#"):
                name, one = self._account(number, line.strip())
                if name in known:
                    raise UsageError(f"The file of passwords {self._file} has {name!r} again in line {number}.")
                known[name] = one
        if not known:
            raise UsageError(
                f"The file of passwords {self._file} names nobody. `assistant password NAME` makes a line."
            )
        return known

    def _account(self, number: int, line: str) -> tuple[str, Hashed]:
        name, _, text = line.partition(":")
        try:
            check_name(name)
            return name, Hashed.parse(text)
        except (ValueError, binascii.Error, UsageError) as error:
            raise UsageError(
                f"Line {number} of the file of passwords {self._file} is no name with a hash. "
                "`assistant password NAME` makes one."
            ) from error


def _nobodys(like: Hashed) -> Hashed:
    """A hash that takes as long as another, of no password."""
    return replace(like, salt=secrets.token_bytes(len(like.salt)), digest=secrets.token_bytes(len(like.digest)))
