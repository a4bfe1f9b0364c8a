"""Heads and rows of a caller's file: what a reader looks at to know its format, and what it gets.

Columns stand in whatever order. A row of another width than the header is given with its problem
and never left out; whoever makes calls keeps it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.formats.fusion_callers.lines import MAX_LINE_CHARACTERS, read_lines

COMMENT = "#"
# How much of a file is looked at to know its format: every comment above the header, and a few
# lines below it.
HEAD_LINES = 25
HEAD_COMMENTS = 10_000
HEAD_CHARACTERS = 1_000_000
# A column that the row has and the header has not is named by its place.
EXTRA_COLUMN = "column {}"
# Cells beyond stand in one together: a line of nothing but delimiters is no table of columns.
MOST_COLUMNS = 10_000
ABOVE_HEADER = "The line stands above the header, so that nothing tells what it holds."
HEADER_AGAIN = "The header stands here again: the file was put together from several."
_EMPTY: Mapping[str, str] = MappingProxyType({})


def name_file(path: Path) -> str:
    """Give the name of a file; bytes that are no UTF-8 become replacement signs."""
    return os.fsencode(path.name).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, by which its format is recognised."""

    path: Path
    """The file."""
    lines: tuple[tuple[int, str], ...]
    """Its first lines that are not blank, each with its number: all that begin with `#` above the
    first that does not, and some more."""
    is_whole: bool
    """Whether these are all lines of the file that are not blank."""

    @property
    def name(self) -> str:
        """Name of the file, as it is shown."""
        return name_file(self.path)

    @property
    def is_empty(self) -> bool:
        """Whether the file holds nothing at all, or blanks only."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the head of a file says about all of it."""

    caller: str
    """Id of the reader."""
    file: str
    """Name of the file."""
    version: str = ""
    """Version of the caller; empty when the file does not say it."""
    build: Build | Absent = NOT_REPORTED
    """Genome build, when the file says it."""
    sample: str = ""
    """Sample, when the head of the file names it."""
    header_line: int = 0
    """Line of the header; 0 when there is none."""
    columns: tuple[str, ...] = ()
    """Columns by their names in the file; a name that stands twice gets a number. Empty for a
    format whose lines are no table."""
    delimiter: str = ""
    """What parts two cells; empty for a format whose lines are no table."""
    details: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    """What else a reader wants to remember of the head, by names of its own."""
    notes: tuple[str, ...] = ()
    """What is odd about the head, each in one sentence."""
    doubles: tuple[tuple[str, str], ...] = ()
    """Columns that are read and stand twice: the first one, and the other by its name here."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of data."""

    line: int
    """Its number in the file, from 1."""
    text: str
    """The line as written."""
    cells: Mapping[str, str]
    """Its cells by column, as written; without a table, none."""
    problem: str = ""
    """Why it can't be interpreted: another width than the header. Empty when nothing is wrong."""


def read_head(path: Path) -> Head:
    """Give the beginning of a file; raises as `read_lines` does."""
    lines: list[tuple[int, str]] = []
    comments = others = characters = 0
    for number, text in read_lines(path):
        if not text.strip():
            continue
        if others == HEAD_LINES or comments == HEAD_COMMENTS or characters > HEAD_CHARACTERS:
            return Head(path, tuple(lines), is_whole=False)
        is_comment = text.startswith(COMMENT) and not others
        comments += is_comment
        others += not is_comment
        characters += len(text)
        lines.append((number, text))
    return Head(path, tuple(lines), is_whole=True)


def split_cells(text: str, delimiter: str) -> list[str]:
    """Give the cells of a line, without the quotation marks around them.

    Only a cell that begins with a quotation mark is quoted. When a mark is never closed, or text
    follows it, all marks of the line are kept as written.
    """
    if '"' not in text:
        return text.split(delimiter)
    # The csv module keeps its limit for the whole process, so it is lent for one line.
    limit_before = csv.field_size_limit(MAX_LINE_CHARACTERS)
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return text.split(delimiter)
    finally:
        csv.field_size_limit(limit_before)
    return records[0] if len(records) == 1 else text.split(delimiter)


