"""What commands of several modules share: options, and the lines that show how far a fetch or a renewal is."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import UsageError
from assistant.interfaces.printing import say
from assistant.interfaces.progress import ProgressLine
from assistant.settings import DEFAULT_MODEL, Care, Settings

if TYPE_CHECKING:
    from assistant.errors import AssistantError
    from assistant.library.upkeep import Cause
    from assistant.model.catalog import Progress

__all__ = [
    "MODEL_HELP",
    "AnyModel",
    "CareOption",
    "GpuLayers",
    "Model",
    "ModelServer",
    "layers",
    "progress_line",
    "show_failure",
    "show_fetch",
    "show_library",
    "show_renewal",
    "show_server",
    "with_model",
]

MODEL_HELP = "Id of a model (`assistant models`), or the path of a GGUF file."
Model = Annotated[str, typer.Option(help=MODEL_HELP)]
AnyModel = Annotated[
    str | None, typer.Option("--model", help=f"{MODEL_HELP} Without it {DEFAULT_MODEL}, or that of a server.")
]
ModelServer = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="A server that speaks OpenAI's chat completions, whose model answers instead: its base address, such as "
        "http://localhost:8000/v1. Without it what OPENAI_BASE_URL says.",
    ),
]
CareOption = Annotated[
    Care, typer.Option("--care", help="Whether a doubtful question is rather refused or rather answered.")
]
GpuLayers = Annotated[
    str,
    typer.Option(
        metavar="auto|N", help="Layers of the model on a graphics card: all where llama.cpp can (auto), or so many."
    ),
]
CAUSES = {"rules": "that were kept by another version", "loss": "whose passages were lost"}
progress_line = ProgressLine()


def layers(gpu_layers: str) -> int | None:
    """The value of `--gpu-layers`; None for "auto".

    Raises:
        typer.BadParameter: it is neither that nor a number from 0 on.
    """
    if gpu_layers == "auto":
        return None
    if not (gpu_layers.isascii() and gpu_layers.isdecimal()):
        raise typer.BadParameter(f"--gpu-layers takes auto or a number from 0 on, not {gpu_layers!r}.")
    return min(int(gpu_layers), 2**31 - 1)


def with_model(settings: Settings, model: str | None, server: str | None) -> Settings:
    """`settings` with the model that `--model` names, or the server of `--model-server`.

    Raises:
        UsageError: both are given.
    """
    if model and server:
        raise UsageError("Give --model or --model-server, not both.")
    if model:
        return replace(settings, model=model, server="")
    return settings if server is None else replace(settings, server=server)


def show_fetch(progress: "Progress") -> None:
    """Shows the bytes fetched so far."""
    bar = "#" * (30 * progress.done // progress.total)
    fetched = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB, {progress.source}"
    step = progress.source, 20 * progress.done // progress.total
    progress_line.show(f"Fetching the model [{bar:30}] {fetched}", step)
    if progress.done == progress.total:
        progress_line.end()


def show_renewal(done: int, total: int, cause: "Cause") -> None:
    """Shows how many articles are prepared anew, and why."""
    if done == total:
        progress_line.erase()
        progress_line.end()
    else:
        progress_line.show(
            f"Preparing articles {CAUSES[cause]}: {done + 1:,} of {total:,}", (cause, 20 * done // total)
        )


def show_server(server: str) -> None:
    """Says which server's model answers, if one does: what is asked leaves this process."""
    if server:
        say(f"(the model of {server} answers: questions, and passages of the articles, are sent there)", err=True)


def show_library(settings: Settings) -> None:
    """Says which server has the articles, if one does."""
    if settings.chroma:
        say(f"(the articles are on the Chroma server {settings.chroma.place}, for all who use it)", err=True)


def show_failure(error: "AssistantError") -> None:
    """Shows what failed beside the page, which goes on: a fetch, the model, the reading of who may log in."""
    progress_line.end()
    say(f"assistant: {error}", err=True)
