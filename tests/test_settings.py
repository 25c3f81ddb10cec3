"""What the user can choose, and where the user's things lie."""

import os
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from platformdirs import user_data_path

import assistant.settings
from assistant.errors import UsageError
from assistant.model.catalog import load_catalog
from assistant.settings import DEFAULT_MODEL, PACKAGE, ChromaServer, Settings, available_cores


def test_the_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "articles"))
    assert Settings().home == tmp_path / "articles"
    assert not Settings().home.exists()


def test_a_relative_home_stays_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_HOME", "articles")
    home = Settings().home
    monkeypatch.chdir("/")
    assert home == tmp_path / "articles"


def test_a_tilde_is_the_user_s_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ASSISTANT_HOME", "~/articles")
    assert Settings().home == tmp_path / "articles"


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_the_home_is_the_platform_s(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("ASSISTANT_HOME")
    if value is not None:
        monkeypatch.setenv("ASSISTANT_HOME", value)
    assert Settings().home == user_data_path("article-assistant")


def test_a_model_server_is_what_the_environment_says_and_none_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Settings().server, Settings().server_key, Settings().server_model) == ("", "", "")
    for name, value in (("BASE_URL", " http://localhost:1/v1 "), ("API_KEY", "sk-secret"), ("MODEL", "mine")):
        monkeypatch.setenv(f"OPENAI_{name}", value)
    settings = Settings()
    assert (settings.server, settings.server_key, settings.server_model) == (
        "http://localhost:1/v1",
        "sk-secret",
        "mine",
    )
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(("value", "at_once"), [("", 4), ("12", 12), (" 1 ", 1)])
def test_so_many_questions_are_asked_of_it_at_once(monkeypatch: pytest.MonkeyPatch, value: str, at_once: int) -> None:
    monkeypatch.setenv("OPENAI_AT_ONCE", value)
    assert Settings().server_at_once == at_once


@pytest.mark.parametrize("value", ["many", "0", "-3", "2.5"])
def test_a_number_of_questions_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OPENAI_AT_ONCE", value)
    with pytest.raises(UsageError, match=f"OPENAI_AT_ONCE takes a number from 1 on, not '{value}'"):
        Settings()


@pytest.mark.parametrize(
    ("value", "ssl"), [("", False), ("0", False), ("No", False), ("1", True), (" TRUE ", True), ("on", True)]
)
def test_a_chroma_server_is_spoken_with_as_is_said(monkeypatch: pytest.MonkeyPatch, value: str, ssl: bool) -> None:
    monkeypatch.setenv("CHROMA_HOST", "chroma.news.example")
    monkeypatch.setenv("CHROMA_SSL", value)
    assert Settings().chroma == ChromaServer("chroma.news.example", ssl=ssl)


@pytest.mark.parametrize("value", ["y", "enabled", "https", "2"])
def test_a_key_does_not_go_without_encryption_by_a_slip(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CHROMA_HOST", "chroma.news.example")
    monkeypatch.setenv("CHROMA_SSL", value)
    with pytest.raises(UsageError, match=f"CHROMA_SSL takes 1 for https, or 0 for http, not '{value}'"):
        Settings()


@pytest.mark.parametrize(("host", "place"), [("db.example", "db.example:1"), ("::1", "[::1]:1"), ("[::1]", "[::1]:1")])
def test_a_chroma_server_is_called_by_host_and_port(host: str, place: str) -> None:
    assert ChromaServer(host, "1").place == place


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("20000 100000", 1),
        ("6400000 100000", 8),
        ("max 100000", 8),
        ("5000 0", 8),
        ("", 8),
        (None, 8),
    ],
)
def test_a_container_s_quota_of_the_processor_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: str | None, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(assistant.settings, "CPU_QUOTA", tmp_path / "cpu.max")
    if quota is not None:
        (tmp_path / "cpu.max").write_text(f"{quota}\n")
    assert available_cores() == cores == Settings().threads


def test_settings_are_changed_by_making_new_ones() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.threads = 1  # type: ignore[misc]
    assert replace(settings, threads=settings.threads + 1) != settings


def test_the_defaults_fit_each_other() -> None:
    settings = Settings()
    assert settings.threads >= 1
    assert settings.window_tokens + settings.answer_tokens < settings.context_tokens
    assert settings.host == "127.0.0.1"


def test_the_default_model_is_the_catalog_s() -> None:
    assert load_catalog().default == DEFAULT_MODEL == Settings().model


def test_the_package_is_where_the_code_is() -> None:
    assert (PACKAGE / "settings.py").is_file()
