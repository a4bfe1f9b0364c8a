"""Knowledge files: TOML tables read with the place of every entry, so that a fault can be named."""

from __future__ import annotations

import datetime
import re
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import tomli

from spindle.errors import UserError
from spindle.knowledge.damage import (
    MIXED,
    find_damage,
    find_key_line,
    find_long_number,
    find_mixed,
    find_table_lines,
    find_unseen,
    name_unseen,
)

_PARSED_LINE = re.compile(r"at line (\d+)")
_SHOWN = 60
_TOML = ".toml"
# Types of fields for `check_keys`.
TABLES = list[dict[str, Any]]
WORD_LISTS = list[list[str]]
NUMBERS = list[float]
NAMED_WORDS = dict[str, str]
NAMED_LISTS = dict[str, list[str]]
NAMED_TABLES = dict[str, dict[str, Any]]
# A file that is gone is no entry that could be mended.
_LOST = "Put the file back, or install Spindle again."


class MaybeText:
    """Type of a field that holds a text, or an empty one."""


class MaybeWords:
    """Type of a field that holds a list of words, or an empty one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a knowledge file, with where it stands."""

    values: Mapping[str, Any]
    """The entry as parsed."""
    place: str
    """File and line, such as `facts/fish.toml, line 12`; the file for one that is read whole."""
    text: str = ""
    """Text of a file that is read whole, so that a fault can name its line; empty for others."""
    inside: str = ""
    """Where the entry stands in such a text: `steps.alk-ihc`; empty for the whole of it."""

    def fail(self, message: str, key: str = "") -> UserError:
        """Give the error for a fault in this entry, at the line of a key where that can be told."""
        place = self.place
        if self.text:
            inside = ".".join(filter(None, (self.inside, key)))
            place = f"{place}, line {find_key_line(self.text, inside)}"
        return UserError("knowledge-invalid", message, place=place)

    def enter(self, key: str, values: Mapping[str, Any]) -> Entry:
        """Give a table inside this entry, with its place."""
        inside = ".".join(filter(None, (self.inside, key)))
        return Entry(values, self.place, self.text, inside)


@cache
def data_folder() -> Traversable:
    """Give the folder of the knowledge files."""
    return resources.files("spindle.knowledge") / "data"


def list_files(folder: str, suffix: str = _TOML) -> list[str]:
    """Give the paths of the knowledge files in a folder, sorted.

    Raises
    ------
    UserError
        `knowledge-invalid` for a folder that is missing or holds no TOML file.
    """
    try:
        names = sorted(item.name for item in (data_folder() / folder).iterdir())
    except OSError as error:
        message = f"It can't be read: {error.strerror or error}."
        raise UserError("knowledge-invalid", message, place=folder, cure=_LOST) from None
    paths = [f"{folder}/{name}" for name in names if name.endswith(suffix)]
    if not paths and suffix == _TOML:
        message = "The folder holds no TOML file."
        raise UserError("knowledge-invalid", message, place=folder, cure=_LOST)
    return paths


def read_text(path: str) -> str:
    """Give the text of a knowledge file; a byte order mark at its start is left out.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that is missing or not UTF-8.
    """
    try:
        return data_folder().joinpath(*path.split("/")).read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"It can't be read: {error.strerror or error}."
        raise UserError("knowledge-invalid", message, place=path, cure=_LOST) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"It is not UTF-8: byte {error.start + 1} can't be read."
        raise UserError(
            "knowledge-invalid",
            message,
            place=f"{path}, line {line}",
            cure="Save the file again as UTF-8.",
        ) from None


@lru_cache(maxsize=16)
def parse_toml(text: str, path: str) -> dict[str, Any]:
    """Give a TOML text as a dictionary, which several readers share: it is not to be changed.

    Raises
    ------
    UserError
        `knowledge-invalid`, with the line, for a text that is not TOML, or that holds a character
        which nobody can see or a number beyond what TOML holds.
    """
    try:
        document = tomli.loads(text)
        damage = find_damage(document, text)
    except tomli.TOMLDecodeError as error:
        found = _PARSED_LINE.search(str(error))
        last = text.rstrip("\n").count("\n") + 1
        place = f"{path}, line {found[1] if found else last}"
        raise UserError("knowledge-invalid", f"Not TOML: {error}.", place=place) from None
    except ValueError:
        # Python reads no number of more digits than it could be made to choke on.
        place = f"{path}, line {find_long_number(text)}"
        message = "It holds a number that is too long."
        raise UserError("knowledge-invalid", message, place=place) from None
    except RecursionError:
        message = "Its lists or tables stand too deep in one another."
        raise UserError("knowledge-invalid", message, place=path) from None
    if damage is not None:
        line, message = damage
        raise UserError("knowledge-invalid", message, place=f"{path}, line {line}")
    return document


def check_text(text: str, path: str) -> None:
    """Refuse a text with a character that nobody can see, or letters of two scripts in a word.

    Raises
    ------
    UserError
        `knowledge-invalid`, with the line.
    """
    unseen = "" if text.replace("\n", "").isprintable() else find_unseen(text)
    position = text.index(unseen) if unseen else find_mixed(text)
    if position is not None:
        place = f"{path}, line {text.count(chr(10), 0, position) + 1}"
        raise UserError("knowledge-invalid", name_unseen(unseen) if unseen else MIXED, place=place)


