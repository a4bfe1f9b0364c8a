"""One file that a command writes: aside and moved into place, never half-written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from spindle.errors import UserError


def write_file(path: Path, content: bytes, *, is_forced: bool) -> None:
    """Write a file aside and move it into place, so that nothing half-written is left.

    Raises
    ------
    UserError
        `output-exists` for an existing file without force; `output-not-writable` for a folder or
        a link, or when the disk refuses.
    """

    place = str(path)
    try:
        if path.is_dir() or path.is_symlink():
            message = "There is a folder or a link there."
            cure = "Name a file."
            raise UserError("output-not-writable", message, place=place, cure=cure)
        if path.exists() and not is_forced:
            cure = "Choose another file or add --force."
            raise UserError("output-exists", "The file exists.", place=place, cure=cure)
        _replace(path, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message, cure = f"The disk refuses: {reason}.", "Choose another file."
        raise UserError("output-not-writable", message, place=place, cure=cure) from None


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
