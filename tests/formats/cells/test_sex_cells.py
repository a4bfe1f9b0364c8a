from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.patient import Sex
from spindle.formats.cells.sexes import read_sex


@pytest.mark.parametrize("text", ["F", "f.", "Female", "WOMAN", "girl", "女", "♀", "Mujer", "w"])
def test_female(text: str) -> None:
    assert read_sex(text).value is Sex.FEMALE


@pytest.mark.parametrize("text", ["M", "male", "Man", "boy", "男", "♂", "M (boy)", "varón"])
def test_male(text: str) -> None:
    assert read_sex(text).value is Sex.MALE


@pytest.mark.parametrize("text", ["1", "M/F", "x", "male (female on chart)", "0"])
def test_a_code_or_two_sexes_are_unknown_and_noted(text: str) -> None:
    reading = read_sex(text)
    assert reading.value == UNKNOWN
    assert [(doubt.slug, doubt.value) for doubt in reading.doubts] == [("sex-unreadable", text)]


@pytest.mark.parametrize(("text", "value"), [("NA", NOT_REPORTED), ("unknown", UNKNOWN)])
def test_absence_needs_no_note(text: str, value: object) -> None:
    assert (read_sex(text).value, read_sex(text).doubts) == (value, ())
