"""Tables of facts: CSV files in which every row is a fact with columns of its own.

`tables.toml` declares each table: its file, its own columns, and the sentence that a row makes. The
other columns are the fields of a fact, so that a row is held to the same rules as an entry of
`facts/*.toml`: without a source it does not load.
"""

from __future__ import annotations

import csv
import datetime
import io
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from spindle.errors import UserError
from spindle.knowledge.files import Entry, check_keys, read_entries, read_text

TABLES_FILE = "tables.toml"
# Columns that every table may hold; a cell left empty is a field left out.
FACT_COLUMNS = (
    "id", "statement", "n", "of", "value", "unit", "comparison", "applies_to", "source", "place",
    "checked_on", "how_read", "is_inferred",
)  # fmt: skip
_YES = "yes"


@dataclass(frozen=True, slots=True)
class FactTable:
    """One declared table."""

    id: str
    """Its id: `markers`."""
    path: str
    """Its file below the data folder."""
    columns: tuple[str, ...]
    """Columns of its own."""
    statement: str
    """The sentence of a row that writes none, with columns in braces."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table of facts, not yet checked against the sources."""

    fact: Entry
    """The fields of its fact."""
    cells: Mapping[str, str]
    """The table's own columns."""

    @property
    def id(self) -> str:
        """The id of the row's fact."""
        return str(self.fact.values["id"])


@cache
def load_tables() -> Mapping[str, FactTable]:
    """Give every declared table by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    tables: dict[str, FactTable] = {}
    for entry in read_entries(TABLES_FILE, "tables"):
        check_keys(entry, {"id": str, "path": str, "columns": list, "statement": str}, {})
        values = {**entry.values, "columns": tuple(entry.values["columns"])}
        table = FactTable(**values)
        if table.id in tables:
            raise entry.fail(f"{table.id} stands twice.")
        _check_statement(entry, table)
        if clash := sorted(set(table.columns) & set(FACT_COLUMNS)):
            raise entry.fail(f"{table.id} declares {', '.join(clash)}, which every fact has.")
        tables[table.id] = table
    return MappingProxyType(tables)


def _check_statement(entry: Entry, table: FactTable) -> None:
    if not all(isinstance(column, str) for column in table.columns):
        raise entry.fail(f"{table.id} has a column that is no word.")
    known = {*table.columns, *FACT_COLUMNS, "counts"}
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(table.statement) if name}
    except ValueError as error:
        raise entry.fail(f"{table.id} has a statement that can't be read: {error}.") from None
    if unknown := sorted(named - known):
        raise entry.fail(f"{table.id} says {{{unknown[0]}}}, which is no column.")


@cache
def load_rows(table_id: str) -> tuple[TableRow, ...]:
    """Give the rows of a declared table.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    table = load_tables()[table_id]
    return tuple(parse_rows(table, read_text(table.path)))


def parse_rows(table: FactTable, text: str) -> Iterator[TableRow]:
    """Give the rows of a table's text.

    Raises
    ------
    UserError
        `knowledge-invalid` for a missing or unknown column, a row of another length, or a cell
        that is no number, day or yes.
    """
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, [])
        _check_header(table, header)
        for cells in reader:
            if cells:
                yield _make_row(table, header, cells, f"{table.path}, line {reader.line_num}")
    except csv.Error as error:
        place = f"{table.path}, line {reader.line_num}"
        raise UserError("knowledge-invalid", f"Not CSV: {error}.", place=place) from None


def _check_header(table: FactTable, header: list[str]) -> None:
    place = f"{table.path}, line 1"
    known = {*table.columns, *FACT_COLUMNS}
    if unknown := [name for name in header if name not in known]:
        message = f"The column {unknown[0]!r} is not known here."
        raise UserError("knowledge-invalid", message, place=place)
    if missing := [name for name in (*table.columns, "id", "source") if name not in header]:
        message = f"The column {missing[0]!r} is missing."
        raise UserError("knowledge-invalid", message, place=place)
    if len(set(header)) != len(header):
        raise UserError("knowledge-invalid", "A column stands twice.", place=place)


def _make_row(table: FactTable, header: list[str], cells: list[str], place: str) -> TableRow:
    if len(cells) != len(header):
        message = f"The row has {len(cells)} cells; the header has {len(header)}."
        raise UserError("knowledge-invalid", message, place=place)
    written = dict(zip(header, map(str.strip, cells), strict=True))
    own = {name: written[name] for name in table.columns}
    values: dict[str, Any] = {name: cell for name in FACT_COLUMNS if (cell := written.get(name))}
    for name, read in _READERS.items():
        if name in values:
            try:
                values[name] = read(values[name])
            except ValueError as error:
                said = f"{values.get('id', 'A row')} has {name} = {values[name]!r}{error}."
                raise UserError("knowledge-invalid", said, place=place) from None
    if "statement" not in values:
        values["statement"] = _say(table, written)
    return TableRow(Entry(values, place), MappingProxyType(own))


def _read_whole(cell: str) -> int:
    """Give a whole number; `int` would take 1_0 and digits of other scripts too."""
    if not (cell.isascii() and cell.isdigit()):
        raise ValueError
    return int(cell)


@lru_cache(maxsize=256)
def _read_day(cell: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError:
        raise ValueError("; a day is written 2026-11-20") from None


def _read_yes(cell: str) -> bool:
    if cell != _YES:
        raise ValueError("; it is yes or empty")
    return True


def _read_value(cell: str) -> float | str:
    """Give a number, or the word; `float` would take 1_0 and digits of other scripts too."""
    if "_" in cell or not cell.isascii():
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


# Fields that are no text, with how their cells are read.
_READERS: Mapping[str, Callable[[str], object]] = {
    "n": _read_whole,
    "of": _read_whole,
    "value": _read_value,
    "checked_on": _read_day,
    "is_inferred": _read_yes,
}


def _say(table: FactTable, written: Mapping[str, str]) -> str:
    """Give the sentence of a row, with `{counts}` for what it counts."""
    if written.get("n"):
        counts = f"{written['n']} of {written.get('of', '')}"
    else:
        counts = f"{written.get('value', '')} {written.get('unit', '')}".strip()
    words = {name: cell.replace("_", " ") for name, cell in written.items()}
    said = table.statement.format_map({**words, "counts": counts or "no count given"})
    return " ".join(said.replace(" ,", ",").replace(" .", ".").replace("()", "").split())
