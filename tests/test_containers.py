"""The README's compose file fits what there is, and its parts, started by hand as it starts them, work together."""

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import typer
import yaml

from assistant.interfaces import cli
from assistant.interfaces.passwords import Hashed
from assistant.model.catalog import load_catalog
from assistant.settings import Settings
from tests.chroma import COMMAND, Chroma
from tests.fire._visitor import Asked, Page, Visitor
from tests.llama_server import LlamaServer
from tests.nginx import Nginx
from tests.pages import REPOSITORY, Server
from tests.proxy import Proxy
from tests.test_readme import BLOCKS
from tests.tiny_model import write_tiny_adapter, write_tiny_model

COMPOSE = yaml.safe_load(next(block for kind, block in BLOCKS if kind == "yaml"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PAGES = ["page-1", "page-2"]
MODELS = {"page-1": "model-1", "page-2": "model-2"}
NGINX, UPSTREAM = (block for kind, block in BLOCKS if kind == "nginx")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PASSWORD = "open sesame"
ROLLS = "Rolls cost 240 yen since May. The bakery opened in 1998.\n"
QUESTION = "What do rolls cost?"
SECONDS = 30.0


def _words(service: str) -> list[str]:
    return shlex.split(SERVICES[service]["command"])


def _value(service: str, option: str) -> str:
    words = _words(service)
    return words[words.index(option) + 1]


def _options(page: str) -> dict[str, Any]:
    """What a page is started with, as the command takes it."""
    words = _words(page)
    assert words[:4] == ["uv", "run", "assistant", "page"]
    command = typer.main.get_command(cli.app).commands["page"]  # type: ignore[attr-defined]
    return dict(command.make_context("page", words[4:]).params)


def _settings(page: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that the environment of a page makes."""
    for name, value in SERVICES[page]["environment"].items():
        monkeypatch.setenv(name, value)
    return Settings()


def _mounts(service: str) -> dict[str, str]:
    """Where in a container what lies, but for how."""
    return {where: what for what, where, *_ in (volume.split(":") for volume in SERVICES[service]["volumes"])}


def _cores(service: str) -> set[int]:
    first, last = map(int, SERVICES[service]["cpuset"].split("-"))
    return set(range(first, last + 1))


def test_images_are_of_one_version_each_and_chroma_s_is_the_client_s() -> None:
    images = {name: service["image"].rpartition(":") for name, service in SERVICES.items()}
    assert all(re.fullmatch(r"[\w-]*\d+\.\d+\.\d+|server-b\d+", tag) for _, _, tag in images.values())
    assert f"chromadb=={images['chroma'][2]}" in PROJECT["project"]["dependencies"]
    assert {images[page][2] for page in PAGES} == {PROJECT["project"]["version"]}


def test_the_image_of_a_page_has_all_that_the_project_s_own_files_are() -> None:
    for page in PAGES:
        build = SERVICES[page]["build"]
        copied = [line.split()[1:-1] for line in build["dockerfile_inline"].splitlines() if line.startswith("COPY")]
        patterns = [pattern for line in copied for pattern in line]
        assert all(list(REPOSITORY.glob(pattern)) for pattern in patterns)
        files = {str(path.relative_to(REPOSITORY)) for pattern in patterns for path in REPOSITORY.glob(pattern)}
        needed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
        assert {*needed, PROJECT["project"]["readme"], "app.py", "pyproject.toml", "assistant"} <= files
        assert f"FROM python:{PROJECT['project']['requires-python'].removeprefix('>=')}" in build["dockerfile_inline"]


def test_each_variable_of_the_environment_is_one_that_the_assistant_reads() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "assistant").rglob("*.py"))
    for page in PAGES:
        assert all(f'"{name}"' in source for name in SERVICES[page]["environment"])


def test_options_of_the_pages_fit_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in PAGES:
        options = _options(page)
        assert options["host"] == "0.0.0.0"  # noqa: S104
        assert set(options["name"]) == {*PAGES, *re.findall(r"server_name (\S+);", NGINX)}
        assert f"location {options['root_path']}/ {{" in NGINX
        assert str(options["auth"].parent) in _mounts(page)
        assert _settings(page, monkeypatch).home.as_posix() in _mounts(page)
        assert options["metrics"]
        (networks,) = COMPOSE["networks"]["default"]["ipam"]["config"]
        assert options["metrics_from"] == [networks["subnet"]]
        assert ip_network(networks["subnet"]).is_private
    homes = [_mounts(page)[_settings(page, monkeypatch).home.as_posix()] for page in PAGES]
    assert len(set(homes)) == len(PAGES)
    assert COMPOSE["volumes"].keys() == {*homes, *(_mounts("chroma")[_value("chroma", "--path")],)}


def test_ports_are_those_that_the_others_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in PAGES:
        settings = _settings(page, monkeypatch)
        assert settings.chroma
        assert (settings.chroma.host, settings.chroma.port) == ("chroma", _value("chroma", "--port"))
        model = urlsplit(settings.server)
        assert (model.hostname, str(model.port)) == (MODELS[page], _value(MODELS[page], "--port"))
        assert f"server {page}:{_options(page)['port']} resolve;" in UPSTREAM
        assert SERVICES[page]["depends_on"].keys() == {"chroma", MODELS[page]}
    assert re.findall(r"server (\S+):", UPSTREAM) == PAGES == list(SERVICES["nginx"]["depends_on"])
    (listens,) = re.findall(r"listen (\d+) ssl", NGINX)
    assert SERVICES["nginx"]["ports"] == [f"{listens}:{listens}"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    ports = {"chroma": _value("chroma", "--port"), "nginx": listens}
    ports |= {page: str(_options(page)["port"]) for page in PAGES}
    ports |= {model: _value(model, "--port") for model in MODELS.values()}
    for name, service in SERVICES.items():
        assert re.search(rf"127\.0\.0\.1[:/]{ports[name]}\b", " ".join(service["healthcheck"]["test"]))
        assert all(needed == {"condition": "service_healthy"} for needed in service.get("depends_on", {}).values())


def test_files_of_nginx_are_there() -> None:
    mounted = _mounts("nginx")
    assert set(re.findall(r"ssl_certificate(?:_key)? (\S+);", NGINX)) <= mounted.keys()
    assert mounted["/etc/nginx/conf.d/default.conf"] == "./nginx.conf"


def test_options_of_chroma_exist() -> None:
    told = subprocess.run([sys.executable, "-c", COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    command, *options = _words("chroma")
    assert command == "run"
    assert {word for word in options if word.startswith("--")} <= set(re.findall(r"--\w+", told))


def test_a_llama_server_has_the_default_model_with_its_adapter_and_room_in_each_slot() -> None:
    spec = load_catalog().find(Settings().model)
    assert spec.adapter
    for model in MODELS.values():
        (folder,) = _mounts(model)
        assert _value(model, "--model") == f"{folder}/{spec.file}"
        assert _value(model, "--lora") == f"{folder}/{spec.adapter.file}"
        slots = int(_value(model, "--parallel"))
        assert int(_value(model, "--ctx-size")) >= slots * Settings().context_tokens
        assert int(_value(model, "--threads")) == len(_cores(model))
    first, second = (_cores(model) for model in MODELS.values())
    assert not first & second
    assert all(not _cores(page) & (first | second) for page in PAGES)


def test_options_of_llama_server_exist() -> None:
    program = shutil.which("llama-server")
    if not program:
        pytest.skip("no llama-server is on PATH")
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    for model in MODELS.values():
        assert {word for word in _words(model) if word.startswith("--")} <= set(re.findall(r"--[\w-]+", told))


@contextmanager
def _started(folder: Path, chroma: Chroma) -> Iterator[tuple[str, list[Server], list[LlamaServer]]]:
    """All of it, as the compose file starts it: nginx's address, the pages, and the servers of their models."""
    adapter = write_tiny_adapter(folder / Path(_value("model-1", "--lora")).name)
    model = write_tiny_model(folder / "tiny.gguf")
    passwords = folder / "passwords"
    passwords.write_text(f"mika:{Hashed(16, 1, 1, b'salt' * 4, bytes(32)).made_of(PASSWORD)}\n", encoding="utf-8")
    library = chroma.database("containers")
    with ExitStack() as opened:
        models = [LlamaServer(model, int(_value(each, "--parallel")), adapter) for each in MODELS.values()]
        for each in models:
            opened.callback(each.close)

        def start(page: str, served: LlamaServer) -> Server:
            here = {"0.0.0.0": "127.0.0.1", str(_options(page)["auth"]): str(passwords)}  # noqa: S104
            port = _words(page).index("--port")
            words = _words(page)[4:port] + _words(page)[port + 2 :]
            environment = SERVICES[page]["environment"] | {
                "ASSISTANT_HOME": str(folder / page),
                "CHROMA_HOST": library.host,
                "CHROMA_PORT": library.port,
                "CHROMA_DATABASE": library.database,
                "OPENAI_BASE_URL": served.url,
            }
            options = [here.get(word, word) for word in words]
            server = Server(folder / page, None, folder / "errors", options, environment)
            opened.callback(server.stop)
            return server

        with ThreadPoolExecutor(len(PAGES)) as starting:
            pages = list(starting.map(start, PAGES, models))
        proxy = Nginx if shutil.which("nginx") else Proxy
        front = proxy([page.port for page in pages], _options("page-1")["root_path"])
        opened.callback(front.close)
        yield f"https://127.0.0.1:{urlsplit(front.url).port}{_options('page-1')['root_path']}", pages, models


def _has_asked(model: LlamaServer) -> bool:
    prompts = (bytes(token for token in each["prompt"] if token < 256) for each in model.completions())
    return any(QUESTION.encode() in prompt for prompt in prompts)


def _reader(place: str) -> httpx.AsyncClient:
    """A browser of its own."""
    headers = {"Host": re.findall(r"server_name (\S+);", NGINX)[0]}
    return httpx.AsyncClient(base_url=place, headers=headers, verify=False, timeout=SECONDS)  # noqa: S501


async def _logged_in(http: httpx.AsyncClient) -> Page:
    assert (await http.get("/")).status_code == 200
    (await http.post("/login", data={"username": "mika", "password": PASSWORD})).raise_for_status()
    return await Page.of(http)


async def _asked(place: str, article: str, has_come: Callable[[Asked], bool]) -> Asked:
    """What a new reader is answered, once the article is on that reader's page."""
    async with _reader(place) as http:
        visitor = Visitor(await _logged_in(http), article=article)
        await visitor.open()
        until = asyncio.get_running_loop().time() + SECONDS
        while not has_come(asked := await visitor.ask(QUESTION)):
            assert asyncio.get_running_loop().time() < until, asked
            await asyncio.sleep(0.1)
        visitor.leave()
        return asked


async def _use(place: str, models: list[LlamaServer]) -> None:
    async with _reader(place) as http:
        editor = Visitor(await _logged_in(http))
        await editor.open()
        article = await editor.add(ROLLS)
        editor.leave()
    for _ in range(20):
        asked = await _asked(place, article, lambda asked: "There is no article" not in asked.problem)
        assert (asked.problem, asked.evidence is None, asked.end is None) == ("", False, False)
        if all(map(_has_asked, models)):
            return
    raise AssertionError("all readers came to the same page")


def test_an_article_added_by_one_page_is_answered_from_by_the_other(tmp_path: Path, chroma: Chroma) -> None:
    pytest.importorskip("gguf")
    with _started(tmp_path, chroma) as (place, pages, models):
        asyncio.run(_use(place, models))
        for page in pages:
            assert httpx.get(f"{page.url}/health").json() == {"status": "ready", "store": "ready", "model": "ready"}
            host = {"Host": f"page-1:{page.port}"}
            assert 'questions_total{language="en"' in httpx.get(f"{page.url}/metrics", headers=host).text
        assert httpx.get(f"{place}/health", verify=False).status_code == 403  # noqa: S501
    assert "Traceback" not in (tmp_path / "errors").read_text(encoding="utf-8")
