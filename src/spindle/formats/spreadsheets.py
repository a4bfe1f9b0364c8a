"""Tables as people keep them: CSV, TSV, XLSX and ODS, read into one neutral grid.

The content of a file decides what it is, never its name. Nothing here knows what a case is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from spindle.errors import UserError
from spindle.formats.delimited import SAMPLE_BYTES, open_delimited
from spindle.formats.grid import (
    Cell,
    Row,
    RowSource,
    SheetNote,
    column_index,
    column_letters,
    refuse_opening,
)

__all__ = [
    "Cell",
    "Row",
    "SheetNote",
    "Spreadsheet",
    "SpreadsheetKind",
    "column_index",
    "column_letters",
    "open_spreadsheet",
]

SpreadsheetKind = Literal["csv", "tsv", "xlsx", "ods"]

# The container of old and of encrypted Office documents ([MS-CFB]), and names in its directory.
_COMPOUND_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_COMPOUND_NAME_BYTES = 128
_ENCRYPTED_NAMES = ("EncryptedPackage",)
_XLS_NAMES = ("Workbook", "Book")

_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

# What people drop on a reader of tables by mistake, by the first bytes.
_OTHER_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"{\\rtf", "an RTF text"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_MARKUP = re.compile(
    rb"\s*<(?:!doctype|!--|\?xml|html|head|body|table|svg|workbook)\b", re.IGNORECASE
)
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"|\})|\[\s*[\[\{\"\]])")

# Members of a zip archive that tell what else it is.
_OTHER_MEMBERS = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("xl/workbook.bin", "a binary XLSB workbook"),
    ("Index/", "an Apple Numbers or Pages document"),
)
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

# Bytes that stand in no text: control characters but for tab, line ends, form feed and escape.
_CONTROL_BYTES = bytes(sorted(set(range(32)) - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B}))
_MAX_CONTROL_SHARE = 0.01
_MIN_NUL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """One opened table."""

    path: Path
    """The file."""
    kind: SpreadsheetKind
    """What it is, by its content."""
    sheet_name: str
    """The sheet that is read; empty for a text file."""
    delimiter: str
    """The character between two cells of a text file; empty for a workbook."""
    notes: list[SheetNote] = field(default_factory=list)
    """What is odd about the sheet, from top to bottom."""
    _source: RowSource | None = field(default=None, repr=False)

    @property
    def file_name(self) -> str:
        """The name of the file, without its folder, as text whatever bytes it has."""
        return os.fsencode(self.path.name).decode("utf-8", "replace")

    @property
    def progress(self) -> float:
        """The share of the table that has been read, from 0 to 1."""
        return self._source.progress if self._source else 1.0

    def rows(self) -> Iterator[Row]:
        """Give the rows that are not blank, from the first on; may be called again.

        Raises
        ------
        UserError
            For a text file, which is read while it is asked for: ``file-encoding``,
            ``cell-too-large`` or ``table-quotation``.
        """
        return self._source.rows() if self._source else iter(())


def open_spreadsheet(path: Path, *, sheet: str | None = None) -> Spreadsheet:
    """Give the table of a file; `sheet` names the sheet of a workbook.

    Without `sheet`, the first visible sheet that holds something is read.

    Raises
    ------
    UserError
        ``file-not-found``, ``file-is-folder``, ``file-unreadable``, ``file-wrong-type``,
        ``file-encoding``, ``file-password``, ``file-damaged``, ``file-too-large``,
        ``cell-too-large``, ``table-quotation``, ``table-empty`` or ``table-sheet-unknown``.
    """
    kind = find_kind(path)
    if kind != "text":
        return _open_workbook(path, kind, sheet)
    if sheet is not None:
        raise UserError(
            "table-sheet-unknown",
            f"A text table has no sheets, and the sheet {sheet!r} was asked for.",
            place=str(path),
            cure="Leave the name of the sheet out.",
        )
    return _open_text(path)


def _open_text(path: Path) -> Spreadsheet:
    table = open_delimited(path)
    if next(table.rows(), None) is None:
        cure = "Check that the rows were saved."
        raise UserError("table-empty", "The file holds no text.", place=str(path), cure=cure)
    kind: SpreadsheetKind = "tsv" if table.layout.delimiter == "\t" else "csv"
    return Spreadsheet(path, kind, "", table.layout.delimiter, _source=table)


def _open_workbook(path: Path, kind: Literal["xlsx", "ods"], sheet_name: str | None) -> Spreadsheet:
    if kind == "xlsx":
        from spindle.formats.workbooks_xlsx import read_xlsx as read
    else:
        from spindle.formats.workbooks_ods import read_ods as read
    sheet = read(path, sheet_name)
    return Spreadsheet(path, kind, sheet.name, "", sheet.notes, sheet)


def find_kind(path: Path) -> Literal["text", "xlsx", "ods"]:
    """Give what a file is by its content.

    Raises
    ------
    UserError
        ``file-not-found``, ``file-is-folder``, ``file-unreadable``, ``file-wrong-type``,
        ``file-password`` or ``file-damaged``.
    """
    head = _read_head(path)
    if head.startswith(_ZIP_SIGNATURES):
        return _find_archive_kind(path)
    if head.startswith(_COMPOUND_SIGNATURE):
        raise _refuse_compound(path)
    _check_text(path, head)
    return "text"


def _read_head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UserError("file-is-folder", "The path names a folder.", place=str(path))
        if not path.exists():
            raise UserError("file-not-found", "There is no such file.", place=str(path))
        if not path.is_file():
            raise UserError("file-unreadable", "This is no ordinary file.", place=str(path))
        with path.open("rb") as stream:
            return stream.read(SAMPLE_BYTES)
    except OSError as error:
        raise refuse_opening(path, error) from None
    except ValueError:  # a NUL character in the path
        raise UserError("file-not-found", "No file has such a name.", place=repr(path)) from None


def _find_archive_kind(path: Path) -> Literal["xlsx", "ods"]:
    from spindle.formats.archives import Archive, open_archive
    from spindle.formats.workbooks_xlsx import is_xlsx

    def read_type(archive: Archive) -> str:
        declared = archive.read_small("mimetype", 200) if "mimetype" in archive.members else b""
        return declared.decode("ascii", "replace").strip()

    with open_archive(path) as archive:
        if read_type(archive).startswith(_ODS_TYPE):
            return "ods"
        if is_xlsx(archive):
            return "xlsx"
        names = list(archive.members)
    for start, title in _OTHER_MEMBERS:
        if any(name.startswith(start) for name in names):
            raise _refuse_type(path, title)
    raise _refuse_type(path, "a zip archive without a workbook")


def _refuse_compound(path: Path) -> UserError:
    """Give the error for an Office document that is encrypted or of an old kind."""
    if _has_stream(path, _ENCRYPTED_NAMES):
        return UserError("file-password", "The workbook is encrypted.", place=str(path))
    if not _has_stream(path, _XLS_NAMES):
        return _refuse_type(path, "an old Office document that is no workbook")
    return UserError(
        "file-wrong-type",
        "This is an XLS workbook, the kind that Excel wrote before 2007.",
        place=str(path),
        cure="Open it in a spreadsheet program and save it as XLSX.",
    )


def _has_stream(path: Path, names: tuple[str, ...]) -> bool:
    """Whether the directory of a compound file names one of these streams.

    Entries of the directory begin with a name and stand at multiples of 128 bytes.
    """
    starts = tuple(f"{name}\0".encode("utf-16-le") for name in names)
    with path.open("rb") as stream:
        while entry := stream.read(_COMPOUND_NAME_BYTES):
            if entry.startswith(starts):
                return True
    return False


def _check_text(path: Path, head: bytes) -> None:
    """Refuse what is no text: known types, markup, and bytes that no text holds."""
    for signature, title in _OTHER_SIGNATURES:
        if head.startswith(signature):
            raise _refuse_type(path, title)
    if head.startswith(_UNICODE_MARKS):
        return
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(text):
        raise _refuse_type(path, "a web page or an XML file")
    if _JSON.match(text):
        raise _refuse_type(path, "a JSON file")
    _check_control_bytes(path, text)


def _check_control_bytes(path: Path, text: bytes) -> None:
    if _looks_like_utf16(text):
        raise UserError(
            "file-encoding", "The text looks like UTF-16 without its mark.", place=str(path)
        )
    controls = len(text) - len(text.translate(None, _CONTROL_BYTES))
    if controls > len(text) * _MAX_CONTROL_SHARE:
        raise _refuse_type(path, "a binary file")


def _looks_like_utf16(text: bytes) -> bool:
    """Whether NUL bytes stand in every other place, as in UTF-16 of Latin letters."""
    even, odd = text[::2].count(0), text[1::2].count(0)
    return max(even, odd) > len(text) * _MIN_NUL_SHARE and min(even, odd) * 20 < max(even, odd)


def _refuse_type(path: Path, title: str) -> UserError:
    return UserError("file-wrong-type", f"This is {title}, not a table.", place=str(path))
