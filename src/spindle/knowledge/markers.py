"""Counts of stains: how many published patients with a diagnosis a marker was positive in.

The counts are rows of the table `markers`. A row without a printed denominator has no counts: it
is shown and never weighed. A count worked out from a printed percentage and its denominator is
marked as inferred in its fact and says so in its note. Where two sources print the same patients
their rows name one cohort, so that nobody is counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import StainPattern
from spindle.knowledge.entities import load_entities
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.histology import load_findings
from spindle.knowledge.stain_rules import (
    Localisation,
    Panel,
    StainGroup,
    check_markers,
    check_site_group,
    find_group,
    find_localisation,
    list_panel,
    load_groups,
    load_panels,
    load_subgroups,
)

__all__ = [
    "Localisation",
    "MarkerCount",
    "Panel",
    "StainGroup",
    "find_group",
    "find_localisation",
    "list_counts",
    "list_finding_counts",
    "list_markers",
    "list_panel",
    "load_counts",
    "load_finding_counts",
    "load_groups",
    "load_panels",
]

TABLE = "markers"
FINDING_PREFIX = "finding:"
# What a row may say of the place in the cell: a pattern of a stain, or nothing.
_PLACES = frozenset({"", *StainPattern})
_COHORT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class MarkerCount:
    """How often one marker, or one microscopic finding, was positive in one published series."""

    fact: Fact
    """The row's fact, with its source."""
    entity: str
    """Id of the diagnosis."""
    site_group: str
    """Site group in which the series was counted; `any` for a mixed one."""
    marker: str
    """The marker by its usual name, or `FISH:` with a gene; the finding's name for a finding."""
    localisation: str
    """Where the stain had to lie to be counted; empty when the source does not say."""
    clone: str
    """Antibody clone; empty when the source does not say. Clones are never mixed in silence."""
    cases: str
    """Subgroup of the diagnosis's patients; empty for the diagnosis as a whole."""
    is_selected: bool
    """Whether that subgroup gives no rate of the diagnosis: shown, never weighed."""
    cohort: str
    """Whose patients they are: the source's own, unless another source prints them as well."""
    n: int | Absent
    """Patients in whom it was positive; absent when no count is published."""
    of: int | Absent
    """Patients tested; absent when no count is published."""
    note: str
    """What else has to be known of this row."""


@cache
def _read_rows() -> tuple[MarkerCount, ...]:
    return tuple(_make_count(row) for row in load_rows(TABLE))


def _make_count(row: TableRow) -> MarkerCount:
    cells, entry = row.cells, row.fact
    check_row(row)
    fact = load_facts()[row.id]
    subgroup = load_subgroups().get(cells["cases"])
    return MarkerCount(
        fact=fact,
        entity=cells["entity"],
        site_group=cells["site_group"],
        marker=cells["marker"],
        localisation=cells["localisation"],
        clone=cells["clone"],
        cases=cells["cases"],
        is_selected=subgroup.is_selected if subgroup else False,
        cohort=cells["cohort"] or fact.source.id,
        n=entry.values.get("n", NOT_REPORTED),
        of=entry.values.get("of", NOT_REPORTED),
        note=cells["note"],
    )


def check_row(row: TableRow) -> None:
    """Refuse a row with an unknown diagnosis, site group, marker, finding, place or subgroup.

    A cohort is a name of ours, so that any plain id will do.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    cells, entry = row.cells, row.fact
    if cells["entity"] not in load_entities():
        raise entry.fail(f"{row.id} is about the unknown diagnosis {cells['entity']!r}.")
    check_site_group(entry, cells["site_group"])
    marker = cells["marker"]
    if marker.startswith(FINDING_PREFIX):
        if marker.removeprefix(FINDING_PREFIX) not in load_findings():
            raise entry.fail(f"{row.id} counts the unknown finding {marker!r}.")
    else:
        check_markers(entry, [marker])
    if cells["localisation"] not in _PLACES:
        raise entry.fail(f"{row.id} has localisation = {cells['localisation']!r}.")
    rule = find_localisation(marker)
    allowed = {rule.localisation, ""} if rule and rule.is_assumed else {rule and rule.localisation}
    if rule and cells["localisation"] not in allowed:
        raise entry.fail(f"{row.id}: {marker} counts only when {rule.localisation}.")
    if cells["cases"] and cells["cases"] not in load_subgroups():
        raise entry.fail(f"{row.id} has the unknown subgroup {cells['cases']!r}.")
    if cells["cohort"] and not _COHORT.fullmatch(cells["cohort"]):
        raise entry.fail(f"{row.id} has cohort = {cells['cohort']!r}, which is no plain id.")


@cache
def load_counts() -> tuple[MarkerCount, ...]:
    """Give every row about a stain or a FISH probe, in the order of the table.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    return tuple(row for row in _read_rows() if not row.marker.startswith(FINDING_PREFIX))


@cache
def load_finding_counts() -> tuple[MarkerCount, ...]:
    """Give every row about a microscopic finding, named as the vocabulary of histology names it.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    rows = (row for row in _read_rows() if row.marker.startswith(FINDING_PREFIX))
    return tuple(replace(row, marker=row.marker.removeprefix(FINDING_PREFIX)) for row in rows)


def _index(rows: tuple[MarkerCount, ...]) -> Mapping[str, Mapping[str, tuple[MarkerCount, ...]]]:
    index: dict[str, dict[str, list[MarkerCount]]] = {}
    for row in rows:
        index.setdefault(row.entity, {}).setdefault(row.marker, []).append(row)
    return MappingProxyType(
        {
            entity: MappingProxyType({marker: tuple(found) for marker, found in markers.items()})
            for entity, markers in index.items()
        }
    )


@cache
def _index_counts() -> Mapping[str, Mapping[str, tuple[MarkerCount, ...]]]:
    return _index(load_counts())


@cache
def _index_findings() -> Mapping[str, Mapping[str, tuple[MarkerCount, ...]]]:
    return _index(load_finding_counts())


def list_counts(entity: str, marker: str) -> tuple[MarkerCount, ...]:
    """Give the rows of one marker in one diagnosis; none when nothing is published here."""
    return _index_counts().get(entity, {}).get(marker, ())


def list_finding_counts(entity: str, finding: str) -> tuple[MarkerCount, ...]:
    """Give the rows of one microscopic finding in one diagnosis."""
    return _index_findings().get(entity, {}).get(finding, ())


def list_markers(entity: str) -> tuple[str, ...]:
    """Give the markers for which a diagnosis has rows, in the order of the table."""
    return tuple(_index_counts().get(entity, {}))
