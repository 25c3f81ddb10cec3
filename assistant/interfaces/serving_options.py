"""Options of the page for those who run it for many: its path, its login, who may read how it is."""

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Auth", "Metrics", "MetricsFrom", "RootPath", "check_accounts", "networks", "path_of"]

RootPath = Annotated[
    str,
    typer.Option(metavar="PATH", help="Path that a proxy has the page under, such as /news; the proxy takes it off."),
]
Auth = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="File of those who may log in, a line of `assistant password` each; read again when changed.",
    ),
]
Metrics = Annotated[bool, typer.Option("--metrics", help="Count what the page does, for Prometheus, at /metrics.")]
MetricsFrom = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NETWORK",
        help="Address or network that may read /health and /metrics, beside this machine; may be repeated.",
    ),
]


def check_accounts(file: Path | None) -> None:
    """Looks at the value of `--auth`, so that a broken file is told before anything is loaded.

    Raises:
        UsageError: it is broken.
    """
    if file is not None:
        from assistant.interfaces.passwords import Accounts

        Accounts(file)


def path_of(root_path: str) -> str:
    """The value of `--root-path`, without a slash at its end.

    Raises:
        typer.BadParameter: it is no path of an address.
    """
    from urllib.parse import quote

    path = root_path.rstrip("/")
    if path and (not path.startswith("/") or path.startswith("//") or quote(path, safe="/~!$&'()*+,;=:@%") != path):
        raise typer.BadParameter(f"--root-path takes the path of an address, such as /news, not {root_path!r}.")
    return path


def networks(given: Sequence[str] | None) -> tuple[str, ...]:
    """The values of `--metrics-from`.

    Raises:
        typer.BadParameter: one is neither an address nor a network.
    """
    for each in given or ():
        try:
            ip_network(each)
        except ValueError as error:
            message = f"--metrics-from takes an address, or a network such as 10.0.0.0/24, not {each!r}."
            raise typer.BadParameter(message) from error
    return tuple(given or ())
