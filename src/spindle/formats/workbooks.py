"""Workbooks: choosing a sheet, and collecting its cells and what is odd about them.

How a sheet is read differs between XLSX and ODS, each in a neighbour of this module.
What is made of merged cells, formulas and error values is the same for all, and stands here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from spindle.errors import UserError
from spindle.formats.archives import refuse_damage, refuse_size
from spindle.formats.grid import (
    EMPTY_CELL,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_GRID_CELLS,
    MAX_GRID_CHARACTERS,
    MAX_ROWS,
    Cell,
    CellMaker,
    Row,
    SheetNote,
    clean_text,
    column_index,
    column_letters,
    refuse_long_cell,
)

# As many as a sheet has rows.
MAX_MERGED_RANGES = MAX_ROWS


class MergedRange(NamedTuple):
    """A merged range; rows from 1, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def name(self) -> str:
        """The range as a spreadsheet writes it, such as ``B2:B4``."""
        first = f"{column_letters(self.first_column)}{self.first_row}"
        return f"{first}:{column_letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    """Its name."""
    is_visible: bool
    """Whether a person sees it."""
    part: str = ""
    """Where it stands in the file, for the reader of the format."""
    is_blank: bool = False
    """Whether it is known to hold nothing."""


@dataclass(slots=True)
class Sheet:
    """One sheet, read whole."""

    name: str
    """Its name."""
    grid: tuple[Row, ...]
    """The rows that are not blank."""
    notes: list[SheetNote]
    """What is odd about it, from top to bottom."""
    _rows_given: int = 0

    @property
    def progress(self) -> float:
        """The share of the rows that has been given, from 0 to 1."""
        return self._rows_given / len(self.grid) if self.grid else 1.0

    def rows(self) -> Iterator[Row]:
        """Give the rows that are not blank, from the first on."""
        for given, row in enumerate(self.grid, start=1):
            self._rows_given = given
            yield row


@dataclass(slots=True)
class _Tally:
    """How often something is met in a column."""

    first_row: int
    value: str
    count: int = 0

    def note(self, slug: str, letters: str) -> SheetNote:
        """Give the one note for the whole column."""
        count = f"{self.count:,} {'cell' if self.count == 1 else 'cells'}"
        what, made_of_it = _TALLY_MESSAGES[slug]
        message = f"Column {letters} {what} in {count}, from row {self.first_row} on; {made_of_it}."
        return SheetNote(slug, self.first_row, letters, self.value, message)


@dataclass(slots=True)
class SheetBuilder:
    """Collects the cells of one sheet, in any order, and tells what is odd about them."""

    path: Path
    """The workbook."""
    name: str
    """The sheet."""
    _cells: dict[int, list[Cell]] = field(default_factory=dict)
    _cell_count: int = 0
    _character_count: int = 0
    _merges: list[MergedRange] = field(default_factory=list)
    _notes: list[SheetNote] = field(default_factory=list)
    _tallies: dict[tuple[str, int], _Tally] = field(default_factory=dict)
    _maker: CellMaker = field(default_factory=CellMaker)

    @property
    def place(self) -> str:
        """The workbook and the sheet, for messages."""
        return f"{self.path}, sheet {self.name!r}"

    def add(self, row: int, column: int, text: str, *, is_formula: bool = False) -> None:
        """Add a cell with content; rows count from 1, columns from 0.

        Raises
        ------
        UserError
            ``cell-too-large``; ``file-too-large`` when the sheet spans too many cells;
            ``file-damaged`` when no sheet has such a row or column.
        """
        self._put(row, column, text, is_formula=is_formula)
        if is_formula:
            self._tally("cell-formula", row, column, self._cells[row][column].text)

    def _put(self, row: int, column: int, text: str, *, is_formula: bool) -> None:
        if len(text) > MAX_CELL_CHARACTERS:
            raise refuse_long_cell(self.place, row, column, MAX_CELL_CHARACTERS)
        if not (1 <= row <= MAX_ROWS and 0 <= column < MAX_COLUMNS):
            raise refuse_damage(self.path, "a cell stands beyond the end of any sheet")
        cells = self._cells.setdefault(row, [])
        missing = max(column + 1 - len(cells), 0)
        self._count(missing, len(text), row, column)
        if missing:
            cells.extend([EMPTY_CELL] * missing)
        cells[column] = Cell(clean_text(text), is_formula=True) if is_formula else self._maker[text]

    def add_error(self, row: int, column: int, text: str, *, is_formula: bool = False) -> None:
        """Add a cell that holds an error value such as ``#REF!``."""
        self.add(row, column, text, is_formula=is_formula)
        self.note("cell-error-value", row, column, self._cells[row][column].text, _ERROR_MESSAGE)

    def add_formula_without_value(self, row: int, column: int) -> None:
        """Add a formula whose value the file does not hold."""
        self._put(row, column, "", is_formula=True)
        self.note(
            "formula-without-value",
            row,
            column,
            "",
            _NO_VALUE_MESSAGE,
        )

    def add_number(
        self, row: int, column: int, text: str, oddity: str, *, is_formula: bool = False
    ) -> None:
        """Add a cell whose text was made from a number and its format."""
        self.add(row, column, text, is_formula=is_formula)
        if oddity in _TALLY_MESSAGES:
            self._tally(oddity, row, column, text)
        elif oddity:
            self.note(oddity, row, column, text, _DATE_MESSAGES[oddity])

    def add_merge(self, merge: MergedRange) -> None:
        """Add a merged range; it is filled when the sheet is whole."""
        if merge.first_row == merge.last_row and merge.first_column == merge.last_column:
            return
        self._merges.append(merge)
        if len(self._merges) > MAX_MERGED_RANGES:
            raise refuse_size(self.path, f"sheet {self.name!r} has too many merged ranges")

    def check_room(self, cells: int, row: int, column: int) -> None:
        """Refuse a sheet that would hold too much with so many cells more.

        Raises
        ------
        UserError
            ``file-too-large``, naming the cell up to which the sheet was read.
        """
        if self._cell_count + cells > MAX_GRID_CELLS:
            what = f"{MAX_GRID_CELLS:,} cells"
        elif self._character_count > MAX_GRID_CHARACTERS:
            what = f"{MAX_GRID_CHARACTERS:,} characters"
        else:
            return
        place = f"sheet {self.name!r}, up to cell {column_letters(column)}{row}"
        raise refuse_size(self.path, f"{place}, spans more than {what}")

    def note(self, slug: str, row: int, column: int, value: str, message: str) -> None:
        """Add a note about a cell."""
        self._notes.append(SheetNote(slug, row, column_letters(column), value, message))

    def finish(self) -> Sheet:
        """Give the sheet, its merged ranges filled and its notes in order."""
        self._fill_merges()
        self._notes.extend(
            tally.note(slug, column_letters(column))
            for (slug, column), tally in self._tallies.items()
        )
        self._notes.sort(key=lambda note: (note.row, column_index(note.column), note.slug))
        rows = (Row(number, _trim(self._cells.pop(number))) for number in sorted(self._cells))
        return Sheet(
            self.name,
            tuple([row for row in rows if any(cell.text for cell in row.cells)]),
            self._notes,
        )

    def _count(self, cells: int, characters: int, row: int, column: int) -> None:
        self._cell_count += cells
        self._character_count += characters
        if self._cell_count > MAX_GRID_CELLS or self._character_count > MAX_GRID_CHARACTERS:
            self.check_room(0, row, column)

    def _tally(self, slug: str, row: int, column: int, value: str) -> None:
        self._tallies.setdefault((slug, column), _Tally(row, value)).count += 1

    def _fill_merges(self) -> None:
        numbers = sorted(
            number for number, cells in self._cells.items() if any(cell.text for cell in cells)
        )
        width = max((len(self._cells[number]) for number in numbers), default=0)
        for merge in self._merges:
            self._fill_merge(merge, numbers, width)

    def _fill_merge(self, merge: MergedRange, numbers: Sequence[int], width: int) -> None:
        """Fill a range with its first text, within the rows and columns that hold something.

        A row that is blank but for merged cells stays blank: it is no row of its own.
        """
        first_cells = self._cells.get(merge.first_row, [])
        if merge.first_column >= len(first_cells) or not first_cells[merge.first_column].text:
            return
        first = first_cells[merge.first_column]
        filled = Cell(first.text, is_formula=first.is_formula, is_merged=True)
        rows = numbers[
            bisect_left(numbers, merge.first_row) : bisect_right(numbers, merge.last_row)
        ]
        columns = range(merge.first_column, min(merge.last_column + 1, width))
        cells = len(rows) * len(columns)
        self._count(cells, cells * len(first.text), merge.last_row, merge.last_column)
        hides = f"The merged range {merge.name} hides this text; {first.text!r} was read."
        for row in rows:
            self._fill_row(row, columns, filled, merge, hides)
        self.note(
            "cell-merged",
            merge.first_row,
            merge.first_column,
            first.text,
            f"The cells {merge.name} are merged; each of them is read as the first.",
        )

    def _fill_row(
        self, row: int, columns: range, filled: Cell, merge: MergedRange, hides: str
    ) -> None:
        cells = self._cells[row]
        cells.extend([EMPTY_CELL] * (columns.stop - len(cells)))
        for column in columns:
            hidden = cells[column].text
            if (row, column) == (merge.first_row, merge.first_column):
                continue
            cells[column] = filled
            if hidden and hidden != filled.text:
                self.note("cell-hidden-by-merge", row, column, hidden, hides)


