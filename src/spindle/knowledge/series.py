"""Series: what was counted in each published cohort, and which cohorts share patients.

Each row of the table `series` is one countable statement about one cohort. Cohorts of one hospital
may hold the same patients; where that is known both rows say so, and their counts can't be added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.site_groups import load_site_groups

TABLE = "series"
_ANY_SITE = "any"


@dataclass(frozen=True, slots=True)
class SeriesFact:
    """One countable statement about one published cohort."""

    fact: Fact
    """The fact of the row."""
    series: str
    """Id of the cohort: `song-2020`."""
    measure: str
    """What was counted or measured: `ALK stain positive`."""
    entity: str
    """Id of the tumour: `imt`, `eims`."""
    site_groups: tuple[str, ...]
    """Groups of sites; `any` for several or every site."""
    population: str
    """`any`, `children`, `adults` or `pregnancy`."""
    years: str
    """Years in which patients were collected, empty where they were not read."""
    overlaps: tuple[str, ...]
    """Ids of cohorts that share patients, or may."""
    note: str
    """What else is to be known, empty when nothing is."""


@cache
def load_series() -> tuple[SeriesFact, ...]:
    """Give every statement about every cohort.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown group of sites or cohort, or an overlap that only one of
        two cohorts states, with file and line.
    """
    rows = load_rows(TABLE)
    facts = load_facts()
    known = {row.cells["series"] for row in rows}
    made = tuple(make_series_fact(row, facts, known) for row in rows)
    stated = {(row.series, other) for row in made for other in row.overlaps}
    for row, series in zip(rows, made, strict=True):
        for other in series.overlaps:
            if (other, series.series) not in stated:
                raise row.fact.fail(f"{other} does not say that it overlaps {series.series}.")
    return made


def make_series_fact(row: TableRow, facts: Mapping[str, Fact], known: set[str]) -> SeriesFact:
    """Give the statement of a row.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    cells = row.cells
    groups = tuple(filter(None, cells["site_group"].split("|")))
    overlaps = tuple(filter(None, cells["overlaps"].split("|")))
    if not (cells["series"] and cells["measure"] and cells["entity"] and groups):
        raise row.fact.fail(f"{row.id} names no series, measure, entity or group of sites.")
    if unknown := sorted(set(groups) - {_ANY_SITE, *load_site_groups()}):
        raise row.fact.fail(f"{row.id} has the unknown group of sites {unknown[0]!r}.")
    if unknown := sorted(set(overlaps) - known):
        raise row.fact.fail(f"{row.id} overlaps the unknown series {unknown[0]!r}.")
    return SeriesFact(
        fact=facts[row.id],
        series=cells["series"],
        measure=cells["measure"],
        entity=cells["entity"],
        site_groups=groups,
        population=cells["population"],
        years=cells["years"],
        overlaps=overlaps,
        note=cells["note"],
    )
