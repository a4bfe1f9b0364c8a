"""Knowledge files: TOML tables read with the place of every entry, so that a fault can be named."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import tomli

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
    """Give the text of a knowledge file.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that is missing or not UTF-8.
    """
    try:
        return data_folder().joinpath(*path.split("/")).read_text(encoding="utf-8")
    except OSError as error:
        message = f"It can't be read: {error.strerror or error}."
        raise UserError("knowledge-invalid", message, place=path) from None
    except UnicodeDecodeError as error:
        message = f"It is not UTF-8: byte {error.start + 1} can't be read."
        raise UserError("knowledge-invalid", message, place=path) from None


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """Give a TOML text as a dictionary.

    Raises
    ------
    UserError
        `knowledge-invalid` with the parser's line.
    """
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise UserError("knowledge-invalid", f"Not TOML: {error}.", place=path) from None


def read_entries(
    path: str, table: str, text: str | None = None, *, also: Collection[str] = ()
) -> Iterator[Entry]:
    """Give the entries of an array of tables, each with its line.

    A line of 0 stands where it can't be told for certain.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that holds another table, or something else than entries.
    """
    text = read_text(path) if text is None else text
    parsed = parse_toml(text, path)
    if unknown := sorted(set(parsed) - {table, *also}):
        message = f"{', '.join(unknown)} is not known here; the file holds [[{table}]]."
        raise UserError("knowledge-invalid", message, place=path)
    entries = parsed.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        raise UserError("knowledge-invalid", f"[[{table}]] holds no entries.", place=path)
    lines = _find_lines(text, table)
    is_certain = len(lines) == len(entries) and '"""' not in text and "'''" not in text
    for position, values in enumerate(entries):
        yield Entry(values, f"{path}, line {lines[position] if is_certain else 0}")


def _find_lines(text: str, table: str) -> list[int]:
    """Give the line numbers at which an entry of the table begins."""
    head = re.compile(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]\s*(?:#.*)?")
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if "[[" in line and head.fullmatch(line)]


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
        if type(value) is expected:
            continue
        if expected is None:
            raise entry.fail(f"{name} has the unknown field {key!r}.")
        is_bool = isinstance(value, bool) and expected is int
        is_moment = isinstance(value, datetime.datetime)
        if not isinstance(value, expected) or is_bool or is_moment:
            raise entry.fail(f"{name} has {key} = {value!r}; expected {expected.__name__}.")
    for key in required:
        value = entry.values.get(key, "")
        if value == "" or (isinstance(value, str) and not value.strip()):
            raise entry.fail(f"{name} has no {key}.")
