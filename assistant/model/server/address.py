"""Where a model server is, by the address that the user gives; and what it says, as it can be shown."""

from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from assistant.errors import UsageError

__all__ = ["Server"]

REASON_CHARACTERS = 200
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its base address; requests go to what stands below that."""

    scheme: str
    host: str
    port: int
    path: str
    key: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str, key: str = "") -> "Server":
        """The server at a base address such as http://localhost:8000/v1; `/v1` is added where it has no path.

        Raises:
            UsageError: it is no such address, or the key can't be one.
        """
        try:
            parts = urlsplit(url.strip())
            usual = _PORTS[parts.scheme]
            port = parts.port or usual
            host = parts.hostname or ""
            host = host if ":" in host else host.encode("idna").decode("ascii")
        except (KeyError, ValueError):
            port, host = 0, ""
        if not port or not host or "@" in parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                "That is no address of a model server: it looks like http://localhost:8000/v1, without a name or a "
                "password in it; a key goes into OPENAI_API_KEY."
            )
        key = key.strip()
        if not (key.isascii() and (key.isprintable() or not key)):
            raise UsageError("OPENAI_API_KEY has characters that no key has.")
        return cls(
            parts.scheme,
            host,
            port,
            quote(parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1", safe="/%:@!$&'()*+,;=~"),
            key,
        )

    @property
    def place(self) -> str:
        """Host and port, as people read them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def root(self) -> "Server":
        """The same, where what isn't OpenAI's stands: without `/v1`."""
        return replace(self, path=self.path.removesuffix("/v1"))

    @property
    def url(self) -> str:
        """The base address."""
        return f"{self.scheme}://{self.place}{self.path}"

    def said(self, words: object) -> str:
        """What a server says, as it can be shown: on one line, not too long, and without the key."""
        text = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
        text = text.replace(self.key, "…") if self.key else text
        return text if len(text) <= REASON_CHARACTERS else text[: REASON_CHARACTERS - 1] + "…"
