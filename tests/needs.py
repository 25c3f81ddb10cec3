"""What some tests need and not every machine has: the model's file, a browser, torch, Ray.

A test that lacks it is skipped, or fails where `ASSISTANT_TESTS_REQUIRE` names it ("model,browser").
"""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from assistant.model.catalog import installed, load_catalog
from assistant.settings import Settings

_BEFORE_TESTS = Settings()
"""As the user has it: made on import, before the tests get a home of their own."""


def need(what: str, why: str) -> NoReturn:
    """Skips the test for the lack of `what`; fails it where `ASSISTANT_TESTS_REQUIRE` names that."""
    required = os.environ.get("ASSISTANT_TESTS_REQUIRE", "")
    if what in (name.strip() for name in required.split(",")):
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def model_path() -> Path:
    """The file of the default model, in the checkout or in the user's own folder."""
    catalog = load_catalog()
    path = installed(catalog.find(catalog.default), _BEFORE_TESTS)
    return path or need("model", "The default model is not here; fetch it with `uv run assistant models pull`.")


def torch() -> None:
    """What an adapter is fitted with."""
    missing = [name for name in ("gguf", "torch", "transformers") if not importlib.util.find_spec(name)]
    if missing:
        need("torch", f"Not installed: {', '.join(missing)}; with uv: uv sync --group fit.")


def ray() -> None:
    """What adds on a cluster."""
    missing = [name for name in ("ray", "pyarrow") if not importlib.util.find_spec(name)]
    if missing:
        need("ray", f"Not installed: {', '.join(missing)}; with uv: uv sync --group ray.")


def chromium() -> str:
    """The path of the browser."""
    found = shutil.which("chromium")
    return found or need("browser", "Chromium is not installed; on Debian: apt-get install chromium fonts-noto-cjk.")
