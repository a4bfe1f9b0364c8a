"""Text tables: cells parted by commas, tabs, semicolons or bars, one record after the other.

Read as UTF-8 or as UTF-16 with its mark, and streamed: a table of any length takes the same memory.
Quotation follows RFC 4180 strictly, because a forgotten quotation mark swallows patients.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from spindle.errors import UserError
from spindle.formats.grid import (
    MAX_CELL_CHARACTERS,
    CellMaker,
    Row,
    column_letters,
    refuse_opening,
)

if TYPE_CHECKING:
    from _csv import Reader

# From the least to the most likely within a sentence: when two delimiters explain a table equally
# well, the one that people hardly write in a cell is the delimiter.
DELIMITERS = ("\t", ";", "|", ",")

SAMPLE_BYTES = 65_536
SAMPLE_RECORDS = 200

# Sixteen of the longest cells: far more than a row of a table of patients holds, and little enough
# to be held in memory when a file is one endless line.
MAX_RECORD_CHARACTERS = 16 * MAX_CELL_CHARACTERS

_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATOR_LINE = re.compile(r"sep=([^\r\n])(?:\r\n?|\n|\Z)", re.IGNORECASE)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TextLayout:
    """How a text table is written."""

    encoding: str
    """The codec that reads it, its mark taken off."""
    delimiter: str
    """The character between two cells."""
    has_separator_line: bool = False
    """Whether the first record only names the delimiter (``sep=;``, as Excel does)."""


@dataclass(slots=True)
class DelimitedTable:
    """A text table whose rows are read as they are asked for."""

    path: Path
    """The file."""
    layout: TextLayout
    """How it is written."""
    _bytes_total: int = 0
    _is_read: bool = False
    _raw: io.RawIOBase | None = field(default=None, repr=False)

    @property
    def progress(self) -> float:
        """The share of the bytes that has been read, from 0 to 1."""
        if self._is_read or not self._bytes_total:
            return 1.0
        if self._raw is None or self._raw.closed:
            return 0.0
        return min(self._raw.tell() / self._bytes_total, 1.0)

    def rows(self) -> Iterator[Row]:
        """Give the rows that are not blank, from the first on; each call reads the file anew.

        Raises
        ------
        UserError
            ``file-encoding``, ``cell-too-large`` or ``table-quotation``, with line or row.
        """
        self._is_read = False
        with _open_text(self.path, self.layout.encoding) as stream:
            buffer = getattr(stream, "buffer", None)
            self._raw = getattr(buffer, "raw", None)
            yield from self._read_rows(stream)
        self._is_read = True

    def _read_rows(self, stream: TextIO) -> Iterator[Row]:
        lines = _RecordLines(stream, self.path, self.layout)
        records = _make_reader(lines, self.layout.delimiter)
        maker = CellMaker()
        number = 0
        while (record := lines.read_record(records)) is not None:
            number += 1
            cells = tuple([maker[text] for text in record])
            if any(cell.text for cell in cells) and not (
                number == 1 and self.layout.has_separator_line
            ):
                yield Row(number, cells)


class _RecordLines:
    """Feeds lines to the csv reader and knows where the present record began."""

    def __init__(self, stream: TextIO, path: Path, layout: TextLayout) -> None:
        self._stream = stream
        self._path = path
        self._layout = layout
        self._record: list[str] = []
        self._record_characters = 0
        self._first_line = 1
        self._line = 0
        self._number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(MAX_RECORD_CHARACTERS + 1):
            self._line += 1
            self._record.append(line)
            self._record_characters += len(line)
            if "\0" in line:
                raise self._refuse_nul()
            if self._record_characters > MAX_RECORD_CHARACTERS:
                raise self._refuse_length(is_cell=False)
            yield line

    def read_record(self, records: Iterator[list[str]]) -> list[str] | None:
        """Give the next record; nothing at the end."""
        self._record.clear()
        self._record_characters = 0
        self._first_line = self._line + 1
        self._number += 1
        # The csv module keeps its limit for the whole process, so it is lent for one record.
        limit_before = csv.field_size_limit(MAX_CELL_CHARACTERS)
        try:
            return next(records, None)
        except UnicodeDecodeError:
            raise refuse_encoding(self._path, self._layout.encoding) from None
        except csv.Error as error:
            raise self._explain(str(error)) from None
        except OSError as error:
            raise refuse_opening(self._path, error) from None
        finally:
            csv.field_size_limit(limit_before)

    def _explain(self, reason: str) -> UserError:
        if "field larger" in reason:
            return self._refuse_length(is_cell=True)
        if "unexpected end" in reason:
            message = "A quotation mark opens a cell and is never closed."
        else:
            message = (
                "A quotation mark closes a cell, and text follows it before the next "
                f"{name_delimiter(self._layout.delimiter)}."
            )
        return UserError(
            "table-quotation",
            message,
            place=f"{self._path}, row {self._number}, which begins on line {self._first_line}",
        )

    def _refuse_length(self, *, is_cell: bool) -> UserError:
        column = _find_long_cell("".join(self._record), self._layout.delimiter)
        place = f"{self._path}, row {self._number}, which begins on line {self._first_line}"
        if column is not None:
            place += f", column {column_letters(column)}"
        if is_cell or column is not None:
            message = f"A cell holds more than {MAX_CELL_CHARACTERS:,} characters."
        else:
            message = f"A row holds more than {MAX_RECORD_CHARACTERS:,} characters."
        return UserError("cell-too-large", message, place=place)

    def _refuse_nul(self) -> UserError:
        return UserError(
            "file-encoding",
            f"Line {self._line} holds a NUL character, which no text has.",
            place=str(self._path),
        )


def open_delimited(path: Path) -> DelimitedTable:
    """Give the text table of a file, its encoding and delimiter found out from its beginning.

    Raises
    ------
    UserError
        ``file-encoding`` when the beginning is not UTF-8 or UTF-16 with its mark, and
        ``file-unreadable``.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(SAMPLE_BYTES)
        bytes_total = path.stat().st_size
    except OSError as error:
        raise refuse_opening(path, error) from None
    encoding = find_encoding(head, path)
    is_whole = len(head) == bytes_total
    try:
        sample = codecs.getincrementaldecoder(encoding)().decode(head, is_whole)
    except UnicodeDecodeError:
        raise refuse_encoding(path, encoding) from None
    return DelimitedTable(path, find_layout(sample, encoding, is_whole=is_whole), bytes_total)


