"""ODS workbooks: python-calamine reads the values, a look at the tags tells what it leaves out.

The library gives the value of each cell. It does not say which values were computed, merged or
shown as per cent or with a unit; it gives nothing or 0 for an error, and joins the words at a tab
or a line break. So the rows of ``content.xml`` are gone through beside its rows: what a cell shows
is told from its paragraphs, and where a number shows words, or words differ, what is shown is read.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from spindle.errors import UserError
from spindle.formats.archives import (
    Archive,
    open_archive,
    refuse_damage,
    refuse_size,
    scan_tags,
    telling_damage,
)
from spindle.formats.grid import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_GRID_CELLS,
    MAX_GRID_CHARACTERS,
    MAX_ROWS,
    refuse_long_cell,
)
from spindle.formats.number_formats import (
    drop_unshown,
    plain_number,
    show_elapsed,
    show_moment,
    show_percent,
    show_time,
)
from spindle.formats.workbooks import MergedRange, Sheet, SheetBuilder, SheetEntry, choose_sheet

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MANIFEST_BYTES = 1_000_000
_UNREADABLE = "it can't be read"

_OPENDOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{{{_OPENDOCUMENT}table:1.0}}"
_TEXT = f"{{{_OPENDOCUMENT}text:1.0}}"
_OFFICE = f"{{{_OPENDOCUMENT}office:1.0}}"
_DRAWING = f"{{{_OPENDOCUMENT}drawing:1.0}}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_CELL_TAGS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
# Texts that stand inside a paragraph and are none of it: comments and readings of characters.
_ASIDE_TAGS = (f"{_OFFICE}annotation", f"{_TEXT}ruby-text", f"{_TEXT}note")

_SPACES = re.compile(r"[ \t\r\n]+")
_DIGITS = re.compile(r"[0-9]+")
_ERROR_TEXT = re.compile(r"#[A-Z0-9_/]+[!?]?|Err:[0-9]+")
# What may stand in a number that has no word: signs, separators, brackets, an exponent, a fraction.
_BARE_NUMBER = re.compile(r"[\s0-9.,'’+\-−()/#]*(?:[eE][+\-−]?[0-9]+)?[\s)]*")


def read_ods(path: Path, sheet: str | None = None) -> Sheet:
    """Give one sheet of an ODS workbook: the one named, or the first visible with content.

    Raises
    ------
    UserError
        ``file-damaged``, ``file-too-large``, ``file-password``, ``cell-too-large``,
        ``table-empty`` or ``table-sheet-unknown``.
    """
    from python_calamine import SheetVisibleEnum

    with open_archive(path) as archive:
        _check_password(archive)
        for name in archive.members:
            if name.endswith(".xml"):
                scan_tags(archive, name, _pass_over)
        with_content = _measure(archive)
        book = _open_book(archive, len(with_content))
        entries = [
            SheetEntry(table.name, table.visible == SheetVisibleEnum.Visible, str(at), not filled)
            for at, (table, filled) in enumerate(
                zip(book.sheets_metadata, with_content, strict=True)
            )
        ]
        return choose_sheet(path, entries, lambda entry: _read_sheet(archive, book, entry), sheet)


def _pass_over(_name: str, _found: dict[str, str]) -> None:
    """Take no notice of a tag."""


def _check_password(archive: Archive) -> None:
    is_encrypted = "encrypted-package" in archive.members
    if _MANIFEST in archive.members:
        manifest = archive.read_small(_MANIFEST, _MANIFEST_BYTES)
        is_encrypted |= b"encryption-data" in manifest
    if is_encrypted:
        raise UserError("file-password", "The workbook is encrypted.", place=str(archive.path))


def _open_book(archive: Archive, tables: int) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    with telling_damage(archive.path, _UNREADABLE):
        archive.stream.seek(0)
        book = CalamineWorkbook.from_filelike(archive.stream)
    if len(book.sheet_names) != tables:
        raise refuse_damage(archive.path, "its sheets can't be told apart")
    return book


@dataclass(frozen=True, slots=True)
class _Look:
    """What the tags of a cell tell."""

    column: int
    repeated: int
    kind: str
    shown: str
    is_formula: bool
    rows_spanned: int
    columns_spanned: int
    characters: int

    @property
    def is_error(self) -> bool:
        """Whether the cell shows an error, which the value does not tell."""
        may_be = self.is_formula or self.kind != "string"
        return self.kind == "error" or bool(may_be and _ERROR_TEXT.fullmatch(self.shown))

    def span(self, row: int) -> MergedRange:
        """Give the range that the cell spans when it stands in a row."""
        last_row, last_column = row + self.rows_spanned - 1, self.column + self.columns_spanned - 1
        return MergedRange(row, self.column, last_row, last_column)


@dataclass(frozen=True, slots=True)
class _LookedRow:
    """A row of a table, and how often it is repeated."""

    table: int
    number: int
    repeated: int
    cells: list[_Look]


def _look_at_rows(archive: Archive) -> Iterator[_LookedRow | int]:
    """Give the rows that hold something, and the place of each table where it begins."""
    table, depth, row, place = -1, 0, 1, ""
    with telling_damage(archive.path, _UNREADABLE), archive.open_part(_CONTENT) as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if element.tag == f"{_TABLE}table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    table, row = table + 1, 1
                    place = f"{archive.path}, sheet {element.get(f'{_TABLE}name', '')!r}"
                    yield table
            elif element.tag == f"{_TABLE}table-row" and event == "end" and depth == 1:
                repeated = _count(element, "number-rows-repeated")
                cells = list(_look_at_cells(place, element, row, is_repeated=repeated > 1))
                if cells:
                    yield _LookedRow(table, row, repeated, cells)
                row += repeated
                element.clear()


def _look_at_cells(
    place: str, row: ElementTree.Element, number: int, *, is_repeated: bool
) -> Iterator[_Look]:
    column = 0
    for cell in row:
        if cell.tag not in _CELL_TAGS:
            continue
        repeated = _count(cell, "number-columns-repeated")
        kind = cell.get(f"{_CALCEXT}value-type") or cell.get(f"{_OFFICE}value-type") or ""
        is_formula = f"{_TABLE}formula" in cell.attrib
        shown = _text_shown(cell)
        spaces = sum(int(space.get(f"{_TEXT}c", "1")) for space in cell.iter(f"{_TEXT}s"))
        if max(len(shown), spaces) > MAX_CELL_CHARACTERS:
            raise refuse_long_cell(place, number, column, MAX_CELL_CHARACTERS)
        if shown or kind or is_formula:
            spans = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            # A text that stands once in the file can't fill the memory; one that is repeated can.
            size = len(ElementTree.tostring(cell)) if is_repeated or repeated > 1 else 0
            yield _Look(column, repeated, kind, shown, is_formula, *spans, size + spaces)
        column += repeated


def _count(element: ElementTree.Element, name: str) -> int:
    """Give a number of rows or columns, from 1 to a little more than a sheet holds."""
    text = element.get(f"{_TABLE}{name}", "1")
    if not re.fullmatch(r"[0-9]{1,7}", text) or not int(text):
        raise ValueError(f"{text[:40]!r} is no number of rows or columns")
    return int(text)


def _text_shown(cell: ElementTree.Element) -> str:
    """Give the text of a cell as a person sees it, or a little more than a cell may hold."""
    pieces: list[str] = []
    length = 0
    for paragraph in cell.findall(f"{_TEXT}p"):
        for piece in _pieces_of(paragraph):
            pieces.append(piece)
            length += len(piece)
            if length > MAX_CELL_CHARACTERS:
                return "".join(pieces)
        pieces.append("\n")
    return "".join(pieces).strip()


def _pieces_of(element: ElementTree.Element) -> Iterator[str]:
    yield _SPACES.sub(" ", element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), MAX_CELL_CHARACTERS + 1)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _ASIDE_TAGS and not child.tag.startswith(_DRAWING):
            yield from _pieces_of(child)
        yield _SPACES.sub(" ", child.tail or "")


def _measure(archive: Archive) -> list[bool]:
    """Give for each table whether it holds something.

    The library lays out the whole range of each table, from the first cell with content to the
    last, with a copy of the text in each repeated cell, and takes as much memory as that asks for.

    Raises
    ------
    UserError
        ``file-too-large`` when that is too much.
    """
    with_content: list[bool] = []
    cells = characters = 0
    for found in _look_at_rows(archive):
        if isinstance(found, int):
            with_content.append(False)
            first_row = width = area = 0
            continue
        end_row, end = found.number + found.repeated, found.cells[-1]
        if end_row - 1 > MAX_ROWS or end.column + end.repeated > MAX_COLUMNS:
            raise refuse_damage(archive.path, "a cell stands beyond the end of any sheet")
        with_content[-1] = True
        first_row = first_row or found.number
        width = max(width, end.column + end.repeated)
        cells += (end_row - first_row) * width - area
        area = (end_row - first_row) * width
        characters += sum(cell.characters * cell.repeated for cell in found.cells) * found.repeated
        if cells > MAX_GRID_CELLS or characters > MAX_GRID_CHARACTERS:
            what = "cells" if cells > MAX_GRID_CELLS else "characters"
            most = MAX_GRID_CELLS if cells > MAX_GRID_CELLS else MAX_GRID_CHARACTERS
            place = f"sheet {len(with_content)}, up to row {end_row - 1}"
            raise refuse_size(archive.path, f"{place}, spans more than {most:,} {what}")
    return with_content


def _read_sheet(archive: Archive, book: CalamineWorkbook, entry: SheetEntry) -> Sheet:
    builder = SheetBuilder(archive.path, entry.name)
    with telling_damage(archive.path, _UNREADABLE):
        sheet = book.get_sheet_by_index(int(entry.part))
        values: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for found in _look_at_rows(archive):
        if isinstance(found, int) or found.table != int(entry.part):
            continue
        for row in range(found.number, found.number + found.repeated):
            row_values = values[row - 1] if row <= len(values) else []
            for cell in found.cells:
                _add_cells(builder, row, cell, row_values)
    return builder.finish()


def _add_cells(builder: SheetBuilder, row: int, cell: _Look, values: list[Any]) -> None:
    """Add a cell as often as it is repeated."""
    builder.add_merge(cell.span(row))
    for column in range(cell.column, cell.column + cell.repeated):
        value = values[column] if column < len(values) else ""
        if cell.is_error:
            builder.add_error(row, column, cell.shown or "error", is_formula=cell.is_formula)
        elif value == "" and not cell.shown and cell.kind != "string":
            if cell.is_formula:
                builder.add_formula_without_value(row, column)
        else:
            text, oddity = _read_value(cell, value)
            if text or cell.is_formula:
                builder.add_number(row, column, text, oddity, is_formula=cell.is_formula)


def _read_value(cell: _Look, value: Any) -> tuple[str, str]:
    """Give the text of a cell, and the slug of a note about it or nothing."""
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        return _read_number(cell, value)
    if isinstance(value, datetime.date):
        return _read_date(value, cell.shown)
    if isinstance(value, datetime.time):
        return show_time(value), ""
    return (_read_duration(value) if cell.kind == "time" else "") or cell.shown or value, ""


def _read_number(cell: _Look, value: float) -> tuple[str, str]:
    is_percent = cell.kind == "percentage"
    shown = cell.shown.replace("%", "") if is_percent else cell.shown
    if not _BARE_NUMBER.fullmatch(shown):
        return cell.shown, "cell-number-format"
    return (f"{show_percent(value)}%" if is_percent else plain_number(value)), ""


def _read_duration(text: str) -> str:
    """Give hours, minutes and seconds of a text such as ``PT51H00M07S``; else nothing."""
    from openpyxl.utils import datetime as library

    read: Any = library.from_ISO8601
    try:
        return show_elapsed(round(read(text).total_seconds()))
    except (ValueError, AttributeError):
        return ""


def _read_date(value: datetime.date, shown: str) -> tuple[str, str]:
    """Give a date with what the cell shows of it, told from the numbers that it shows."""
    date = show_moment(value)
    if not shown:
        return date, ""
    numbers = [digits.lstrip("0") or "0" for digits in _DIGITS.findall(shown)]
    letters = set()
    for letter, part in (("d", value.day), ("m", value.month)):
        if str(part) in numbers:
            numbers.remove(str(part))
            letters.add(letter)
    if not {str(value.year), str(value.year % 100)} & set(numbers):
        return date, "cell-date-without-year"
    if any(map(str.isalpha, shown)):
        letters.add("m")
    return drop_unshown(date, letters), ""
