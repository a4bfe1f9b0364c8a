"""Ages against age limits: what a reported age says about a label's ages, exactly at the edge.

"8 years" is any day from the eighth birthday to the ninth, so an age is a span of months. An age
that is not exact gets a wider span, and a limit inside a span is not decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from spindle.cases.absence import Absent
from spindle.cases.patient import Age, Precision, TimeUnit
from spindle.knowledge.facts import find_fact

MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR
ABOUT_FACT = "age.about"
ADULT_FACT = "age.adult"
_ENDLESS = float("inf")
# How long a unit is in months: an age in whole units may be almost one unit more.
_UNIT_MONTHS = {
    TimeUnit.YEARS: float(MONTHS_PER_YEAR),
    TimeUnit.MONTHS: 1.0,
    TimeUnit.YEARS_AND_MONTHS: 1.0,
    TimeUnit.WEEKS: 7 / DAYS_PER_MONTH,
    TimeUnit.DAYS: 1 / DAYS_PER_MONTH,
    TimeUnit.AT_BIRTH: 1 / DAYS_PER_MONTH,
}
_WORDS = {
    Precision.EXACT: "",
    Precision.ABOUT: "about ",
    Precision.OVER: "over ",
    Precision.UNDER: "under ",
}


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """The months in which an age as reported lies."""

    low: float
    """First month that it can be."""
    high: float
    """End of the span; the age lies below it."""


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """The ages of a label."""

    from_months: float | None
    """Youngest age in months; none for no lower limit."""
    below_months: float | None
    """The age in months below which it holds; none for no upper limit."""
    is_older_than: bool = False
    """Whether the wording says "older than" the youngest age."""

    @property
    def is_open(self) -> bool:
        """Whether there is no limit at all."""
        return self.from_months is None and self.below_months is None

    def contain(self, span: AgeSpan) -> bool | None:
        """Give whether a span lies within the limits; none when a limit lies inside it."""
        low = 0.0 if self.from_months is None else self.from_months
        high = _ENDLESS if self.below_months is None else self.below_months
        if span.high <= low or span.low >= high:
            return False
        is_above = span.low > low if self.is_older_than else span.low >= low
        return True if is_above and span.high <= high else None

    def is_beyond(self, span: AgeSpan) -> bool:
        """Give whether a span lies wholly above the upper limit."""
        return self.below_months is not None and span.low >= self.below_months


@lru_cache(maxsize=4096)
def span_age(age: Age) -> AgeSpan:
    """Give the months in which an age lies, wider for one that is not exact."""
    unit = _UNIT_MONTHS[age.unit_as_reported]
    if age.precision is Precision.OVER:
        return AgeSpan(age.months, _ENDLESS)
    if age.precision is Precision.UNDER:
        return AgeSpan(0.0, age.months)
    count = age.months / unit
    # A part of a unit, such as 3.5 years, is meant as it stands.
    is_whole = abs(count - round(count)) < 1e-6
    end = age.months + (unit if is_whole else 1 / DAYS_PER_MONTH)
    if age.precision is Precision.EXACT:
        return AgeSpan(age.months, end)
    slack = max(age.months * find_fact(ABOUT_FACT).number / 100, MONTHS_PER_YEAR)
    return AgeSpan(max(0.0, age.months - slack), end + slack)


def is_adult(age: Age | Absent) -> bool | None:
    """Give whether an age is an adult's; none when it is not reported or the limit lies in it."""
    if isinstance(age, Absent):
        return None
    limits = AgeLimits(find_fact(ADULT_FACT).number * MONTHS_PER_YEAR, None)
    return limits.contain(span_age(age))


def name_months(months: float) -> str:
    """Give months as people say them: `10 months`, `8 years`, `8 years 3 months`."""
    if not 0 < months < _ENDLESS:
        return "newborn"
    if months < 1:
        return _count(round(months * DAYS_PER_MONTH), "day")
    years, rest = divmod(round(months, 1), MONTHS_PER_YEAR)
    if not years or (rest and years < 2):
        return _count(round(months, 1), "month")
    said = _count(years, "year")
    return f"{said} {_count(rest, 'month')}" if rest else said


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def name_age(age: Age) -> str:
    """Give an age as people say it: `about 41 years`."""
    return f"{_WORDS[age.precision]}{name_months(age.months)}"


def name_limits(limits: AgeLimits) -> str:
    """Give limits as people say them: `ages 1 to under 18 years`."""
    if limits.is_open:
        return "no age limit"
    if limits.from_months is None:
        return f"ages under {name_months(limits.below_months or 0.0)}"
    youngest = name_months(limits.from_months)
    if limits.below_months is None:
        return f"older than {youngest}" if limits.is_older_than else f"ages {youngest} and older"
    oldest = name_months(limits.below_months)
    # "1 to under 18 years", not "1 year to under 18 years".
    number, _, unit = youngest.partition(" ")
    is_same_unit = unit.rstrip("s") == oldest.rpartition(" ")[2].rstrip("s")
    return f"ages {number if is_same_unit else youngest} to under {oldest}"
