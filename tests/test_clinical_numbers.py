"""No number of clinical meaning stands in `assays/` or `reasoning/`: numbers are facts.

A literal number is allowed when it is arithmetic (0, 1, 2, ...), or when it is a named constant of
the module whose name stands below with the reason why it is not clinical. Text is looked at too: a
number in a sentence has to come from a fact.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "spindle"
FILES = sorted(path for room in ("assays", "reasoning") for path in (SOURCE / room).rglob("*.py"))
# Positions, halves, signs and per cent.
ARITHMETIC = {0, 1, 2, 0.5, 100}
# Named constants that are not clinical, with the reason.
NAMED: dict[str, str] = {
    "LEVEL": "the usual level of a confidence interval",
    "VERSION_LENGTH": "how many signs of a digest name a version",
    "LOOKED_AT": "how many rows of a long file are looked at before its genome build is inferred",
    "NAMES_SHOWN": "how many names of one kind a report prints before it counts the rest",
    "PROGRESS_EVERY": "after how many rows the terminal is told",
}
# Where a number is no value at all: how many results a cache keeps, digits of a rounding.
CALLS = {"lru_cache", "round"}
# A number in a sentence; the ends of a gene, 3' and 5', are names.
NUMBER = re.compile(r"(?<![\w.:#-])\d+(?:\.\d+)?(?![\w:'])")
# What a sentence may hold without a fact: an interval's level, which is named as such.
TEXTS = {"95"}


def list_faults(tree: ast.Module) -> Iterator[str]:
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    docstrings = set(iterate_docstrings(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float) and not is_allowed(node, parents):
            yield f"line {node.lineno}: {node.value}"
        if isinstance(node.value, str) and node not in docstrings:
            found = [number for number in NUMBER.findall(node.value) if number not in TEXTS]
            if found:
                yield f"line {node.lineno}: {found[0]} in {node.value[:60]!r}"


def iterate_docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Give every text that stands alone as a statement: docstrings of modules, classes, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def is_allowed(node: ast.Constant, parents: dict[ast.AST, ast.AST]) -> bool:
    if node.value in ARITHMETIC:
        return True
    while node in parents:
        node = parents[node]  # type: ignore[assignment]
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            return True
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return any(ast.unparse(target) in NAMED for target in targets)
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_clinical_number_stands_in_the_code(path: Path) -> None:
    assert list(list_faults(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_both_rooms_are_looked_at() -> None:
    assert {path.parent.name for path in FILES} >= {"assays", "reasoning"}
    assert len(FILES) > 10


def test_every_named_constant_is_there_and_has_a_reason() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    for name, reason in NAMED.items():
        assert re.search(rf"^{name}\b.*=", text, re.MULTILINE), name
        assert len(reason) > 10


@pytest.mark.parametrize(
    ("code", "n"),
    [
        ("def f(share): return share > 0.15", 1),
        ("CUT_OFF = 15", 1),
        ("says = 'more than 15 nuclei'", 1),
        ("says = f'{n} of 50 nuclei'", 1),
        ("def f():\n    'More than 15 nuclei.'\n    return 1", 0),
        ("ok = x[0] + 2 * y - 1", 0),
        ("name = 'ROS1 by RT-PCR'", 0),
        ("@lru_cache(maxsize=4096)\ndef f(): ...", 0),
    ],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(code: str, n: int) -> None:
    assert len(list(list_faults(ast.parse(code)))) == n
