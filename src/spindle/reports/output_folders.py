"""Output folders: everything is written aside and moved, so that nothing half-written is left."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spindle.errors import UserError

# The files of a report. A folder that holds anything else is not Spindle's to replace.
REPORT_FILES = frozenset({"report.html", "report.json", "cases.jsonl", "notes.csv"})
MARKER_FILE = "report.json"
SCHEMA_PREFIX = "urn:spindle:schema:report:"
# As much of report.json as holds its schema, which stands first.
MARKER_BYTES = 4096


def check_folder(folder: Path, *, is_forced: bool) -> None:
    """Refuse a folder that must not be written.

    Raises
    ------
    UserError
        `output-exists` for an existing folder without force; `output-not-writable` for a file or a
        link, for the folder that one stands in, for a folder that holds anything but an earlier
        report, which force does not replace, and for a path that the system refuses.
    """
    try:
        _check(folder.absolute(), is_forced=is_forced)
    except OSError as error:
        raise _refuse(folder, error) from None


def _check(folder: Path, *, is_forced: bool) -> None:
    place = str(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError("output-not-writable", "There is a file or a link there.", place=place)
    if not folder.exists():
        return
    if not is_forced:
        raise UserError("output-exists", "The folder exists.", place=place)
    here = Path(os.path.realpath(Path.cwd()))
    if Path(os.path.realpath(folder)) in (here, *here.parents):
        message = "It holds the folder in which the command runs."
        raise UserError("output-not-writable", message, place=place)
    foreign = _find_foreign(folder)
    if foreign:
        message = f"It holds {foreign}, which --force does not replace."
        raise UserError("output-not-writable", message, place=place)


def _find_foreign(folder: Path) -> str:
    """Give what in a folder is not of an earlier report; empty when nothing is."""
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return ""
    if foreign := [name for name in names if name not in REPORT_FILES]:
        return f"{foreign[0]!r}, which no report of Spindle has"
    return "" if _is_marked(folder / MARKER_FILE) else "no report.json of Spindle"


def _is_marked(marker: Path) -> bool:
    """Whether report.json says at its beginning that Spindle wrote it."""
    if not marker.is_file():
        return False
    with marker.open("rb") as stream:
        start = stream.read(MARKER_BYTES).decode("utf-8", "replace")
    return f'"schema": {json.dumps(SCHEMA_PREFIX)[:-1]}' in start


@contextmanager
def stage_folder(folder: Path, *, is_forced: bool) -> Iterator[Path]:
    """Give a folder to write into; it takes the place of `folder` when the block ends well.

    When the block fails, the staged files and the parent folders that were made are removed, and
    an existing folder stays as it was.

    Raises
    ------
    UserError
        As `check_folder`, and `output-not-writable` when the disk refuses.
    """
    folder = folder.absolute()
    check_folder(folder, is_forced=is_forced)
    made = [parent for parent in folder.parents if not parent.exists()]
    is_done = False
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}.", dir=folder.parent))
    except OSError as error:
        _remove_empty(made)
        raise _refuse(folder, error) from None
    try:
        staged.chmod(0o755)
        yield staged
        check_folder(folder, is_forced=is_forced)
        _swap(staged, folder)
        is_done = True
    except OSError as error:
        raise _refuse(folder, error) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        if not is_done:
            _remove_empty(made)


def _swap(staged: Path, folder: Path) -> None:
    """Move the staged folder into place; an old one goes aside first, so that it can't be lost."""
    if not folder.exists():
        staged.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}.old.", dir=folder.parent))
    old = aside / "old"
    try:
        folder.rename(old)
        try:
            staged.rename(folder)
        except OSError:
            old.rename(folder)
            raise
    except OSError:
        # Only when empty: what could not be moved back is never deleted.
        _remove_empty([aside])
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders that were made and hold nothing, the innermost first."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _refuse(folder: Path, error: OSError) -> UserError:
    reason = error.strerror or type(error).__name__
    return UserError("output-not-writable", f"The disk refuses: {reason}.", place=str(folder))
