"""Where a fact is used: protocols, FISH rules, conflicts, other knowledge files, and code.

It reads the files of the installed package, so that it tells the truth of what runs. A fact that
code asks for by a name that it puts together (its table's loader) is told as the row of its table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from spindle.knowledge.fact_tables import load_rows, load_tables
from spindle.knowledge.facts import load_facts
from spindle.knowledge.files import data_folder, parse_toml, read_text

# What an entry of a file is called, by the file's folder or name; other files go by their name.
KIND_WORDS = {
    "protocols": "protocol",
    "fish_rules": "FISH rule",
    "conflicts": "conflict",
    "entities": "entity",
    "assays": "assay",
    "therapies": "therapy",
    "approvals": "approval",
}
_SHAPE = re.compile(r'"([a-z0-9-]+(?:\.[a-z0-9-]+)+)"')
# Folders that hold facts themselves, or words.
_NOT_USES = ("facts", "sources", "tables", "vocabularies")


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a fact is used."""

    kind: str
    """`protocol`, `FISH rule`, `conflict`, `table`, `code`, or the kind of a knowledge file."""
    name: str
    """Id of the entry, or of the table, or the module's path."""
    file: str
    """The file, below the data folder or, for code, below the package."""


def list_uses(fact_id: str) -> tuple[Use, ...]:
    """Give where a fact is used, each place once: knowledge first, then code."""
    return load_uses().get(fact_id, ())


@cache
def load_uses() -> Mapping[str, tuple[Use, ...]]:
    """Give where every fact is used, by the fact's id; a fact without a use has no entry."""
    known = load_facts()
    found: dict[str, dict[Use, None]] = {}
    for fact_id, use in (*_iterate_data_uses(), *_iterate_table_uses(), *_iterate_code_uses()):
        if fact_id in known:
            found.setdefault(fact_id, {})[use] = None
    return MappingProxyType({fact_id: tuple(uses) for fact_id, uses in found.items()})


def _iterate_data_uses() -> Iterator[tuple[str, Use]]:
    for path in _list_knowledge_files(data_folder()):
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".toml")
        kind = KIND_WORDS.get(folder or stem, (folder or stem).replace("_", " "))
        document = parse_toml(read_text(path), path)
        owner = document.get("id", stem)
        is_whole = "id" in document
        for text, entry in _walk(document, str(owner), is_whole):
            yield text, Use(kind, entry, path)


def _list_knowledge_files(folder: Traversable, prefix: str = "") -> Iterator[str]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name not in _NOT_USES:
            yield from _list_knowledge_files(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".toml"):
            yield f"{prefix}{item.name}"


def _walk(value: Any, owner: str, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Give every text with the id of the entry in which it stands, or of the whole file."""
    if isinstance(value, str):
        yield value, owner
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, owner, is_whole)
    elif isinstance(value, dict):
        named = value.get("id")
        inside = named if isinstance(named, str) and not is_whole else owner
        for inner in value.values():
            yield from _walk(inner, inside, is_whole)


def _iterate_table_uses() -> Iterator[tuple[str, Use]]:
    for table in load_tables().values():
        for row in load_rows(table.id):
            yield row.id, Use("table", table.id, table.path)


def _iterate_code_uses() -> Iterator[tuple[str, Use]]:
    for path, text in _iterate_modules(resources.files("spindle")):
        for fact_id in _SHAPE.findall(text):
            yield fact_id, Use("code", path, path)


def _iterate_modules(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name not in ("data", "__pycache__"):
            yield from _iterate_modules(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".py"):
            yield f"{prefix}{item.name}", item.read_text(encoding="utf-8")
