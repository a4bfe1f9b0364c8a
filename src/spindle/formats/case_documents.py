"""`cases.jsonl`: one case document a line, with its assessment beside it.

A line is the document that `spindle.cases.documents` writes, with one more key, `assessment`, where
one was made. Reading takes the case and leaves the assessment, since it is worked out again from
the case: an assessment in a file may be older than the knowledge that reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from spindle.cases.case import Case
from spindle.cases.documents import make_case_schema, parse_document, read_case, write_case
from spindle.errors import UserError

ASSESSMENT_KEY = "assessment"
LINE_SCHEMA_ID = "urn:spindle:schema:case-line:1"

Assessed = tuple[Case, Mapping[str, Any] | None]


def make_case_line(case: Case, assessment: Mapping[str, Any] | None = None) -> bytes:
    """Give one line of JSON in UTF-8, its line end included, with the assessment where given."""
    document = write_case(case)
    if assessment is None:
        return document + b"\n"
    added = json.dumps(assessment, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return document[:-1] + f',"{ASSESSMENT_KEY}":{added}}}\n'.encode()


def write_cases(path: Path, cases: Iterable[Assessed]) -> int:
    """Write a line for each case with its assessment (or None); give the number of cases.

    The lines are written aside and moved, so that no half-written file is left behind.

    Raises
    ------
    UserError
        `output-not-writable`.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as stream:
            count = _write_lines(stream, cases)
        aside.replace(path)
    except OSError as error:
        raise UserError("output-not-writable", f"{error.strerror}.", place=str(path)) from None
    finally:
        _remove(aside)
    return count


def _write_lines(stream: BinaryIO, cases: Iterable[Assessed]) -> int:
    count = 0
    for case, assessment in cases:
        stream.write(make_case_line(case, assessment))
        count += 1
    return count


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def make_line_schema() -> dict[str, Any]:
    """Give the JSON Schema of a line: a case document with its assessment beside it."""
    schema = make_case_schema()
    schema["properties"][ASSESSMENT_KEY] = {
        "type": "object",
        "description": "What the readings mean together, as in report.json; worked out again "
        "from the case when a line is read.",
    }
    return {**schema, "$id": LINE_SCHEMA_ID}


def read_cases(path: Path) -> Iterator[Case]:
    """Give the cases of the file one after the other; blank lines are passed over.

    Raises
    ------
    UserError
        `file-not-found`, `file-is-folder`, `file-unreadable`; `case-invalid` and
        `case-version-unknown` name the line.
    """
    with _open(path) as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield _read_line(line, place=f"{path.name}, line {number}")


def _open(path: Path) -> BinaryIO:
    place = str(path)
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise UserError("file-not-found", "There is no such file.", place=place) from None
    except IsADirectoryError:
        raise UserError("file-is-folder", "This is a folder.", place=place) from None
    except (OSError, ValueError) as error:
        raise UserError("file-unreadable", f"{error}.", place=place) from None


def _read_line(line: bytes, *, place: str) -> Case:
    document = parse_document(line, place)
    if isinstance(document, dict):
        document.pop(ASSESSMENT_KEY, None)
    try:
        return read_case(document, place=place)
    except UserError as error:
        if error.place:
            raise
        raise UserError(error.slug, error.message, place=place) from None