def name_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Give names of columns, every one once: a name that stands again gets a number."""
    names: dict[str, int] = {}
    for place, cell in enumerate(cells, 1):
        plain = cell.strip() or EXTRA_COLUMN.format(place)
        name, number = plain, names.get(plain, 0)
        while name in names:
            number += 1
            name = f"{plain} {number}"
        names[plain] = max(number, 1)
        names.setdefault(name, 1)
    return tuple(names)


def list_doubles(
    cells: Sequence[str], keys: Collection[str], fold: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """Give the columns that stand twice, by the names that `name_columns` gives them.

    Parameters
    ----------
    keys:
        Keys of the columns that a reader reads; twins of others say nothing that is taken up.
    fold:
        Gives the key of a column as written.
    """
    first: dict[str, str] = {}
    found = []
    for cell, name in zip(cells, name_columns(cells), strict=True):
        key = fold(cell)
        if key in keys and first.setdefault(key, name) != name:
            found.append((first[key], name))
    return tuple(found)


def note_doubles(doubles: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Give a note on each column that stands twice."""
    return tuple(
        f"The column {first!r} stands twice. Rows in which the two differ are not interpreted."
        for first in dict.fromkeys(first for first, _ in doubles)
    )


def _compare_doubles(cells: Mapping[str, str], facts: FileFacts) -> str:
    """Give why a row can't be interpreted: a column stands twice and says two things."""
    for first, other in facts.doubles:
        if cells[first].strip() != cells[other].strip():
            return f"The column {first!r} stands twice, and the two say different things here."
    return ""


def iterate_rows(lines: Iterable[tuple[int, str]], facts: FileFacts) -> Iterator[Row]:
    """Give the rows; blank lines, the header and comments above it are none.

    Whatever else stands above the header is given with that as its problem.
    """
    columns, delimiter = facts.columns, facts.delimiter
    width = len(columns)
    for number, text in lines:
        if not text.strip():
            continue
        if number <= facts.header_line:
            if number < facts.header_line and not text.startswith(COMMENT):
                yield Row(number, text, _EMPTY, ABOVE_HEADER)
            continue
        if not delimiter:
            yield Row(number, text, _EMPTY)
            continue
        cells = split_cells(text, delimiter)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            del cells[width:]
        if len(cells) == width:
            is_header = cells[0].strip().lstrip(COMMENT) == columns[0] and _is_header(
                cells, columns
            )
            named = MappingProxyType(dict(zip(columns, cells, strict=True)))
            problem = HEADER_AGAIN if is_header else _compare_doubles(named, facts)
            yield Row(number, text, named, problem)
        else:
            yield _make_odd_row(number, text, cells, facts)


def _is_header(cells: Sequence[str], columns: tuple[str, ...]) -> bool:
    return len(cells) > 1 and name_columns(cells)[1:] == columns[1:]


def _make_odd_row(line: int, text: str, cells: Sequence[str], facts: FileFacts) -> Row:
    columns = facts.columns
    problem = f"The row has {len(cells)} cells; {len(columns)} were expected."
    named = dict(zip(columns, cells, strict=False))
    for place in range(len(columns) + 1, len(cells) + 1):
        name = EXTRA_COLUMN.format(place)
        if place > MOST_COLUMNS:
            named[f"{name} and on"] = facts.delimiter.join(cells[place - 1 :])
            break
        named[f"{name}, without a name" if name in named else name] = cells[place - 1]
    return Row(line, text, MappingProxyType(named), problem)


def keep_row(row: Row, facts: FileFacts, problem: str = "") -> CalledFusion:
    """Give a row that can't be interpreted as a call which holds its cells and the reason."""
    return CalledFusion(
        caller=facts.caller,
        file=facts.file,
        line=row.line,
        end5=CalledEnd(),
        end3=CalledEnd(),
        caller_version=facts.version,
        sample=facts.sample,
        build=facts.build,
        is_directed=False,
        words=row.text if not row.cells else "",
        problem=problem or row.problem,
        cells=row.cells,
    )
