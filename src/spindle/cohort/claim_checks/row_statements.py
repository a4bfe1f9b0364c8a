"""What the rows say of a quantity, to be held against what places or documents print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from spindle.cohort.claim_checks.counts import (
    AT_MOST,
    COMPARISONS,
    EXACTLY,
    format_count,
    is_silent,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import format_with_unit
from spindle.cohort.claim_checks.summaries import FIND_STATISTIC, MIDDLES, STATISTICS
from spindle.cohort.claim_checks.survivals import ENDPOINTS, describe_estimate, estimate_rows
from spindle.cohort.claim_checks.values import Value, make_share
from spindle.cohort.claim_checks.variables import Variable, measure_rows, read_variable
from spindle.cohort.conditions import Condition, RowCount, count_rows
from spindle.cohort.endpoints import Endpoint
from spindle.cohort.rows import CohortRow


class RowStatement(Protocol):
    """Something that rows can be asked."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the value, or none when the rows do not say."""


@dataclass(frozen=True, slots=True)
class RowCountStatement:
    """How many rows fit; with silent rows, any number from the certain to the possible."""

    condition: Condition
    """What is counted."""
    among: Condition
    """Among which cases."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the number of cases."""
        count = count_rows(rows, self.condition, self.among)
        if is_silent(count, rows):
            return None
        return Value(format_count(count), count.n, count.most, cases=count.fitting)


@dataclass(frozen=True, slots=True)
class RowShareStatement:
    """Which share of the rows fits; with silent rows, any share that they leave room for."""

    condition: Condition
    """What the numerator counts."""
    among: Condition
    """What the denominator counts."""
    is_sample: bool
    """Whether the exact interval stands for the share."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the share in per cent."""
        count = count_rows(rows, self.condition, self.among)
        known = count.n + len(count.unfit)
        if not known:
            return None
        share = make_share(count.n, known, is_sample=self.is_sample, cases=count.fitting)
        return self._widen(share, count) if count.open else share

    def _widen(self, share: Value, count: RowCount) -> Value:
        """Give the share with the room that the silent rows leave: all of them fit, or none."""
        of, most = count.considered, count.n + len(count.open)
        least_share = make_share(count.n, of, is_sample=self.is_sample)
        most_share = make_share(most, of, is_sample=self.is_sample)
        shown = (
            f"{share.shown} of those of whom it is said; with the {len(count.open)} left open "
            f"from {least_share.shown} to {most_share.shown}"
        )
        return replace(share, shown=shown, low=least_share.low, high=most_share.high)


@dataclass(frozen=True, slots=True)
class RowSummaryStatement:
    """A statistic of a number that rows have."""

    variable: Variable
    """What is summarised."""
    statistic: str
    """Which statistic."""
    among: Condition
    """Among which cases."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the statistic in the unit of the number."""
        found = measure_rows(rows, self.variable, self.among)
        if self.statistic in MIDDLES:
            found = found.drop_ranges()
        measured = found.measured
        if not measured:
            return None
        value = float(FIND_STATISTIC[self.statistic](measured))
        shown = f"{format_with_unit(value, self.variable.unit)} (n = {len(measured)})"
        return Value(shown, value, value, cases=tuple(m.row.case_id for m in measured))


@dataclass(frozen=True, slots=True)
class RowSurvivalStatement:
    """The share without event at a month, with its interval."""

    endpoint: Endpoint
    """The endpoint."""
    months: float
    """The month."""
    among: Condition
    """Among which cases."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the share in per cent; none beyond follow-up."""
        estimate, _ = estimate_rows(rows, self.endpoint, self.months, self.among)
        if estimate is None or estimate.is_beyond_follow_up:
            return None
        shown = describe_estimate(estimate)
        return Value(shown, 100 * estimate.lower, 100 * estimate.upper)


@dataclass(frozen=True, slots=True)
class BoundStatement:
    """What rows give, as a bound: the youngest patient of a series bounds the youngest of all."""

    inner: RowStatement
    """What the rows give."""
    bound: str
    """`at_most` or `at_least`."""

    def find_value(self, rows: Sequence[CohortRow]) -> Value | None:
        """Give the value with one end open."""
        value = self.inner.find_value(rows)
        if value is None:
            return None
        shown = f"{self.bound.replace('_', ' ')} {value.shown}"
        if self.bound == AT_MOST:
            return replace(value, low=-math.inf, shown=shown)
        return replace(value, high=math.inf, shown=shown)


def read_row_statement(fields: ClaimFields, *, is_sample: bool) -> RowStatement:
    """Give what the rows are asked: a count, a share, a statistic or survival."""
    statement = _read_asked(fields, is_sample=is_sample)
    bound = fields.read_choice("bound", COMPARISONS, EXACTLY)
    return statement if bound == EXACTLY else BoundStatement(statement, bound)


def _read_asked(fields: ClaimFields, *, is_sample: bool) -> RowStatement:
    asked = [name for name in ("count", "share", "statistic", "survival") if fields.has(name)]
    if len(asked) != 1:
        raise fields.fail("rows takes one of: count, share, statistic, survival.")
    among = fields.read_among()
    if asked == ["count"]:
        return RowCountStatement(fields.read_condition("count"), among)
    if asked == ["share"]:
        return RowShareStatement(fields.read_condition("share"), among, is_sample)
    if asked == ["statistic"]:
        statistic = fields.read_choice("statistic", STATISTICS)
        return RowSummaryStatement(read_variable(fields), statistic, among)
    endpoint = fields.read_choice("survival", ENDPOINTS)
    return RowSurvivalStatement(endpoint, fields.read_months("months"), among)
