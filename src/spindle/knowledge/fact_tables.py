"""Tables of facts: CSV files in which every row is a fact with columns of its own.

`tables.toml` declares each table: its file, its own columns, and the sentence that a row makes. The
other columns are the fields of a fact, so that a row is held to the same rules as an entry of
`facts/*.toml`: without a source it does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.errors import UserError
from spindle.knowledge.csv_files import iterate_rows, read_day, read_whole
from spindle.knowledge.files import Entry, check_braces, check_keys, read_entries, read_text

TABLES_FILE = "tables.toml"
# Columns that every table may hold; a cell left empty is a field left out.
FACT_COLUMNS = (
    "id", "statement", "n", "of", "value", "unit", "comparison", "applies_to", "source", "place",
    "checked_on", "how_read", "is_inferred",
)  # fmt: skip
# What makes two rows one count, besides the columns of their table.
_COUNTED = ("n", "of", "value", "unit", "comparison", "applies_to", "source")
_NOTE = "note"
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
        check_braces(entry, table.statement, {*table.columns, *FACT_COLUMNS, "counts"})
        if clash := sorted(set(table.columns) & set(FACT_COLUMNS)):
            raise entry.fail(f"{table.id} declares {', '.join(clash)}, which every fact has.")
        tables[table.id] = table
    return MappingProxyType(tables)


@cache
def load_rows(table_id: str) -> tuple[TableRow, ...]:
    """Give the rows of a declared table.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line; also for a table that is not declared.
    """
    tables = load_tables()
    if table_id not in tables:
        message = f"The table {table_id!r} is not declared."
        raise UserError("knowledge-invalid", message, place=TABLES_FILE)
    table = tables[table_id]
    return tuple(parse_rows(table, read_text(table.path)))


def parse_rows(table: FactTable, text: str) -> Iterator[TableRow]:
    """Give the rows of a table's text.

    Raises
    ------
    UserError
        `knowledge-invalid` for a missing or unknown column, a row of another length, a cell that
        is no number, day or yes, or a row that says the same as another one.
    """
    seen: dict[object, str] = {}
    required = (*table.columns, "id", "source")
    for written, line in iterate_rows(text, table.path, required, FACT_COLUMNS):
        row = _make_row(table, written, f"{table.path}, line {line}")
        said = _list_said(row)
        if said in seen:
            raise row.fact.fail(f"{row.id} says the same as {seen[said]}.")
        seen[said] = row.id
        yield row


def _list_said(row: TableRow) -> tuple[object, ...]:
    """Give what a row says: of a count, not in which words; one patient counts once."""
    values = row.fact.values
    if "n" not in values:
        # The id is the first of the fields of a fact.
        return (*row.cells.values(), *list(values.values())[1:])
    cells = {**row.cells, _NOTE: ""}
    return (*cells.values(), *map(values.get, _COUNTED))


def _make_row(table: FactTable, written: Mapping[str, str], place: str) -> TableRow:
    own = {name: written[name] for name in table.columns}
    values: dict[str, Any] = {name: cell for name in FACT_COLUMNS if (cell := written.get(name))}
    if "id" not in values:
        raise UserError("knowledge-invalid", "The row has no id.", place=place)
    for name, read in _READERS.items():
        if name in values:
            try:
                values[name] = read(values[name])
            except ValueError as error:
                said = f"{values['id']} has {name} = {values[name]!r}{error}."
                raise UserError("knowledge-invalid", said, place=place) from None
    if "statement" not in values:
        values["statement"] = _say(table, written)
    return TableRow(Entry(values, place), MappingProxyType(own))


def _read_yes(cell: str) -> bool:
    if cell != _YES:
        raise ValueError("; it is yes or empty")
    return True


def _read_value(cell: str) -> float | str:
    """Give a number, or the word.

    `float` would take 1_0 and digits of other scripts too. A fact refuses one that is not finite.
    """
    if "_" in cell or not cell.isascii():
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


# Fields that are no text, with how their cells are read.
_READERS: Mapping[str, Callable[[str], object]] = {
    "n": read_whole,
    "of": read_whole,
    "value": _read_value,
    "checked_on": read_day,
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
