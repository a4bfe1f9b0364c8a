"""`spindle facts`: what is published, with its source, where it is used and what contradicts it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

from spindle.cli.fact_lines import (
    format_conflict,
    format_conflicts,
    format_fact,
    format_found,
    format_overview,
    format_unreviewed,
)
from spindle.cli.main import NOTICE, echo
from spindle.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spindle.knowledge.conflicts import Conflict
    from spindle.knowledge.facts import Fact
    from spindle.knowledge.uses import Use

WIDTHS = (60, 100)
FALLBACK_WIDTH = 80
MODES = ("--search", "--conflicts", "--unreviewed")


@click.command(name="facts", epilog=NOTICE)
@click.argument("words", nargs=-1, metavar="[ID | WORDS]...")
@click.option("--search", "is_search", is_flag=True, help="Find the facts that hold all WORDS.")
@click.option("--conflicts", "is_conflicts", is_flag=True, help="Show where sources contradict.")
@click.option(
    "--unreviewed", "is_unreviewed", is_flag=True,
    help="Show what no clinician has approved; with WORDS, the facts of these topics.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    words: tuple[str, ...],
    *,
    is_search: bool,
    is_conflicts: bool,
    is_unreviewed: bool,
    as_json: bool,
) -> None:
    """Show what is published: a fact or a conflict by its ID, or all that is held.

    A fact is shown with its value, its counts with an exact interval, its source, the day it was
    last checked, how it was read, where it is used, and what contradicts it. Without ID it shows
    what is held by topic. A search without a hit says so and is no error.

    Example: spindle facts fish.zhao-2025.stage2.positive
    """
    if is_search + is_conflicts + is_unreviewed > 1:
        raise click.UsageError(f"Only one of {', '.join(MODES)} at a time.", _context())
    if is_search:
        show = _search(words)
    elif is_conflicts:
        show = _list_conflicts(words)
    elif is_unreviewed:
        show = _list_unreviewed(words)
    elif words:
        show = _show_one(words)
    else:
        show = _overview()
    document, text = show
    echo(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)


def find_width() -> int:
    """Give the width for lines: the terminal's, within bounds; 80 columns into a pipe."""
    columns = shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    return max(WIDTHS[0], min(WIDTHS[1], columns))


def _context() -> click.Context:
    return click.get_current_context()


# One fact or conflict ---------------------------------------------------------------------------


