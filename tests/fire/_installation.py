"""What an attack has running: a page, or several on one Chroma server; their own models, or a server of fixed speed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chroma import Chroma
from tests.pages import Server
from tests.steady_server import SteadyServer

__all__ = ["installed"]


@contextmanager
def installed(
    folder: Path, model: Path | None, errors: Path, temporary: Path, pages: int = 1, stub: float | None = None
) -> Iterator[list[Server]]:
    """So many pages with homes in `folder`, until the block ends.

    Args:
        stub: tokens a second of a server that answers in place of `model`.
    """
    options: list[str] = []
    environment = {"TMPDIR": str(temporary)}
    with ExitStack() as opened:
        if pages > 1:
            chroma = Chroma(folder / "chroma")
            opened.callback(chroma.kill)
            environment |= {"CHROMA_HOST": chroma.server.host, "CHROMA_PORT": chroma.server.port}
        if stub:
            steady = SteadyServer(stub)
            opened.callback(steady.close)
            options, model = ["--model-server", steady.url], None

        def start(number: int) -> Server:
            server = Server(folder / "homes" / str(number), model, errors, options, environment)
            opened.callback(server.stop)
            return server

        with ThreadPoolExecutor(pages) as starting:
            servers = list(starting.map(start, range(1, pages + 1)))
        yield servers