def find_encoding(head: bytes, path: Path) -> str:
    """Give the codec that the first bytes of a text ask for.

    Raises
    ------
    UserError
        ``file-encoding`` for UTF-32.
    """
    if head.startswith(_UTF32_MARKS):
        raise UserError("file-encoding", "The text is UTF-32.", place=str(path))
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    return "utf-8-sig"


def find_layout(sample: str, encoding: str, *, is_whole: bool) -> TextLayout:
    """Give the layout that explains the beginning of a table best."""
    named = _SEPARATOR_LINE.match(sample)
    if named:
        return TextLayout(encoding, named.group(1), has_separator_line=True)
    return TextLayout(encoding, choose_delimiter(sample, is_whole=is_whole))


def choose_delimiter(sample: str, *, is_whole: bool = True) -> str:
    """Give the delimiter under which the records of a sample agree best on their columns.

    The share of records that agree decides, then the number of columns, then the order of
    `DELIMITERS`. A delimiter that gives one column only is none; a table of one column is given
    a delimiter that it does not hold.
    """
    fits = [_fit_delimiter(sample, delimiter, is_whole=is_whole) for delimiter in DELIMITERS]
    best = max(fits, key=lambda fit: (fit.is_table, fit.share, fit.columns))
    if best.is_table:
        return best.delimiter
    if any(fit.columns == 0 for fit in fits):
        return min(fits, key=lambda fit: fit.columns).delimiter
    return next((mark for mark in reversed(DELIMITERS) if mark not in sample), ",")


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a delimiter explains a sample."""

    delimiter: str
    columns: int
    share: float
    is_table: bool


def _fit_delimiter(sample: str, delimiter: str, *, is_whole: bool) -> _Fit:
    records, lines_read = _read_sample(sample, delimiter, is_whole=is_whole)
    counts = Counter(len(record) for record in records)
    if not records:
        return _Fit(delimiter, 0, 0.0, is_table=False)
    columns_of_first = len(records[0])
    columns = max(counts, key=lambda count: (counts[count], count == columns_of_first))
    agreeing = sum(
        len(record) == columns and not any(cell.count('"') % 2 for cell in record)
        for record in records
    )
    share = agreeing / len(records) * lines_read
    is_table = columns > 1 and (agreeing * 2 >= len(records) or columns_of_first > 1)
    return _Fit(delimiter, columns, share, is_table)


def _read_sample(sample: str, delimiter: str, *, is_whole: bool) -> tuple[list[list[str]], float]:
    """Give the records that are not blank, and the share of lines read before an error."""
    lines = io.StringIO(sample, newline="").readlines()
    reader = _make_reader(lines, delimiter)
    records: list[list[str]] = []
    share_read = 1.0
    try:
        for record in reader:
            if any(map(str.strip, record)):
                records.append(record)
            if len(records) == SAMPLE_RECORDS:
                return records, 1.0
    except csv.Error as error:
        is_cut_off = "unexpected end" in str(error) and not is_whole
        share_read = 1.0 if is_cut_off else (reader.line_num - 1) / len(lines)
        return records, share_read
    return (records if is_whole else records[:-1] or records), share_read


def _make_reader(lines: Iterator[str] | list[str] | _RecordLines, delimiter: str) -> Reader:
    return csv.reader(iter(lines), delimiter=delimiter, strict=True, skipinitialspace=True)


def _find_long_cell(record: str, delimiter: str) -> int | None:
    """Give the column index of the first cell that is too long; nothing when none is."""
    column = 0
    length = 0
    is_quoted = False
    for character in record:
        length += 1
        if character == '"':
            is_quoted = not is_quoted
        elif character == delimiter and not is_quoted:
            column += 1
            length = 0
        if length > MAX_CELL_CHARACTERS:
            return column
    return None


def _open_text(path: Path, encoding: str) -> TextIO:
    try:
        return path.open(encoding=encoding, newline="")
    except OSError as error:
        raise refuse_opening(path, error) from None


def name_delimiter(delimiter: str) -> str:
    """Give the name of a delimiter in words."""
    names = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
    return names.get(delimiter, repr(delimiter))


def refuse_encoding(path: Path, encoding: str) -> UserError:
    """Give the error for a text in another encoding, naming the first line that shows it."""
    name = "UTF-16" if encoding == "utf-16" else "UTF-8"
    return UserError(
        "file-encoding",
        f"The text is not {name}: line {_find_bad_line(path, encoding)} can't be decoded.",
        place=str(path),
    )


def _find_bad_line(path: Path, encoding: str) -> int:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    line = 1
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            state = decoder.getstate()
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError:
                decoder.setstate(state)
                return line + _count_lines_before_error(decoder, chunk)
    return line


def _count_lines_before_error(decoder: io.IncrementalNewlineDecoder, chunk: bytes) -> int:
    """Give the line breaks before the byte that can't be decoded, going byte by byte."""
    lines = 0
    try:
        for position in range(len(chunk)):
            lines += decoder.decode(chunk[position : position + 1]).count("\n")
    except UnicodeDecodeError:
        pass
    return lines
