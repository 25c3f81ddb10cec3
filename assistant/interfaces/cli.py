"""The command line: `assistant …`. Reads options, calls the core, prints; errors become one line and an exit code."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import ArticleError, AssistantError, UsageError
from assistant.interfaces.article_commands import (
    Whole,
    add,
    check,
    kept_entries,
    list_articles,
    notes,
    print_citations,
    print_lost,
    read,
    read_text,
    remove,
)
from assistant.interfaces.measuring_commands import average, calibrate, evaluate, fit, report
from assistant.interfaces.move_command import move
from assistant.interfaces.options import (
    MODEL_HELP,
    AnyModel,
    CareOption,
    GpuLayers,
    ModelServer,
    layers,
    progress_line,
    show_failure,
    show_fetch,
    show_library,
    show_renewal,
    show_server,
    with_model,
)
from assistant.interfaces.password_command import password
from assistant.interfaces.printing import open_streams, say, say_json
from assistant.interfaces.serving_options import Auth, Metrics, MetricsFrom, RootPath, check_accounts, networks, path_of
from assistant.settings import DEFAULT_MODEL, Care, Settings

if TYPE_CHECKING:
    from assistant.answering.answering import Inquiry
    from assistant.model.llama.ways import Way

__all__ = ["main"]

app = typer.Typer(
    help="Asks news articles questions, in English or Japanese, on your own machine unless you name a server.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
WAITED = {"loading": "(the model is loading)", "checking": "(the model is being checked on this machine, once)"}
models = typer.Typer(help="The models that can be run.", rich_markup_mode=None)
app.add_typer(models, name="models")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits: 0 done, 1 it failed, 2 it was called wrongly."""
    open_streams()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="assistant")
    except AssistantError as error:
        progress_line.end()
        say(f"assistant: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def page(
    model: Annotated[
        str | None, typer.Option(help=f"{MODEL_HELP} Without it the one chosen on the page last, else {DEFAULT_MODEL}.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option(help="Name that the page may be called by, as by a proxy; may be repeated.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; without it the first free one from 7860.")
    ] = None,
    root_path: RootPath = "",
    auth: Auth = None,
    metrics: Metrics = False,
    metrics_from: MetricsFrom = None,
    gpu_layers: GpuLayers = "auto",
    model_server: ModelServer = None,
) -> None:
    """Start the page: read articles and ask about them in the browser."""
    from assistant.application import open_application
    from assistant.library.sample import add_sample
    from assistant.model.choices import remembered_choice

    check_accounts(auth)
    settings = Settings(
        host=host,
        names=tuple(name or ()),
        port=port,
        root_path=path_of(root_path),
        passwords=auth,
        metrics=metrics,
        metrics_from=networks(metrics_from),
        gpu_layers=layers(gpu_layers),
    )
    settings = with_model(settings, model, model_server)
    settings = replace(settings, model=model or remembered_choice(settings))
    if not (settings.is_for_its_user or auth):
        say("Whoever reaches the page can read and change the articles: it has no login.", err=True)
    with open_application(settings, show_fetch, on_failure=show_failure, on_renewal=show_renewal) as application:
        show_server(application.server)
        show_library(settings)
        say("Starting the page …")
        if not settings.chroma:
            add_sample(application.library)
        from assistant.interfaces.ui.serving import serve

        def on_ready(url: str) -> None:
            say(f"The page is at {url}  (Ctrl+C stops it)")
            application.model.start()  # not before: the page would come up later

        serve(application, settings, on_ready, show_failure)


@app.command()
def mcp(model: AnyModel = None, gpu_layers: GpuLayers = "auto", model_server: ModelServer = None) -> None:
    """Serve the assistant's actions as tools to a program that speaks the Model Context Protocol, over stdio."""
    from assistant.application import open_application

    settings = with_model(Settings(gpu_layers=layers(gpu_layers)), model, model_server)
    with open_application(settings, show_fetch, on_failure=show_failure, on_renewal=show_renewal) as application:
        from assistant.interfaces.mcp_server import serve

        show_server(application.server)
        show_library(settings)
        if application.model.status.state == "fetching":
            application.model.start()
        serve(application, settings)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in English or Japanese.")],
    article: Annotated[str | None, typer.Option(help="Id of the article to ask about; without it all of them.")] = None,
    file: Annotated[
        str | None, typer.Option(help="A file or web address to ask about, not kept; - is standard input.")
    ] = None,
    whole: Whole = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    care: CareOption = Care.BALANCED,
    model: AnyModel = None,
    gpu_layers: GpuLayers = "auto",
    model_server: ModelServer = None,
) -> None:
    """Ask a question; the answer comes with the sentences it rests on."""
    from assistant.answering.questions import check_question
    from assistant.application import open_application

    check_question(question)
    if article and file:
        raise UsageError("Give --article or --file, not both.")
    if whole and file is None:
        raise UsageError("--whole is for --file. Leave it out.")
    settings = with_model(Settings(gpu_layers=layers(gpu_layers)), model, model_server)
    found = None if file is None else read_text(file, settings.source_bytes, whole=whole)
    print_lost(found, err=True)
    if found is None and not article:
        entries = kept_entries(settings)
        if not entries:
            raise ArticleError("There is no article yet. Add one with `assistant add FILE`, or use --file FILE.")
        article = entries[0].id if len(entries) == 1 else None
    with open_application(settings, show_fetch, keep=found is None, on_renewal=show_renewal) as application:
        show_server(application.server)
        if found is None:
            show_library(settings)
        application.model.start()
        if found is not None:
            article = application.library.add(found.text, found.title, found.date)[0].id
        inquiry = application.assistant.ask(question, [article] if article else None, care)
        titles = {} if article else {entry.id: entry.title for entry in application.library.entries()}
        _print_answer(inquiry, titles, as_json=as_json)
        for reading in inquiry.readings:
            list(reading)  # the next question on it needs no reading then


