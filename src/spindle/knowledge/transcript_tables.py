"""The tables of transcripts as rows of cells, each with its line, and the error that names one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from spindle.errors import UserError
from spindle.knowledge.csv_files import iterate_rows
from spindle.knowledge.files import read_text

FOLDER = "transcripts"


def refuse(name: str, line: int, message: str) -> UserError:
    """Give the error for a row of a table: `knowledge-invalid`, with its file and line."""
    return UserError("knowledge-invalid", message, place=f"{FOLDER}/{name}.csv, line {line}")


def read_rows(name: str, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give the rows of a table by column, each with its line.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a text that is not CSV or holds a character
        that nobody can see, columns that are not as expected, a row of another width, or one that
        stands twice.
    """
    path = f"{FOLDER}/{name}.csv"
    lines: dict[tuple[str, ...], int] = {}
    for row, line in iterate_rows(read_text(path), path, columns):
        if (first := lines.setdefault(tuple(row.values()), line)) != line:
            raise refuse(name, line, f"The row stands in line {first} already.")
        yield line, row


def read_cells(name: str, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of a table's rows in the order of its columns; raises as `read_rows` does."""
    for line, row in read_rows(name, columns):
        yield line, [row[column] for column in columns]
