"""Numbers as a spreadsheet program shows them; expected values as Excel displays them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from spindle.formats.number_formats import (
    EAST_ASIAN_CODES,
    ShownNumber,
    plain_number,
    show_date,
    show_elapsed,
    show_number,
)


def show(code: str, value: float) -> ShownNumber:
    """Show a number as the reader of XLSX does: openpyxl tells dates and makes them."""
    if is_date_format(code):
        return show_date(from_excel(value, timedelta=is_timedelta_format(code)), code)
    return show_number(value, code)


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", 19.0, "19"),
        ("General", 19.5, "19.5"),
        ("General", 0.1 + 0.2, "0.3"),
        ("General", -0.0, "0"),
        ("0.00", 2.5, "2.5"),
        ("#,##0.00_);(#,##0.00)", -5.0, "-5"),
        ("0.00E+00", 12345.6, "12345.6"),
        ("[Red]0;[Blue]-0", -4.0, "-4"),
        (";;;", 5.0, "5"),
        ("@", 5.0, "5"),
        ("# ?/?", 2.5, "2.5"),
        ("0%", 0.15, "15%"),
        ("0.00%", 0.07, "7%"),
        ("0%", 0.154, "15.4%"),
        ('0"%"', 15.0, "15%"),
        ("0%;-0%", -0.5, "-50%"),
        ("yyyy-mm-dd", 43891.0, "2020-03-01"),
        ("dd/mm/yyyy hh:mm", 43891.25, "2020-03-01T06:00:00"),
        ("m/d/yyyy h:mm AM/PM", 43891.75, "2020-03-01T18:00:00"),
        ("[$-409]d\\ mmmm\\ yyyy;@", 43891.0, "2020-03-01"),
        ('yyyy"年"m"月"d"日"', 43891.0, "2020-03-01"),
        ("mmm-yy", 43891.0, "2020-03"),
        ("mmm-yy", 43892.0, "2020-03-02"),
        ("yyyy", 43831.0, "2020"),
        ("yyyy", 43891.0, "2020-03"),
        ("yyyy-mm-dd", 1.0, "1900-01-01"),
        ("yyyy-mm-dd", 59.0, "1900-02-28"),
        ("yyyy-mm-dd", 61.0, "1900-03-01"),
        ("yyyy-mm-dd", 2_958_465.0, "9999-12-31"),
        ("h:mm", 0.5, "12:00:00"),
        ("mm:ss", 0.01, "00:14:24"),
        ("h:mm", 0.0, "00:00:00"),
        ("[h]:mm", 2.125, "51:00:00"),
        ("[mm]:ss", -0.5, "-12:00:00"),
        ("yyyy-mm-dd", 43891.9999999, "2020-03-02"),
    ],
)
def test_numbers_are_shown_without_a_word(code: str, value: float, text: str) -> None:
    assert show(code, value) == ShownNumber(text)


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ('0" months"', 14.0, "14 months"),
        ('General" yr"', 19.5, "19.5 yr"),
        ("0.0\\ \\c\\m", 4.5, "4.5 cm"),
        ('"<"0', 5.0, "<5"),
        ('0%" of nuclei"', 0.5, "50% of nuclei"),
        ('"positive";;"negative"', 1.0, "positive"),
        ('"positive";;"negative"', 0.0, "negative"),
        ('0" mo";-0" mo"', -3.0, "-3 mo"),
        ('0;-0;"none"', 0.0, "none"),
        ("[$€-407]0.00", 5.0, "€5"),
    ],
)
def test_words_of_the_format_are_read_and_noted(code: str, value: float, text: str) -> None:
    assert show(code, value) == ShownNumber(text, "cell-number-format")


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ('0" y "00" m"', 410.0, "410"),
        ('[=1]0" month";0" months"', 14.0, "14"),
        ('0,"k"', 14_000.0, "14000"),
    ],
)
def test_a_format_that_is_not_understood_is_noted(code: str, value: float, text: str) -> None:
    assert show(code, value) == ShownNumber(text, "cell-number-format-unread")


@pytest.mark.parametrize("code", ["d-mmm", 'm"月"d"日"', "dddd", "mmmm"])
def test_a_date_without_a_year_is_noted(code: str) -> None:
    assert show(code, 43891.0) == ShownNumber("2020-03-01", "cell-date-without-year")


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.5, "0.5")])
def test_a_day_before_the_first_is_noted(value: float, text: str) -> None:
    assert show("yyyy-mm-dd hh:mm", value) == ShownNumber(text, "cell-date-invalid")


def test_a_time_of_the_day_hides_its_date() -> None:
    assert show("h:mm", 43891.25) == ShownNumber("06:00:00")


@pytest.mark.parametrize("number", [27, 31, 32, 36, 50, 58])
def test_formats_of_east_asian_editions_are_dates(number: int) -> None:
    assert is_date_format(EAST_ASIAN_CODES[number])


def test_a_letter_g_beside_digits_makes_no_date() -> None:
    assert show("0 g", 5.0).text.startswith("5")


@given(st.dates(datetime.date(1900, 3, 1), datetime.date(9999, 12, 31)), st.integers(0, 86_399))
def test_dates_and_times_come_back(day: datetime.date, seconds: int) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days + seconds / 86_400
    text = show("yyyy-mm-dd hh:mm:ss", serial).text
    expected = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(seconds=seconds)
    assert datetime.datetime.fromisoformat(text) == expected


@given(st.integers(-(10**7), 10**7))
def test_hours_that_have_gone_by_come_back(seconds: int) -> None:
    text = show_elapsed(seconds)
    hours, minutes, rest = (int(part) for part in text.lstrip("-").split(":"))
    assert (hours * 60 + minutes) * 60 + rest == abs(seconds)
    assert text.startswith("-") == (seconds < 0)


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_numbers_come_back(number: int) -> None:
    assert plain_number(float(number)) == str(number)


@given(st.floats(-1e300, 1e300))
def test_numbers_come_back_to_fifteen_digits(number: float) -> None:
    assert float(plain_number(number)) == pytest.approx(number, rel=1e-14, abs=0)


@given(st.text(max_size=40), st.floats() | st.integers())
def test_any_format_shows_any_number(code: str, value: float) -> None:
    assert isinstance(show_number(value, code).text, str)


@given(st.text(max_size=40), st.datetimes() | st.dates() | st.times() | st.timedeltas())
def test_any_format_shows_any_date(code: str, value: datetime.date) -> None:
    assert show_date(value, code).text


@given(st.text(st.sampled_from('ymdhsegb0#?.,;:[]"\\_*%@/ -+$<>=AMP General'), max_size=30))
def test_any_format_shows_something(code: str) -> None:
    for value in (1.0, -2.5, 0.0):
        shown = show_number(value, code)
        assert shown.oddity or shown.text
