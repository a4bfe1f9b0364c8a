"""Settings that a user writes in TOML: mapping and claims files, read within bounds."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spindle.errors import UserError

# Real files have a few hundred lines.
MAX_BYTES = 1_000_000
# A key of many dotted parts makes the parser work for hours; people write two or three.
MAX_DOTS_A_LINE = 1000
# Python refuses to read a whole number of more digits than a few thousand.
_TOO_LONG = re.compile(r"(?<![0-9\"'])[0-9_]{1000}")


def read_toml_text(path: Path, *, slug: str, name: str) -> str:
    """Give the text of a user's TOML file.

    Parameters
    ----------
    slug:
        Slug of the error for what is no such file.
    name:
        What the file is, for messages: `mapping file`.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder`, `file-unreadable`, or the slug for a file that is too
        large or not UTF-8.
    """
    place = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            cure = f"Name the {name} inside it."
            raise UserError("file-is-folder", f"A {name} was expected.", place=place, cure=cure)
        if not stat.S_ISREG(mode):
            raise UserError("file-unreadable", f"A {name} is an ordinary file.", place=place)
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UserError("file-not-found", f"There is no such {name}.", place=place) from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"It can't be opened: {reason}."
        raise UserError("file-unreadable", message, place=place) from None
    if len(content) > MAX_BYTES:
        raise UserError(slug, f"A {name} has at most {MAX_BYTES:,} bytes.", place=place)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"It is not UTF-8: byte {error.start + 1} can't be read."
        raise UserError(slug, message, place=place) from None


def parse_toml_text(
    text: str, *, slug: str, place: str, parse_float: Callable[[str], Any] = float
) -> dict[str, Any]:
    """Give a user's TOML text as a dictionary.

    Parameters
    ----------
    parse_float:
        What makes a number of a text with a decimal point: `Decimal` keeps the digits written.

    Raises
    ------
    UserError
        The slug, with the parser's line and column.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > MAX_DOTS_A_LINE:
            raise UserError(slug, "The line has too many dots.", place=f"{place}, line {number}")
        if _TOO_LONG.search(line):
            message = "The line holds a number with more digits than any field takes."
            raise UserError(slug, message, place=f"{place}, line {number}")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=parse_float)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UserError(slug, f"Not TOML: {error}.", place=place) from None
