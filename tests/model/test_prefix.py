"""What the model has read is kept in memory and on disk, and never trusted where it doesn't fit."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import prefix
from assistant.model.prefix import WORTH_TOKENS, KeptPrefix, PrefixCache, PrefixFolder

STATE = bytes(range(256)) * 40
LONG = 3 * WORTH_TOKENS
MEGABYTE = 2**20


def _prefix(first: int, length: int = LONG) -> KeptPrefix:
    """Tokens that begin with `first` and go on in a way of their own."""
    return KeptPrefix(tuple(first + 7 * number for number in range(length)), STATE + bytes([first]))


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., PrefixFolder]:
    def opened(fingerprint: str = "model 1", capacity: int = MEGABYTE) -> PrefixFolder:
        return PrefixFolder(tmp_path / "prefixes", fingerprint, capacity)

    return opened


def _files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "prefixes").glob("*"))


def test_what_was_written_is_found_and_read_after_a_restart(folder: Callable[..., PrefixFolder]) -> None:
    folder().write(_prefix(1), "a")
    folder().write(_prefix(2), "b")
    again = folder()
    path, shared = again.longest_shared([*_prefix(2).tokens[:200], -5, -6])
    assert path is not None
    assert shared == 200
    assert again.read(path) == _prefix(2)
    assert again.longest_shared([-9]) == (None, 0)


def test_what_differs_in_little_but_the_end_is_held(folder: Callable[..., PrefixFolder]) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    assert kept.holds([*_prefix(1).tokens[:-10], *range(-60, 0)])
    assert not kept.holds([*_prefix(1).tokens, *range(-WORTH_TOKENS - 1, 0)])
    assert not kept.holds(_prefix(2).tokens)


@pytest.mark.parametrize("fingerprint", ["model 2", "", "model 10"])
def test_what_another_model_or_build_has_read_is_left_out(
    folder: Callable[..., PrefixFolder], fingerprint: str
) -> None:
    folder("model 1").write(_prefix(1), "a")
    other = folder(fingerprint)
    assert other.longest_shared(_prefix(1).tokens) == (None, 0)
    assert folder("model 1").longest_shared(_prefix(1).tokens)[1] == LONG


@pytest.mark.parametrize("cut", [0, 3, 8, 20, 40, 44, 47, 48, 49, 500, 2000, -1])
def test_a_torn_file_is_never_read(folder: Callable[..., PrefixFolder], tmp_path: Path, cut: int) -> None:
    folder().write(_prefix(1), "a")
    (file,) = _files(tmp_path)
    file.write_bytes(file.read_bytes()[:cut])
    again = folder()
    path, _ = again.longest_shared(_prefix(1).tokens)
    assert path is None or again.read(path) is None
    assert PrefixCache(MEGABYTE, again).find(_prefix(1).tokens, 0) is None


@pytest.mark.parametrize("at", [0, 8, 41, 45, 60, 2000, -1])
def test_a_file_with_one_byte_changed_is_never_read(
    folder: Callable[..., PrefixFolder], tmp_path: Path, at: int
) -> None:
    folder().write(_prefix(1), "a")
    (file,) = _files(tmp_path)
    data = bytearray(file.read_bytes())
    data[at] ^= 0x10
    file.write_bytes(data)
    again = folder()
    path, _ = again.longest_shared(_prefix(1).tokens)
    assert path is None or again.read(path) is None


def test_what_cannot_be_read_hides_nothing_behind_it(folder: Callable[..., PrefixFolder], tmp_path: Path) -> None:
    folder().write(_prefix(1), "b")
    for name in ("a.kv", "a.part", "c.part"):
        (tmp_path / "prefixes" / name).mkdir()
    assert folder().holds(_prefix(1).tokens)


@given(data=st.binary(max_size=200))
def test_any_file_may_lie_there(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    place = tmp_path_factory.mktemp("any")
    (place / "x.kv").write_bytes(data)
    assert PrefixFolder(place, "model 1", MEGABYTE).longest_shared([1, 2, 3]) == (None, 0)


def test_a_file_torn_while_in_use_is_gone_and_written_anew(folder: Callable[..., PrefixFolder], tmp_path: Path) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    (file,) = _files(tmp_path)
    file.write_bytes(file.read_bytes()[:100])
    assert kept.read(file) is None
    assert not kept.holds(_prefix(1).tokens)
    kept.write(_prefix(1), "a")
    assert kept.read(file) == _prefix(1)


def test_a_file_that_another_process_removed_is_missed_once(
    folder: Callable[..., PrefixFolder], tmp_path: Path
) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    (file,) = _files(tmp_path)
    file.unlink()
    cache = PrefixCache(MEGABYTE, kept)
    assert cache.find(_prefix(1).tokens, 0) is None
    assert not kept.holds(_prefix(1).tokens)


def test_what_another_process_removed_is_held_no_more_nor_remembered(
    folder: Callable[..., PrefixFolder], tmp_path: Path
) -> None:
    kept = folder()
    for number in range(20):
        kept.write(_prefix(number), "a")
        assert kept.holds(_prefix(number).tokens)
        prefix.clear(tmp_path / "prefixes", "a")
        assert not kept.holds(_prefix(number).tokens)
    kept.write(_prefix(20), "a")
    assert len(kept._tokens) == 1
    prefix.clear(tmp_path / "prefixes", "a")
    kept.write(_prefix(21), "b")
    assert len(kept._tokens) == 1


def test_what_is_dropped_is_that_of_one_article(folder: Callable[..., PrefixFolder], tmp_path: Path) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    kept.write(_prefix(2), "ab")
    kept.drop("a")
    assert [file.name.partition("-")[0] for file in _files(tmp_path)] == ["ab"]
    assert not kept.holds(_prefix(1).tokens)
    assert kept.holds(_prefix(2).tokens)


def test_the_least_recently_used_go_where_there_is_no_room(folder: Callable[..., PrefixFolder], tmp_path: Path) -> None:
    size = len(STATE) + 4 * LONG + 100
    kept = folder(capacity=3 * size)
    for first in (1, 2, 3):
        kept.write(_prefix(first), str(first))
        os.utime(_files(tmp_path)[-1], ns=(first, first))
    assert kept.read(kept.longest_shared(_prefix(1).tokens)[0] or Path()) == _prefix(1)
    kept.write(_prefix(4), "4")
    assert [kept.holds(_prefix(first).tokens) for first in (1, 2, 3, 4)] == [True, False, True, True]
    assert prefix.usage(tmp_path / "prefixes")[1] <= 3 * size


def test_one_that_has_no_room_at_all_is_not_kept(folder: Callable[..., PrefixFolder], tmp_path: Path) -> None:
    folder(capacity=100).write(_prefix(1), "a")
    assert _files(tmp_path) == []


def test_a_folder_that_cannot_be_written_costs_nothing_but_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    kept = PrefixFolder(tmp_path / "file", "model 1", MEGABYTE)
    kept.write(_prefix(1), "a")
    assert not kept.holds(_prefix(1).tokens)


def test_no_half_written_file_stays(
    folder: Callable[..., PrefixFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", fails)
    folder().write(_prefix(1), "a")
    assert _files(tmp_path) == []


@pytest.mark.parametrize(("removed", "is_kept"), [("b", True), ("a", False), ("", False)])
def test_what_is_written_of_one_article_is_kept_though_another_is_removed(
    folder: Callable[..., PrefixFolder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    removed: str,
    is_kept: bool,
) -> None:
    replace = Path.replace

    def meanwhile(part: Path, path: Path) -> Path:
        prefix.clear(tmp_path / "prefixes", removed)
        return replace(part, path)

    monkeypatch.setattr(Path, "replace", meanwhile)
    folder().write(_prefix(1), "a")
    assert folder().holds(_prefix(1).tokens) is is_kept


def test_usage_counts_and_clearing_removes_one_article_or_all(
    folder: Callable[..., PrefixFolder], tmp_path: Path
) -> None:
    place = tmp_path / "prefixes"
    assert prefix.usage(place) == (0, 0)
    for first, article in ((1, "a"), (2, "a"), (3, "b")):
        folder().write(_prefix(first), article)
    for article in "ab":
        (place / f"{article}-x.part").write_bytes(b"half")
    assert prefix.usage(place)[0] == 3
    assert prefix.usage(place)[1] > 3 * len(STATE)
    prefix.clear(place, "a")
    assert [file.name[0] for file in _files(tmp_path)] == ["b", "b"]
    prefix.clear(place)
    assert _files(tmp_path) == []
    prefix.clear(tmp_path / "nowhere")


def test_the_cache_takes_from_the_disk_what_is_worth_it(folder: Callable[..., PrefixFolder]) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    cache = PrefixCache(MEGABYTE, kept)
    tokens = _prefix(1).tokens
    assert cache.find(tokens, LONG - WORTH_TOKENS + 1) is None
    assert cache.find(tokens, LONG - WORTH_TOKENS) == _prefix(1)
    assert PrefixCache(MEGABYTE).find(tokens, 0) is None


@pytest.mark.parametrize("length", [1, WORTH_TOKENS, WORTH_TOKENS + 10])
def test_a_short_prefix_takes_no_long_one_s_place(length: int) -> None:
    cache = PrefixCache(MEGABYTE)
    long = [_prefix(1), _prefix(2)]
    for each in long:
        cache.keep(each)
    cache.keep(KeptPrefix((*_prefix(1).tokens[:10], *range(-length, -10)), STATE))
    assert [cache.find(each.tokens, 0) for each in long] == long


def test_of_two_that_differ_in_little_but_the_end_one_is_kept() -> None:
    cache = PrefixCache(MEGABYTE)
    tokens = _prefix(1).tokens
    for each in (tokens, (*tokens[:-10], -1), tokens[:-20]):
        cache.keep(KeptPrefix(each, STATE))
    assert len(cache._kept) == 1
    assert len(cache._kept[0].tokens) >= LONG - 20


def test_the_cache_in_memory_goes_before_the_disk(
    folder: Callable[..., PrefixFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = folder()
    kept.write(_prefix(1), "a")
    cache = PrefixCache(MEGABYTE, kept)
    cache.keep(_prefix(1))
    monkeypatch.setattr(PrefixFolder, "read", None)
    assert cache.find(_prefix(1).tokens, 0) == _prefix(1)
    assert cache.holds(_prefix(1).tokens)
    assert not cache.holds(_prefix(2).tokens)
