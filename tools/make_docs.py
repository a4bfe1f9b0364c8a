"""Write every generated page of the documentation from the code and the data that it describes.

    python tools/make_docs.py            write the pages, and renew the README's examples
    python tools/make_docs.py --check    write nothing, fail when a page is stale

A page that could be worked out from the code is never written by hand, so that what is promised
and what is there can't drift apart. The block of sources in LICENSE-DATA.md is made here as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from docs_examples import renew_examples
from docs_facts import (
    group_facts,
    make_conflicts_page,
    make_fact_page,
    make_facts_page,
    make_sources_page,
    make_unreviewed_page,
)
from docs_knowledge import (
    make_fish_rules_page,
    make_protocols_page,
    make_vocabularies_page,
)
from docs_leaflet import make_leaflet_page
from docs_markdown import code, make_anchor, make_page, make_table

from spindle import errors
from spindle.cases import notes
from spindle.cases.documents import make_case_schema
from spindle.cli.main import COMMANDS, group
from spindle.formats.case_documents import make_line_schema
from spindle.knowledge.sources import load_sources
from spindle.reports.patient_schema import make_patient_schema

ROOT = Path(__file__).resolve().parents[1]
REPORT_SCHEMA = ROOT / "src" / "spindle" / "reports" / "report.schema.json"
BLOCK_START = "<!-- sources: made by tools/make_docs.py -->"
BLOCK_END = "<!-- end of sources -->"

EXIT_MEANINGS = {
    "EXIT_OK": "The command did what was asked.",
    "EXIT_BUG": "A bug in Spindle. Please report it.",
    "EXIT_USAGE": "The command line names something that is not there, or counts that can't be.",
    "EXIT_INPUT": "A file that was given can't be read. Nothing was written.",
    "EXIT_OUTPUT": "The place for the output can't be written. Nothing was changed.",
    "EXIT_KNOWLEDGE": "A fact or a knowledge file is at fault.",
}


# The catalogues of errors and notes


def make_errors_page() -> str:
    """Give the page of every user's error."""
    codes = {value: name for name, value in vars(errors).items() if name.startswith("EXIT_")}
    overview = make_table(
        ["exit code", "meaning"], [(c, EXIT_MEANINGS[codes[c]]) for c in sorted(codes)]
    )
    kinds = [
        f"## `{kind.slug}`\n\n**{kind.title}.** {kind.explanation}\n\n"
        f"- Cure: {kind.cure}\n- Exit code: {kind.exit_code}"
        for kind in errors.CATALOGUE.values()
    ]
    return make_page(
        "Errors, and how to mend them",
        "When something that you gave can't be used, Spindle stops with one sentence. It names "
        "the place, what is wrong, what to do, and a slug in square brackets. Look the slug up "
        "here. A slug never changes its meaning. Nothing half-written is left behind.",
        "What can be read and is doubtful does not stop Spindle: that gives a [note](notes.md).",
        "## Exit codes",
        overview,
        "Stopping with Ctrl-C gives 130. Set `SPINDLE_DEBUG=1` to see where a bug happened.",
        *kinds,
    )


def make_notes_page() -> str:
    """Give the page of every note."""
    kinds = [f"## `{k.slug}`\n\n**{k.title}.** {k.explanation}" for k in notes.CATALOGUE.values()]
    return make_page(
        "Notes: what could not be read, or is doubtful",
        "A note never costs a case: the row stays, and the note says what was made of the value "
        "and why not more. Notes stand in `notes.csv`, in `report.json` and at the end of "
        "`report.html`, each with file, sheet, row, column and the value as written.",
        make_table(
            ["slug", "what was seen"],
            [(f"[`{k.slug}`](#{k.slug})", k.title) for k in notes.CATALOGUE.values()],
        ),
        *kinds,
    )


# The command line


def load_command(name: str) -> click.Command:
    """Give a command by its name."""
    command = group.get_command(click.Context(group), name)
    if command is None:
        raise SystemExit(f"there is no command {name}")
    return command


def describe_command(name: str) -> str:
    """Give one command as a section: what it does, its arguments and options."""
    command = load_command(name)
    # Below the group, as when it is called: the command takes its names of --help from there, and
    # keeps the first that it is asked for.
    parent = click.Context(group, info_name="spindle", **group.context_settings)
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    *about, example = (" ".join(p.split()) for p in (command.help or "").split("\n\n"))
    rows = [
        describe_option(param)
        for param in command.get_params(context)
        if isinstance(param, click.Option)
    ]
    return "\n\n".join(
        (
            f"## spindle {name}",
            f"```\n{usage}\n```",
            *about,
            f"Example: `{example.removeprefix('Example: ')}`",
            make_table(["option", "takes", "default", "meaning"], rows),
        )
    )


