"""Where a Chroma server is, and whether what names it makes sense."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from assistant.errors import UsageError
from assistant.settings import ChromaServer

__all__ = ["Address", "address_of"]

_HOST = re.compile(r"[\w.-]+")
_NAME = re.compile(r"[\w.-]{3,512}")
"""A tenant or a database."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server that has been looked at (`address_of`)."""

    host: str
    port: int
    server: ChromaServer

    @property
    def place(self) -> str:
        """How it is called in messages."""
        return self.server.place

    @property
    def folder(self) -> str:
        """Name of the folder that has what is kept here of this library, and of no other."""
        parts = self.host.replace(":", "_"), str(self.port), self.server.tenant, self.server.database
        return "+".join(parts)

    def said(self, what: object) -> str:
        """What a server or a library says, without the key, in one line, not too long."""
        text = str(what)
        if self.server.key:
            text = text.replace(self.server.key, "…")
        return " ".join(text.split())[:300]


def address_of(server: ChromaServer) -> Address:
    """The address that settings name.

    Raises:
        UsageError: they make no sense; the key isn't shown.
    """
    host = server.host.removeprefix("[").removesuffix("]")
    if not (_HOST.fullmatch(host) or _is_address(host)):
        raise UsageError(
            "CHROMA_HOST takes the name or the address of a machine, such as chroma.news.example, not {host!r}. The "
            "port goes into CHROMA_PORT; CHROMA_SSL=1 is for https.",
            host=server.host,
        )
    if not (server.port.isascii() and server.port.isdecimal() and 0 < int(server.port) < 2**16):
        raise UsageError("CHROMA_PORT takes the number of a port, such as 8000, not {port!r}.", port=server.port)
    for name, value in (("CHROMA_TENANT", server.tenant), ("CHROMA_DATABASE", server.database)):
        if not _NAME.fullmatch(value):
            raise UsageError(
                "{name} takes a name of at least three letters, digits, dots, hyphens or underscores, not {value!r}.",
                name=name,
                value=value,
            )
    if not (server.key.isascii() and server.key.isprintable()):
        raise UsageError("The key in CHROMA_API_KEY has characters that no key has. Copy it anew.")
    return Address(host, int(server.port), server)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
