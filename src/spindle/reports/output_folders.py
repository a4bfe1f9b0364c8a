"""Output folders: everything is written aside and moved, so that nothing half-written is left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spindle.errors import UserError

# A folder that holds this file was written by Spindle and may be replaced with --force.
MARKER_FILE = "report.json"


def check_folder(folder: Path, *, is_forced: bool) -> None:
    """Refuse a folder that must not be written.

    Raises
    ------
    UserError
        `output-exists` for an existing folder without force; `output-not-writable` for a file, or
        for a folder that holds something else than a report, which force does not replace.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    place = str(folder)
    if folder.is_symlink() or not folder.is_dir():
        raise UserError("output-not-writable", "There is a file or a link there.", place=place)
    is_empty = not any(folder.iterdir())
    if not is_forced:
        raise UserError("output-exists", "The folder exists.", place=place)
    if not is_empty and not (folder / MARKER_FILE).is_file():
        raise UserError(
            "output-not-writable",
            "The folder holds something else than a report of Spindle, and --force does not "
            "replace that.",
            place=place,
        )


@contextmanager
def stage_folder(folder: Path, *, is_forced: bool) -> Iterator[Path]:
    """Give a folder to write into; it takes the place of `folder` when the block ends well.

    When the block fails, the staged files are removed and an existing folder stays as it was.

    Raises
    ------
    UserError
        As `check_folder`, and `output-not-writable` when the disk refuses.
    """
    check_folder(folder, is_forced=is_forced)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        staged.chmod(0o755)
    except OSError as error:
        raise _refuse(folder, error) from None
    try:
        yield staged
        check_folder(folder, is_forced=is_forced)
        _swap(staged, folder)
    except OSError as error:
        raise _refuse(folder, error) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _swap(staged: Path, folder: Path) -> None:
    """Move the staged folder into place; an old one goes aside first, so that it can't be lost."""
    if not folder.exists():
        staged.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    folder.rename(aside / "old")
    try:
        staged.rename(folder)
    except OSError:
        (aside / "old").rename(folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _refuse(folder: Path, error: OSError) -> UserError:
    reason = error.strerror or type(error).__name__
    return UserError("output-not-writable", f"The disk refuses: {reason}.", place=str(folder))
