"""One frozen `Settings` of plain values, built at the edges (command line, tests) and passed down."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from platformdirs import user_data_path

from assistant.errors import UsageError

__all__ = [
    "DEFAULT_MODEL",
    "PACKAGE",
    "Care",
    "ChromaServer",
    "Part",
    "Precision",
    "Settings",
    "available_cores",
    "own_file",
]

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
PACKAGE = Path(__file__).parent
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds of processor time in each so many that a container has; Linux control groups, version 2."""


def _default_home() -> Path:
    return Path(os.environ.get("ASSISTANT_HOME") or user_data_path("article-assistant")).expanduser().absolute()


def _environment(name: str) -> str:
    return os.environ.get(name, "").strip()


def _at_least_one(name: str, otherwise: int) -> int:
    value = _environment(name)
    if value and not (value.isdecimal() and int(value)):
        raise UsageError("{name} takes a number from 1 on, not {value!r}.", name=name, value=value)
    return int(value or otherwise)


def own_file(name: str) -> Path:
    """A file of `models/` that comes with the assistant, of a checkout or of an installed one."""
    checkout = PACKAGE.parent / "models" / name
    return checkout if checkout.is_file() else PACKAGE / "data" / name


def available_cores() -> int:
    """The processor's cores that this process may use, in a container as many as it has the time of."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = map(int, CPU_QUOTA.read_text(encoding="ascii").split())
        return max(1, min(cores, -(-quota // period)))
    except (OSError, ValueError, ArithmeticError):  # there is no quota, or no such file
        return cores


class Care(StrEnum):
    """How sure the assistant must be to answer rather than say that the article doesn't."""

    CAUTIOUS = "cautious"
    BALANCED = "balanced"
    FORTHCOMING = "forthcoming"


class Precision(StrEnum):
    """How the numbers of an adapter are kept."""

    F16 = "f16"
    Q8_0 = "q8_0"
    """Half the bytes, where the rows of a tensor are whole blocks; the others stay f16."""


class Part(StrEnum):
    """What can be left out of answering, to measure what it is worth."""

    ANSWERABILITY = "answerability"
    """The probe that decides whether to answer; without it the model refuses where it says so itself."""
    FIGURES = "figures"
    """The guard that keeps an answer to the figures given."""
    LANGUAGE = "language"
    """The guard that keeps an answer in the asker's language."""
    ADAPTER = "adapter"
    """The adapter that taught the model to point at words; without it the model answers in its own words."""
    EXAMPLES = "examples"
    """The questions and answers that the prompt shows before the article."""


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server that keeps a library, as it is named; whether that makes sense is for `library/served`."""

    host: str
    port: str = "8000"
    ssl: bool = False
    key: str = field(default="", repr=False)
    """Sent with each request, where there is one."""
    tenant: str = "default_tenant"
    database: str = "default_database"

    @property
    def place(self) -> str:
        """How it is called in messages and on the page."""
        host = self.host.strip("[]")
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


SSL = dict.fromkeys(("", "0", "false", "no", "off"), False) | dict.fromkeys(("1", "true", "yes", "on"), True)


def _chroma_server() -> ChromaServer | None:
    if not (host := _environment("CHROMA_HOST")):
        return None
    ssl = _environment("CHROMA_SSL")
    if ssl.lower() not in SSL:  # the key would go without encryption
        raise UsageError("CHROMA_SSL takes 1 for https, or 0 for http, not {value!r}.", value=ssl)
    return ChromaServer(
        host,
        _environment("CHROMA_PORT") or "8000",
        SSL[ssl.lower()],
        _environment("CHROMA_API_KEY"),
        _environment("CHROMA_TENANT") or "default_tenant",
        _environment("CHROMA_DATABASE") or "default_database",
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user can choose; every field has the default that a fresh machine starts with."""

    home: Path = field(default_factory=_default_home)
    """Folder of the user's articles and their vectors; `ASSISTANT_HOME` moves it."""
    model: str = DEFAULT_MODEL
    """Id of a model in the catalog, or the path of a GGUF file."""
    server: str = field(default_factory=lambda: _environment("OPENAI_BASE_URL"))
    """Base address of a server whose model answers in place of one here; "" for none. `OPENAI_BASE_URL` names it."""
    server_key: str = field(default_factory=lambda: _environment("OPENAI_API_KEY"), repr=False)
    """The key that it is asked with, if any: `OPENAI_API_KEY`."""
    server_model: str = field(default_factory=lambda: _environment("OPENAI_MODEL"))
    """Its model; "" for the first that it lists. `OPENAI_MODEL` names it."""
    chroma: ChromaServer | None = field(default_factory=_chroma_server)
    """The Chroma server that keeps the articles in place of the folder; `CHROMA_HOST` and its like name it."""
    server_at_once: int = field(default_factory=lambda: _at_least_one("OPENAI_AT_ONCE", 4))
    """Questions that it is asked at once, where it doesn't say itself how many it answers. `OPENAI_AT_ONCE`."""
    threads: int = field(default_factory=available_cores)
    """Threads of the language model and of the embedder."""
    gpu_layers: int | None = None
    """Layers of the language model on a graphics card, -1 for all; None: all where llama.cpp can, else none."""
    prefix_bytes: int = 2_000_000_000
    """Most bytes of disk for what the model has read, so that it need not read it again."""
    context_tokens: int = 4096
    """Context length of the language model, in tokens."""
    care: Care = Care.BALANCED
    """Whether a doubtful question is rather refused or rather answered."""
    without: frozenset[Part] = frozenset()
    """Parts left out; for measuring only."""
    window_tokens: int = 1400
    """Longest piece of an article that the model reads for an answer; longer articles are cut into such."""
    answer_tokens: int = 192
    """Longest answer, in tokens."""
    article_bytes: int = 2_000_000
    """Longest article accepted, in bytes of UTF-8."""
    source_bytes: int = 20_000_000
    """Largest file or page that an article is read from, in bytes."""
    host: str = "127.0.0.1"
    """Address the page listens on."""
    names: tuple[str, ...] = ()
    """Names the page may be called by, beside localhost and addresses in figures."""
    port: int | None = None
    """Port the page listens on; None: the first free one from 7860."""
    root_path: str = ""
    """Path that a proxy has the page under, such as /news."""
    passwords: Path | None = None
    """File of those who may log in; None: the page has no login."""
    metrics: bool = False
    """Whether the page counts what it does, for Prometheus."""
    metrics_from: tuple[str, ...] = ()
    """Addresses and networks that may read these, and how the page is, beside this machine."""

    @property
    def is_for_this_machine(self) -> bool:
        """Whether nobody can call the page from another machine."""
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @property
    def is_for_its_user(self) -> bool:
        """Whether the page is for this machine's user alone, rather than behind a proxy or a login."""
        return self.is_for_this_machine and not (self.names or self.root_path or self.passwords)

    @property
    def prefixes(self) -> Path:
        """Folder of what the model has read."""
        return self.home / "prefixes"

    @property
    def ways(self) -> Path:
        """File of the ways in which models are known to run on this machine."""
        return self.home / "models" / "ways.json"

    @property
    def chosen(self) -> Path:
        """File of the model that was chosen on the page last."""
        return self.home / "models" / "chosen.json"
