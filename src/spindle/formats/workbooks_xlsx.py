"""XLSX and XLSM workbooks, read by openpyxl.

Its mode for reading gives one row after another and so takes little memory. It opens the workbook
once for the values that were last computed and, only where there are formulas, once more for these.

A look at the tags goes before. It keeps the library from files that would fill the memory, and sees
two things that the library does not tell in this mode: merged ranges (its other mode tells them,
and drops the texts that they hide), and how many cells there are, so that none can be lost.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from spindle.errors import UserError
from spindle.formats.archives import (
    Archive,
    open_archive,
    refuse_damage,
    refuse_size,
    scan_tags,
    telling_damage,
)
from spindle.formats.grid import MAX_GRID_CELLS, MAX_ROWS
from spindle.formats.number_formats import (
    EAST_ASIAN_CODES,
    Moment,
    ShownNumber,
    show_date,
    show_number,
)
from spindle.formats.workbooks import MergedRange, Sheet, SheetBuilder, SheetEntry, choose_sheet

_NAMES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL, _FORMULA, _MERGE = f"{_NAMES} c", f"{_NAMES} f", f"{_NAMES} mergeCell"
_STRICT_BOOK = "http://purl.oclc.org/ooxml/spreadsheetml/main workbook"

# Pictures, the shapes of comments and sheets that are one chart: no cells, and openpyxl fails on
# some of them.
_UNREAD_PARTS = re.compile(r"\.(?:svg|vml)$|^xl/chartsheets/", re.IGNORECASE)

_CONTENT_TYPES = "[Content_Types].xml"
_MOST_TYPE_BYTES = 1_000_000
_BOOK_TYPE = re.compile(rb"(?:spreadsheetml|ms-excel)\.[a-zA-Z.]+\.main\+xml")
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_UNREADABLE = "openpyxl can't read it"


def is_xlsx(archive: Archive) -> bool:
    """Whether an archive says that it is a workbook in XML."""
    if _CONTENT_TYPES not in archive.members:
        return False
    return bool(_BOOK_TYPE.search(archive.read_small(_CONTENT_TYPES, _MOST_TYPE_BYTES)))


def read_xlsx(path: Path, sheet: str | None = None) -> Sheet:
    """Give one sheet of an XLSX workbook: the one named, or the first visible with content.

    Raises
    ------
    UserError
        ``file-damaged``, ``file-too-large``, ``file-password``, ``file-wrong-type``,
        ``cell-too-large``, ``table-empty`` or ``table-sheet-unknown``.
    """
    with open_archive(path) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts that are not read: extensions, pictures
        looks = {name: _look_at(archive, name) for name in _parts_to_read(archive)}
        sheets = _open_sheets(archive, is_data_only=True)
        entries = [
            SheetEntry(found.title, found.sheet_state == "visible", part, not looks[part].cells)
            for part, found in sheets.items()
        ]

        def read(entry: SheetEntry) -> Sheet:
            return _read_sheet(archive, sheets[entry.part], entry.part, looks[entry.part])

        return choose_sheet(path, entries, read, sheet)


@dataclass(slots=True)
class _Look:
    """What the tags of a part tell."""

    cells: int = 0
    formulas: int = 0
    merges: list[str] = field(default_factory=list)


def _parts_to_read(archive: Archive) -> list[str]:
    return [name for name in archive.members if not _UNREAD_PARTS.search(name)]


def _look_at(archive: Archive, part: str) -> _Look:
    look = _Look()

    def on_tag(name: str, found: dict[str, str]) -> None:
        if name == _CELL:
            look.cells += 1
        elif name == _FORMULA:
            look.formulas += 1
        elif name == _MERGE:
            look.merges.append(found.get("ref", ""))
        elif name == _STRICT_BOOK:
            raise UserError(
                "file-wrong-type",
                "This is a workbook in the form 'Strict Open XML', which is not read.",
                place=str(archive.path),
                cure="Save it as 'Excel workbook (.xlsx)'.",
            )

    scan_tags(archive, part, on_tag)
    return look


def _open_sheets(archive: Archive, *, is_data_only: bool) -> dict[str, Any]:
    """Give the sheets with cells by the part of the archive that holds them."""
    from openpyxl.reader.excel import ExcelReader

    with telling_damage(archive.path, _UNREADABLE):
        reader = ExcelReader(
            archive.stream, read_only=True, data_only=is_data_only, keep_links=False
        )
        reader.valid_files = _parts_to_read(archive)
        for name in set(archive.members).difference(reader.valid_files):
            reader.archive.NameToInfo.pop(name)  # what was not looked at is not there
        reader.read()
        listed = [(rel.target, rel.Type) for _, rel in reader.parser.find_sheets()]
        parts = [part for part, kind in listed if "chartsheet" not in kind]
        sheets: list[Any] = reader.wb.worksheets
        if len(listed) != len(reader.parser.sheets) or len(parts) != len(sheets):
            raise refuse_damage(archive.path, "a part that should hold a sheet is missing")
        return dict(zip(parts, sheets, strict=True))


class _Found(NamedTuple):
    """A cell as openpyxl gives it."""

    column: int
    value: str | float | bool | Moment | None
    kind: str
    code: str
    is_formula: bool


def _read_sheet(archive: Archive, sheet: Any, part: str, look: _Look) -> Sheet:
    builder = SheetBuilder(archive.path, sheet.title)
    formulas: Iterable[Any] = repeat(())
    if look.formulas:
        other = _open_sheets(archive, is_data_only=False)[part]
        other.reset_dimensions()
        formulas = other.iter_rows()
    for row, cells in _read_rows(archive.path, sheet, formulas, look.cells):
        for cell in cells:
            _add_cell(builder, row, cell)
    for reference in look.merges:
        builder.add_merge(_read_range(archive.path, reference))
    return builder.finish()


def _read_rows(
    path: Path, sheet: Any, formulas: Iterable[Any], cells: int
) -> Iterator[tuple[int, list[_Found]]]:
    """Give the cells of each row, until all that the sheet holds have been given."""
    from openpyxl.cell.read_only import EMPTY_CELL

    given = width = 0
    with telling_damage(path, _UNREADABLE):
        # The sheet says itself how far it goes, and some programs write that wrongly.
        sheet.reset_dimensions()
        rows: Iterable[Any] = sheet.iter_rows()
        for number, (row, formula_row) in enumerate(zip(rows, formulas, strict=False), start=1):
            width += len(row)
            if number > MAX_ROWS:
                raise refuse_damage(path, "a cell stands beyond the end of any sheet")
            if width > MAX_GRID_CELLS:
                place = f"sheet {sheet.title!r}, up to row {number}"
                raise refuse_size(path, f"{place}, spans more than {MAX_GRID_CELLS:,} cells")
            given += sum(1 for cell in row if cell is not EMPTY_CELL and cell.row == number)
            yield number, list(_read_cells(row, formula_row, sheet.parent.epoch))
            if given >= cells:
                return
    if given < cells:
        raise refuse_damage(path, f"cells of the sheet {sheet.title!r} are not in order")


def _read_cells(row: Iterable[Any], formula_row: Any, epoch: Any) -> Iterator[_Found]:
    for column, cell in enumerate(row):
        value = cell.value
        kind = cell.data_type
        is_formula = column < len(formula_row) and formula_row[column].data_type == "f"
        if value is None and not is_formula:
            continue
        code = ""
        if kind in {"n", "d"} and value is not None:
            code = cell.number_format
            if code == "General" and cell.has_style:
                code = EAST_ASIAN_CODES.get(cell.style_array.numFmtId, code)
                value = value if code == "General" or kind == "d" else _to_date(value, epoch)
        yield _Found(column, value, kind, code, is_formula)


def _to_date(value: float, epoch: Any) -> Any:
    from openpyxl.utils.datetime import from_excel

    try:
        return from_excel(value, epoch)
    except (OverflowError, ValueError):
        return value


def _add_cell(builder: SheetBuilder, row: int, cell: _Found) -> None:
    value, column, is_formula = cell.value, cell.column, cell.is_formula
    if value is None and cell.kind != "str":
        builder.add_formula_without_value(row, column)
    elif value is None or isinstance(value, str):
        text = _unescape(value or "")
        add = builder.add_error if cell.kind == "e" else builder.add
        add(row, column, text, is_formula=is_formula)
    elif isinstance(value, bool):
        builder.add(row, column, str(value).upper(), is_formula=is_formula)
    else:
        shown = _show(value, cell.code)
        builder.add_number(row, column, shown.text, shown.oddity, is_formula=is_formula)


def _show(value: float | Moment, code: str) -> ShownNumber:
    if isinstance(value, int | float):
        return show_number(value, code)
    return show_date(value, code)


def _unescape(text: str) -> str:
    """Give a text with its escapes of control characters (``_x000D_``) undone.

    Those of NUL and of halves of characters stay, because no text may hold these.
    """
    if "_x" not in text:
        return text
    from openpyxl.utils.escape import unescape

    plain = unescape(text)
    return text if _NO_CHARACTER.search(plain) else plain


def _read_range(path: Path, reference: str) -> MergedRange:
    from openpyxl.utils.cell import range_boundaries

    bounds: Any = ()
    with telling_damage(path, "a merged range can't be read"):
        bounds = range_boundaries(reference)
    first_column, first_row, last_column, last_row = bounds
    if not all(bounds) or first_column > last_column or first_row > last_row:
        raise refuse_damage(path, f"{reference[:40]!r} is no range of cells")
    return MergedRange(first_row, first_column - 1, last_row, last_column - 1)
