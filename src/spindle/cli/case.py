"""`spindle case`: one patient's report from a case file, and ways to write such a file."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from spindle.cli.main import NOTICE, echo
from spindle.cli.output_files import write_file
from spindle.knowledge.fish_rules import DEFAULT_RULE
from spindle.knowledge.protocols import DEFAULT_PROTOCOL

if TYPE_CHECKING:
    from spindle.cli.case_interactive import Interview
    from spindle.formats.case_files import CaseFileReading
    from spindle.reasoning.fusion_notes import FusionFileNote

FORMATS = ("text", "html", "pdf", "json")
SUFFIXES = {".txt": "text", ".html": "html", ".htm": "html", ".pdf": "pdf", ".json": "json"}
INTERRUPTED = 130


@click.command(name="case", epilog=NOTICE)
@click.argument(
    "case_file", metavar="[CASE]", required=False,
    type=click.Path(path_type=Path, readable=False),
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(FORMATS),
    help="How the report is written; by the suffix of --out, or text.",
)  # fmt: skip
@click.option(
    "--out", "path", type=click.Path(path_type=Path, readable=False),
    help="File to write; the terminal otherwise. A PDF needs one.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Write over an existing file.")
@click.option(
    "--annex", "has_annex", is_flag=True,
    help="Text with the annex too; the other formats have it always.",
)  # fmt: skip
@click.option("--region", default="", help="Region whose approvals come first: US, EU.")
@click.option(
    "--protocol", "protocol_id", default=DEFAULT_PROTOCOL, show_default=True,
    help="Testing protocol.",
)  # fmt: skip
@click.option(
    "--fish-rule", "fish_rule_id", default=DEFAULT_RULE, show_default=True,
    help="Rule by which FISH counts are read.",
)  # fmt: skip
@click.option(
    "--fusions", "fusion_files", multiple=True, type=click.Path(path_type=Path, readable=False),
    help="File of fusion calls to add to the case; may stand several times.",
)  # fmt: skip
@click.option(
    "--build", type=click.Choice(["GRCh37", "GRCh38"]),
    help="Genome build of the files of calls; what they say, or their exon edges, when left out.",
)  # fmt: skip
@click.option(
    "--sample", default="",
    help="Sample to read from files of calls that name several.",
)  # fmt: skip
@click.option("--id", "case_id", default="", help="Case of a file with several (cases.jsonl).")
@click.option(
    "--date", "made_on", type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Day that the report shows; none otherwise, so that it stays the same.",
)  # fmt: skip
@click.option(
    "--template", "is_template", is_flag=True, help="Write an empty case file to fill in."
)
@click.option(
    "--interactive", "is_interactive", is_flag=True, help="Ask for the case step by step."
)
def command(
    case_file: Path | None,
    form: str | None,
    path: Path | None,
    region: str,
    protocol_id: str,
    fish_rule_id: str,
    fusion_files: tuple[Path, ...],
    build: str | None,
    sample: str,
    case_id: str,
    made_on: datetime.datetime | None,
    *,
    is_forced: bool,
    is_template: bool,
    is_interactive: bool,
    has_annex: bool,
) -> int:
    """Report on one patient from CASE, a case file in TOML or JSON.

    Two pages (integrated diagnosis as a proposal, tests with their limits, the reflex path, what
    does not go together, differential, options, outlook, gaps) and an annex with the trace and
    numbered sources. In a terminal the two pages are shown as text, with --annex all of it.

    Example: spindle case examples/case-1/case.toml --region EU
    """
    if is_template:
        return _write_template(case_file, path, is_forced=is_forced)
    settings = {"region": region, "protocol_id": protocol_id, "fish_rule_id": fish_rule_id}
    chosen = _choose_format(form, path)
    if is_interactive:
        reading = _ask_for_case(case_file)
        if reading is None:
            return 0
    elif case_file is None:
        message = "Name a case file, or ask for --template or --interactive."
        raise click.UsageError(message, click.get_current_context())
    else:
        from spindle.formats.case_files import read_case_file

        reading = read_case_file(case_file, case_id=case_id)
    notes: tuple[FusionFileNote, ...] = ()
    if fusion_files:
        reading, notes = _add_fusions(reading, fusion_files, build, sample)
    day = made_on.date() if made_on else None
    content = render(reading, chosen, settings, day, has_annex=has_annex, fusion_files=notes)
    _deliver(content, path, is_forced=is_forced)
    return 0


def _add_fusions(
    reading: CaseFileReading, files: tuple[Path, ...], build: str | None, sample: str
) -> tuple[CaseFileReading, tuple[FusionFileNote, ...]]:
    """Give the case with the fusions that the files call in it, and how each file was read.

    Raises
    ------
    UserError
        `usage` for a file that names several samples, when none of them is asked for.
    """
    from dataclasses import replace

    from spindle.cases.fusion_calls import Build
    from spindle.cli.fusions import refuse_twice
    from spindle.errors import UserError
    from spindle.formats.fusion_callers.registry import iterate_calls
    from spindle.knowledge.site_groups import list_site_groups
    from spindle.reasoning.fusion_files import add_fusions, describe_files, read_fusion_files

    sites = tuple(site.name for site in reading.case.tumour.sites)
    report = read_fusion_files(
        [iterate_calls(file) for file in refuse_twice(files)],
        build=Build(build) if build else None,
        sample=sample,
        site_groups=list_site_groups(sites),
    )
    for file in report.files:
        if len(file.samples) > 1 and sample not in file.samples:
            message = f"{file.file} names {len(file.samples):,} samples, and a case is one patient."
            cure = f"Say which one with --sample, such as --sample {file.samples[0]}."
            raise UserError("usage", message, cure=cure)
    return replace(reading, case=add_fusions(reading.case, report)), describe_files(report)


def _choose_format(form: str | None, path: Path | None) -> str:
    """Give the format that is asked for, or that the name of the file says."""
    context = click.get_current_context()
    if form is None and path is not None:
        form = SUFFIXES.get(path.suffix.lower())
        if form is None:
            known = ", ".join(SUFFIXES)
            message = f"{path.name!r} does not say its format. Add --format, or end it in {known}."
            raise click.UsageError(message, context)
    if form == "pdf" and path is None:
        raise click.UsageError("A PDF needs a file: --out report.pdf.", context)
    return form or "text"


def render(
    reading: CaseFileReading,
    form: str,
    settings: dict[str, str],
    made_on: datetime.date | None = None,
    *,
    has_annex: bool = False,
    fusion_files: Sequence[FusionFileNote] = (),
) -> bytes:
    """Give the report of a case in a format.

    Parameters
    ----------
    fusion_files:
        How the files of fusion calls were read that were added to the case.

    Raises
    ------
    UserError
        `protocol-unknown`, `fish-rule-unknown`, `region-unknown`, `pdf-missing`.
    """
    from spindle.reasoning.patients import assess_patient
    from spindle.reports.patient_document import make_patient_document

    document = make_patient_document(
        assess_patient(reading.case, **settings),
        notes=reading.notes,
        read_as=reading.read_as,
        fusion_files=fusion_files,
        file=reading.file,
        made_on=made_on,
    )
    if form == "json":
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
        return f"{text}\n".encode(errors="replace")
    if form == "pdf":
        from spindle.reports.patient_pdf import render_patient_pdf

        return render_patient_pdf(document)
    if form == "html":
        from spindle.reports.patient_html import render_patient_html

        return render_patient_html(document).encode(errors="replace")
    from spindle.reports.patient_text import render_patient_text

    return render_patient_text(document, has_annex=has_annex).encode(errors="replace")


def _deliver(content: bytes, path: Path | None, *, is_forced: bool) -> None:
    if path is None:
        echo(content.decode("utf-8").rstrip("\n"))
        return
    write_file(path, content, is_forced=is_forced)
    echo(f"Report: {path}\n{NOTICE}")


def _write_template(case_file: Path | None, path: Path | None, *, is_forced: bool) -> int:
    from spindle.formats.case_templates import make_case_template

    if case_file is not None and path is not None:
        message = "An empty case file is written to one file; name it once."
        raise click.UsageError(message, click.get_current_context())
    target, text = path or case_file, make_case_template()
    if target is None:
        echo(text.rstrip("\n"))
        return 0
    write_file(target, text.encode(), is_forced=is_forced)
    echo(f"Empty case file: {target}\n{NOTICE}")
    return 0


def _ask_for_case(case_file: Path | None) -> CaseFileReading | None:
    """Ask for a case; give it when its report is wanted."""
    from spindle.cli.case_interactive import Interview
    from spindle.errors import UserError

    if case_file is not None:
        message = "The questions end with a file to save; leave the case file out."
        raise click.UsageError(message, click.get_current_context())
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError("terminal-missing", "--interactive asks in a terminal.")
    interview = Interview(ask=_ask, say=click.echo)
    try:
        interview.run()
        interview.summarise()
        saved = interview.save()
        is_wanted = bool(interview.answers) and interview.is_wanted("Show the report now?")
    except (click.Abort, KeyboardInterrupt, EOFError):
        _leave(interview)
    return _read_answers(interview, saved) if is_wanted else None


def _ask(question: str) -> str:
    answer: Any = click.prompt(question, default="", show_default=False, prompt_suffix="")
    return str(answer)


def _leave(interview: Interview) -> NoReturn:
    saved = interview.save_unfinished(Path.cwd())
    said = f"What was typed is saved in {saved}." if saved else "Nothing was typed."
    click.echo(f"\nStopped. {said}", err=True)
    sys.exit(INTERRUPTED)


def _read_answers(interview: Interview, saved: Path | None) -> CaseFileReading:
    from spindle.formats.case_files import parse_case

    return parse_case(interview.write(), place=saved.name if saved else "the answers")
