"""`spindle leaflet`: what is known about IMT, in words for patients and parents."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import click

from spindle.cli.main import NOTICE, echo


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
    write_file(path, text, is_forced=is_forced)
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


def write_file(path: Path, text: str, *, is_forced: bool) -> None:
    """Write a text aside and move it into place, so that nothing half-written is left.

    Raises
    ------
    UserError
        `output-exists` for an existing file without force; `output-not-writable` for a folder, or
        when the disk refuses.
    """
    from spindle.errors import UserError

    place = str(path)
    try:
        if path.is_dir() or path.is_symlink():
            message = "There is a folder or a link there."
            cure = "Name a file."
            raise UserError("output-not-writable", message, place=place, cure=cure)
        if path.exists() and not is_forced:
            cure = "Choose another file or add --force."
            raise UserError("output-exists", "The file exists.", place=place, cure=cure)
        _replace(path, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message, cure = f"The disk refuses: {reason}.", "Choose another file."
        raise UserError("output-not-writable", message, place=place, cure=cure) from None


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        staged.chmod(0o644)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
