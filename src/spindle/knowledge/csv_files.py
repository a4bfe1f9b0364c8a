"""CSV files of the knowledge: rows by column, each with its line, held to declared columns."""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from spindle.errors import UserError
from spindle.knowledge.files import check_text

# More digits than any count has; Python itself chokes on some thousand.
_MOST_DIGITS = 15
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _refuse(path: str, line: int, message: str) -> UserError:
    return UserError("knowledge-invalid", message, place=f"{path}, line {line}")


def iterate_rows(
    text: str, path: str, required: Collection[str], optional: Collection[str] = ()
) -> Iterator[tuple[dict[str, str], int]]:
    """Give each row of a CSV text by column, without blanks around its cells, with its line.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a text that is not CSV or holds a character
        that nobody can see, a missing, unknown or doubled column, a row with too many or too few
        cells, or a text without a row.
    """
    check_text(text, path)
    reader = csv.reader(io.StringIO(text), strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, path, required, optional)
        line = reader.line_num + 1
        first = line
        for cells in reader:
            if cells:
                if len(cells) != len(header):
                    said = f"The row has {len(cells)} cells; the header has {len(header)}."
                    raise _refuse(path, line, said)
                yield dict(zip(header, map(str.strip, cells), strict=True)), line
                first = 0
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refuse(path, line, f"Not CSV: {error}.") from None
    if first:
        raise _refuse(path, 1, "The table holds no row.")


def _check_header(
    header: list[str], path: str, required: Collection[str], optional: Collection[str]
) -> None:
    if unknown := [name for name in header if name not in required and name not in optional]:
        raise _refuse(path, 1, f"The column {unknown[0]!r} is not known here.")
    if missing := [name for name in required if name not in header]:
        raise _refuse(path, 1, f"The column {missing[0]!r} is missing.")
    if len(set(header)) != len(header):
        raise _refuse(path, 1, "A column stands twice.")


def read_whole(cell: str) -> int:
    """Give a whole number; `int` would take 1_0 and digits of other scripts too.

    Raises
    ------
    ValueError
        For anything else, or more digits than a count has.
    """
    if not (cell.isascii() and cell.isdigit() and len(cell) <= _MOST_DIGITS):
        raise ValueError("; a whole number is expected")
    return int(cell)


def read_number(cell: str) -> float:
    """Give a number from zero; `float` would take 1_0, nan and digits of other scripts too.

    Raises
    ------
    ValueError
        For anything else.
    """
    number = float(cell) if cell.isascii() and "_" not in cell else -1.0
    if not (math.isfinite(number) and number >= 0):
        raise ValueError("; a number is expected")
    return number


@lru_cache(maxsize=256)
def read_day(cell: str) -> datetime.date:
    """Give a day; `fromisoformat` would take 20261120 and weeks too.

    Raises
    ------
    ValueError
        For anything else.
    """
    try:
        return datetime.date.fromisoformat(cell if _DAY.fullmatch(cell) else "")
    except ValueError:
        raise ValueError("; a day is written 2026-11-20") from None
