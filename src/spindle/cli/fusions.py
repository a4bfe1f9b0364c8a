"""`spindle fusions`: the fusion calls of one patient, from any caller, read together."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spindle.cli.main import NOTICE, echo
from spindle.cli.output_files import write_file
from spindle.errors import UserError, show_line

if TYPE_CHECKING:
    from spindle.reasoning.fusion_files import FusionReport

FILE = click.Path(path_type=Path, readable=False)
FORMS = ("json", "table", "html")
SUFFIXES = {".json": "json", ".html": "html", ".htm": "html", ".txt": "table"}


@click.command(name="fusions", epilog=NOTICE)
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]...")
@click.option(
    "--caller", default="", metavar="ID",
    help="Format of the files; by their content when left out. --formats lists the ids.",
)  # fmt: skip
@click.option(
    "--build", type=click.Choice(["GRCh37", "GRCh38"]),
    help="Genome build of the positions; what the file says, or its exon edges, when left out.",
)  # fmt: skip
@click.option("--sample", default="", help="Sample to read from files that name several.")
@click.option("--site", default="", help="Site of the tumour, for what is published there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every row.")
@click.option("--table", "as_table", is_flag=True, help="Print text. This is the default.")
@click.option("--html", "as_html", is_flag=True, help="Print a page with pictures.")
@click.option("--out", "path", type=FILE, help="File to write; its suffix says the form.")
@click.option("--force", "is_forced", is_flag=True, help="Write over an existing file.")
@click.option("--genes", "wants_genes", is_flag=True, help="List the genes that are covered.")
@click.option("--formats", "wants_formats", is_flag=True, help="List the formats that are read.")
def command(
    files: tuple[Path, ...],
    caller: str,
    build: str | None,
    sample: str,
    site: str,
    path: Path | None,
    *,
    is_forced: bool,
    wants_genes: bool,
    wants_formats: bool,
    **forms: bool,
) -> None:
    """Read fusion calls of one patient: what they are, and which of them could drive an IMT.

    Several FILEs, of one or several callers, become one list: the same junction once, the
    best-supported driver first, with frame, kinase domain, what is published of it in IMT, and what
    would confirm it. A file without a call is not a negative result.

    Example: spindle fusions examples/fusions/arriba.tsv examples/fusions/star-fusion.tsv
    """
    if wants_genes or wants_formats:
        lines = _list_genes() if wants_genes else _list_formats()
        echo("\n".join([*lines, "", NOTICE]))
        return
    if not files:
        message = "Name at least one file, or ask for --genes or --formats."
        raise click.UsageError(message, click.get_current_context())
    chosen = _choose_form([name for name in FORMS if forms[f"as_{name}"]], path)
    document = _read(files, caller, build, site, sample, has_rows=chosen == "json")
    content = _render(document, chosen)
    if path is None:
        echo(content.rstrip("\n"))
        return
    write_file(path, content.encode(errors="replace"), is_forced=is_forced)
    echo(f"Fusions: {show_line(str(path))}\n{NOTICE}")


def _choose_form(asked: Sequence[str], path: Path | None) -> str:
    """Give the form that is asked for, or that the name of the file says; a table otherwise."""
    if len(asked) > 1:
        named = " and ".join(f"--{name}" for name in asked)
        message = f"{named} are different forms. Ask for one."
        raise click.UsageError(message, click.get_current_context())
    if asked or path is None:
        return asked[0] if asked else "table"
    if found := SUFFIXES.get(path.suffix.lower()):
        return found
    message = f"{path.name!r} does not say its form. End it in {', '.join(SUFFIXES)}."
    raise click.UsageError(message, click.get_current_context())


def _read(
    files: tuple[Path, ...],
    caller: str,
    build: str | None,
    site: str,
    sample: str,
    *,
    has_rows: bool,
) -> dict[str, object]:
    from spindle.reports.fusion_document import make_fusion_document

    report = read_files(files, caller=caller, build=build, site=site, sample=sample)
    return make_fusion_document(report, has_rows=has_rows)


def read_files(
    files: Sequence[Path],
    *,
    caller: str = "",
    build: str | None = None,
    site: str = "",
    sample: str = "",
) -> FusionReport:
    """Give what the files of a patient say, telling on a terminal how far it is.

    Raises
    ------
    UserError
        `usage` for a site that is not known; `fusion-format-unknown`, `file-not-found`.
    """
    from spindle.cases.fusion_calls import Build
    from spindle.formats.fusion_callers.registry import iterate_calls
    from spindle.reasoning.fusion_files import read_fusion_files

    name, groups = _read_site(site)
    return read_fusion_files(
        [iterate_calls(file, caller=caller) for file in refuse_twice(files)],
        sample=sample,
        build=Build(build) if build else None,
        site=name,
        site_groups=groups,
        tell=_tell,
    )


def refuse_twice(files: Sequence[Path]) -> Sequence[Path]:
    """Give the files, none of which stands twice; the same calls are no second evidence.

    Raises
    ------
    UserError
        `usage` naming the file.
    """
    seen = set()
    for file in files:
        if (same := os.path.realpath(file)) in seen:
            raise UserError("usage", f"{file} is named twice.", cure="Name each file once.")
        seen.add(same)
    return files


def _read_site(words: str) -> tuple[str, tuple[str, ...]]:
    """Give the site that the words name, and its groups; a group of sites may be named too."""
    from spindle.formats.cells.sites import read_sites
    from spindle.knowledge.site_groups import list_site_groups, load_site_groups

    if not words:
        return "", ()
    group = words.strip().lower().replace(" ", "_")
    if group in load_site_groups():
        return words.strip(), (group,)
    names = [found.name for found in read_sites(words).value.sites]
    if groups := list_site_groups(tuple(names)):
        return ", ".join(names), groups
    known = ", ".join(load_site_groups())
    message = f"{words!r} is no site that is known here."
    raise UserError("usage", message, cure=f"Write it as in a report, or one of {known}.")


def _tell(file: str, calls: int) -> None:
    """Tell on a terminal how many calls of a long file are read."""
    # A service or a closed terminal can leave a program without one.
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(f"\r{show_line(file)}: {calls:,} calls read", nl=False, err=True)


def _render(document: dict[str, object], form: str) -> str:
    if form == "json":
        return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    if form == "html":
        from spindle.reports.fusion_page import render_fusion_page

        return render_fusion_page(document)
    from spindle.reports.fusion_text import render_fusion_text

    return render_fusion_text(document)


def _list_genes() -> Iterator[str]:
    from spindle.assays.fusion_frames import find_kinase_domain
    from spindle.knowledge.transcripts import load_transcripts

    transcripts = load_transcripts()
    yield f"Genes covered: {len(transcripts)}. MANE Select transcripts, on GRCh38 and GRCh37."
    head = f"{'gene':<10} {'transcript':<18} {'chr':<4} {'exons':>5} {'amino acids':>11}"
    yield f"{head}  kinase domain"
    for gene, transcript in sorted(transcripts.items()):
        domain = find_kinase_domain(gene)
        kinase = f"{domain.start}-{domain.end}" if domain else ""
        yield (
            f"{gene:<10} {transcript.refseq:<18} {transcript.chromosome:<4} {transcript.exons:>5} "
            f"{transcript.protein_length:>11,}  {kinase}"
        ).rstrip()
    yield "A fusion with another gene is read as far as possible, with unknown for the rest."


def _list_formats() -> Iterator[str]:
    from spindle.formats.fusion_callers.registry import list_formats

    yield "Formats that are read; the content decides which one a file has:"
    for held in list_formats():
        yield f"{held.id:<20} {held.name}"
