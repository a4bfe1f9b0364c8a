"""Published patient tables: a spreadsheet becomes cases and notes, one case a row.

A mapping file says which column is what; without one, the headers are recognised and the guess is
shown. A row is never dropped: it becomes a case, or a note that keeps its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from spindle.cases.case import Case
from spindle.cases.notes import Note
from spindle.errors import UserError
from spindle.formats.columns import Column, HowKnown, assign_columns, has_content
from spindle.formats.grid import Row, SheetNote, column_index
from spindle.formats.header_rows import (
    ROWS_SEARCHED,
    FieldFinder,
    TableHeader,
    find_header,
    make_header,
)
from spindle.formats.mappings import TableMapping
from spindle.formats.row_drafts import TableSource
from spindle.formats.row_kinds import RowKind, RowSorter
from spindle.formats.rows import RowReader
from spindle.formats.spreadsheets import Spreadsheet, open_spreadsheet

# How many headers an error lists.
HEADERS_LISTED = 30
# How many joined headers a note lists.
JOINED_LISTED = 10
_BETWEEN_CELLS = " | "


@dataclass(slots=True)
class TableReading:
    """A table whose header is read, and whose rows are read as they are asked for."""

    spreadsheet: Spreadsheet
    """The file."""
    columns: tuple[Column, ...]
    """What each column was taken for."""
    header: TableHeader
    """The header."""
    mapping: TableMapping
    """The mapping file; an empty one when none was given."""
    rows_above: int
    """Number of rows that are not blank, down to and with the header."""
    notes: list[Note] = field(default_factory=list)
    """Notes on the table as a whole; rows that are no cases are added while cases are read."""
    _notes_at_start: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.notes += _note_table(self)
        self._notes_at_start = len(self.notes)

    @property
    def source(self) -> TableSource:
        """Where the table stands: file name and sheet."""
        return TableSource(file=self.spreadsheet.file_name, sheet=self.spreadsheet.sheet_name)

    @property
    def progress(self) -> float:
        """The share of the table that has been read, from 0 to 1."""
        return self.spreadsheet.progress

    def cases(self) -> Iterator[tuple[Case, tuple[Note, ...]]]:
        """Give the cases one after the other, each with the notes on its row.

        A second call reads the table anew.

        Raises
        ------
        UserError
            What `open_spreadsheet` raises for a text file, which is read as it is asked for.
        """
        del self.notes[self._notes_at_start :]
        reader = RowReader(self.columns, self.source, self.mapping)
        sorter = self._make_sorter()
        unnamed = {c.position for c in self.columns if not c.header and c.how is HowKnown.UNUSED}
        for row in islice(self.spreadsheet.rows(), self.rows_above, None):
            kind = sorter.sort(row.texts)
            if kind is not RowKind.CASE:
                self.notes.append(_note_row(self.source, row, kind))
                continue
            if unnamed:
                self._note_unnamed(row, unnamed)
            yield reader.read(row)

    def has_cases(self) -> bool:
        """Say whether any row below the header is a case."""
        sorter = self._make_sorter()
        rows = islice(self.spreadsheet.rows(), self.rows_above, None)
        return any(sorter.sort(row.texts) is RowKind.CASE for row in rows)

    def _make_sorter(self) -> RowSorter:
        position = next((c.position for c in self.columns if c.field == "case_id"), None)
        return RowSorter(self.header, position)

    def _note_unnamed(self, row: Row, unnamed: set[int]) -> None:
        """Note a column without a header at its first filled cell."""
        filled = {place for place in unnamed if place < len(row.cells) and row.cells[place].text}
        for place in sorted(filled):
            self.notes.append(_note_unused(self.source, self.columns[place]))
        unnamed -= filled


def read_table(
    path: Path, *, mapping: TableMapping | None = None, sheet: str | None = None
) -> TableReading:
    """Give the table of a file with its header read; `TableReading.cases` reads its rows.

    Raises
    ------
    UserError
        What `open_spreadsheet` raises; `table-no-columns`, `table-no-rows`, `mapping-invalid`.
    """
    mapping = mapping or TableMapping()
    spreadsheet = open_spreadsheet(path, sheet=sheet or mapping.sheet)
    place = f"{path}, sheet {spreadsheet.sheet_name}" if spreadsheet.sheet_name else str(path)
    header, rows_above = _locate_header(spreadsheet, mapping, place)
    columns = assign_columns(header.headers, mapping)
    if not has_content(columns):
        raise _refuse_headers(header.rows[0] if header.rows else (), place)
    reading = TableReading(spreadsheet, columns, header, mapping, rows_above)
    if not reading.has_cases():
        raise UserError("table-no-rows", "There is no case below the header.", place=place)
    return reading


def _locate_header(
    spreadsheet: Spreadsheet, mapping: TableMapping, place: str
) -> tuple[TableHeader, int]:
    """Give the header, and the number of rows down to and with it."""
    find = FieldFinder(mapping)
    if mapping.header_row == 0:
        width = max(len(row.cells) for row in islice(spreadsheet.rows(), ROWS_SEARCHED))
        return TableHeader(("",) * width, 0, ()), 0
    if mapping.header_row is not None:
        return _take_header_row(spreadsheet, mapping)
    # One row more than is searched, for the second row of a header on the last.
    rows = list(islice(spreadsheet.rows(), ROWS_SEARCHED + 1))
    header = find_header(rows, find)
    if header is None and mapping.columns:
        header = make_header(rows, 0, find)
    if header is None:
        raise _refuse_headers(rows[0].texts, place)
    return header, header.position + len(header.rows)


def _take_header_row(spreadsheet: Spreadsheet, mapping: TableMapping) -> tuple[TableHeader, int]:
    wanted = mapping.header_row
    rows = spreadsheet.rows()
    for above, row in enumerate(rows):
        if row.number == wanted:
            pair = [row, *islice(rows, 1)]
            header = make_header(pair, 0, FieldFinder(mapping))
            return header, above + len(header.rows)
    raise UserError("mapping-invalid", f"Row {wanted} is blank or not there.", place=mapping.place)


def _refuse_headers(headers: Sequence[str], place: str) -> UserError:
    found = [header[:60] for header in headers if header]
    listed = ", ".join(repr(header) for header in found[:HEADERS_LISTED])
    more = f" and {len(found) - HEADERS_LISTED} more" if len(found) > HEADERS_LISTED else ""
    message = f"Too little is known to read cases; the headers found: {listed}{more}."
    return UserError("table-no-columns", message, place=place)


def _note_table(reading: TableReading) -> list[Note]:
    """Give the notes on the table as it stands before its rows are read."""
    source, columns = reading.source, reading.columns
    notes = [_note_sheet(source, columns, note) for note in reading.spreadsheet.notes]
    titles = reading.rows_above - len(reading.header.rows)
    for place, row in enumerate(islice(reading.spreadsheet.rows(), reading.rows_above)):
        if place < titles:
            notes.append(_note_row(source, row, RowKind.OTHER))
        elif place > titles and reading.header.joined:
            notes.append(_note_joined(source, row, reading.header))
    for column in columns:
        if column.is_ambiguous:
            notes.append(_note_ambiguous(source, column))
        elif column.header and column.how is HowKnown.UNUSED:
            notes.append(_note_unused(source, column))
    if not any(column.field == "case_id" for column in columns):
        message = "No column holds ids; the row numbers serve for them."
        notes.append(Note("id-missing", message, file=source.file, sheet=source.sheet))
    return notes


def _note_sheet(source: TableSource, columns: Sequence[Column], note: SheetNote) -> Note:
    place = column_index(note.column) if note.column.isalpha() else -1
    label = columns[place].label if 0 <= place < len(columns) else note.column
    return Note(
        slug=note.slug,
        message=note.message,
        file=source.file,
        sheet=source.sheet,
        row=note.row,
        column=label,
        value=note.value,
    )


def _note_row(source: TableSource, row: Row, kind: RowKind) -> Note:
    is_header = kind is RowKind.HEADER
    return Note(
        slug="row-repeats-header" if is_header else "row-not-a-case",
        message=(
            "The row repeats the header; it is no case."
            if is_header
            else "The row is a title, a total or a footnote; its words are kept here."
        ),
        file=source.file,
        sheet=source.sheet,
        row=row.number,
        value=_BETWEEN_CELLS.join(dict.fromkeys(text for text in row.texts if text)),
    )


def _note_joined(source: TableSource, row: Row, header: TableHeader) -> Note:
    joined = header.joined
    listed = ", ".join(joined[:JOINED_LISTED])
    more = f" and {len(joined) - JOINED_LISTED} more" if len(joined) > JOINED_LISTED else ""
    message = f"The header stands in two rows, which were joined: {listed}{more}."
    return Note(
        slug="header-two-rows",
        message=message,
        file=source.file,
        sheet=source.sheet,
        row=row.number,
        value=_BETWEEN_CELLS.join(dict.fromkeys(text for text in header.rows[0] if text)),
    )


def _note_unused(source: TableSource, column: Column) -> Note:
    message = f"Column {column.letters} is not known; its cells are kept as words with each case."
    return Note("column-unused", message, file=source.file, sheet=source.sheet, column=column.label)


def _note_ambiguous(source: TableSource, column: Column) -> Note:
    message = (
        f"Column {column.letters} seems to hold what another column holds, which is used. "
        "The cells of this one are kept as words with each case."
    )
    return Note(
        "column-ambiguous", message, file=source.file, sheet=source.sheet, column=column.label
    )
