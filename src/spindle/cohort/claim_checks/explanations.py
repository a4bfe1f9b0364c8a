"""What else could have given a printed median: a subgroup, or another statistic of the same rows.

An explanation is a guess that fits the number. Nothing says that the authors did it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median

from spindle.assays.readings import ReadingResult
from spindle.cases.course import TreatmentKind
from spindle.cases.patient import Sex
from spindle.cohort.claim_checks.findings import format_number, is_as_printed, join_list
from spindle.cohort.claim_checks.variables import MeasuredRow
from spindle.cohort.conditions import Condition, read_condition
from spindle.cohort.endpoints import EVENT, Endpoint
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth

# The median of one or two patients is not what a paper prints for its series.
SMALLEST_SUBGROUP = 3

_FLAGS = ("died", "recurred", "metastasised", "has_event", "is_discordant")


def list_subgroups() -> Iterator[Condition]:
    """Give the subgroups that are tried: by sex, outcome, treatment and ALK test."""
    values: list[dict[str, object]] = [{"sex": sex.value} for sex in Sex]
    values += [{flag: value} for flag in _FLAGS for value in (True, False)]
    for kind in TreatmentKind:
        values += [{"treatment": kind.value}, {"not": {"treatment": kind.value}}]
    for test in ("alk_ihc", "alk_fish", "alk_rt_pcr"):
        values += [{test: ReadingResult.POSITIVE.value}, {test: ReadingResult.NEGATIVE.value}]
    for value in values:
        yield read_condition(value, "subgroups")


@dataclass(frozen=True, slots=True)
class SubgroupSearch:
    """Which simple subgroups have a printed median."""

    fitting: tuple[str, ...]
    """Those that have it, in words with their size."""
    tried: int
    """How many different ones were tried."""


def find_subgroups(measured: Sequence[MeasuredRow], printed: Decimal) -> SubgroupSearch:
    """Give the subgroups whose median is as printed, and how many different ones were tried."""
    tried: set[frozenset[str]] = set()
    fitting = []
    for subgroup in list_subgroups():
        inside = [m for m in measured if subgroup.judge(m.row) is Truth.TRUE]
        ids = frozenset(m.row.case_id for m in inside)
        if not SMALLEST_SUBGROUP <= len(inside) < len(measured) or ids in tried:
            continue
        tried.add(ids)
        if is_as_printed(median(m.span.low for m in inside), printed):
            fitting.append(f"{subgroup.words} (n = {len(inside)})")
    return SubgroupSearch(tuple(fitting), len(tried))


def describe_subgroups(search: SubgroupSearch, printed: Decimal, unit: str) -> str:
    """Give whether a simple subgroup has the printed median, as a sentence; empty without any."""
    if not search.tried:
        return ""
    if not search.fitting:
        return (
            f"None of the {search.tried} subgroups by sex, outcome, treatment or ALK test that "
            f"were tried has the median {printed} {unit}."
        )
    return (
        f"Of the {search.tried} subgroups that were tried, the median is {printed} {unit} in: "
        f"{join_list(search.fitting)}; with so many tried this can be chance."
    )


def describe_statistics(
    measured: Sequence[MeasuredRow], printed: Decimal, unit: str, *, is_follow_up: bool
) -> str:
    """Give the mean, and for follow-up the other medians in use, as a sentence."""
    values = [m.span.low for m in measured]
    others = {"the mean is": mean(values)}
    if is_follow_up:
        others |= _list_follow_up_medians([m.row for m in measured])
    listed = join_list(f"{name} {format_number(value)}" for name, value in others.items())
    same = [name for name, value in others.items() if is_as_printed(value, printed)]
    note = f" So {printed} {unit} can be that figure." if same else ""
    return f"Of the same rows {listed} {unit}.{note}"


def _list_follow_up_medians(rows: Sequence[CohortRow]) -> dict[str, float]:
    from spindle.cohort.series import count_endpoint
    from spindle.cohort.survival import estimate_follow_up

    alive = [
        row.follow_up_months
        for row in rows
        if isinstance(row.follow_up_months, float | int) and row.death.has_occurred is not True
    ]
    table, _ = count_endpoint(rows, Endpoint.OVERALL_SURVIVAL)
    found = {"of those who did not die the median is": median(alive)} if alive else {}
    if EVENT in table.kinds and len(table.kinds) > 1:
        follow_up = estimate_follow_up(table, event_kinds=(EVENT,))
        if follow_up.median.is_reached:
            found["the median by reverse Kaplan–Meier is"] = follow_up.median.months
    return found
