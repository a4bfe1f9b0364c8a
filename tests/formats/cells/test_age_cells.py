from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.patient import Precision, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.formats.cells.ages import read_age, read_unit_in_header, read_unit_word

YEARS, MONTHS, BOTH = TimeUnit.YEARS, TimeUnit.MONTHS, TimeUnit.YEARS_AND_MONTHS


@pytest.mark.parametrize(
    ("text", "header_unit", "months", "unit"),
    [
        ("19", YEARS, 228.0, YEARS),
        ("14 months", YEARS, 14.0, MONTHS),
        ("22", MONTHS, 22.0, MONTHS),
        ("newborn", YEARS, 0.0, TimeUnit.AT_BIRTH),
        ("4 years 10 months", YEARS, 58.0, BOTH),
        ("4 years, 10 months", None, 58.0, BOTH),
        ("4y10m", None, 58.0, BOTH),
        ("4岁10个月", None, 58.0, BOTH),
        ("4/10", BOTH, 58.0, BOTH),
        ("12-mo", YEARS, 12.0, MONTHS),
        ("1½", YEARS, 18.0, YEARS),
        ("1 1/2 years", None, 18.0, YEARS),
        ("two and a half years", MONTHS, 30.0, YEARS),
        ("2,5", YEARS, 30.0, YEARS),
        ("3.5-year-old", None, 42.0, YEARS),
        ("5 y/o", None, 60.0, YEARS),
        ("34 years of age", None, 408.0, YEARS),
        ("34 (died)", YEARS, 408.0, YEARS),
        ("12 months (1 year)", YEARS, 12.0, MONTHS),
        ("0 days", YEARS, 0.0, TimeUnit.DAYS),
        ("14 (mo)", YEARS, 14.0, MONTHS),
        ("5 (months)", YEARS, 5.0, MONTHS),
        ("5 [mo]", None, 5.0, MONTHS),
        ("5（个月）", YEARS, 5.0, MONTHS),
        ("5 (yr)", MONTHS, 60.0, YEARS),
        ("34 (at diagnosis)", YEARS, 408.0, YEARS),
    ],
)
def test_an_age_is_in_months_with_its_unit(
    text: str, header_unit: TimeUnit | None, months: float, unit: TimeUnit
) -> None:
    age = read_age(text, header_unit=header_unit).value
    assert not isinstance(age, Absent)
    assert (age.months, age.unit_as_reported) == (months, unit)
    assert age.precision is Precision.EXACT


def test_weeks_and_days_are_parts_of_a_month() -> None:
    weeks, days = read_age("3 weeks").value, read_age("13 d").value
    assert not isinstance(weeks, Absent)
    assert not isinstance(days, Absent)
    assert weeks.months == pytest.approx(21 / 30.4375)
    assert days.months == pytest.approx(13 / 30.4375, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "months", "precision"),
    [
        ("over 5 years", 60.0, Precision.OVER),
        ("5+", 60.0, Precision.OVER),
        ("> 5", 60.0, Precision.OVER),
        ("about 40", 480.0, Precision.ABOUT),
        ("<1 year", 12.0, Precision.UNDER),
        ("neonate", 0.0, Precision.ABOUT),
        ("34 (approx.)", 408.0, Precision.ABOUT),
    ],
)
def test_an_inexact_age_keeps_its_precision_and_is_noted(
    text: str, months: float, precision: Precision
) -> None:
    reading = read_age(text, header_unit=YEARS)
    assert not isinstance(reading.value, Absent)
    assert (reading.value.months, reading.value.precision) == (months, precision)
    assert [doubt.slug for doubt in reading.doubts] == ["age-imprecise"]


@pytest.mark.parametrize(
    ("text", "header_unit", "slug"),
    [
        ("46 (abstract) / 48 (case text)", YEARS, "value-conflict"),
        ("46/48", YEARS, "value-conflict"),
        ("4/10", YEARS, "value-conflict"),
        ("45-50", YEARS, "age-unreadable"),
        ("adult", YEARS, "age-unreadable"),
        ("middle-aged", YEARS, "age-unreadable"),
        ("14 (m)", YEARS, "age-unreadable"),
        ("45 (M)", YEARS, "age-unreadable"),
        ("34F", YEARS, "age-unreadable"),
        ("34¹", YEARS, "age-unreadable"),
        ("1,000", YEARS, "age-unreadable"),
        ("-3", YEARS, "age-unreadable"),
        ("0", YEARS, "age-unreadable"),
        ("200", YEARS, "age-unreadable"),
        ("12", None, "age-unit-assumed"),
        ("12", BOTH, "age-unreadable"),
    ],
)
def test_what_is_no_single_age_is_unknown_and_noted(
    text: str, header_unit: TimeUnit | None, slug: str
) -> None:
    reading = read_age(text, header_unit=header_unit)
    assert reading.value == UNKNOWN
    assert [doubt.slug for doubt in reading.doubts] == [slug]
    assert reading.doubts[0].value == text


@pytest.mark.parametrize("text", ["NA", "-", "–", "not stated", "N/A", "/", "n.r."])
def test_an_age_that_is_not_reported_needs_no_note(text: str) -> None:
    reading = read_age(text, header_unit=YEARS)
    assert reading.value == NOT_REPORTED
    assert reading.doubts == ()


@pytest.mark.parametrize("text", ["14 (mo)", "5 (months)", "5 (mo)"])
def test_a_unit_in_brackets_is_noted_where_the_header_has_another(text: str) -> None:
    assert [doubt.slug for doubt in read_age(text, header_unit=YEARS).doubts] == ["age-unit"]


@pytest.mark.parametrize("text", ["34 (died)", "5 (fortnights)", "45 (F)", "34 years (x)"])
def test_words_in_brackets_are_never_passed_over_in_silence(text: str) -> None:
    (doubt,) = read_age(text, header_unit=YEARS).doubts
    assert doubt.slug == "age-imprecise"
    assert doubt.value in text


def test_two_units_are_no_age() -> None:
    reading = read_age("14 months (yr)", header_unit=YEARS)
    assert (reading.value, reading.doubts[0].slug) == (UNKNOWN, "age-unreadable")


def test_months_under_a_header_in_years_are_noted_with_both_units() -> None:
    (doubt,) = read_age("14 months", header_unit=YEARS).doubts
    assert doubt.slug == "age-unit"
    assert "months" in doubt.message
    assert "years" in doubt.message


def test_the_place_is_kept_with_the_age() -> None:
    place = Provenance(source="table.csv", row=3)
    age = read_age("19", header_unit=YEARS, provenance=place).value
    assert not isinstance(age, Absent)
    assert age.provenance == place


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Age (yr)", YEARS),
        ("Follow up (Months)", MONTHS),
        ("Age, y/mo", BOTH),
        ("months", MONTHS),
        ("Age", None),
        ("Age (wk/d)", None),
    ],
)
def test_the_unit_of_a_header(header: str, unit: TimeUnit | None) -> None:
    assert read_unit_in_header(header) is unit


@pytest.mark.parametrize(("word", "unit"), [("years", YEARS), ("mo", MONTHS), ("NA", None)])
def test_the_unit_of_a_cell(word: str, unit: TimeUnit | None) -> None:
    assert read_unit_word(word) is unit
