"""The command that carries a library over to a Chroma server, or back; `cli.py` offers it."""

from dataclasses import replace
from typing import Annotated

import typer

from assistant.errors import ArticleError, UsageError
from assistant.interfaces.options import show_renewal
from assistant.interfaces.printing import say
from assistant.interfaces.progress import ProgressLine
from assistant.settings import Settings

__all__ = ["move"]


def move(
    to_server: Annotated[
        bool, typer.Option("--to-server", help="From the folder to the Chroma server that CHROMA_HOST names.")
    ] = False,
    to_folder: Annotated[bool, typer.Option("--to-folder", help="From that server to the folder.")] = False,
) -> None:
    """Copy all articles to a Chroma server, or back; run again, it goes on where it was cut off."""
    from assistant.application import open_library
    from assistant.library.moving import Moved
    from assistant.library.moving import move as moved

    settings = Settings()
    if to_server == to_folder:
        raise UsageError("Say which way: --to-server or --to-folder.")
    if not settings.chroma:
        raise UsageError("No Chroma server is named. Set CHROMA_HOST, and CHROMA_PORT where it isn't 8000.")
    folder = replace(settings, chroma=None)
    server = f"the Chroma server {settings.chroma.place}"
    last = Moved(0, 0, 0, ())
    with (
        open_library(folder, on_renewal=show_renewal) as here,
        open_library(settings, on_renewal=show_renewal) as there,
        ProgressLine() as progress,
    ):
        for last in moved(here, there) if to_server else moved(there, here):
            progress.show(f"{last.done:,} of {last.total:,} articles", 20 * last.done // max(1, last.total))
        progress.erase()
    for trouble in last.unread:
        say(trouble, err=True)
    source, target = (folder.home, server) if to_server else (server, folder.home)
    say(f"{last.done - last.there} articles copied to {target}, {last.there} were there; all were compared.")
    if last.unread:
        raise ArticleError(f"Those named above could not be read and stay in {source} alone.")
    if to_server:
        say("Nothing was removed from the folder, which isn't read while CHROMA_HOST is set. Without it,")
        say("`assistant remove ID` takes an article out of it.")
    else:
        say("Nothing was removed from the server, which is asked while CHROMA_HOST is set. With it,")
        say("`assistant remove ID` takes an article off the server, for all who use it.")