def describe_type(kind: click.ParamType[Any]) -> str:
    """Give in words what an option takes."""
    if isinstance(kind, click.IntRange):
        return f"a whole number from {kind.min} to {kind.max}"
    return {"path": "a path", "text": "text"}.get(kind.name, kind.name)


def describe_option(option: click.Option) -> tuple[str, str, str, str]:
    """Give the row of an option."""
    names = code((*option.opts, *option.secondary_opts))
    takes = "" if option.is_flag else describe_type(option.type)
    shown = option.show_default and not option.is_flag
    default = f"`{option.default}`" if shown else ("needed" if option.required else "")
    return names, takes, default, option.help or ""


def make_cli_page() -> str:
    """Give the page of every command."""
    listed = make_table(
        ["command", "what it does"],
        [
            (f"[`spindle {name}`](#{make_anchor(f'spindle {name}')})", line)
            for name, (_, line) in COMMANDS.items()
        ],
    )
    return make_page(
        "The command line",
        "`spindle --version` gives the version, `spindle --help` and `spindle COMMAND --help` "
        "say what is here. Errors go to standard error, with an [exit code](errors.md).",
        listed,
        *(describe_command(name) for name in COMMANDS),
    )


# The schemas and the block of sources


def make_case_schema_page() -> str:
    """Give the JSON Schema of a case."""
    return json.dumps(make_case_schema(), indent=2, ensure_ascii=False) + "\n"


def make_line_schema_page() -> str:
    """Give the JSON Schema of a line of cases.jsonl."""
    return json.dumps(make_line_schema(), indent=2, ensure_ascii=False) + "\n"


def make_patient_schema_page() -> str:
    """Give the JSON Schema of the report on one patient."""
    return json.dumps(make_patient_schema(), indent=2, ensure_ascii=False) + "\n"


def make_report_schema_page() -> str:
    """Give the JSON Schema of a report, as it ships with the package."""
    return REPORT_SCHEMA.read_text(encoding="utf-8")


def make_licence_page() -> str:
    """Give LICENSE-DATA.md with its block of sources renewed."""
    text = (ROOT / "LICENSE-DATA.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BLOCK_START)
    _, _, after = rest.partition(BLOCK_END)
    table = make_table(
        ["key", "source", "its own terms, as far as known"],
        [
            (f"`{s.id}`", f"{s.citation}. {s.identifier}".strip(), s.terms)
            for s in load_sources().values()
        ],
    )
    return f"{before}{BLOCK_START}\n\n{table}\n\n{BLOCK_END}{after}"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/errors.md": make_errors_page,
    "docs/notes.md": make_notes_page,
    "docs/facts.md": make_facts_page,
    **{f"docs/facts/{page}.md": partial(make_fact_page, page) for page in group_facts()},
    "docs/sources.md": make_sources_page,
    "docs/conflicts.md": make_conflicts_page,
    "docs/unreviewed.md": make_unreviewed_page,
    "docs/leaflet.md": make_leaflet_page,
    "docs/protocols.md": make_protocols_page,
    "docs/fish-rules.md": make_fish_rules_page,
    "docs/cli.md": make_cli_page,
    "docs/vocabularies.md": make_vocabularies_page,
    "docs/schema/case.schema.json": make_case_schema_page,
    "docs/schema/case-line.schema.json": make_line_schema_page,
    "docs/schema/report.schema.json": make_report_schema_page,
    "docs/schema/patient.schema.json": make_patient_schema_page,
    "LICENSE-DATA.md": make_licence_page,
}


def list_stale(root: Path = ROOT) -> list[str]:
    """Give the pages that are missing or differ from what the code and the data say."""
    return [path for path, make in PAGES.items() if _read(root / path) != make()]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write_pages(root: Path = ROOT) -> list[str]:
    """Write the pages that are stale; give their paths."""
    stale = list_stale(root)
    for path in stale:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(PAGES[path](), encoding="utf-8", newline="\n")
    return stale


def write_examples() -> list[str]:
    """Renew what the README's example commands print; give its path when that changed."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    renewed = renew_examples(text)
    if renewed == text:
        return []
    readme.write_text(renewed, encoding="utf-8", newline="\n")
    return [readme.name]


def main() -> int:
    """Write or check the pages; give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")
    if parser.parse_args().check:
        stale = list_stale()
        for path in stale:
            print(f"{path} is stale; run `make docs`.", file=sys.stderr)
        return 1 if stale else 0
    written = [*write_pages(), *write_examples()]
    print("\n".join(f"wrote {path}" for path in written) or "Every page is fresh.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
