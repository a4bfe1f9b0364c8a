from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.observations import PercentRange
from spindle.cases.patient import TimeUnit
from spindle.cases.tumour import TumourSize
from spindle.formats.cells.numbers import (
    read_decimal,
    read_percent,
    read_size,
    read_span,
    read_span_match,
    span_pattern,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2.5", 2.5), ("2,5", 2.5), ("1½", 1.5), ("1 1/2", 1.5), ("3/4", 0.75), ("twelve", 12.0)],
)
def test_decimals(text: str, number: float) -> None:
    assert read_decimal(text) == number


@pytest.mark.parametrize("text", ["1,000", "1.234", "12-24", "x", "", "1.2.3"])
def test_what_is_no_decimal(text: str) -> None:
    assert read_decimal(text) is None


@given(st.integers(0, 150), st.integers(0, 11))
def test_years_and_months_add_up(years: int, months: int) -> None:
    for text in (f"{years} years {months} months", f"{years}y{months}m", f"{years}岁{months}个月"):
        span = read_span(text)
        assert span is not None
        assert span.months == years * 12 + months
        assert span.unit is TimeUnit.YEARS_AND_MONTHS


@pytest.mark.parametrize(
    "text", ["12-24 months", "12 to 24 months", "3.5 - 4 years", "fever 38 c", "hb 88 g/l"]
)
def test_the_end_of_a_range_is_no_time(text: str) -> None:
    spans = [read_span_match(match) for match in span_pattern().finditer(text)]
    assert not any(span and span.months > 6 for span in spans)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("60%", 60, 60), ("60", 60, 60), ("50-70 %", 50, 70), ("<5%", 0, 5), (">90%", 90, 100)],
)
def test_percentages(text: str, low: float, high: float) -> None:
    assert read_percent(text).value == PercentRange(low=low, high=high)


@pytest.mark.parametrize("text", ["120%", "high", "60% of cells", "40-20%"])
def test_what_is_no_percentage_is_unknown_and_noted(text: str) -> None:
    reading = read_percent(text)
    assert reading.value == UNKNOWN
    assert [doubt.slug for doubt in reading.doubts] == ["result-unreadable"]


@pytest.mark.parametrize(
    ("text", "unit", "dimensions"),
    [
        ("46 x 42 mm", "", (46.0, 42.0)),
        ("5×4×3cm", "", (50.0, 40.0, 30.0)),
        ("5.2", "cm", (52.0,)),
        ("2,5 x 3", "cm", (25.0, 30.0)),
        ("4 x 3 cm", "mm", (40.0, 30.0)),
    ],
)
def test_sizes(text: str, unit: str, dimensions: tuple[float, ...]) -> None:
    size = read_size(text, unit=unit).value
    assert isinstance(size, TumourSize)
    assert size.dimensions_mm == dimensions


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5", ""),
        ("5 x 4", ""),
        ("3.5-4 cm", "cm"),
        ("12 cm3", "cm"),
        ("12 cm³", "cm"),
        ("large", "cm"),
        ("2 years", "cm"),
        ("2 cm; 3 cm", ""),
    ],
)
def test_what_is_no_single_size_is_unknown_and_noted(text: str, unit: str) -> None:
    reading = read_size(text, unit=unit)
    assert reading.value == UNKNOWN
    assert [doubt.slug for doubt in reading.doubts] == ["size-unreadable"]


def test_a_size_that_is_not_reported() -> None:
    assert read_size("NA", unit="cm").value == NOT_REPORTED
