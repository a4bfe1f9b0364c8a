"""One file that a command writes: aside and moved into place, never half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from spindle.errors import UserError


def write_file(path: Path, content: bytes, *, is_forced: bool) -> None:
    """Write a file aside and move it into place, so that nothing half-written is left.

    What the running command reads is never written over, whatever it is called here.

    Raises
    ------
    UserError
        `output-exists` for an existing file without force; `output-not-writable` for a folder, a
        link, a device or a pipe, for a file that the command reads, or when the disk refuses.
    """

    place = str(path)
    try:
        if os.path.lexists(path):
            _check_existing(path, is_forced=is_forced)
        _replace(path, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message, cure = f"The disk refuses: {reason}.", "Choose another file."
        raise UserError("output-not-writable", message, place=place, cure=cure) from None


def _check_existing(path: Path, *, is_forced: bool) -> None:
    place = str(path)
    if path.is_dir() or path.is_symlink():
        message = "There is a folder or a link there."
        raise UserError("output-not-writable", message, place=place, cure="Name a file.")
    if not path.is_file():
        message = "There is a device or a pipe there, and no file."
        raise UserError("output-not-writable", message, place=place, cure="Name a file.")
    if any(_is_same(path, read) for read in _list_inputs(path)):
        message = "The command reads this file, which would be lost."
        cure = "Choose another file."
        raise UserError("output-not-writable", message, place=place, cure=cure)
    if not is_forced:
        cure = "Choose another file or add --force."
        raise UserError("output-exists", "The file exists.", place=place, cure=cure)


def _list_inputs(target: Path) -> Iterator[Path]:
    """Give every path that the running command was given, but for the one that it writes.

    They are taken from the command line itself, so that no command can forget one.
    """
    context = click.get_current_context(silent=True)
    for value in context.params.values() if context else ():
        for path in value if isinstance(value, tuple) else (value,):
            # By identity: the same name, given a second time, is an input.
            if isinstance(path, Path) and path is not target:
                yield path


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


def _replace(path: Path, content: bytes) -> None:
    """Write aside and move; a report on a patient is readable by its owner alone."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
