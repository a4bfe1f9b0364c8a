"""Writes small tables for the tests of the table reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spindle.cases.case import Case
from spindle.cases.documents import write_case_document
from spindle.cases.notes import Note
from spindle.formats.mappings import parse_mapping
from spindle.formats.tables import TableReading, read_table

Rows = Sequence[Sequence[str]]
Read = list[tuple[Case, tuple[Note, ...]]]


def split_rows(text: str) -> list[list[str]]:
    """Give the cells of a table written with bars, one row a line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def write_csv(path: Path, rows: Rows) -> Path:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    path.write_text(target.getvalue(), encoding="utf-8", newline="")
    return path


def write_xlsx(path: Path, rows: Rows) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([cell or None for cell in row])
    book.save(path)
    return path


def open_rows(folder: Path, table: str | Rows, mapping: str = "") -> TableReading:
    rows = split_rows(table) if isinstance(table, str) else table
    path = write_csv(folder / "table.csv", rows)
    return read_table(path, mapping=parse_mapping(mapping) if mapping else None)


def read_rows(folder: Path, table: str | Rows, mapping: str = "") -> Read:
    return list(open_rows(folder, table, mapping).cases())


def read_one(folder: Path, table: str | Rows, mapping: str = "") -> tuple[Case, tuple[Note, ...]]:
    (read,) = read_rows(folder, table, mapping)
    return read


def iterate_texts(document: Any) -> Iterator[str]:
    """Give every text of a document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from iterate_texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from iterate_texts(value)


def strip_places(document: Any) -> Any:
    """Give a document without its provenance, as two files of one table differ in it."""
    if isinstance(document, dict):
        return {k: strip_places(v) for k, v in document.items() if k != "provenance"}
    if isinstance(document, list):
        return [strip_places(value) for value in document]
    return document


def describe_cases(cases: Read) -> list[Any]:
    return [strip_places(write_case_document(case)) for case, _ in cases]