def read_document(path: str, text: str | None = None) -> Entry:
    """Give a file that is one entry as a whole.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that is not TOML or holds nothing.
    """
    text = read_text(path) if text is None else text
    values = parse_toml(text, path)
    if not values:
        raise UserError("knowledge-invalid", "The file holds nothing.", place=f"{path}, line 1")
    return Entry(values, path, text)


def read_entries(
    path: str,
    table: str,
    text: str | None = None,
    *,
    also: Collection[str] = (),
    may_lack: bool = False,
) -> Iterator[Entry]:
    """Give the entries of an array of tables, each with its line.

    An entry whose line can't be told for certain is told by its number.

    Parameters
    ----------
    also:
        Other tables that the file may hold.
    may_lack:
        Whether the file may be without such an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a file that holds another table, no entry, or something else.
    """
    text = read_text(path) if text is None else text
    parsed = parse_toml(text, path)
    whole = Entry(parsed, path, text or "\n")
    if unknown := sorted(set(parsed) - {table, *also}):
        message = f"{', '.join(unknown)} is not known here; the file holds [[{table}]]."
        raise whole.fail(message, unknown[0])
    entries = parsed.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        raise whole.fail(f"[[{table}]] holds no entries.", table)
    if not entries and not may_lack:
        raise whole.fail(f"The file holds no entry of [[{table}]].", table)
    lines = find_table_lines(text, table)
    is_certain = len(lines) == len(entries) and '"""' not in text and "'''" not in text
    for position, values in enumerate(entries):
        where = f"line {lines[position]}" if is_certain else f"entry {position + 1} of {table}"
        yield Entry(values, f"{path}, {where}")


def check_keys(entry: Entry, required: Mapping[str, type], optional: Mapping[str, type]) -> None:
    """Refuse an entry with a missing, unknown or wrongly typed field.

    A `list` is one of words; `TABLES`, `WORD_LISTS` and the like say what else a field can hold.
    A text or a list that is given is not empty, unless it is `MaybeText` or `MaybeWords`.

    Raises
    ------
    UserError
        `knowledge-invalid` naming the field.
    """
    values = entry.values
    for key, value in values.items():
        expected = required.get(key)
        if expected is None and (expected := optional.get(key)) is None:
            raise entry.fail(f"{_name(entry)} has the unknown field {key!r}.", key)
        if expected is type(value) and expected is not list:
            # By far the most, so they are told apart first.
            if type(value) is str and (not value or value.isspace()):
                raise entry.fail(f"{_name(entry)} has no {key}; it is empty.", key)
        elif not _fits(value, expected):
            said = f"{_name(entry)} has {key} = {_shorten(value)}; expected {_say(expected)}."
            if value == []:
                said = f"{_name(entry)} has no {key}; the list is empty."
            raise entry.fail(said, key)
    if not required.keys() <= values.keys():
        missing = next(key for key in required if key not in values)
        raise entry.fail(f"{_name(entry)} has no {missing}.", missing)


def _fits(value: object, expected: type) -> bool:
    if expected is object:
        return True
    if expected in _SHAPES:
        return _SHAPES[expected][1](value)
    is_bool = isinstance(value, bool) and expected is int
    is_moment = isinstance(value, datetime.datetime)
    return isinstance(value, expected) and not is_bool and not is_moment


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not value.isspace()


def _is_list(value: object, is_item: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_item, value))


def _is_table(value: object, is_item: Callable[[object], bool]) -> bool:
    return isinstance(value, dict) and all(map(is_item, value.values()))


def _is_words(value: object) -> bool:
    return _is_list(value, _is_word)


# What a field can hold besides one thing, with its words and how it is told.
_SHAPES: Mapping[type, tuple[str, Callable[[object], bool]]] = {
    list: ("a list of words", _is_words),
    MaybeWords: ("a list of words", lambda value: value == [] or _is_words(value)),
    MaybeText: ("str", lambda value: value == "" or _is_word(value)),
    TABLES: ("a list of tables", lambda value: _is_list(value, lambda v: isinstance(v, dict))),
    WORD_LISTS: ("a list of lists of words", lambda value: _is_list(value, _is_words)),
    NUMBERS: ("a list of numbers", lambda value: _is_list(value, lambda v: type(v) is float)),
    NAMED_WORDS: ("a table of words", lambda value: _is_table(value, _is_word)),
    NAMED_LISTS: ("a table of lists of words", lambda value: _is_table(value, _is_words)),
    NAMED_TABLES: (
        "a table of tables",
        lambda value: _is_table(value, lambda v: isinstance(v, dict)),
    ),
}


def _say(expected: type) -> str:
    return _SHAPES[expected][0] if expected in _SHAPES else expected.__name__


def _shorten(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _name(entry: Entry) -> object:
    named = entry.values.get("id", "")
    return named if isinstance(named, str) and named.strip() else "the entry"


def check_braces(entry: Entry, text: str, known: Collection[str]) -> None:
    """Refuse a text that names something else in braces than the words that are known.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown word, or braces that can't be filled in.
    """
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        said = f"{_name(entry)} has a text that can't be filled in: {error}."
        raise entry.fail(said) from None
    for _, word, form, conversion in parts:
        if word is not None and (word not in known or form or conversion):
            raise entry.fail(f"{_name(entry)} names the unknown word {word!r} in braces.")
