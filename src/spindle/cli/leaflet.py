"""`spindle leaflet`: what is known about IMT, in words for patients and parents."""

from __future__ import annotations

import json
from pathlib import Path

import click

from spindle.cli.main import NOTICE, echo
from spindle.cli.output_files import write_file


@click.command(name="leaflet", epilog=NOTICE)
@click.argument("section", required=False, default="")
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "json"]), default="text",
    show_default=True, help="How it is written.",
)  # fmt: skip
@click.option(
    "--out", "path", type=click.Path(path_type=Path, readable=False),
    help="File to write; the terminal otherwise.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Write over an existing file.")
def command(section: str, form: str, path: Path | None, *, is_forced: bool) -> None:
    """Show the leaflet for patients and parents, or one SECTION of it.

    Every statement says how sure it is, on which facts it rests, when it was last checked and
    whether anybody has reviewed it.

    Example: spindle leaflet warning-signs
    """
    text = _render(section, form)
    if path is None:
        echo(text.rstrip("\n"))
        return
    write_file(path, text.encode(), is_forced=is_forced)
    echo(f"Leaflet: {path}\n{NOTICE}")


def _render(section: str, form: str) -> str:
    from spindle.reports.leaflet import build_document, list_section_ids, render_html, render_text

    sections = list_section_ids()
    if section and section not in sections:
        raise click.UsageError(
            f"There is no section {section!r}. The sections are {', '.join(sections)}.",
            click.get_current_context(),
        )
    document = build_document(section)
    if form == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return render_html(document) if form == "html" else render_text(document)