for command in (add, read, remove, check, move, notes, evaluate, report, calibrate, fit, average, password):
    app.command()(command)
app.command(name="list")(list_articles)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove it; articles stay, and are read again.")] = False,
) -> None:
    """Show what the model has read of articles, kept on disk so that it need not read it again."""
    from assistant.model import prefix

    settings = Settings()
    for folder in (settings.prefixes, *(home / "prefixes" for home in sorted(settings.home.glob("servers/*/*")))):
        if clear:
            prefix.clear(folder)
        count, size = prefix.usage(folder)
        limit = settings.prefix_bytes
        say(f"Readings kept: {count} ({size / 1e6:,.0f} of at most {limit / 1e6:,.0f} MB) in {folder}")


@models.callback(invoke_without_command=True)
def list_models(context: typer.Context) -> None:
    """List the models that can be run, which of them are here, and what runs them, once that has been checked."""
    if context.invoked_subcommand:
        return
    from assistant.application import model_opener
    from assistant.model.catalog import installed, load_catalog

    catalog = load_catalog()
    for spec in catalog.specs:
        settings = Settings(model=spec.id)
        path = installed(spec, settings)
        notes = ["default"] if spec.id == catalog.default else []
        way = model_opener(settings).known(path) if path else None
        notes += ["here"] if path else []
        notes += [_runs_on(way)] if way else []
        notes += [] if spec.measured else ["not yet measured"]
        say(f"{spec.id:20}  {spec.bytes / 1e9:4.1f} GB  {spec.licence:10}  {', '.join(notes)}".rstrip())


def _runs_on(way: "Way") -> str:
    if way.gpu_layers:
        return "on the graphics card"
    return f"on the processor ({way.threads} threads)" + ", as the graphics card couldn't take it" * way.fell_back


@models.command()
def pull(model: Annotated[str, typer.Argument(help="Id of the model.")] = DEFAULT_MODEL) -> None:
    """Fetch a model, or go on with a fetch that was cut off."""
    from assistant.model.catalog import load_catalog, resolve

    load_catalog().find(model)
    say(f"Ready: {resolve(model, Settings(), show_fetch)}")


def _print_answer(inquiry: "Inquiry", titles: Mapping[str, str], *, as_json: bool) -> None:
    from assistant.answering import records
    from assistant.answering.answering import final_answer
    from assistant.answering.events import AnswerFinished, ModelAwaited, Retraction, TokenGenerated, with_change

    if as_json:
        say_json(records.as_json(final_answer(inquiry)))
        return
    streamed, is_live = "", sys.stdout.isatty()
    for event in inquiry:
        if isinstance(event, ModelAwaited) and event.state in WAITED:
            say(WAITED[event.state], err=True)
        elif isinstance(event, TokenGenerated | Retraction) and is_live:
            streamed = with_change(streamed, event)
            say(event.text if isinstance(event, TokenGenerated) else f" …\n{streamed}", nl=False)
        elif isinstance(event, AnswerFinished):
            whole = event.answer.marked_text if event.answer.points else event.answer.text
            say("" if streamed.strip() else whole, nl=False)
            print_citations(event.answer, titles)
