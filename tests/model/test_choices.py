"""The models that can be chosen, in real folders, and which was chosen last."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.model.choices import model_choices, remember_choice, remembered_choice
from assistant.settings import Settings
from tests.changing_page import BYTES, stage


@pytest.fixture
def settings(tmp_path: Path) -> object:
    with stage(tmp_path) as scene:
        yield scene.settings


def _gguf(kind: str) -> bytes:
    return b"GGUF" + bytes(20) + b"general.type" + struct.pack("<IQ", 8, len(kind)) + kind.encode() + bytes(100)


def test_those_of_the_catalog_come_first_and_then_the_files(settings: Settings) -> None:
    choices = model_choices(settings)
    assert [(choice.id, choice.is_here) for choice in choices] == [
        ("small", True),
        ("other", True),
        ("far", False),
        ("broken.gguf", True),
        ("mine.gguf", True),
    ]
    assert [choice.model for choice in choices[:3]] == ["small", "other", "far"]
    assert choices[-1].model == str(settings.home / "models" / "mine.gguf")
    assert (choices[0].licence, choices[0].bytes, choices[-1].licence) == ("MIT", len(BYTES), "")
    assert choices[0].measured
    assert (choices[0].measured.right, choices[0].measured.refused, choices[1].measured) == (72, 85, None)


def test_files_that_are_no_models_are_left_out(settings: Settings) -> None:
    folder = settings.home / "models"
    (folder / "a.gguf").write_bytes(_gguf("adapter"))
    (folder / "b.gguf").write_bytes(_gguf("model"))
    (folder / "c.gguf").write_bytes(b"PK" + BYTES)
    (folder / "d.gguf").mkdir()
    assert [choice.id for choice in model_choices(settings)[3:]] == ["b.gguf", "broken.gguf", "mine.gguf"]


def test_the_file_that_is_run_is_among_them_wherever_it_lies(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "mine.gguf"
    path.parent.mkdir()
    path.write_bytes(BYTES)
    found = [choice.model for choice in model_choices(replace(settings, model=str(path))) if choice.id == "mine.gguf"]
    assert found == [str(path)]


def test_the_catalog_s_file_at_another_place_is_the_catalog_s_model(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "far-q4.gguf"
    path.parent.mkdir()
    path.write_bytes(BYTES)
    far = model_choices(replace(settings, model=str(path)))[2]
    assert (far.id, far.model, far.is_here) == ("far", str(path), True)


@pytest.mark.parametrize("is_given", [True, False])
def test_a_file_that_only_has_the_name_of_the_catalog_s_is_one_of_the_user_s_own(
    settings: Settings, tmp_path: Path, is_given: bool
) -> None:
    path = (tmp_path / "elsewhere" if is_given else settings.home / "models") / "far-q4.gguf"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(BYTES + b"more")
    choices = model_choices(replace(settings, model=str(path)) if is_given else settings)
    assert (choices[2].id, choices[2].model, choices[2].is_here) == ("far", "far", False)
    assert [(each.model, each.bytes) for each in choices[3:] if each.id == path.name] == [(str(path), len(BYTES) + 4)]


def test_what_was_chosen_last_is_remembered_while_it_is_there(settings: Settings) -> None:
    assert remembered_choice(settings) == "small"
    for choice in model_choices(settings):
        remember_choice(choice, settings)
        assert remembered_choice(settings) == (choice.model if choice.is_here else "small")
    (settings.home / "models" / "mine.gguf").unlink()
    assert remembered_choice(settings) == "small"


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"id": ["other"]}', '"other"', "\udcff", "[" * 100_000])
def test_a_damaged_note_is_as_none(settings: Settings, written: str) -> None:
    settings.chosen.write_bytes(written.encode("utf-8", "surrogateescape"))
    assert remembered_choice(settings) == "small"
