"""Counts in microscope fields: `mitoses 8/10 HPF`, `3 mitoses per 50 HPF`, `4/mm2`, `120/HPF`.

A count is given for ten high-power fields where it was counted in ten or more. A count in fewer
fields or in square millimetres is no such number, since the size of a field is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.patient import Precision
from spindle.formats.cells.numbers import read_decimal
from spindle.knowledge.histology import finding_pattern
from spindle.knowledge.words import find_key, make_pattern

# A case holds the number in so many fields.
FIELDS = 10
_WORDED_FIELDS = tuple(f"numbers.{n}" for n in (10, 20, 30, 40, 50))
_NUMBER = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FieldCount:
    """A number of something in a number of fields, or in an area."""

    low: float
    """The number as written, or the lower end of a range."""
    high: float
    """The same, or the upper end of a range."""
    precision: Precision
    """Whether it was given as over, under or about."""
    fields: float
    """High-power fields in which it was counted; 0 for an area in square millimetres."""
    words: str
    """The folded words."""
    inner: str
    """The name of a finding inside the words, as in `8 mitoses/10 HPF`; empty for most."""
    start: int
    """Where the words begin in the folded text."""
    end: int
    """Where they end."""

    @property
    def is_none(self) -> bool:
        """Whether it says that there is none."""
        return self.high == 0

    @property
    def may_be_none(self) -> bool:
        """Whether it leaves open that there is none: `0-1`, `<1`."""
        is_under = self.precision is Precision.UNDER
        return self.high > 0 and (self.low == 0 or (is_under and self.high <= 1))


@cache
def _counts() -> re.Pattern[str]:
    bound = make_pattern("times", "precision.over", "precision.under", "precision.about").pattern
    worded = make_pattern("times", *_WORDED_FIELDS).pattern
    unit, area = (make_pattern("histology", key).pattern for key in ("fields", "areas"))
    return re.compile(
        rf"(?:(?P<bound>{bound})\s*)?(?<![0-9.,/-])(?P<low>{_NUMBER})"
        rf"(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?(?:\s*(?P<inner>{finding_pattern().pattern}))?"
        rf"\s*(?:cells?\s*)?(?:/|\bper\b|\bin\b|\bof\b)\s*"
        rf"(?:(?P<fields>[0-9]{{1,3}}|{worded})?\s*(?:{unit})|(?:1\s*)?(?P<area>{area}))"
    )


def find_field_counts(folded: str) -> tuple[FieldCount, ...]:
    """Give the counts of folded words in order."""
    return tuple(_iterate_counts(folded))


def _iterate_counts(folded: str) -> Iterator[FieldCount]:
    for match in _counts().finditer(folded):
        low = float(match["low"].replace(",", "."))
        high = float((match["high"] or match["low"]).replace(",", "."))
        fields = 0.0 if match["area"] else read_decimal(match["fields"] or "1")
        key = find_key("times", match["bound"], "precision.") if match["bound"] else ""
        if fields is not None and low <= high and (fields or match["area"]):
            yield FieldCount(
                low=low,
                high=high,
                precision=Precision(key) if key else Precision.EXACT,
                fields=fields,
                words=match.group().strip(),
                inner=match["inner"] or "",
                start=match.start(),
                end=match.end(),
            )


def convert_count(count: FieldCount) -> tuple[float | Absent, str]:
    """Give a count in ten high-power fields with a message about it; unknown where it is none.

    The message is empty when the words say that very number.
    """
    if not count.fields:
        return UNKNOWN, "A count in square millimetres is no count in high-power fields."
    if count.fields < FIELDS:
        return UNKNOWN, f"A count in fewer than {FIELDS} fields is not made one in {FIELDS}."
    number, message = take_number(count)
    if isinstance(number, Absent) or count.fields == FIELDS:
        return number, message
    number = round(number * FIELDS / count.fields, _DIGITS)
    said = f"{count.low:g} in {count.fields:g} fields is kept as {number:g} in {FIELDS}."
    return number, f"{said} {message}".strip()


def take_number(count: FieldCount) -> tuple[float | Absent, str]:
    """Give the one number of a count with a message about it; unknown for a range and `under`."""
    if count.low != count.high:
        return UNKNOWN, "A range is no single number, and none is taken."
    if count.precision is Precision.UNDER and not count.is_none:
        return UNKNOWN, "Less than a number is no number, and none is taken."
    if count.precision is Precision.OVER:
        return count.low, f"It is more than {count.low:g}; this number is kept as the least."
    if count.precision is Precision.ABOUT:
        return count.low, f"It is about {count.low:g}; this number is kept."
    return count.low, ""
