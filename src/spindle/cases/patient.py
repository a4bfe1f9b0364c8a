"""The patient of a case: no name, no birth date, an age in months."""

from __future__ import annotations

from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.provenance import Provenance
from spindle.cases.records import NotNegative, record


class Sex(StrEnum):
    """Sex as reported."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Precision(StrEnum):
    """How exactly a number was given."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    """More than the number: "over 5 years"."""
    UNDER = "under"
    """Less than the number: "under 1 year"."""


class TimeUnit(StrEnum):
    """The unit in which an age or a time was reported."""

    YEARS = "years"
    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"
    YEARS_AND_MONTHS = "years_and_months"
    AT_BIRTH = "at_birth"
    """"Newborn", "at birth": zero months."""


@record
class Age:
    """An age in months, with what was reported."""

    months: NotNegative
    """Age in months; a year is twelve."""
    unit_as_reported: TimeUnit
    """The unit in which it was reported."""
    precision: Precision = Precision.EXACT
    """How exactly it was given."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class Patient:
    """One patient, without anything that identifies them."""

    sex: Sex | Absent = NOT_REPORTED
    """Sex as reported."""
    age_at_diagnosis: Age | Absent = NOT_REPORTED
    """Age at diagnosis (many sources print the age at presentation or onset for it)."""
    is_pregnant: bool | Absent = NOT_REPORTED
    """Whether the patient is pregnant now; the labels of many drugs speak of an unborn child."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where the sex was written."""
