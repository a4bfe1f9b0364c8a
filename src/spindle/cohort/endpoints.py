"""What an event is: endpoints as pure functions of a row, with the assumption said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spindle.cases.absence import Absent
from spindle.cohort.rows import CohortRow, Occurrence


class Endpoint(StrEnum):
    """Endpoints of time-to-event analysis."""

    OVERALL_SURVIVAL = "os"
    """Death of any cause."""
    EVENT_FREE_SURVIVAL = "efs"
    """Recurrence, progression, metastasis or death."""


EVENT = "event"
CENSORED = "censored"

ASSUMPTIONS = {
    Endpoint.OVERALL_SURVIVAL: (
        "Time runs from the start of follow-up as printed. Deaths count whatever their cause; "
        "patients without a time are left out and counted."
    ),
    Endpoint.EVENT_FREE_SURVIVAL: (
        "An event is recurrence, progression, metastasis or death. A patient of whom the source "
        "says nothing about an event counts as free of it up to the last contact. Where the "
        "source gives no time of its own for a recurrence, progression or metastasis, the printed "
        "length of follow-up stands for it: the true time is earlier, so the curve is too high "
        "before it."
    ),
}


@dataclass(frozen=True, slots=True)
class TimedOutcome:
    """What one row contributes to an endpoint."""

    months: float
    """Months to the event or to the last contact."""
    kind: str
    """`event` or `censored`."""
    is_assumed: bool
    """Whether the follow-up length stands for an event time that the source does not give."""


def find_outcome(row: CohortRow, endpoint: Endpoint) -> TimedOutcome | None:
    """Give the row's contribution to an endpoint; none when it has no time."""
    occurrences: tuple[Occurrence, ...]
    if endpoint is Endpoint.OVERALL_SURVIVAL:
        occurrences = (row.death,)
    else:
        occurrences = (row.recurrence, row.progression, row.metastasis, row.death)
    happened = [_date(o, row) for o in occurrences if o.has_occurred is True]
    if not happened:
        if isinstance(row.follow_up_months, Absent):
            return None
        return TimedOutcome(row.follow_up_months, CENSORED, is_assumed=False)
    return _find_first(happened, row)


def _date(occurrence: Occurrence, row: CohortRow) -> Occurrence:
    """Give an occurrence with its time; follow-up ends with a death, so its length dates one."""
    if occurrence is row.death and isinstance(occurrence.months, Absent):
        return Occurrence(True, row.follow_up_months)
    return occurrence


def _find_first(happened: list[Occurrence], row: CohortRow) -> TimedOutcome | None:
    """Give the first event; the follow-up length stands for a time that is not given.

    Nothing recurs after a death, so a death is never the first event beside a dated other one.
    """
    dated = [o.months for o in happened if not isinstance(o.months, Absent)]
    # The death stands last, where it is one of the outcomes; undated, it follows every dated one.
    others = happened[:-1] if row.death.has_occurred is True else happened
    has_undated = any(isinstance(occurrence.months, Absent) for occurrence in others)
    if dated and not has_undated:
        return TimedOutcome(min(dated), EVENT, is_assumed=False)
    ends = [*dated, *([] if isinstance(row.follow_up_months, Absent) else [row.follow_up_months])]
    return TimedOutcome(min(ends), EVENT, is_assumed=True) if ends else None
