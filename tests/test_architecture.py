"""What the house promises about itself: light imports, documented names, short files."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spindle.cases.notes import CATALOGUE as NOTES
from spindle.errors import CATALOGUE as ERRORS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "spindle"
FILES = sorted(SOURCE.rglob("*.py"))
HEAVY = ("numpy", "scipy", "pydantic", "jinja2", "python_calamine", "openpyxl", "pandas")
LIGHT_MODULES = (
    "spindle",
    "spindle.cli",
    "spindle.cli.main",
    "spindle.errors",
    "spindle.cases.case",
    "spindle.cases.notes",
    "spindle.knowledge.facts",
    "spindle.assays.fish",
    "spindle.reasoning.reflex",
)
# Lower case, hyphens: the form in which slugs stand in code and documentation.
RAISED = re.compile(r"""UserError\(\s*["']([a-z-]+)["']""")
NOTED = re.compile(r"""\bNote\(\s*(?:slug=)?["']([a-z-]+)["']""")


def name_file(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def list_functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, functions)]


def has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("module", [name for name in LIGHT_MODULES if has_module(name)])
def test_importing_stays_light(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.split() == []


def test_the_walk_finds_the_rooms() -> None:
    rooms = {path.parent.name for path in FILES}
    assert {"cases", "knowledge", "assays", "reasoning", "cohort", "formats"} <= rooms


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_every_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.splitlines()[0].strip()


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_no_file_is_longer_than_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_no_function_is_longer_than_60_lines(path: Path) -> None:
    long = {
        function.name: function.end_lineno - function.lineno + 1
        for function in list_functions(path)
        if function.end_lineno is not None and function.end_lineno - function.lineno >= 60
    }
    assert long == {}


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_every_public_function_says_what_it_gives(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_every_field_of_a_record_has_a_line_of_its_own(path: Path) -> None:
    """A string under each public field of a public frozen dataclass, as the design asks."""
    bare = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef) or not _is_public_record(node):
            continue
        for field, after in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign) and not _is_text(after):
                bare.append(f"{node.name}.{ast.unparse(field.target)}")
    assert [name for name in bare if "._" not in name] == []


def _is_public_record(node: ast.ClassDef) -> bool:
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    is_frozen = any(name == "record" or "frozen=True" in name for name in decorators)
    return is_frozen and not node.name.startswith("_")


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize(
    ("page", "slugs"),
    [("docs/errors.md", list(ERRORS)), ("docs/notes.md", list(NOTES))],
    ids=["errors", "notes"],
)
def test_every_slug_is_documented(page: str, slugs: list[str]) -> None:
    path = ROOT / page
    assert path.is_file(), f"{page} is not there"
    text = path.read_text(encoding="utf-8")
    missing = [slug for slug in slugs if not re.search(rf"(?<![\w-]){slug}(?![\w-])", text)]
    assert missing == []


def test_every_slug_that_code_names_is_catalogued() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    raised, noted = set(RAISED.findall(text)), set(NOTED.findall(text))
    assert raised
    assert raised <= set(ERRORS)
    assert noted <= set(NOTES)


def test_no_file_is_left_half_written() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    found = [name_file(p) for p in FILES if words.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_nothing_reaches_out_of_the_machine() -> None:
    """Local and private: no module of the network is imported."""
    network = {"socket", "http", "urllib", "requests", "httpx", "ftplib", "smtplib", "aiohttp"}
    found = [
        (name_file(path), name)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _list_imported(node)
        if name.split(".")[0] in network
    ]
    assert found == []


def _list_imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def test_a_package_needs_no_file_that_only_the_repository_has() -> None:
    """Knowledge is read as package data, so it is there after an installation."""
    data = SOURCE / "knowledge" / "data"
    assert any(data.rglob("*.toml"))
    assert not [p for p in data.rglob("*") if p.is_symlink()]
    absolute = re.compile(r"[\"'](/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\)")
    found = [name_file(p) for p in FILES if absolute.search(p.read_text(encoding="utf-8"))]
    assert found == []
