"""Knowledge files: TOML tables read with the place of every entry, so that a fault can be named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from spindle.errors import UserError


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a knowledge file, with where it stands."""

    values: Mapping[str, Any]
    """The entry as parsed."""
    place: str
    """File and line, such as `facts/fish.toml, line 12`."""

    def fail(self, message: str) -> UserError:
        """Give the error for a fault in this entry."""
        return UserError("knowledge-invalid", message, place=self.place)


@cache
def data_folder() -> Traversable:
    """Give the folder of the knowledge files."""
    return resources.files("spindle.knowledge") / "data"


def list_files(folder: str, suffix: str = ".toml") -> list[str]:
    """Give the paths of the knowledge files in a folder, sorted."""
    names = sorted(item.name for item in (data_folder() / folder).iterdir())
    return [f"{folder}/{name}" for name in names if name.endswith(suffix)]


def read_text(path: str) -> str:
    """Give the text of a knowledge file."""
    return data_folder().joinpath(*path.split("/")).read_text(encoding="utf-8")


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """Give a TOML text as a dictionary.

    Raises
    ------
    UserError
        `knowledge-invalid` with the parser's line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError("knowledge-invalid", f"Not TOML: {error}.", place=path) from None


def read_entries(path: str, table: str, text: str | None = None) -> Iterator[Entry]:
    """Give the entries of an array of tables, each with its line."""
    text = read_text(path) if text is None else text
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{table}]]"]
    entries = parse_toml(text, path).get(table, [])
    for position, values in enumerate(entries):
        line = lines[position] if position < len(lines) else 0
        yield Entry(values, f"{path}, line {line}")


def check_keys(entry: Entry, required: Mapping[str, type], optional: Mapping[str, type]) -> None:
    """Refuse an entry with a missing, unknown or wrongly typed field.

    Raises
    ------
    UserError
        `knowledge-invalid` naming the field.
    """
    name = entry.values.get("id", "the entry")
    for key, value in entry.values.items():
        expected = required.get(key) or optional.get(key)
        if expected is None:
            raise entry.fail(f"{name} has the unknown field {key!r}.")
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise entry.fail(f"{name} has {key} = {value!r}; expected {expected.__name__}.")
    for key in required:
        if entry.values.get(key, "") == "":
            raise entry.fail(f"{name} has no {key}.")
