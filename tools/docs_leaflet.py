"""The generated page of the leaflet: every statement with its kind, its facts and its review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docs_facts import link_facts
from docs_markdown import make_page, make_table

from spindle.reports.leaflet import build_document, write_day, write_review_state


def describe_statement(statement: Mapping[str, Any]) -> str:
    """Give one statement as paragraphs: what it says, how sure it is, on what it rests."""
    heading = f"### {statement['heading']}" if statement["heading"] else ""
    rests = (
        f"*{statement['kind_name']}; {statement['review']}; "
        f"checked on {write_day(statement['checked_on'])}. Facts: {link_facts(statement['facts'])}*"
    )
    elsewhere = ""
    if statement["elsewhere"]:
        facts = link_facts(statement["elsewhere_facts"])
        elsewhere = f"> Other pages say something else. {statement['elsewhere']} ({facts})"
    return "\n\n".join(part for part in (heading, statement["text"], rests, elsewhere) if part)


def describe_section(section: Mapping[str, Any]) -> str:
    """Give one section with its statements."""
    statements = [describe_statement(statement) for statement in section["statements"]]
    return "\n\n".join([f"## {section['title']}", *statements])


def list_levels(document: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    """Give the rows of the table of reading levels, the whole leaflet last."""
    whole = {"title": "**the whole leaflet**", "reading_level": document["reading_level"]}
    for part in (*document["sections"], whole):
        level = part["reading_level"]
        star = "*" if level["is_smog_extrapolated"] else ""
        yield (
            part["title"],
            f"{level['words']:,}",
            f"{level['flesch_kincaid_grade']} ({level['flesch_kincaid_age']:.0f})",
            f"{level['smog_grade']}{star} ({level['smog_age']:.0f})",
        )


def make_leaflet_page() -> str:
    """Give the page of the leaflet for patients and parents."""
    document = build_document()
    kinds = [f"- **{kind['name']}**: {kind['meaning']}" for kind in document["kinds"]]
    return make_page(
        "The leaflet for patients and parents",
        f"**{write_review_state(document)}** Last checked on {write_day(document['checked_on'])}. "
        "Print it with `spindle leaflet --format html --out leaflet.html`.",
        f"**{document['urgent']}** The warning signs stand in part {document['warning_part']}.",
        "\n".join(kinds),
        *(describe_section(section) for section in document["sections"]),
        "## How hard this is to read",
        f"We aim at a reading age of 12 to 14. {document['reading_note']} Grades, with ages in "
        "brackets; a star marks a section that is shorter than SMOG was made for.",
        make_table(
            ["section", "words", "Flesch-Kincaid (Kincaid 1975)", "SMOG (McLaughlin 1969)"],
            list_levels(document),
        ),
    )
