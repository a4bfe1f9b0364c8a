"""The numbers of a row that can be summarised: age, follow-up, the share of stained cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from spindle.cases.absence import Absent
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.condition_fields import FieldError
from spindle.cohort.condition_stains import read_marker
from spindle.cohort.conditions import Condition
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth

STAIN_PERCENT = "stain_percent"


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number of one row; a printed range keeps both ends."""

    low: float
    """Lower end."""
    high: float
    """Upper end; the same for a single number."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A number that rows can have."""

    name: str
    """Its name in a claims file."""
    title: str
    """Its name for people."""
    unit: str
    """Its unit."""
    get: Callable[[CohortRow], NumberSpan | None]
    """What a row has; none when it has none."""


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A case with its number."""

    row: CohortRow
    """The row."""
    span: NumberSpan
    """Its number."""


def _span(value: float | Absent) -> NumberSpan | None:
    return None if isinstance(value, Absent) else NumberSpan(value, value)


VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        variable.name: variable
        for variable in (
            Variable("age_years", "age", "years", lambda row: _span(row.age_years)),
            Variable("age_months", "age", "months", lambda row: _span(row.age_months)),
            Variable(
                "follow_up_months", "follow-up", "months", lambda row: _span(row.follow_up_months)
            ),
            Variable(STAIN_PERCENT, "share of stained cells", "%", lambda _: None),
        )
    }
)


def read_variable(fields: ClaimFields) -> Variable:
    """Give the variable of a claim, checked against the unit that the claim prints."""
    variable = fields.read_choice("variable", VARIABLES)
    if variable.name == STAIN_PERCENT:
        variable = _make_stain_variable(fields)
    unit = fields.read_text("unit", variable.unit)
    if unit != variable.unit:
        raise fields.fail(f"{variable.name} is in {variable.unit}, not in {unit}.")
    return variable


def _make_stain_variable(fields: ClaimFields) -> Variable:
    try:
        marker = read_marker(fields.read_text("marker"))
    except FieldError as error:
        raise fields.fail(f"{str(error).rstrip('.')}.") from None

    def get(row: CohortRow) -> NumberSpan | None:
        found = [s.percent for s in row.stains if s.marker == marker]
        spans = [p for p in found if not isinstance(p, Absent)]
        if not spans:
            return None
        return NumberSpan(min(p.low for p in spans), max(p.high for p in spans))

    return Variable(STAIN_PERCENT, marker, "%", get)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The numbers of the rows that belong, and the cases without one."""

    measured: tuple[MeasuredRow, ...]
    """Rows that certainly belong and have the number."""
    without: tuple[str, ...]
    """Ids of the cases that belong and do not have it."""
    unplaced: tuple[str, ...]
    """Ids of the cases of which the rows do not say whether they belong."""
    ranges: tuple[str, ...] = ()
    """Ids of the cases whose number is a range, where a range can't be used."""

    def drop_ranges(self) -> Measurement:
        """Give the same without ranges such as 5–10 %, which have ends and no middle."""
        single = tuple(m for m in self.measured if m.span.low == m.span.high)
        ranges = tuple(m.row.case_id for m in self.measured if m.span.low != m.span.high)
        return replace(self, measured=single, ranges=ranges)


def measure_rows(rows: Sequence[CohortRow], variable: Variable, among: Condition) -> Measurement:
    """Give the numbers of the rows among which to look."""
    measured, without, unplaced = [], [], []
    for row in rows:
        belongs = among.judge(row)
        if belongs is Truth.FALSE:
            continue
        span = variable.get(row)
        if belongs is Truth.UNKNOWN:
            unplaced.append(row.case_id)
        elif span is None:
            without.append(row.case_id)
        else:
            measured.append(MeasuredRow(row, span))
    return Measurement(tuple(measured), tuple(without), tuple(unplaced))
