"""`spindle report`: a table of cases becomes a report folder."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from spindle.cli.main import NOTICE, echo
from spindle.knowledge.fish_rules import DEFAULT_RULE
from spindle.knowledge.protocols import DEFAULT_PROTOCOL

# Columns of the screen summary; a terminal shows 24 lines.
PATIENTS_SHOWN = 6
CLAIMS_SHOWN = 4
PROGRESS_STEPS = 1000


@click.command(name="report", epilog=NOTICE)
@click.argument("table", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--mapping", "mapping_file", type=click.Path(path_type=Path, readable=False),
    help="TOML file that says which column is what.",
)  # fmt: skip
@click.option("--sheet", help="Sheet of a workbook; the first one with content otherwise.")
@click.option(
    "--protocol", "protocol_id", default=DEFAULT_PROTOCOL, show_default=True,
    help="Testing protocol.",
)  # fmt: skip
@click.option(
    "--fish-rule", "fish_rule_id", default=DEFAULT_RULE, show_default=True,
    help="Rule by which FISH counts are read.",
)  # fmt: skip
@click.option(
    "--claims", "claims_file", type=click.Path(path_type=Path, readable=False),
    help="TOML file with the claims of the publication, to be recomputed from the rows.",
)  # fmt: skip
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, readable=False), required=True,
    help="Folder to write; it must not exist.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Replace an earlier report.")
@click.option("--json", "as_json", is_flag=True, help="Print the series as JSON, no summary.")
def command(
    table: Path,
    mapping_file: Path | None,
    sheet: str | None,
    protocol_id: str,
    fish_rule_id: str,
    claims_file: Path | None,
    folder: Path,
    *,
    is_forced: bool,
    as_json: bool,
) -> None:
    """Read TABLE (CSV, TSV, XLSX or ODS) and write a report.

    Every row becomes a case. The folder holds report.html, report.json, cases.jsonl (one case a
    line) and notes.csv (what could not be read, or is doubtful).

    Example: spindle report examples/zhao-2025/table1.csv --out out/zhao-2025
    """
    from spindle.reports.output_folders import check_folder
    from spindle.reports.series_report import ReportSettings, write_report

    settings = ReportSettings(
        protocol_id=_check_protocol(protocol_id),
        fish_rule_id=_check_fish_rule(fish_rule_id),
        mapping_name=_name_file(mapping_file),
        claims=_load_claims(claims_file),
    )
    check_folder(folder, is_forced=is_forced)
    _refuse_input_in(folder, table, mapping_file, claims_file)
    reading = _open_table(table, mapping_file, sheet)
    with _progress() as show_progress:
        report = write_report(
            reading, folder, settings, is_forced=is_forced, show_progress=show_progress
        )
    echo(_dump(report["cohort"]) if as_json else format_summary(report, folder))


def _name_file(path: Path | None) -> str:
    """Give a file's name as text, whatever bytes it has."""
    return os.fsencode(path.name).decode("utf-8", "replace") if path else ""


def _check_protocol(protocol_id: str) -> str:
    from spindle.knowledge.protocols import find_protocol

    return find_protocol(protocol_id).id


def _check_fish_rule(rule_id: str) -> str:
    from spindle.knowledge.fish_rules import find_fish_rule

    return find_fish_rule(rule_id).id


def _load_claims(path: Path | None) -> Any:
    if path is None:
        return None
    from spindle.cohort.claims import load_claims

    return load_claims(path)


def _open_table(table: Path, mapping_file: Path | None, sheet: str | None) -> Any:
    from spindle.formats.mappings import read_mapping
    from spindle.formats.tables import read_table

    mapping = read_mapping(mapping_file) if mapping_file else None
    return read_table(table, mapping=mapping, sheet=sheet)


def _refuse_input_in(folder: Path, *inputs: Path | None) -> None:
    """Refuse to replace a folder that holds what is being read."""
    from spindle.errors import UserError

    target = Path(os.path.realpath(folder))
    for path in inputs:
        if path is not None and target in Path(os.path.realpath(path)).parents:
            raise UserError(
                "output-not-writable",
                f"{path.name} lies in the output folder, which would be replaced.",
                place=str(folder),
            )