def _show_one(words: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    from spindle.knowledge.conflicts import load_conflicts
    from spindle.knowledge.facts import load_facts

    if len(words) > 1:
        message = "One ID at a time. To search for words, add --search."
        raise click.UsageError(message, _context())
    facts, conflicts = load_facts(), load_conflicts()
    if words[0] in facts:
        return _show_fact(facts[words[0]])
    if words[0] in conflicts:
        conflict = conflicts[words[0]]
        document = {"conflict": describe_conflict(conflict), "notice": NOTICE}
        return document, format_conflict(conflict, find_width())
    raise _refuse(words[0])


def _refuse(fact_id: str) -> UserError:
    from spindle.knowledge.fact_search import list_near_ids

    near = list_near_ids(fact_id)
    search = "To search for words: spindle facts --search WORDS."
    cure = f"Near it: {', '.join(near)}. {search}" if near else search
    return UserError("fact-unknown", f"There is no fact or conflict {fact_id!r}.", cure=cure)


def _show_fact(fact: Fact) -> tuple[dict[str, Any], str]:
    from spindle.knowledge.conflicts import list_conflicts
    from spindle.knowledge.uses import list_uses

    uses, conflicts = list_uses(fact.id), list_conflicts([fact.id])
    interval, cells = compute_interval(fact), find_cells(fact.id)
    document = {
        **describe_fact(fact),
        "interval": describe_interval(interval),
        "cells": cells,
        "used_by": [describe_use(use) for use in uses],
        "conflicts": [describe_conflict(conflict) for conflict in conflicts],
        "notice": NOTICE,
    }
    return document, format_fact(fact, interval, cells, uses, conflicts, find_width())


def compute_interval(fact: Fact) -> tuple[float, float] | None:
    """Give the exact 95 % interval of a fact's counts, as shares, or none without counts."""
    if not (isinstance(fact.n, int) and isinstance(fact.of, int)):
        return None
    from spindle.assays.shares import compute_exact_interval

    return compute_exact_interval(fact.n, fact.of)


def find_cells(fact_id: str) -> dict[str, str]:
    """Give the cells of a fact that is the row of a table, those that are filled."""
    from spindle.knowledge.fact_tables import load_rows, load_tables

    for table in load_tables():
        for row in load_rows(table):
            if row.id == fact_id:
                return {name: cell for name, cell in row.cells.items() if cell}
    return {}


# All facts --------------------------------------------------------------------------------------


def _overview() -> tuple[dict[str, Any], str]:
    from collections import Counter

    from spindle.knowledge.conflicts import load_conflicts
    from spindle.knowledge.fact_words import name_topic
    from spindle.knowledge.facts import load_facts

    facts = list(load_facts().values())
    topics = Counter(name_topic(fact.id) for fact in facts)
    document = {
        "facts": len(facts),
        "sources": len({fact.source.id for fact in facts}),
        "conflicts": len(load_conflicts()),
        "inferred": sum(fact.is_inferred for fact in facts),
        "how_read": dict(sorted(Counter(fact.how_read.value for fact in facts).items())),
        "oldest_check": min(fact.checked_on for fact in facts).isoformat(),
        "topics": dict(topics.most_common()),
        "notice": NOTICE,
    }
    return document, format_overview(document, find_width())


def _search(words: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    from spindle.knowledge.fact_search import count_words, search_facts, split_words

    if not split_words(words):
        raise click.UsageError("Say which words to search for.", _context())
    found = search_facts(words)
    document = {
        "words": list(split_words(words)),
        "found": [describe_fact(fact) for fact in found],
        "notice": NOTICE,
    }
    return document, format_found(words, found, count_words(words), find_width())


def _list_conflicts(words: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    from spindle.knowledge.conflicts import SUBJECTS, load_conflicts

    if unknown := [word for word in words if word not in SUBJECTS]:
        message = f"No conflict is about {unknown[0]!r}. Subjects: {', '.join(SUBJECTS)}."
        raise click.UsageError(message, _context())
    conflicts = [
        conflict
        for conflict in load_conflicts().values()
        if not words or set(words) & set(conflict.subjects)
    ]
    described = [describe_conflict(conflict) for conflict in conflicts]
    return {"conflicts": described, "notice": NOTICE}, format_conflicts(conflicts, find_width())


def _list_unreviewed(words: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    from spindle.knowledge.fact_words import name_topic
    from spindle.knowledge.facts import HowRead, load_facts

    facts = list(load_facts().values())
    waiting = [fact for fact in facts if fact.how_read is not HowRead.CLINICIAN_APPROVED]
    topics = {name_topic(fact.id) for fact in facts}
    if unknown := [word for word in words if word not in topics]:
        message = f"There is no topic {unknown[0]!r}. Topics: {', '.join(sorted(topics))}."
        raise click.UsageError(message, _context())
    if words:
        waiting = [fact for fact in waiting if name_topic(fact.id) in words]
    counted = count_unreviewed(waiting)
    document = {
        "topics": counted,
        "unreviewed": [describe_fact(fact) for fact in waiting],
        "notice": NOTICE,
    }
    return document, format_unreviewed(counted, waiting if words else [], find_width())


def count_unreviewed(facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """Give by topic how many facts wait for a clinician, how they were read, the oldest check."""
    from spindle.knowledge.fact_words import name_topic
    from spindle.knowledge.facts import HowRead

    by_topic: dict[str, list[Fact]] = {}
    for fact in facts:
        by_topic.setdefault(name_topic(fact.id), []).append(fact)
    return {
        topic: {
            "facts": len(inside),
            "read_once": sum(fact.how_read is HowRead.READ_ONCE for fact in inside),
            "checked_twice": sum(fact.how_read is HowRead.CHECKED_TWICE for fact in inside),
            "inferred": sum(fact.is_inferred for fact in inside),
            "oldest_check": min(fact.checked_on for fact in inside).isoformat(),
        }
        for topic, inside in sorted(by_topic.items(), key=lambda item: (-len(item[1]), item[0]))
    }


# Plain types ------------------------------------------------------------------------------------


def describe_fact(fact: Fact) -> dict[str, Any]:
    """Give a fact as plain JSON types; what it does not hold is absent."""
    absent = {"absent": "not_reported"}
    return {
        "id": fact.id,
        "statement": fact.statement,
        "value": absent if fact.value == "" else fact.value,
        "unit": fact.unit,
        "comparison": fact.comparison.value,
        "n": absent if fact.n == "" else fact.n,
        "of": absent if fact.of == "" else fact.of,
        "applies_to": fact.applies_to,
        "source": {
            "id": fact.source.id,
            "citation": fact.source.citation,
            "identifier": fact.source.identifier,
            "read_as": fact.source.read_as,
        },
        "place": fact.place,
        "checked_on": fact.checked_on.isoformat(),
        "how_read": fact.how_read.value,
        "inferred": fact.is_inferred,
        "written_at": fact.written_at,
    }


def describe_interval(interval: tuple[float, float] | None) -> dict[str, Any]:
    """Give an interval as plain JSON types."""
    if interval is None:
        return {"absent": "not_reported"}
    return {
        "lower": interval[0],
        "upper": interval[1],
        "level": 0.95,
        "kind": "clopper-pearson",
    }


def describe_use(use: Use) -> dict[str, str]:
    """Give a place where a fact is used as plain JSON types."""
    return {"kind": use.kind, "name": use.name, "file": use.file}


def describe_conflict(conflict: Conflict) -> dict[str, Any]:
    """Give a conflict as plain JSON types."""
    return {
        "id": conflict.id,
        "title": conflict.title,
        "sides": [describe_fact(side) for side in conflict.sides],
        "consequence": conflict.consequence,
        "subjects": list(conflict.subjects),
        "checked_on": conflict.checked_on.isoformat(),
        "written_at": conflict.written_at,
    }
