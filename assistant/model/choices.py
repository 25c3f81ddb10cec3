"""The models that can be chosen: those of the catalog, and the GGUF files found in the folders of models.

Which of them is run is for whoever chooses; `catalog.py` brings and verifies the file.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.model.catalog import Measured, ModelSpec, installed, load_catalog, model_folders, spec_of
from assistant.model.fetching import size_of
from assistant.model.files import keep_record, path_of
from assistant.settings import Settings

__all__ = ["ModelChoice", "model_choices", "remember_choice", "remembered_choice"]

_BEGINNING = 1 << 16
"""Bytes of a GGUF file in which it says what kind it is."""
_KIND = b"general.type\x08\0\0\0"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen."""

    id: str
    """Its id in the catalog, or its file's name."""
    model: str
    """As `Settings.model` has it: the id, or the file's path."""
    bytes: int
    is_here: bool
    licence: str = ""
    """Where it is known."""
    measured: Measured | None = None


def model_choices(settings: Settings) -> tuple[ModelChoice, ...]:
    """Those of the catalog, in its order, then the files: the one that the settings name, if they name one, first.

    Of files with the same name only the first found is among them.

    Raises:
        ModelError: the catalog is broken.
    """
    catalog = load_catalog()
    given = [] if settings.model in catalog.ids else [settings.model]
    elsewhere = {spec.id: model for model in given if (spec := spec_of(model))}
    files: dict[str, ModelChoice] = {}
    for model in (*given, *map(str, _files(settings))):
        path = path_of(model)
        if path.name not in files and not spec_of(model):
            files[path.name] = ModelChoice(path.name, model, size_of(path), is_here=True)
    return (*(_of_catalog(spec, elsewhere.get(spec.id), settings) for spec in catalog.specs), *files.values())


def remember_choice(choice: ModelChoice, settings: Settings) -> None:
    """Notes what was chosen, for the next start; where that can't be written, it is forgotten."""
    with suppress(OSError):
        settings.chosen.parent.mkdir(parents=True, exist_ok=True)
    keep_record(settings.chosen, {"id": choice.id})


def remembered_choice(settings: Settings) -> str:
    """What `Settings.model` is to be where none is named: what was chosen last, if it is still there, or the default.

    Raises:
        ModelError: the catalog is broken.
    """
    try:
        chosen = json.loads(settings.chosen.read_text("utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return settings.model
    found = (choice.model for choice in model_choices(settings) if choice.id == chosen and choice.is_here)
    return next(found, settings.model)


def _of_catalog(spec: ModelSpec, given: str | None, settings: Settings) -> ModelChoice:
    """`given`: the path of its file, where the settings name that."""
    is_here = given is not None or installed(spec, settings) is not None
    return ModelChoice(spec.id, given or spec.id, spec.bytes, is_here, spec.licence, spec.measured)


def _files(settings: Settings) -> Iterator[Path]:
    for folder in model_folders(settings):
        with suppress(OSError):
            yield from (path for path in sorted(folder.glob("*.gguf")) if _is_model(path))


def _is_model(path: Path) -> bool:
    """Whether a GGUF file is a model's, rather than an adapter's or the like, which say so at their beginning."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return False
    _, told, kind = beginning.partition(_KIND)
    return beginning.startswith(b"GGUF") and (not told or kind[8:].startswith(b"model"))