@contextmanager
def _progress() -> Iterator[Callable[[float], None] | None]:
    """Give a way to show progress on a terminal; none where nobody looks on."""
    # A service or a closed terminal can leave a program without one.
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(
        length=PROGRESS_STEPS, label="Reading cases", file=sys.stderr, show_pos=False
    ) as bar:
        done = 0

        def show(fraction: float) -> None:
            nonlocal done
            reached = int(min(1.0, fraction) * PROGRESS_STEPS)
            bar.update(reached - done)
            done = reached

        yield show
        bar.update(PROGRESS_STEPS - done)


def _dump(part: Any) -> str:
    import json

    return json.dumps(part, indent=2, ensure_ascii=False)


def format_summary(report: dict[str, Any], folder: Path) -> str:
    """Give the report in lines that fit a screen."""
    cohort = report["cohort"]
    lines = [
        f"{report['source']['file']}: {cohort['n']} cases, protocol "
        f"{report['settings']['protocol']}, FISH rule {report['settings']['fish_rule']}",
        *_format_tests(cohort),
        *_format_other_kinases(report),
        *_format_patients(report),
        *_format_survival(cohort["survival"]),
        *_format_claims(report),
        f"Notes: {report['notes_total']} on what could not be read or is doubtful.",
        "",
        f"Report: {folder / 'report.html'}",
        NOTICE,
    ]
    return "\n".join(lines)


def _format_tests(cohort: dict[str, Any]) -> Iterator[str]:
    tests = [
        f"{step['label']} {step['positive']}/{step['answered']} positive"
        for step in cohort["funnel"]
        if step["n"]
    ]
    yield f"Tests: {', '.join(tests) if tests else 'none reported'}"
    statuses = [f"{item['label'].replace('_', ' ')} {item['n']}" for item in cohort["alk_status"]]
    yield f"ALK status: {', '.join(statuses)}"


# Statuses of other kinases that the summary names.
_FOUND = ("fusion_detected", "rearranged_by_fish", "expressed_confirmation_pending")


def _format_other_kinases(report: dict[str, Any]) -> Iterator[str]:
    found = Counter(
        f"{name} {kinase['status'].replace('_', ' ')}"
        for case in report["cases"]
        for name, kinase in case["assessment"]["kinases"].items()
        if name != "ALK" and kinase["status"] in _FOUND
    )
    if found:
        yield f"Other kinases: {', '.join(f'{label} {n}' for label, n in sorted(found.items()))}"


def _format_patients(report: dict[str, Any]) -> Iterator[str]:
    discordant = [
        case
        for case in report["cases"]
        if case["assessment"]["kinases"].get("ALK", {}).get("discordant")
    ]
    if not discordant:
        return
    yield f"Tests disagree in {len(discordant)}:"
    for case in discordant[:PATIENTS_SHOWN]:
        kinase = case["assessment"]["kinases"]["ALK"]
        tests = case["assessment"]["next_tests"]
        names = " or ".join(test.get("name", test["test"]) for test in tests) or "none proposed"
        status = kinase["status"].replace("_", " ")
        yield f"  patient {case['id']}: {status}; next: {names}"
    if len(discordant) > PATIENTS_SHOWN:
        yield f"  and {len(discordant) - PATIENTS_SHOWN} more"


def _format_survival(survival: dict[str, Any]) -> Iterator[str]:
    names = {"os": "Overall survival", "efs": "Event-free survival"}
    for key, name in names.items():
        shown = [
            f"{e['months']:g} months {100 * e['estimate']:.0f} % "
            f"({100 * e['lower']:.0f}–{100 * e['upper']:.0f})"
            for e in survival.get(key, [])
            if not e["beyond_follow_up"] and e["months"] in (24, 60, 120)
        ]
        if shown:
            yield f"{name} (n = {survival['n']}): {', '.join(shown)}"


def _format_claims(report: dict[str, Any]) -> Iterator[str]:
    from spindle.reports.series_document import rank_doubtful

    claims = report["claims"]
    if not claims:
        return
    counts = ", ".join(
        f"{verdict.replace('_', ' ')} {n}" for verdict, n in report["claims_summary"].items()
    )
    yield f"Printed claims checked: {len(claims)} ({counts})"
    doubtful = rank_doubtful(claims)
    for claim in doubtful[:CLAIMS_SHOWN]:
        yield f"  {claim['verdict']}: {claim['sentence']}"
    if len(doubtful) > CLAIMS_SHOWN:
        yield f"  and {len(doubtful) - CLAIMS_SHOWN} more in the report"
