"""From a table to a report folder: one streamed pass over the rows, then the pages."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from spindle import __version__
from spindle.cases.case import Case
from spindle.cases.notes import Note
from spindle.cohort.rows import CohortRow, make_row
from spindle.cohort.series import describe_series
from spindle.formats.case_documents import make_case_line
from spindle.formats.grid import column_letters
from spindle.knowledge.fish_rules import DEFAULT_RULE
from spindle.knowledge.protocols import DEFAULT_PROTOCOL
from spindle.reasoning.assessments import Assessment, describe_assessment
from spindle.reasoning.reflex import assess_case
from spindle.reports.output_folders import stage_folder
from spindle.reports.series_document import (
    CASES_IN_FULL,
    NOTICE,
    SCHEMA_ID,
    SCHEMA_VERSION,
    Document,
    describe_case,
    describe_case_in_short,
    describe_claims,
    describe_facts,
    describe_note,
    describe_series_document,
    describe_settings,
)

if TYPE_CHECKING:
    from spindle.cohort.claims import ClaimsFile
    from spindle.formats.tables import TableReading

NOTE_COLUMNS = ("slug", "file", "sheet", "row", "column", "case_id", "value", "message")
# Notes that report.json and the page hold; notes.csv holds all of them.
NOTES_IN_FULL = 2000
# Documents of assessments that are kept for further cases with equal readings.
ASSESSMENTS_KEPT = 1024
# A spreadsheet runs a cell that starts with one of these; the apostrophe keeps it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """How a table is to be read and assessed."""

    protocol_id: str = DEFAULT_PROTOCOL
    """Testing protocol."""
    fish_rule_id: str = DEFAULT_RULE
    """Rule by which FISH counts are read."""
    mapping_name: str = ""
    """Name of the mapping file, empty when the columns were recognised."""
    claims: ClaimsFile | None = None
    """Printed claims to audit."""


@dataclass(slots=True)
class _Pass:
    """What one pass over the rows keeps: rows of coded columns, the first cases in full."""

    rows: list[CohortRow] = field(default_factory=list)
    full: list[Document] = field(default_factory=list)
    short: list[Document] = field(default_factory=list)
    notes: list[Document] = field(default_factory=list)
    note_counts: Counter[str] = field(default_factory=Counter)
    facts: dict[str, None] = field(default_factory=dict)
    described: dict[int, tuple[Assessment, Document]] = field(default_factory=dict)


def write_report(
    reading: TableReading,
    folder: Path,
    settings: ReportSettings,
    *,
    is_forced: bool = False,
    show_progress: Callable[[float], None] | None = None,
) -> Document:
    """Write report.html, report.json, cases.jsonl and notes.csv into a folder; give the report.

    The rows are streamed; the folder appears only when everything is written.

    Raises
    ------
    UserError
        Whatever the table, the settings or the folder give rise to.
    """
    with stage_folder(folder, is_forced=is_forced) as staged:
        kept = _read_rows(reading, staged, settings, show_progress)
        report = _make_document(reading, kept, settings)
        _write_json(staged / "report.json", report)
        _write_page(staged / "report.html", report)
    return report


def _read_rows(
    reading: TableReading,
    staged: Path,
    settings: ReportSettings,
    show_progress: Callable[[float], None] | None,
) -> _Pass:
    kept = _Pass()
    with (
        (staged / "cases.jsonl").open("wb") as cases_file,
        (staged / "notes.csv").open("w", encoding="utf-8", newline="") as notes_file,
    ):
        writer = csv.writer(notes_file)
        writer.writerow(NOTE_COLUMNS)
        for case, notes in reading.cases():
            _keep_case(case, settings, kept, cases_file)
            _keep_notes(notes, kept, writer)
            if show_progress is not None and len(kept.rows) % 1000 == 0:
                show_progress(reading.progress)
        _keep_notes(reading.notes, kept, writer)
    return kept


def _keep_case(case: Case, settings: ReportSettings, kept: _Pass, cases_file: IO[bytes]) -> None:
    assessment = assess_case(
        case, protocol_id=settings.protocol_id, fish_rule_id=settings.fish_rule_id
    )
    described = _describe_once(assessment, kept)
    cases_file.write(make_case_line(case, described))
    kept.rows.append(make_row(case, assessment))
    if len(kept.rows) <= CASES_IN_FULL:
        kept.full.append(describe_case(case, described))
    kept.short.append(describe_case_in_short(case, described))


def _describe_once(assessment: Assessment, kept: _Pass) -> Document:
    """Give the document of an assessment; equal readings share one object and one document."""
    found = kept.described.get(id(assessment))
    if found is None:
        if len(kept.described) >= ASSESSMENTS_KEPT:
            kept.described.clear()
        found = (assessment, describe_assessment(assessment))
        kept.described[id(assessment)] = found
        facts = (fact for test in assessment.next_tests for fact in test.facts)
        kept.facts.update(dict.fromkeys((*assessment.trace.facts, *facts)))
    return found[1]


def _keep_notes(notes: Iterable[Note], kept: _Pass, writer: Any) -> None:
    for note in notes:
        kept.note_counts[note.slug] += 1
        writer.writerow([_neutralise(getattr(note, name)) for name in NOTE_COLUMNS])
        if len(kept.notes) < NOTES_IN_FULL:
            kept.notes.append(describe_note(note))


def _neutralise(value: object) -> object:
    """Give a text that a spreadsheet will not run as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _make_document(reading: TableReading, kept: _Pass, settings: ReportSettings) -> Document:
    is_in_full = len(kept.rows) <= CASES_IN_FULL
    facts, sources = describe_facts(kept.facts)
    claims = _audit(settings.claims, kept.rows)
    return {
        "schema": SCHEMA_ID,
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "spindle_version": __version__,
        "source": _describe_source(reading, len(kept.rows)),
        "settings": describe_settings(
            settings.protocol_id, settings.fish_rule_id, settings.mapping_name
        ),
        "cases": kept.full if is_in_full else kept.short,
        "cases_in_full": is_in_full,
        "notes": kept.notes,
        "notes_total": sum(kept.note_counts.values()),
        "notes_summary": dict(sorted(kept.note_counts.items())),
        "cohort": describe_series_document(describe_series(kept.rows)),
        "claims": claims,
        "claims_source": settings.claims.source.citation if settings.claims else "",
        "claims_summary": dict(sorted(Counter(claim["verdict"] for claim in claims).items())),
        "facts": facts,
        "sources": sources,
    }


def _describe_source(reading: TableReading, rows: int) -> Document:
    spreadsheet = reading.spreadsheet
    return {
        "file": spreadsheet.file_name,
        "kind": spreadsheet.kind,
        "sheet": spreadsheet.sheet_name,
        "delimiter": spreadsheet.delimiter,
        "rows": rows,
        "sha256": _hash_file(spreadsheet.path),
        "columns": [
            {
                "letters": column_letters(column.position),
                "header": column.header,
                "field": column.field,
                "how": column.how.value,
                "unit": column.unit,
                "clone": column.clone,
                "marker": column.marker,
            }
            for column in reading.columns
        ],
    }


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _audit(claims: ClaimsFile | None, rows: list[CohortRow]) -> list[Document]:
    if claims is None:
        return []
    from spindle.cohort.claims_audit import audit_claims

    return describe_claims(audit_claims(claims, rows))


def _write_json(path: Path, report: Mapping[str, Any]) -> None:
    """Write the report: indented for people, in one line when it is too long to be read anyway."""
    indent = 1 if report["cases_in_full"] else None
    text = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=indent)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _write_page(path: Path, report: Document) -> None:
    from spindle.reports.html import render_report

    path.write_text(render_report(report), encoding="utf-8", newline="\n")