_ERROR_MESSAGE = "The cell shows an error value. It is kept as a text; it is no result."
_NO_VALUE_MESSAGE = (
    "The cell holds a formula without its value. It is read as empty; open the workbook in a "
    "spreadsheet program and save it."
)
_TALLY_MESSAGES = {
    "cell-formula": ("holds formulas", "the values that the file remembers were read"),
    "cell-number-format": (
        "shows words or units of a number format",
        "they were read with the number",
    ),
    "cell-number-format-unread": (
        "shows numbers through a format that is not understood",
        "the stored numbers were read, and a person sees something else",
    ),
}

_DATE_MESSAGES = {
    "cell-date-without-year": "The cell shows a day or month without a year. Spreadsheets make "
    "such dates, with the year of the day, of texts like '5-10'; check what was meant.",
    "cell-date-invalid": "The cell is formatted as a date, and there is no such day; the number is "
    "read.",
}


def _trim(cells: list[Cell]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and not cells[end - 1].text and not cells[end - 1].is_formula:
        end -= 1
    return tuple(cells[:end])


def choose_sheet(
    path: Path,
    entries: Sequence[SheetEntry],
    read: Callable[[SheetEntry], Sheet],
    wanted: str | None,
) -> Sheet:
    """Give the sheet of the name wanted, or else the first visible one with content.

    Raises
    ------
    UserError
        ``table-sheet-unknown`` with the names that there are; ``table-empty``.
    """
    if wanted is not None:
        sheet = read(_find_entry(path, entries, wanted))
        if not sheet.grid:
            raise UserError(
                "table-empty",
                f"The sheet {sheet.name!r} holds nothing.",
                place=str(path),
                cure=f"Name another sheet with --sheet: {_name_sheets(entries)}.",
            )
        return sheet
    for entry in entries:
        if entry.is_visible and not entry.is_blank:
            sheet = read(entry)
            if sheet.grid:
                return _note_choice(sheet, [other for other in entries if other is not entry])
    raise _refuse_empty(path, entries)


def _find_entry(path: Path, entries: Sequence[SheetEntry], wanted: str) -> SheetEntry:
    for entry in entries:
        if entry.name == wanted:
            return entry
    alike = [entry for entry in entries if _fold(entry.name) == _fold(wanted)]
    if len(alike) == 1:
        return alike[0]
    raise UserError(
        "table-sheet-unknown",
        f"The workbook has no sheet {wanted!r}. It has: {_name_sheets(entries)}.",
        place=str(path),
    )


def _fold(name: str) -> str:
    return clean_text(name).casefold()


def _name_sheets(entries: Sequence[SheetEntry]) -> str:
    names = [repr(entry.name) + ("" if entry.is_visible else " (hidden)") for entry in entries]
    return ", ".join(names) if names else "no sheet with cells"


def _note_choice(sheet: Sheet, others: Sequence[SheetEntry]) -> Sheet:
    if others:
        message = (
            f"The sheet {sheet.name!r} was read, the first visible one that holds something. "
            f"Not read: {_name_sheets(others)}."
        )
        sheet.notes.insert(0, SheetNote("sheet-chosen", 0, "", sheet.name, message))
    return sheet


def _refuse_empty(path: Path, entries: Sequence[SheetEntry]) -> UserError:
    hidden = [entry for entry in entries if not entry.is_visible]
    if hidden:
        return UserError(
            "table-empty",
            "No sheet that can be seen holds anything.",
            place=str(path),
            cure=f"Name a hidden sheet with --sheet: {_name_sheets(hidden)}.",
        )
    return UserError("table-empty", "The workbook holds no cell with content.", place=str(path))
