"""The neutral grid: cells and rows as a person sees them, whatever file they came from.

A grid knows nothing of cases. It holds texts, where they stand, and what is odd about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from spindle.errors import UserError

# A spreadsheet program holds at most 32,767 characters in a cell. Four times that leaves room for
# text files; it is also the longest field that Python's csv module reads unless told otherwise.
MAX_CELL_CHARACTERS = 131_072

# 100,000 rows of 100 columns. A grid is held in memory when it comes from a workbook, and a few
# bytes of a workbook can claim a sheet of 17 thousand million cells.
MAX_GRID_CELLS = 10_000_000

# A text that is stored once can stand in every cell.
MAX_GRID_CHARACTERS = 500_000_000

# The largest sheet of any spreadsheet program in use: 1,048,576 rows of 16,384 columns (XFD).
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_LETTERS_IN_ALPHABET = 26
_WIDE_SPACES = str.maketrans(
    {
        "\u00a0": " ",  # no-break space
        "\u202f": " ",  # narrow no-break space
        "\u2007": " ",  # figure space
        "\u200b": None,  # zero-width space: nobody sees it
        "\ufeff": None,  # byte-order mark in the middle of a text
    }
)
_ODD_CHARACTERS = re.compile("[\r\u00a0\u202f\u2007\u200b\ufeff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is seen."""

    text: str
    """The text; empty when nothing is there. Inner spaces are kept, outer ones are not."""
    is_formula: bool = False
    """Whether a formula gave the text, which is the value that the file remembers."""
    is_merged: bool = False
    """Whether the text was taken from the first cell of a merged range."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank."""

    number: int
    """Row number as a spreadsheet shows it, from 1; in a text file the number of the record."""
    cells: tuple[Cell, ...]
    """The cells from column A on; a short row is not padded."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the cells, in order."""
        return tuple([cell.text for cell in self.cells])


@dataclass(frozen=True, slots=True)
class SheetNote:
    """Something odd about a sheet, which a reader of cases turns into a Note."""

    slug: str
    """Stable name of the kind of oddity."""
    row: int
    """Row number from 1; 0 when the whole sheet is meant."""
    column: str
    """Letters of the column as a spreadsheet shows them; empty when the whole sheet is meant."""
    value: str
    """What stands there."""
    message: str
    """One sentence: what it is and what was made of it."""


class RowSource(Protocol):
    """What gives the rows of one table."""

    def rows(self) -> Iterator[Row]:
        """Give the rows from the first on; may be called again."""
        ...

    @property
    def progress(self) -> float:
        """The share of the table that has been given, from 0 to 1."""
        ...


EMPTY_CELL = Cell("")


def clean_text(text: str) -> str:
    """Give a text as it is seen: no outer space, ordinary spaces, line breaks as ``\\n``."""
    if _ODD_CHARACTERS.search(text):
        text = text.translate(_WIDE_SPACES).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def column_letters(index: int) -> str:
    """Give the letters of a column counted from 0: ``A`` … ``Z``, ``AA`` …

    Raises
    ------
    ValueError
        When the index is negative.
    """
    if index < 0:
        raise ValueError(f"a column index counts from 0, not {index}")
    letters = ""
    remaining = index + 1
    while remaining:
        remaining, place = divmod(remaining - 1, _LETTERS_IN_ALPHABET)
        letters = chr(ord("A") + place) + letters
    return letters


@lru_cache(maxsize=1024)
def column_index(letters: str) -> int:
    """Give the index from 0 of a column named by its letters: ``A`` is 0, ``AA`` is 26."""
    index = 0
    for letter in letters.upper():
        index = index * _LETTERS_IN_ALPHABET + ord(letter) - ord("A") + 1
    return index - 1


def refuse_long_cell(place: str, row: int, column: int, characters: int) -> UserError:
    """Give the error for a cell that is longer than any that people write."""
    return UserError(
        "cell-too-large",
        f"A cell holds more than {characters:,} characters.",
        place=f"{place}, row {row}, column {column_letters(column)}",
    )


def refuse_opening(path: Path, error: OSError) -> UserError:
    """Give the error for a file that the operating system will not read."""
    return UserError(
        "file-unreadable",
        f"The file can't be read: {error.strerror or 'the system gives no reason'}.",
        place=str(path),
    )


class CellMaker(dict[str, Cell]):
    """Gives the cell of a text. Tables repeat themselves, so common cells are made once.

    Look a text up with ``maker[text]``; the text is cleaned on the way.
    """

    _MOST_CELLS = 20_000
    _LONGEST_TEXT = 100

    def __missing__(self, text: str) -> Cell:
        """Make the cell of a text that was not seen before."""
        cleaned = clean_text(text)
        cell = Cell(cleaned) if cleaned else EMPTY_CELL
        if len(self) < self._MOST_CELLS and len(text) <= self._LONGEST_TEXT:
            self[text] = cell
        return cell
