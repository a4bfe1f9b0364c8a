"""Absence is a value: not done, not reported and unknown are three, and none of them is blank."""

from __future__ import annotations

from enum import StrEnum

from spindle.cases.records import record


class AbsenceReason(StrEnum):
    """Why a value is not there."""

    NOT_DONE = "not_done"
    """The source says that it was not done."""
    NOT_REPORTED = "not_reported"
    """The source says nothing about it."""
    UNKNOWN = "unknown"
    """The source says that it is not known, or says it in words that can't be read."""


@record
class Absent:
    """A value that is not there, with the reason; in JSON `{"absent": "not_reported"}`."""

    absent: AbsenceReason
    """Why it is not there."""

    def __str__(self) -> str:
        """Give the reason in words: `not reported`."""
        return self.absent.value.replace("_", " ")


NOT_DONE = Absent(absent=AbsenceReason.NOT_DONE)
NOT_REPORTED = Absent(absent=AbsenceReason.NOT_REPORTED)
UNKNOWN = Absent(absent=AbsenceReason.UNKNOWN)
